"""The rush: mixed quantities, double clicks, holds that nobody pays, payments that come too late, and kill -9 meanwhile.

The stock is never oversold at any commit that was looked at, never undersold once holds are over, and every buyer hears
what has become of it. With the guard off the same rush oversells, and the same ledger sees it.
"""

import subprocess
import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import update

from launchpad import clock
from launchpad import serve as serve_module
from launchpad.database import writing
from launchpad.models import Hold
from tests.live import rush
from tests.live.test_time_opening import answers
from tests.live.tree import ROOT
from tests.make import PLAN
from tests.waiting import until

LAUNCH = next(after for name, _, after in PLAN if name == "launch")
full = pytest.mark.live


def serve(site):
    """The web server, once it answers."""
    web = site.start("web", "--port", str(site.port))
    assert until(lambda: answers(site.port, "/healthz"), 90)
    return web


class Killer(threading.Thread):
    """Kills web and worker with -9 so many seconds into the rush, and starts them again."""

    def __init__(self, site, victims, after):
        super().__init__(daemon=True)
        self.site, self.victims, self.after = site, victims, after

    def run(self):
        time.sleep(self.after)
        if not self.victims:  # the short pick is killed once
            return
        for victim in self.victims:
            self.site.kill(victim)
        self.victims = [self.site.start("web", "--port", str(self.site.port))]
        if self.site.worked:
            self.victims.append(self.site.start("worker"))

    def done(self):
        self.join(120)
        assert until(lambda: answers(self.site.port, "/healthz"), 90)
        return self.victims


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("buyers", "stock"),
    [
        (60, 20),
        pytest.param(200, 60, marks=full),
        pytest.param(1000, 100, marks=full),
        pytest.param(5000, 100, marks=full),
    ],
)
def test_a_rush_sells_what_there_is_and_not_one_more(app, site, given, settings, buyers, stock):
    web, site.worked = serve(site), buyers >= 200
    victims = [web, site.start("worker")] if site.worked else [web]
    campaign = given.campaign("lamp", preview=clock.now() - timedelta(hours=1) - LAUNCH, stock=stock)
    slug, token = campaign.slug, rush.token_of(answers(site.port, "/lamp/buy"))
    wishes = [rush.buy(slug, token, n, f"key-{n}") for n in range(buyers)]
    doubled = wishes + wishes[::3]  # every third clicks twice
    with rush.Ledger(settings.database_url, stock) as ledger:
        killer = Killer(site, victims, 0.3)
        killer.start()
        first = rush.insist(site.address, doubled)
        victims = killer.done()
        said = [rush.verdict(answer) for answer in first]
        assert set(said) == {"held", "sold_out"} and ledger.units() == stock and ledger.faults() == []
        place = {n: first[n].headers["location"] for n in range(buyers) if said[n] == "held"}
        for n, again in zip(range(0, buyers, 3), first[buyers:], strict=True):
            if n in place and again.status == 303:
                assert again.headers["location"] == place[n], "one key, two orders"
        assert ledger.one("SELECT count(*) FROM orders") == len(
            {a.headers["location"] for a in first if a.status == 303}
        )

        # Half pay, all at once and twice; the others leave, and their holds run out.
        payers, gone = sorted(place)[::2], sorted(place)[1::2]
        # The long runs are killed in the middle of it: who was cut off pays again, and has paid once.
        pays = [rush.pay(place[n], token, n) for n in payers]
        killer = Killer(site, victims if site.worked else [], 0.1)
        killer.start()
        assert {a.status for a in rush.insist(site.address, pays + pays)} == {303}
        victims = killer.done()
        assert ledger.faults() == []
        sold = ledger.one("SELECT sum(quantity) FROM holds WHERE state = 'sold'")
        assert ledger.one("SELECT sum(quantity) FROM orders WHERE state = 'confirmed'") == sold
        assert sold == sum(1 if n % 3 else 2 for n in payers) > 0, "a payment that was told is a sale"
        with writing() as session:
            session.execute(update(Hold).where(Hold.state == "live").values(until=clock.now() - timedelta(seconds=1)))

        # Too late to pay, and others waiting: what was left goes to them, all of it. The long runs kill once more.
        killer = Killer(site, victims if site.worked else [], 0.3)
        killer.start()
        late = [rush.pay(place[n], token, n) for n in gone]
        waiting = [n for n in range(buyers) if n not in place and n % 3]
        again = [rush.buy(slug, token, n, f"later-{n}") for n in waiting]
        second = rush.insist(site.address, again + late)
        killer.done()
        assert {(a.status, a.headers["x-refusal"]) for a in second[len(again) :]} <= {(422, "expired")}
        assert {rush.verdict(answer) for answer in second[: len(again)]} <= {"held", "sold_out"}
        assert ledger.units() == stock, "undersold: somebody waited, and units were left"
        assert ledger.one("SELECT sum(quantity) FROM orders WHERE state = 'confirmed'") == sold, "a late payment sold"
        assert ledger.faults() == []
    print(f"{ledger.samples} samples, at most {ledger.most} of {stock}; {len(payers)} paid, {len(gone)} left")
    assert ledger.samples > 5 and ledger.most == stock and ledger.wrong == []
    assert site.doctor("processes", "timetable") == {}  # nobody keeps time here


@full
def test_with_the_guard_off_the_same_rush_oversells_and_the_ledger_sees_it(app, site, given, settings):
    line = serve_module.command(settings, "127.0.0.1", site.port)
    line[line.index("wsgi:app")] = "tests.live.unguarded:app"
    site.started.append(subprocess.Popen(line, cwd=ROOT, env=site.environment, start_new_session=True))
    assert until(lambda: answers(site.port, "/healthz"), 90)
    given.campaign("lamp", preview=clock.now() - timedelta(hours=1) - LAUNCH, stock=20)
    token = rush.token_of(answers(site.port, "/lamp/buy"))
    with rush.Ledger(settings.database_url, 20) as ledger:
        rush.insist(site.address, [rush.buy("lamp", token, n, f"key-{n}") for n in range(200)])
        until(lambda: ledger.wrong, 5)
        assert ledger.units() > 20 and any(fault.startswith("oversold") for fault in ledger.faults())
        assert ledger.wrong, "the samples saw nothing"

"""What the mishaps of a rehearsal did and what held, counted from rows and said in sentences, for its report."""

from collections.abc import Callable

from sqlalchemy import func, select

from launchpad.database import db
from launchpad.models import Campaign, Entry, Idea, Letter, Mishap, Order, Person, Place, Story
from launchpad.rules import mishaps as rules
from launchpad.services import mishaps, state


def told(campaign: Campaign) -> dict[str, dict]:
    """Each chosen mishap by name: `label`, `begun` (campaign time, or None), `done`, `held`, and the numbers."""
    return {row.name: _told(campaign, row) for row in mishaps.of(campaign.id)}


def _told(campaign: Campaign, row: Mishap) -> dict:
    kind, facts = rules.BY_NAME[row.name], dict(row.facts or {})
    said = {"label": kind.label, "begun": state.iso(row.begun)}
    if row.begun_at is None:
        return {**said, "done": "It did not come to pass.", "held": "", "facts": facts}
    if why := facts.get("held_back"):
        return {**said, "done": f"Held back: {why}.", "held": "", "facts": facts}
    done, held, numbers = _WORDS[row.name](campaign, row, facts)
    return {**said, "done": done, "held": held, "facts": {**facts, **numbers}}


def _worker(campaign: Campaign, row: Mishap, facts: dict) -> tuple[str, str, dict]:
    killed, back = facts.get("killed", []), facts.get("back_s", {})
    if not killed:
        return "The site was restarted while it was played: nothing is known of it.", "", {}
    done = f"The workers of {_and(killed)} were killed (kill -9) as the first head start opened."
    returned = [f"{name} after {seconds:.1f} s" for name, seconds in back.items()]
    gone = [name for name in killed if name not in back]
    held = [f"Back by themselves: {_and(returned)}." if returned else ""]
    held += [f"Not seen again within {facts.get('watched_s', 0):.0f} s: {_and(gone)}." if gone else ""]
    after = [m for m in campaign.milestones if m.reached_at and row.begun <= m.reached_at]
    first = min(after, key=lambda m: (m.reached_at, m.id), default=None)
    if first is not None:
        triggers = Letter.campaign_id == campaign.id, Letter.trigger == f"milestone:{first.id}"
        written, sent = _count(Letter, *triggers), _count(Letter, *triggers, Letter.state == "sent")
        name = first.name.replace("_", " ")
        late = f"{name.capitalize()} was reached once, {first.late or 0:.2f} s late"
        held.append(f"{late}; {sent:,} of its {written:,} letters were sent.")
    return done, _joined(held), {"unknown_letters": _count(Letter, *_mine(campaign), Letter.state == "unknown")}


def _mail(campaign: Campaign, row: Mishap, facts: dict) -> tuple[str, str, dict]:
    mine = _mine(campaign)
    again = [*mine, Letter.attempts > 1]
    met = db.session.scalar(select(func.coalesce(func.sum(Letter.attempts - 1), 0)).where(*again))
    through = _count(Letter, *again, Letter.state == "sent")
    lost = _count(Letter, *mine, Letter.state.in_(("failed", "unknown")))
    causes = select(Letter.person_id, Letter.kind, Letter.trigger).where(*mine, Letter.state == "sent").distinct()
    told = db.session.scalar(select(func.count()).select_from(causes.subquery()))
    twice = _count(Letter, *mine, Letter.state == "sent") - told
    hours = (row.until - row.begun).total_seconds() / 3600
    done = f"For {hours:,.1f} campaign hours from the launch on, {met:,} tries to send a letter met a refused connection."
    held = f"{through:,} letters came through at a later try; {lost:,} were lost, {twice:,} were sent twice."
    return done, held, {"refused_tries": met, "came_through": through, "lost": lost, "twice": twice}


def _doubles(campaign: Campaign, row: Mishap, facts: dict) -> tuple[str, str, dict]:
    tally = campaign.rehearsal.tally or {}
    forms, refused = tally.get("doubled", 0), sum(tally.get("doubled_refused", {}).values())
    doubled = {
        name: _doubled(kind, campaign)
        for name, kind in (("orders", Order), ("entries", Entry), ("ideas", Idea), ("stories", Story))
    }
    places = _count(Place, Place.campaign_id == campaign.id) - db.session.scalar(
        select(func.count(Place.person_id.distinct())).where(Place.campaign_id == campaign.id)
    )
    done = f"{forms:,} forms were sent twice at the same moment, with the same key."
    held = f"{doubled['orders']:,} doubled orders, {places:,} doubled places, " + _and(
        [f"{doubled[name]:,} doubled {name}" for name in ("entries", "ideas", "stories")]
    )
    said = f" {refused:,} second clicks were told no: the first had done what they asked for." if refused else ""
    return done, held + "." + said, {"forms": forms, "places": places, **doubled}


def _bots(campaign: Campaign, row: Mishap, facts: dict) -> tuple[str, str, dict]:
    theirs = Person.email.like(f"bots-{campaign.id}-%")
    places = _count(Place, Place.campaign_id == campaign.id, Place.person_id.in_(select(Person.id).where(theirs)))
    counted = _count(
        Place, Place.campaign_id == campaign.id, Place.confirmed_at.is_not(None),
        Place.person_id.in_(select(Person.id).where(theirs)),
    )  # fmt: skip
    mails = _count(Letter, Letter.campaign_id == campaign.id, Letter.person_id.in_(select(Person.id).where(theirs)))
    sent, trapped, many = facts.get("sent", 0), facts.get("trapped", 0), facts.get("too_many", 0)
    done = f"{sent:,} made-up sign-ups came from {facts.get('addresses', 0)} addresses within {facts.get('took_s', 0):.1f} s."
    held = (
        f"{many:,} were refused as too many, {trapped:,} fell into the hidden field and left no trace. {places:,} hold an "
        f"unconfirmed place, and were written to {mails:,} times; {counted:,} of them count on the waitlist."
    )
    return done, held, {"places": places, "counted": counted, "letters": mails}


def _rush(campaign: Campaign, row: Mishap, facts: dict) -> tuple[str, str, dict]:
    theirs = Order.person_id.in_(select(Person.id).where(Person.email.like(f"rush-{campaign.id}-%")))
    orders = _count(Order, Order.campaign_id == campaign.id, Order.state == "confirmed", theirs)
    lost = _count(Order, Order.campaign_id == campaign.id, Order.state == "ended", theirs)
    sent, took = facts.get("sent", 0), facts.get("took_s", 0)
    refused = sum(facts.get("refusals", {}).values())
    since = "the site was back from a restart" if facts.get("again") else "it"
    done = f"{sent:,} buyers sent their order at the opening; the last was answered {took:.1f} s after {since}."
    held = f"{orders:,} of them bought, {refused:,} were told why not, {facts.get('errors', 0):,} met an error."
    if lost:
        held += f" {lost:,} had units set aside and paid too late: those went to others."
    return done, held, {"orders": orders, "paid_too_late": lost}


_WORDS: dict[str, Callable[[Campaign, Mishap, dict], tuple[str, str, dict]]] = {
    "worker": _worker, "mail": _mail, "doubles": _doubles, "bots": _bots, "rush": _rush,
}  # fmt: skip


def _mine(campaign: Campaign) -> list:
    """The letters that this rehearsal's outage can meet: its own, and those to its people."""
    played = Letter.person_id.in_(select(Person.id).where(Person.played_in == campaign.id))
    return [(Letter.campaign_id == campaign.id) | played]


def _doubled(kind: type, campaign: Campaign) -> int:
    """Rows beyond the first with the same key. The crowd's keys name actor and act, whoever the site took them for."""
    keyed = kind.campaign_id == campaign.id, kind.key.like("crowd-%")
    return _count(kind, *keyed) - db.session.scalar(select(func.count(kind.key.distinct())).where(*keyed))


def _count(kind: type, *where) -> int:
    return db.session.scalar(select(func.count()).select_from(kind).where(*where))


def _and(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _joined(sentences: list[str]) -> str:
    return " ".join(sentence for sentence in sentences if sentence)

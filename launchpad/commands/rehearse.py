"""`launchpad rehearse`: play a campaign on the running site, wait for its end, print what came of it."""

import json
import sys
import time
import urllib.request
from collections.abc import Sequence

import click
from flask import current_app
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from launchpad.commands.application import application
from launchpad.commands.report_text import lines
from launchpad.database import db, writing
from launchpad.models import Campaign
from launchpad.rules.mishaps import BY_NAME, NAMES
from launchpad.rules.refusals import Refusal
from launchpad.rules.timetable import openings
from launchpad.services import campaigns, mishaps, rehearsals, reports, resets, state

CROWD, MOST_PEOPLE = 200, 5000
ANSWERS_WITHIN, LOOK = 15.0, 0.5  # real seconds


@click.command()
@click.argument("slug")
@click.option("--speed", type=click.IntRange(1, rehearsals.FASTEST), help="Times real time: the file's, or 2000.")
@click.option("--crowd", type=click.IntRange(0, MOST_PEOPLE), default=CROWD, show_default=True, help="People played.")
@click.option("--mishap", "mishap_names", multiple=True, type=click.Choice(NAMES), help="What goes wrong on purpose; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="The report as one object on stdout.")
def rehearse(slug: str, speed: int | None, crowd: int, mishap_names: tuple[str, ...], as_json: bool) -> None:
    """Play SLUG on the running site and end with its report. A real campaign is copied to SLUG-rehearsal first.

    What is playing already is joined; what has ended is played again from its beginning.
    """
    with application().app_context():
        if campaigns.by_slug(slug) is None:
            _refuse(f"There is no campaign {slug}.")
        _wait_for_site()
        try:
            played = begin(slug, speed, crowd, mishap_names)
        except Refusal as refusal:
            _refuse(refusal.message)
        _say(f"{played} is played on {current_app.extensions['settings'].base_url}/{played}/")
        report = _wait_for_end(played)
    if report is None:
        click.echo(f"launchpad: {played} was wiped before it ended.", err=True)
        sys.exit(1)
    click.echo(json.dumps(report, ensure_ascii=False) if as_json else "\n".join(lines(report)))


def begin(slug: str, speed: int | None, crowd: int, mishap_names: Sequence[str] = ()) -> str:
    """See to it that the rehearsal of a campaign plays; its slug. Two who do so at once play one. Raises Refusal."""
    try:
        with writing():
            return _begin(campaigns.by_slug(slug), speed, crowd, mishap_names)
    except IntegrityError:  # somebody was first: theirs is joined
        with writing():
            return _begin(campaigns.by_slug(slug), speed, crowd, mishap_names)


def _begin(campaign: Campaign | None, speed: int | None, crowd: int, mishap_names: Sequence[str]) -> str:
    if campaign is None:
        raise Refusal("gone", "That campaign was wiped just now.")
    if campaign.rehearsal is None:
        other = campaigns.by_slug(campaign.slug + rehearsals.SUFFIX)
        mine = other is not None and other.rehearsal is not None and other.rehearsal.of_id == campaign.id
        going_on = mine and other.rehearsal.played_at is not None and other.rehearsal.ended_at is None
        campaign = other if going_on else rehearsals.copy(campaign, speed or rehearsals.SPEED, crowd)
    elif campaign.rehearsal.ended_at is not None:
        campaign = resets.reset(campaign, speed, crowd)
    if campaign.rehearsal.played_at is None:
        campaign.rehearsal.crowd = crowd
        db.session.flush()
        if mishap_names:
            mishaps.choose(campaign, mishap_names)
        rehearsals.play(campaign, speed)
    elif mishap_names:
        raise Refusal("mishap", f"{campaign.slug} is played already, and mishaps are chosen before. Leave --mishap out to join it.")
    elif not campaign.rehearsal.speed or (speed and speed != campaign.rehearsal.speed):
        rehearsals.play(campaign, speed)
    return campaign.slug


def _wait_for_site() -> None:
    """Exit 2 when nothing answers at BASE_URL. Give a site that has just begun some time to have all its parts."""
    address = current_app.extensions["settings"].base_url
    if not _answers(f"{address}/healthz"):
        _refuse(f"Nothing answers at {address} (BASE_URL). Start the site with `launchpad up` first.")
    if not _answers(f"{address}/readyz"):
        _say("worker or timekeeper are not seen yet: what they are for comes late")


def _answers(address: str) -> bool:
    until = time.monotonic() + ANSWERS_WITHIN
    while True:
        try:
            with urllib.request.urlopen(address, timeout=3) as answer:
                if answer.status == 200:
                    return True
        except (OSError, ValueError):
            pass
        if time.monotonic() > until:
            return False
        time.sleep(LOOK)


def _wait_for_end(slug: str) -> dict | None:
    """The report, once there is one; None when the rehearsal was wiped. A database away is waited for."""
    told: set[str] = set()
    away = False
    while True:
        try:
            campaign = campaigns.by_slug(slug)
            if campaign is None or campaign.rehearsal is None:
                return None
            _progress(campaign, told)
            if campaign.rehearsal.reported_at is not None:
                return campaign.rehearsal.report
            if reports.at_rest(campaign):
                with writing():
                    reports.write(campaign.id)
            away = False
        except SQLAlchemyError as fault:
            if not away:
                _say(f"waiting for the database ({type(fault).__name__})")
            away = True
        finally:
            db.session.remove()
        time.sleep(LOOK)


def _progress(campaign: Campaign, told: set[str]) -> None:
    for milestone, _ in openings(campaign.milestones):
        if milestone.reached_at is not None and milestone.name not in told:
            told.add(milestone.name)
            _say(f"{state.iso(milestone.reached_at)[:16]}  {milestone.name}  ({milestone.late or 0:.1f} s late)")
    for row in mishaps.of(campaign.id):
        if row.begun_at is not None and f"mishap {row.name}" not in told:
            told.add(f"mishap {row.name}")
            _say(f"{state.iso(row.begun)[:16]}  {BY_NAME[row.name].now}")
    stands = not campaign.rehearsal.speed and campaign.rehearsal.ended_at is None
    if stands and "paused" not in told:
        _say("paused: press Play in the control room")
    told -= {"paused"}
    told |= {"paused"} if stands else set()
    if campaign.rehearsal.ended_at is not None and "end" not in told:
        told.add("end")
        _say("the archive is reached; the last acts, holds and letters are worked off")


def _say(words: str) -> None:
    click.echo(words, err=True)


def _refuse(words: str) -> None:
    click.echo(f"launchpad: {words}", err=True)
    sys.exit(2)

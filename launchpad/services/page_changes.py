"""What a commit changes on pages for everyone, and who is told so: this process at once, the others by a ring.

Rows that only move figures (stock, places, votes) or that no public page shows are quiet: pages show what they say within
a second by themselves. Anything else, and so every table that is not named here, is told at once.
"""

from collections.abc import Callable

from flask import Flask

from launchpad.database import committed
from launchpad.outside import rings

QUIET = frozenset(
    """allowances audit calendar_keys claims consents crowd_refusals doubts duties holds hooks idea_votes invites
    joinings kept_reports letters line_blocks line_exits link_visits mishaps orders passes payments people
    place_moves places pulls reaction_counts reactions referrals refunds rehearsals reminders rewards sharers
    sign_ins staff store_codes store_orders tasks test_letters tier_taken variants visits vote_choices votes
    waiting""".split()
)


def on_change(app: Flask, call: Callable[[], None]) -> None:
    """Have `call` called after each commit of this process that shows on pages, and tell the other processes of it.

    It runs before the effects of the commit, when no lock is held any more.
    """

    def told(_app: Flask, tables: set[str]) -> None:
        if not tables <= QUIET:
            call()
            rings.say_changed()

    committed.connect(told, sender=app, weak=False)


def hear_others(app: Flask, call: Callable[[], None]) -> None:
    """Have `call` called as well when another process says so, from now on."""
    ear = rings.ear_of(app.extensions["redis"])
    if call not in ear.on_change:
        ear.on_change.append(call)
    ear.listen()

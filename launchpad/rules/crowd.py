"""The crowd of a rehearsal: who takes part, what each of them wants to do, and when. The same seed, the same crowd.

Nothing here says that an act succeeds: too early, too late, sold out is for the site to say, as with real people.
"""

from dataclasses import replace
from datetime import datetime
from random import Random

from launchpad.rules.crowd_lives import LIVES, Life
from launchpad.rules.crowd_stage import Act, Actor, Ballot, Stage
from launchpad.rules.crowd_words import named

__all__ = [
    "HOST", "PERSONAS", "Act", "Actor", "Ballot", "Stage", "cast", "persona_of", "remaining", "tier_of",
]  # fmt: skip

# Who comes, in turn: a crowd of twelve has everyone in it.
PERSONAS = (
    "member", "waiter", "member", "cold", "newcomer", "waiter", "member", "reader", "waiter", "member",
    "cold", "waiter",
)  # fmt: skip
HOST = 0  # the number of the one who plays the team, beside the crowd
FOUNDERS = 4  # every so many members is of the first tier of the head start


def cast(seed: int, n: int, stage: Stage) -> list[Actor]:
    """The whole crowd, and the host first. An actor does not depend on how many others there are, nor their acts' keys
    on the moments. Nobody: no host either."""
    return [_actor(seed, number, stage) for number in range(HOST, n + 1)] if n > 0 else []


def persona_of(number: int) -> str:
    return PERSONAS[(number - 1) % len(PERSONAS)] if number != HOST else "host"


def tier_of(number: int, tiers: tuple[str, ...]) -> str:
    """A member's tier: now and then the one whose head start opens first, else the plain one."""
    rounds, rest = divmod(number, len(PERSONAS))
    members = rounds * PERSONAS.count("member") + PERSONAS[:rest].count("member")
    return tiers[0] if tiers and members % FOUNDERS == 1 else "member"


def _actor(seed: int, number: int, stage: Stage) -> Actor:
    persona = persona_of(number)
    tier = tier_of(number, stage.tiers) if persona == "member" else "member"
    life = Life(Random(f"{seed}:{number}"), number, tier, stage)
    LIVES[persona](life)
    acts = sorted(life.acts, key=lambda act: (act.at, act.key))
    return Actor(number, named(seed, number), persona, tier, tuple(acts))


def remaining(actors: list[Actor], since: datetime | None) -> list[Actor]:
    """The actors with those acts that are not known to be played: from that campaign moment on."""
    if since is None:
        return actors
    return [replace(actor, acts=tuple(act for act in actor.acts if act.at >= since)) for actor in actors]

"""Who may do what, when: one table, action x role x stage, for guards, templates and the test that prints it.

A stage is a phase, with one more between waitlist and launch: the head start, from the first tier's opening on. A
person has a set of roles, and may act when any of them may. The table says who may ever; what depends on a row (whose
order, which tier, how many are left) is decided finely by the service that acts.

What a role is, and how a row is made of them: rules.access_rows.
"""

from launchpad.rules.access_rows import (
    ALWAYS,
    DAY,
    HEAD_START,
    ROLES,
    SELLING,
    SHOWN,
    STAFF,
    STAGES,
    VOICES,
    community,
    day,
    editors,
    figures,
    owners,
    readers,
    row,
    since,
    team,
)
from launchpad.rules.phases import Phase

__all__ = [
    "ACTIONS", "ANYWHERE", "HEAD_START", "ROLES", "STAFF", "STAGES", "TABLE", "VOICES", "includes", "matrix", "may", "stage",
    "who_may", "why_not",
]  # fmt: skip

TABLE: dict[str, dict[str, frozenset[str]]] = {
    # the site
    "public": row(ALWAYS),
    "sign_in": row(ALWAYS),
    "membership.join": row(ALWAYS),
    "address.claim": row(ALWAYS),  # that an order made with another address was mine; the letter to it decides
    "profile.see": row(ALWAYS),  # whoever signed in sees their own, even who is nothing else here; others are asked to
    # a campaign
    "campaign.see": row(ALWAYS),  # a draft shows its name and its first moment, nothing more
    "preview.see": row(member=SHOWN, analyst=ALWAYS, moderator=ALWAYS),
    "poll.see": row(member=SHOWN, analyst=ALWAYS, moderator=ALWAYS),
    "poll.vote": row(member=since("preview", "archived")),  # until the poll closes, which is the poll's own moment
    "idea.see": row(member=SHOWN, analyst=ALWAYS, moderator=ALWAYS),
    "idea.post": row(member=since("preview", "launch")),
    "idea.vote": row(member=since("preview", "launch")),
    "waitlist.join": row(since("waitlist", "launch")),
    "place.confirm": row(since("waitlist")),
    "place.see": row(place=since("waitlist")),
    "place.leave": row(place=since("waitlist")),
    "invite.see": row(member=since("waitlist"), place=since("waitlist"), buyer=since("waitlist")),  # my link for friends
    "buy": row(SELLING),
    "queue.join": row(since("waitlist", "archived")),  # in the last minutes before the launch, and after it
    "restock.join": row(since("launch", "archived")),  # once everything is sold
    "pass.decline": row(SELLING),  # by the link of a letter, for whose it is
    "order.see": row(since(HEAD_START)),
    "event.see": row(since("waitlist"), member=SHOWN, analyst=ALWAYS, moderator=ALWAYS),
    "event.remind": row(since("waitlist", "archived"), member=since("preview", "archived")),
    "event.stop": row(ALWAYS),  # a link in a letter that says no
    "thread.read": row(since("waitlist"), analyst=ALWAYS, moderator=ALWAYS),
    # "to the recap": the community writes until the recap opens; the team has the last word
    "thread.post": community(since(HEAD_START, "recap"), team=since("waitlist", "archived")),
    "thread.react": community(since("waitlist", "archived")),  # from when there is something to read until it stands for good
    "thread.vote": community(since(HEAD_START, "archived")),  # in a poll started there; until it closes
    "testimonial.send": row(member=since("preview", "recap")),  # words for the day, which the team looks at first
    "testimonial.withdraw": row(ALWAYS),  # whose it is; a consent can be taken back at any time
    "help.ask": row(since("preview")),  # in private: who is signed in, or holds the address of an order
    "flag.send": row(SHOWN),  # whoever is signed in; others are asked to
    "appeal.send": row(ALWAYS),  # whom it is about, who is asked to sign in
    "story.send": community(since("launch")),
    "story.see": row(since("launch"), analyst=ALWAYS, moderator=ALWAYS),
    "recap.see": row(since("recap"), analyst=ALWAYS, moderator=ALWAYS),
    # the team
    "team.enter": row(host=ALWAYS, analyst=ALWAYS),  # the list of one's campaigns, this table: with any key at all
    "team.follow": row(host=DAY, analyst=ALWAYS, moderator=ALWAYS),  # what an open page of the room asks for
    "team.see": readers(),
    "today.see": day(),
    "preview.as": readers(),  # the campaign's pages as somebody else sees them, at another moment
    "ready.see": readers(),  # is everything ready for the next phase
    "ready.take": team(),  # a test letter to oneself, and being on duty
    "thread.moderate": day(),
    "people.sanction": team(),  # silence, ban, lift, and answer an appeal
    "thread.edit": team(),  # what the team or the campaign itself said
    "thread.close": day(),
    "testimonials.review": team(),
    "help.answer": team(),
    "stories.review": team(),
    "sales.stop": team(),
    "idea.answer": team(),
    "campaign.create": owners(),
    "campaign.edit": editors(),
    "timetable.edit": editors(),
    "event.edit": editors(),
    "waitlist.see": editors(),
    "waitlist.edit": editors(),
    "referrals.see": editors(),
    "referrals.change": editors(),  # allow or withhold friends, hand out rewards
    "passes.change": editors(),  # release a wave, take a pass back, send one again, serve the line first
    "queue.change": team(),  # before the doors: on, off, how fast
    "orders.see": editors(),
    "orders.change": owners(),
    "stock.change": owners(),
    "numbers.export": figures(),  # counts and sums
    "people.export": owners(),  # names and addresses in a file
    "letters.see": editors(),
    "keys.see": owners(),  # letters whose text signs somebody in
    "recap.edit": editors(),
    "audit.see": figures(),
    "staff.edit": owners(),
    "members.admit": editors(),  # with a key to every campaign: membership is the site's, not one campaign's
    "people.merge": owners(),  # two addresses are one person: names and addresses are seen, and it cannot be undone
    "site.edit": owners(),
    "rehearse": editors(),
}

ACTIONS = tuple(TABLE)

# Asked of all keys of a person at once, whichever campaign they fit.
ANYWHERE = frozenset({"team.enter"})

# Said to a person when the time is right but they are not whom it is for.
_WHO = {
    "preview.see": "This is for members.",
    "event.see": "This is for members.",
    "poll.vote": "Members vote here.",
    "idea.post": "Members bring ideas here.",
    "idea.vote": "Members vote here.",
    "place.see": "This page belongs to a confirmed place on the waitlist.",
    "invite.see": "Members and people with a confirmed place bring friends here.",
    "place.leave": "There is no confirmed place of yours on this waitlist.",
    "thread.post": "Members, people with a confirmed place and buyers write here.",
    "thread.react": "Members, people with a confirmed place and buyers react here.",
    "thread.vote": "Members, people with a confirmed place and buyers vote here.",
    "testimonial.send": "Members say here what they think.",
    "story.send": "Members, people with a confirmed place and buyers send stories here.",
}

_BEGINS = {
    "preview": "once the preview opens",
    "waitlist": "once the waitlist opens",
    HEAD_START: "once the head start begins",
    "launch": "from the launch on",
    "recap": "with the recap",
}
ENDED = "This has ended."


def stage(phase: Phase | str, head_start_open: bool = False) -> str:
    """The table's column: the phase, or the head start when its first tier has opened and the launch has not."""
    return HEAD_START if head_start_open and phase == Phase.WAITLIST else Phase(phase).value


def may(action: str, roles, phase: Phase | str, head_start_open: bool = False) -> bool:
    """True when somebody with these roles may do this now. Everyone is a stranger too; unknown names are KeyErrors."""
    column = stage(phase, head_start_open)
    row = TABLE[action]
    return any(column in row[role] for role in {"stranger", *roles})


def why_not(action: str, roles, phase: Phase | str, head_start_open: bool = False) -> str | None:
    """One plain sentence why not, or None when they may."""
    if may(action, roles, phase, head_start_open):
        return None
    mine = frozenset().union(*(TABLE[action][role] for role in {"stranger", *roles}))
    if not mine:
        return _WHO.get(action) or (f"This is for {_list(action)}." if {*STAFF} & {*roles} else "This is for the team.")
    place = STAGES.index(stage(phase, head_start_open))
    if later := next((s for s in STAGES[place:] if s in mine), None):
        return f"Not yet: this opens {_BEGINS[later]}."
    return ENDED


def who_may(action: str) -> list[str]:
    """The team's roles that may do this at some stage, the most powerful first."""
    row = TABLE[action]
    return [role for role in reversed(STAFF) if row[role] - row["stranger"]]


def _list(action: str) -> str:
    """Those roles in words: owners, editors and analysts."""
    *rest, last = [f"{role}s" for role in who_may(action)]
    return f"{', '.join(rest)} and {last}" if rest else last


def includes(role: str, other: str) -> bool:
    """True when a role of the team may everything that another one may."""
    return all(row[role] >= row[other] for row in TABLE.values())


def matrix() -> str:
    """The whole table as text: a line an action, a column a role, a letter for each stage in which that role may."""
    letters = "dpwhlra"
    wide = max(map(len, ACTIONS)) + 2
    lines = [
        "stages: " + ", ".join(f"{letter} {name}" for letter, name in zip(letters, STAGES, strict=True)),
        "",
        "action".ljust(wide) + "".join(role.ljust(10) for role in ROLES).rstrip(),
    ]
    for action, allowed in TABLE.items():
        cells = ("".join(n if s in allowed[role] else "·" for n, s in zip(letters, STAGES, strict=True)) for role in ROLES)
        lines.append(action.ljust(wide) + "".join(cell.ljust(10) for cell in cells).rstrip())
    return "\n".join(lines)

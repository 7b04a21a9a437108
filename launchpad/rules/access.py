"""Who may do what, when: one table, action x role x stage, for guards, templates and the test that prints it.

A stage is a phase, with one more between waitlist and launch: the head start, from the first tier's opening on. A
person has a set of roles, and may act when any of them may. The table says who may ever; what depends on a row (whose
order, which tier, how many are left) is decided finely by the service that acts.

Roles of the team, each over every campaign or over one: an owner may everything; an editor makes the campaign, but
neither gives keys, nor pays back, nor takes names and addresses out of the house; a moderator keeps the thread, the
stories and the brake; a host speaks in the thread for a day, from the head start to the recap; an analyst reads.
"""

from launchpad.rules.phases import Phase

STAFF = ("host", "analyst", "moderator", "editor", "owner")
ROLES = ("stranger", "member", "place", "buyer", *STAFF)
VOICES = frozenset({"host", "moderator", "editor", "owner"})  # who speaks for the brand in the thread
HEAD_START = "head_start"
STAGES = ("draft", "preview", "waitlist", HEAD_START, "launch", "recap", "archived")

_ALWAYS = frozenset(STAGES)
_NEVER = frozenset()


def _from(first: str, until: str | None = None) -> frozenset[str]:
    """The stages from the first on; `until` is the first one no longer in."""
    return frozenset(STAGES[STAGES.index(first) : STAGES.index(until) if until else None])


def _row(
    everyone=_NEVER, *, member=_NEVER, place=_NEVER, buyer=_NEVER, host=_NEVER, analyst=_NEVER, moderator=_NEVER,
    editor=_NEVER, owner=_NEVER,
) -> dict:  # fmt: skip
    """One row: what everyone may, and what each role may beyond that. A role of the team includes those below it."""
    host, analyst = everyone | host, everyone | analyst
    moderator = host | moderator
    editor = moderator | analyst | editor
    return {
        "stranger": everyone,
        "member": everyone | member,
        "place": everyone | place,
        "buyer": everyone | buyer,
        "host": host,
        "analyst": analyst,
        "moderator": moderator,
        "editor": editor,
        "owner": editor | owner,
    }


_DAY = _from(HEAD_START, "recap")  # a host's: from the first head start until the recap opens


def _community(stages, team=_NEVER) -> dict:
    """Members, confirmed places and buyers in these stages; the team in them too, and beyond when said."""
    return _row(member=stages, place=stages, buyer=stages, host=stages, moderator=stages | team)


def _day() -> dict:
    """Moderators, editors, owners; hosts on their day."""
    return _row(host=_DAY, moderator=_ALWAYS)


def _team() -> dict:
    """Moderators, editors, owners."""
    return _row(moderator=_ALWAYS)


def _reads() -> dict:
    """Moderators, editors, owners, and analysts, who change nothing."""
    return _row(analyst=_ALWAYS, moderator=_ALWAYS)


def _figures() -> dict:
    """Analysts, editors, owners."""
    return _row(analyst=_ALWAYS)


def _editors() -> dict:
    return _row(editor=_ALWAYS)


def _owners() -> dict:
    return _row(owner=_ALWAYS)


_SHOWN = _from("preview")
_SELLING = _from(HEAD_START, "archived")

TABLE: dict[str, dict[str, frozenset[str]]] = {
    # the site
    "public": _row(_ALWAYS),
    "sign_in": _row(_ALWAYS),
    "membership.join": _row(_ALWAYS),
    "address.claim": _row(_ALWAYS),  # that an order made with another address was mine; the letter to it decides
    "profile.see": _row(_ALWAYS),  # whoever signed in sees their own, even who is nothing else here; others are asked to
    # a campaign
    "campaign.see": _row(_ALWAYS),  # a draft shows its name and its first moment, nothing more
    "preview.see": _row(member=_SHOWN, analyst=_ALWAYS, moderator=_ALWAYS),
    "poll.see": _row(member=_SHOWN, analyst=_ALWAYS, moderator=_ALWAYS),
    "poll.vote": _row(member=_from("preview", "archived")),  # until the poll closes, which is the poll's own moment
    "idea.see": _row(member=_SHOWN, analyst=_ALWAYS, moderator=_ALWAYS),
    "idea.post": _row(member=_from("preview", "launch")),
    "idea.vote": _row(member=_from("preview", "launch")),
    "waitlist.join": _row(_from("waitlist", "launch")),
    "place.confirm": _row(_from("waitlist")),
    "place.see": _row(place=_from("waitlist")),
    "place.leave": _row(place=_from("waitlist")),
    "invite.see": _row(member=_from("waitlist"), place=_from("waitlist"), buyer=_from("waitlist")),  # my link for friends
    "buy": _row(_SELLING),
    "queue.join": _row(_from("waitlist", "archived")),  # in the last minutes before the launch, and after it
    "restock.join": _row(_from("launch", "archived")),  # once everything is sold
    "pass.decline": _row(_SELLING),  # by the link of a letter, for whose it is
    "order.see": _row(_from(HEAD_START)),
    "event.see": _row(_from("waitlist"), member=_SHOWN, analyst=_ALWAYS, moderator=_ALWAYS),
    "event.remind": _row(_from("waitlist", "archived"), member=_from("preview", "archived")),
    "event.stop": _row(_ALWAYS),  # a link in a letter that says no
    "thread.read": _row(_from("waitlist"), analyst=_ALWAYS, moderator=_ALWAYS),
    # "to the recap": the community writes until the recap opens; the team has the last word
    "thread.post": _community(_from(HEAD_START, "recap"), team=_from("waitlist", "archived")),
    "thread.react": _community(_from("waitlist", "archived")),  # from when there is something to read until it stands for good
    "thread.vote": _community(_from(HEAD_START, "archived")),  # in a poll started there; until it closes
    "testimonial.send": _row(member=_from("preview", "recap")),  # words for the day, which the team looks at first
    "testimonial.withdraw": _row(_ALWAYS),  # whose it is; a consent can be taken back at any time
    "help.ask": _row(_from("preview")),  # in private: who is signed in, or holds the address of an order
    "flag.send": _row(_SHOWN),  # whoever is signed in; others are asked to
    "appeal.send": _row(_ALWAYS),  # whom it is about, who is asked to sign in
    "story.send": _community(_from("launch")),
    "story.see": _row(_from("launch"), analyst=_ALWAYS, moderator=_ALWAYS),
    "recap.see": _row(_from("recap"), analyst=_ALWAYS, moderator=_ALWAYS),
    # the team
    "team.enter": _row(host=_ALWAYS, analyst=_ALWAYS),  # the list of one's campaigns, this table: with any key at all
    "team.follow": _row(host=_DAY, analyst=_ALWAYS, moderator=_ALWAYS),  # what an open page of the room asks for
    "team.see": _reads(),
    "today.see": _day(),
    "preview.as": _reads(),  # the campaign's pages as somebody else sees them, at another moment
    "ready.see": _reads(),  # is everything ready for the next phase
    "ready.take": _team(),  # a test letter to oneself, and being on duty
    "thread.moderate": _day(),
    "people.sanction": _team(),  # silence, ban, lift, and answer an appeal
    "thread.edit": _team(),  # what the team or the campaign itself said
    "thread.close": _day(),
    "testimonials.review": _team(),
    "help.answer": _team(),
    "stories.review": _team(),
    "sales.stop": _team(),
    "idea.answer": _team(),
    "campaign.create": _owners(),
    "campaign.edit": _editors(),
    "timetable.edit": _editors(),
    "event.edit": _editors(),
    "waitlist.see": _editors(),
    "waitlist.edit": _editors(),
    "referrals.see": _editors(),
    "referrals.change": _editors(),  # allow or withhold friends, hand out rewards
    "passes.change": _editors(),  # release a wave, take a pass back, send one again, serve the line first
    "queue.change": _team(),  # before the doors: on, off, how fast
    "orders.see": _editors(),
    "orders.change": _owners(),
    "stock.change": _owners(),
    "numbers.export": _figures(),  # counts and sums
    "people.export": _owners(),  # names and addresses in a file
    "letters.see": _editors(),
    "keys.see": _owners(),  # letters whose text signs somebody in
    "recap.edit": _editors(),
    "audit.see": _figures(),
    "staff.edit": _owners(),
    "people.merge": _owners(),  # two addresses are one person: names and addresses are seen, and it cannot be undone
    "site.edit": _owners(),
    "rehearse": _editors(),
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
    return "This has ended."


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
    for action, row in TABLE.items():
        cells = ("".join(n if s in row[role] else "·" for n, s in zip(letters, STAGES, strict=True)) for role in ROLES)
        lines.append(action.ljust(wide) + "".join(cell.ljust(10) for cell in cells).rstrip())
    return "\n".join(lines)

"""What a row of the permission table is made of: the roles, the stages, and who may what together with whom.

Roles of the team, each over every campaign or over one: an owner may everything; an editor makes the campaign, but
neither gives keys, nor pays back, nor takes names and addresses out of the house; a moderator keeps the thread, the
stories and the brake; a host speaks in the thread for a day, from the head start to the recap; an analyst reads.
"""

STAFF = ("host", "analyst", "moderator", "editor", "owner")
ROLES = ("stranger", "member", "place", "buyer", *STAFF)
VOICES = frozenset({"host", "moderator", "editor", "owner"})  # who speaks for the brand in the thread
HEAD_START = "head_start"
STAGES = ("draft", "preview", "waitlist", HEAD_START, "launch", "recap", "archived")

ALWAYS = frozenset(STAGES)
NEVER = frozenset()


def since(first: str, until: str | None = None) -> frozenset[str]:
    """The stages from the first on; `until` is the first one no longer in."""
    return frozenset(STAGES[STAGES.index(first) : STAGES.index(until) if until else None])


def row(
    everyone=NEVER, *, member=NEVER, place=NEVER, buyer=NEVER, host=NEVER, analyst=NEVER, moderator=NEVER,
    editor=NEVER, owner=NEVER,
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


DAY = since(HEAD_START, "recap")  # a host's: from the first head start until the recap opens


def community(stages, team=NEVER) -> dict:
    """Members, confirmed places and buyers in these stages; the team in them too, and beyond when said."""
    return row(member=stages, place=stages, buyer=stages, host=stages, moderator=stages | team)


def day() -> dict:
    """Moderators, editors, owners; hosts on their day."""
    return row(host=DAY, moderator=ALWAYS)


def team() -> dict:
    """Moderators, editors, owners."""
    return row(moderator=ALWAYS)


def readers() -> dict:
    """Moderators, editors, owners, and analysts, who change nothing."""
    return row(analyst=ALWAYS, moderator=ALWAYS)


def figures() -> dict:
    """Analysts, editors, owners."""
    return row(analyst=ALWAYS)


def editors() -> dict:
    return row(editor=ALWAYS)


def owners() -> dict:
    return row(owner=ALWAYS)


SHOWN = since("preview")
SELLING = since(HEAD_START, "archived")

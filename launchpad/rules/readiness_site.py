"""Readiness of the site: letters, addresses, keys, people, the program itself."""

from datetime import timedelta

from launchpad.rules.readiness_facts import GOOD, HINT, NEEDS, SECRET, UNKNOWN, Facts, Item

FRESH = timedelta(days=7)  # for which an arrived letter proves that letters arrive


def letters(facts: Facts) -> Item:
    name, title = "letters", "Letters go out"
    if facts.rehearsal:
        return Item(
            name, title, GOOD, "A rehearsal keeps its letters in the outbox, as it should.", "letters", "Read them"
        )
    if facts.kept:
        return Item(
            name, title, NEEDS,
            "Letters are kept in the outbox: nobody gets them. Set MAIL_URL to a mail server and start again.",
            "letters", "See the outbox",
        )  # fmt: skip
    return Item(name, title, GOOD, "A mail server is set.", "letters", "See what was sent")


def arrival(facts: Facts) -> Item:
    name, title, where, act = "arrival", "A letter arrived", "ready#letter", "Send a letter to myself"
    if facts.arrived_at is not None and facts.real - facts.arrived_at <= FRESH:
        kept = " It was kept in the outbox: nobody else would get it." if facts.kept else ""
        return Item(
            name, title, GOOD, f"{facts.arrived_to or 'Somebody'} got a test letter and pressed its button.{kept}"
        )
    if facts.sent_at is not None and (facts.arrived_at is None or facts.sent_at > facts.arrived_at):
        return Item(
            name, title, NEEDS, "A test letter is on its way: press the button in it when it is there.", where, act
        )
    if facts.arrived_at is not None:
        return Item(name, title, NEEDS, f"The last one arrived over {FRESH.days} days ago. Send another.", where, act)
    return Item(
        name, title, NEEDS, "No test letter was sent yet: that is how you know that letters arrive.", where, act
    )


def address(facts: Facts) -> Item:
    name, title = "address", "The address is public"
    if facts.public:
        return Item(name, title, GOOD, f"Links in letters lead to {facts.address}.")
    return Item(
        name, title, HINT if facts.rehearsal else NEEDS,
        f"Links in letters lead to {facts.address}: set BASE_URL to the https address that people can open.",
    )  # fmt: skip


def secret(facts: Facts) -> Item:
    if facts.secret >= SECRET:
        return Item("secret", "The key is your own", GOOD, "Links and sessions are signed by a long key.")
    says = f"SECRET_KEY is short: links could be guessed. Set {SECRET} random characters or more."
    return Item("secret", "The key is your own", NEEDS, says)


def owner(facts: Facts) -> Item:
    title = "Somebody else has the key"
    if facts.owners >= 2:
        return Item("owner", title, GOOD, f"{facts.owners} people are owners.")
    return Item(
        "owner",
        title,
        NEEDS,
        "Only one person is owner: on the day two should be able to act.",
        "staff",
        "Invite",
    )


def time_kept(facts: Facts) -> Item:
    if not facts.troubles:
        return Item("time", "Time is kept", GOOD, "Timekeeper and workers are there.")
    more = f" And {len(facts.troubles) - 2} more." if len(facts.troubles) > 2 else ""
    return Item("time", "Time is kept", NEEDS, " ".join(facts.troubles[:2]) + more)


def links(facts: Facts) -> Item:
    if not facts.missing:
        return Item("links", "Terms, privacy, imprint, support", GOOD, "Each has words of yours, or a link.")
    says = f"No words for {', '.join(facts.missing)}: link to them, or write the site's pages."
    return Item("links", "Terms, privacy, imprint, support", NEEDS, says, "edit#links", "Add them")


def backups(_facts: Facts) -> Item:
    says = "Whether a backup can be read back, only you know: try it once before the day (see the README)."
    return Item("backups", "A backup was tried", UNKNOWN, says)

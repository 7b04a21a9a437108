"""Readiness of the sale: stock, prices, money, somebody there, and that it was rehearsed."""

from launchpad.rules.duty import live_hours, uncovered
from launchpad.rules.readiness_facts import GOOD, HINT, NEEDS, UNKNOWN, Facts, Item, opening


def stock(facts: Facts) -> Item:
    name, title, where, act = "stock", "Stock and prices are set", "edit#variants", "Set them"
    if not facts.wares:
        return Item(name, title, NEEDS, "There is nothing to buy yet.", where, act)
    for ware in facts.wares:
        if ware.price <= 0:
            return Item(name, title, NEEDS, f"{ware.name} has no price.", where, act)
        if ware.stock <= 0:
            return Item(name, title, NEEDS, f"There are no units of {ware.name}.", where, act)
    total = sum(ware.stock for ware in facts.wares)
    return Item(
        name,
        title,
        GOOD,
        f"{total:,} units of {len(facts.wares)} variant{'s' * (len(facts.wares) != 1)}.",
        "stock",
        "Look",
    )


def head_start_stock(facts: Facts) -> Item | None:
    if opening(facts, "head_start") is None:
        return None
    name, title, where, act = "head_start_stock", "The head start has units", "edit#variants", "Set them"
    for ware in facts.wares:
        if ware.head_start_stock > ware.stock:
            return Item(name, title, NEEDS, f"{ware.name}: more for the head start than there is.", where, act)
    units = sum(ware.head_start_stock for ware in facts.wares)
    if units <= 0:
        return Item(name, title, NEEDS, "No units are set for the head start: nobody could buy in it.", where, act)
    if units == sum(ware.stock for ware in facts.wares):
        return Item(name, title, HINT, "All units may go in the head start: nothing is kept for the doors.", where, act)
    return Item(name, title, GOOD, f"{units:,} units may go before the doors open.")


def money(facts: Facts) -> Item:
    name, title = "money", "The store says what was paid"
    if facts.rehearsal:
        return Item(name, title, GOOD, "A rehearsal is paid by a button, without money.")
    if facts.practised:
        return Item(
            name, title, NEEDS, "No money is taken: orders are confirmed by a button. Set the keys of a provider."
        )
    if facts.webhook_at is None:
        says = f"No verified message of {facts.provider} was seen yet: make one order, and look here again."
        return Item(name, title, UNKNOWN, says, "orders", "See orders")
    seen = facts.webhook_at.astimezone(facts.zone).strftime("%d %b, %H:%M")
    return Item(name, title, GOOD, f"The last verified message of {facts.provider} came on {seen}.")


def duty(facts: Facts) -> Item:
    name, title, where, act = "duty", "Somebody is on duty", "ready#duty", "I am on duty"
    hours = live_hours(facts.at("launch"), facts.zone, facts.events)
    bare = uncovered(hours, facts.on_duty)
    if not facts.on_duty:
        return Item(name, title, NEEDS, "Nobody has said that they are there on launch day.", where, act)
    if bare:
        first = bare[0].astimezone(facts.zone).strftime("%a %H:%M")
        more = f", and in {len(bare) - 1} more hours" if len(bare) > 1 else ""
        return Item(name, title, NEEDS, f"Nobody is there at {first}{more}.", where, act)
    return Item(name, title, GOOD, "Each live hour has somebody.", where, "See who")


def rehearsed(facts: Facts) -> Item | None:
    if facts.rehearsal:
        return None
    name, title = "rehearsal", "It was rehearsed"
    if facts.played:
        return Item(name, title, GOOD, "Played to its end with the timetable as it is.", "rehearsal", "See the report")
    says = (
        "The timetable has changed since it was played." if facts.played is False else "It was never played to its end."
    )
    return Item(name, title, NEEDS, says, "rehearsal", "Rehearse it")

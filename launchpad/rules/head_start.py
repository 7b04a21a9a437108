"""The gate of buying: may this person buy at this moment? Computed at every request, from rows and the clock."""

from datetime import datetime

from launchpad.rules.refusals import Refusal

# Hours of elapsed time that a head start, and a pass in it, may last.
SHORTEST, LONGEST = 24, 48


def may_buy(
    now: datetime,
    opening_of_tier: datetime | None,
    launch_opening: datetime | None,
    submitted_at: datetime | None,
    confirmed_at: datetime | None,
    left: int,
    *,
    quantity: int = 1,
    allowance: int | None = None,
    archive_opening: datetime | None = None,
    stopped: bool = False,
    access: str = "all",
    pass_from: datetime | None = None,
    pass_until: datetime | None = None,
    pass_state: str = "",
    list_first_until: datetime | None = None,
) -> None:
    """None when they may; else raises `Refusal`.

    All moments are campaign time. Whatever opens is open at exactly its moment; whatever ends has ended at exactly
    its moment. `opening_of_tier`, `launch_opening`, `archive_opening`: None is never. `submitted_at`, `confirmed_at`:
    of their place; None is none. `left`: units for them now, under the ceiling of this stage. `allowance`: units the
    person may still take; None is no limit. With access `passes`, a head start is a live pass instead of a place:
    from `pass_from` until before `pass_until`; `pass_state` is what became of it beside its time (`used`, `in_use` by
    another checkout, why it was ended). After the launch, until `list_first_until`, units are offered to the line first:
    then too only a live pass buys.
    """
    if (no := refusal(
        now, opening_of_tier, launch_opening, submitted_at, confirmed_at, left,
        quantity=quantity, allowance=allowance, archive_opening=archive_opening, stopped=stopped,
        access=access, pass_from=pass_from, pass_until=pass_until, pass_state=pass_state,
        list_first_until=list_first_until,
    )) is not None:  # fmt: skip
        raise no


def is_public(now: datetime, launch_opening: datetime | None) -> bool:
    """True from the launch on: anyone may buy, and the whole stock is theirs."""
    return launch_opening is not None and now >= launch_opening


def refusal(
    now, opening_of_tier, launch_opening, submitted_at, confirmed_at, left, *, quantity=1, allowance=None,
    archive_opening=None, stopped=False, access="all", pass_from=None, pass_until=None, pass_state="", list_first_until=None,
) -> Refusal | None:  # fmt: skip
    """The same, given back instead of raised: for pages that print why."""
    if archive_opening is not None and now >= archive_opening:
        return Refusal("ended", "The sale has ended.")
    if stopped:
        return Refusal("stopped", "Sales are stopped for a moment. Nothing is lost: please look again soon.")
    if not is_public(now, launch_opening):
        if opening_of_tier is None or now < opening_of_tier:
            return Refusal("not_open", "Buying is not open yet.")
        if access == "passes":
            if (no := _pass(now, pass_from, pass_until, pass_state)) is not None:
                return no
        elif (no := _place(now, opening_of_tier, submitted_at, confirmed_at)) is not None:
            return no
    elif offered_to_the_line(now, list_first_until):
        if (no := _pass(now, pass_from, pass_until, pass_state)) is not None:
            return (
                no
                if no.reason.removeprefix("pass_") in _OWN
                else Refusal("list_first", "What came back is offered to the waitlist first.")
            )
    if allowance is not None and quantity > allowance:
        more = "You have reached the limit per person." if allowance <= 0 else f"You may take {allowance} more at most."
        return Refusal("limit", more, "quantity")
    if left <= 0:
        return Refusal("sold_out", "Sold out for now." if not is_public(now, launch_opening) else "Sold out.")
    if quantity > left:
        return Refusal("sold_out", f"Only {left} left.", "quantity")
    return None


def _place(now, opening_of_tier, submitted_at, confirmed_at) -> Refusal | None:
    if submitted_at is None:
        return Refusal("no_place", "The head start is for the waitlist. Doors open for everyone at the launch.")
    if submitted_at >= opening_of_tier:
        return Refusal("too_late", "The head start has begun; we will write when doors open.")
    if confirmed_at is None or confirmed_at > now:
        return Refusal("unconfirmed", "Please confirm your place first: the link is in your inbox.")
    return None


def offered_to_the_line(now: datetime, list_first_until: datetime | None) -> bool:
    """True while units that came back after the launch go to the line before they go to anyone."""
    return list_first_until is not None and now < list_first_until


# What became of a pass, as it is told to whose it is.
_OWN = {
    "used": "Your pass is spent: it was for one order, and that one is confirmed.",
    "in_use": "A checkout of yours holds this pass. Pay for it, or give it up there, and buy again.",
    "declined": "You gave your pass on, and it went to the next in line.",
    "revoked": "The team took this pass back. Ask them if you think that is wrong.",
}


def _pass(now, pass_from, pass_until, state) -> Refusal | None:
    if state in _OWN:
        return Refusal(f"pass_{state}", _OWN[state])
    if pass_from is None or pass_until is None or now < pass_from:
        return Refusal("no_pass", "The head start follows the line; we write to you when your pass is ready.")
    if now >= pass_until:
        return Refusal(
            "pass_ended", "Your pass has ended and went to the next in line. Doors open for everyone at the launch."
        )
    return None

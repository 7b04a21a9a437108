"""The campaign's goal as a number on its way: which quarters of it are reached, and how that is said."""

MARKS = (25, 50, 75, 100)
MEASURED = ("waitlist_to_buyer", "stories")  # those that only rise on the day; a share of revenue goes up and down

_SHARES = {25: "A quarter of our goal", 50: "Half of our goal", 75: "Three quarters of our goal", 100: "Our goal is reached"}


def reached(measure: str, goal: float, done: int, of: int) -> int | None:
    """The highest quarter of the goal that is reached, in per cent; None below the first, or with nothing to measure.

    `waitlist_to_buyer`: `done` of the `of` people who waited have bought. `stories`: `done` are shown; `of` is not asked.
    """
    aim = goal * of if measure == "waitlist_to_buyer" else goal
    if aim <= 0 or done <= 0:
        return None
    return max((mark for mark in MARKS if done * 100 >= mark * aim), default=None)


def said(measure: str, mark: int, done: int, of: int, goal: float) -> str:
    """The milestone's words."""
    share = _SHARES[mark]
    if measure == "stories":
        what = f"{done:,} of {goal:,.0f} stories" if done < goal else f"{done:,} stories, and we hoped for {goal:,.0f}"
    else:
        what = f"{done:,} of the {of:,} people who waited have bought"
    return f"{share}: {what}."

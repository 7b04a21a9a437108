"""Where an order comes from. Frozen when the order is made: what people do later changes no figure of the past."""

from datetime import datetime

SOURCES = ("member", "joined", "referred", "cold")

# The rule as it is printed: what each is called, and who they are. The first that holds, from top to bottom.
WORDS = {
    "member": ("Members", "were members before the preview opened"),
    "joined": ("Joined", "became members, or confirmed a place, during the campaign and before they ordered"),
    "referred": ("Referred", "came by a member's link, without a place of their own"),
    "cold": ("Cold", "nothing of ours led them here"),
}
FROZEN = (
    "An order is counted once, when it is made, and stays so: what people do later changes no figure of the past. Only an "
    "order of an address that was nobody's is counted anew, once, when its buyer shows that the address is theirs: by the "
    "same rule, as of the moment of the order."
)

# What a touch may say, and how much of it is kept. `source` is utm_source or else the host of the page that linked here.
TOUCH = {"ref": 40, "source": 100, "utm_medium": 60, "utm_campaign": 100, "referrer": 100, "landing": 200}
STRAIGHT = "came straight here"  # of a first touch that is known and names nobody
NOT_KNOWN = "not known"  # of a first touch that nobody kept: strangers carry no cookie


def came_by(source: str | None) -> str:
    """A first touch's source in words; None is a first touch that is not known."""
    return NOT_KNOWN if source is None else source or STRAIGHT


def touch(said: dict) -> dict[str, str]:
    """Of what a form or an address said the parts of a touch, cut to length; those that say nothing are left out."""
    return {name: str(said[name])[:most] for name, most in TOUCH.items() if said.get(name)}


def source(
    member_at: datetime | None,
    preview_opening: datetime | None,
    joined_at: datetime | None = None,
    referred_by: object = None,
    ordered_at: datetime | None = None,
) -> str:
    """One of `SOURCES`, the first that holds:

    member    they were a member before the preview opened (or it never did)
    joined    they became a member, or confirmed a place (`joined_at`), by the time they ordered
    referred  a member's link brought them (`referred_by` is that person)
    cold      nothing of ours led them here

    Becoming a member at exactly the preview's opening is joining. Community is `member` alone, or with `joined`:
    reports show both.
    """
    moments = [m for m in (member_at, joined_at) if m is not None and (ordered_at is None or m <= ordered_at)]
    if member_at in moments and member_at is not None and (preview_opening is None or member_at < preview_opening):
        return "member"
    if moments:
        return "joined"
    return "cold" if referred_by is None else "referred"

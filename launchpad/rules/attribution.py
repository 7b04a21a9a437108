"""Where an order comes from. Frozen when the order is made: what people do later changes no figure of the past."""

from datetime import datetime

SOURCES = ("member", "joined", "referred", "cold")


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

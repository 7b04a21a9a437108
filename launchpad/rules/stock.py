"""Stock is one number: `taken` = sold + live holds. These are the bounds it moves under."""

FIRST_SALE = 0
SOLD_OUT = 100
MARKS = (FIRST_SALE, 25, 50, 75, SOLD_OUT)


def left(stock: int, taken: int) -> int:
    """Units still to be had under that ceiling; never negative, though `taken` may lie above a head start's."""
    return max(0, stock - taken)


def ceiling(public: bool, stock: int, head_start_stock: int | None) -> int:
    """How far `taken` may go now: the whole stock in public, the head start's part before. None sets no part aside."""
    return stock if public or head_start_stock is None else min(stock, head_start_stock)


def marks_crossed(sold_before: int, sold_after: int, total: int) -> list[int]:
    """Which marks a sale has just reached, rising: 0 for the first sale, then 25, 50, 75 and 100 per cent sold.

    Units sold count, not holds. A mark that a refund went back under is crossed again by the next sale; its entry in
    the thread is unique.
    """
    if total <= 0:
        return []
    return [mark for mark in MARKS if _reached(mark, sold_after, total) and not _reached(mark, sold_before, total)]


def _reached(mark: int, sold: int, total: int) -> bool:
    return sold > 0 and sold * 100 >= mark * total

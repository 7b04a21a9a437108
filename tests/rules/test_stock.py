"""Stock, its ceilings and its marks."""

from hypothesis import given
from hypothesis import strategies as st

from launchpad.rules.stock import MARKS, ceiling, left, marks_crossed


def test_the_head_start_takes_its_part_and_the_public_the_whole():
    assert ceiling(False, 300, 120) == 120
    assert ceiling(True, 300, 120) == 300
    assert ceiling(False, 300, None) == 300
    assert ceiling(False, 100, 120) == 100


def test_left_is_never_negative():
    assert left(120, 119) == 1
    assert left(120, 120) == 0
    assert left(120, 121) == 0


def test_each_quarter_is_crossed_at_exactly_its_unit():
    assert marks_crossed(0, 1, 100) == [0]
    assert marks_crossed(23, 24, 100) == []
    assert marks_crossed(24, 25, 100) == [25]
    assert marks_crossed(99, 100, 100) == [100]
    assert marks_crossed(2, 3, 10) == [25]  # 2.5 units are reached by the third
    assert marks_crossed(0, 1, 1) == [0, 25, 50, 75, 100]


def test_nothing_is_crossed_without_a_sale_or_without_stock():
    assert marks_crossed(5, 5, 10) == []
    assert marks_crossed(6, 5, 10) == []
    assert marks_crossed(0, 0, 0) == []


@given(st.integers(1, 500), st.lists(st.integers(1, 9), max_size=60))
def test_a_sale_that_only_grows_crosses_each_mark_once(total, sales):
    sold, crossed = 0, []
    for units in sales:
        after = min(total, sold + units)
        crossed += marks_crossed(sold, after, total)
        sold = after
    assert crossed == [mark for mark in MARKS if sold and sold * 100 >= mark * total]

"""VAT that prices include."""

import pytest

from launchpad.rules import tax


@pytest.mark.parametrize(
    ("minor", "percent", "part"),
    [(12900, 23, 2412), (119, 19, 19), (100, 0, 0), (1, 100, 1), (0, 23, 0), (10550, 5.5, 550), (205, 2.5, 5)],
)
def test_the_part_of_a_price_that_is_tax(minor, percent, part):
    assert tax.included(minor, percent) == part


def test_a_percentage_as_people_write_it():
    assert [tax.plain(p) for p in (23.0, 5.5, None, 0.0)] == [23, 5.5, None, 0]

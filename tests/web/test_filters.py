"""One amount is the same on every page, in every form, in a store and at a payment provider."""

import pytest

from launchpad.rules.store_money import minor as told
from launchpad.web.filters import money
from launchpad.web.team.field_values import major, minor


@pytest.mark.parametrize(
    "currency, amount, field, shown",
    [("EUR", 12900, "129.00", "€129.00"), ("JPY", 12900, "12900", "JP¥12,900"), ("RSD", 12900, "129.00", "RSD129.00"),
     ("KWD", 12900, "12.900", "KWD12.900"), ("ALL", 5, "0.05", "ALL0.05")],
)  # fmt: skip
def test_minor_units_are_the_same_everywhere(currency, amount, field, shown):
    assert (major(amount, currency), minor("price", field, currency)) == (field, amount)
    assert told(field, currency) == amount
    assert money(amount, currency) == shown

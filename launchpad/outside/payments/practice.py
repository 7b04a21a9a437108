"""The practice provider: rehearsals and demonstrations pay with a button, and no money moves."""

from launchpad.rules.payment import Said


class Practice:
    """Sends the buyer to the order's own page, where a button confirms it."""

    name = "practice"
    by_button = True

    def begin(self, payable) -> Said:
        """The order's page."""
        return Said(order=payable.number, url=payable.back)

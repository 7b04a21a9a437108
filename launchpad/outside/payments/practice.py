"""The practice provider: rehearsals and demonstrations pay with a button, and no money moves."""


class Practice:
    """Sends the buyer to the order's own page, where a button confirms it."""

    name = "practice"
    by_button = True

    def begin(self, payable) -> str:
        """The order's page."""
        return payable.back

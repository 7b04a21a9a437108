"""The ground of most tests of pages on the day."""

import pytest


@pytest.fixture
def campaign(given, watch):
    """The doors of Aurora Lamp have just opened; its slug is lamp."""
    row = given.campaign("lamp", name="Aurora Lamp")
    watch.set(row.milestone("launch").due)
    return row

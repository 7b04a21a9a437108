"""The long tests with real processes run by `make test-live`; the others of this folder are the short pick."""

import os

import pytest


def pytest_collection_modifyitems(items):
    if os.environ.get("LIVE"):
        return
    for item in items:
        if item.get_closest_marker("live"):
            item.add_marker(pytest.mark.skip(reason="long, with real processes: make test-live runs it"))

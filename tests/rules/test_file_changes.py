"""What differs between two campaign files; and the bytes of one."""

from datetime import UTC, datetime

import pytest

from launchpad.rules.campaign_file import Fault
from launchpad.rules.file_changes import SHOWN, changes
from launchpad.rules.file_text import LARGEST, table_of


def test_only_what_differs_is_told_by_its_dotted_key():
    at = datetime(2026, 12, 1, 9, tzinfo=UTC)
    before = {"campaign": {"name": "A", "hue": 7}, "variants": [{"sku": "X", "stock": 3}], "tiers": {"founder": "F"}}
    after = {
        "campaign": {"name": "A", "hue": 8},
        "variants": [{"sku": "X", "stock": 3}, {"sku": "Y"}],
        "schedule": {"launch": at},
    }
    assert changes(before, after) == (
        {"campaign.hue": 7, "tiers.founder": "F"},
        {"campaign.hue": 8, "variants[1].sku": "Y", "schedule.launch": at.isoformat()},
    )
    assert changes(before, before) == ({}, {})


def test_a_long_text_is_told_by_its_beginning_and_length():
    _, after = changes({"story": "x"}, {"story": "y" * 5000})
    assert after["story"] == "y" * SHOWN + "… (5000 characters)"


def test_lists_of_words_are_one_value():
    assert changes({"options": ["a", "b"]}, {"options": ["a", "c"]}) == ({"options": "a, b"}, {"options": "a, c"})


@pytest.mark.parametrize("content", [b"a = 1\r\nb = 2", b"\xef\xbb\xbfa = 1\nb = 2"])
def test_line_ends_and_marks_of_other_systems_are_read(content):
    assert table_of(content) == {"a": 1, "b": 2}


@pytest.mark.parametrize("content", [b"a =", b"\xff", b"a=" + b"[" * 5000, b"#" * (LARGEST + 1)])
def test_what_is_no_file_is_a_fault(content):
    with pytest.raises(Fault):
        table_of(content)

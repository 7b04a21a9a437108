"""Addresses as keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from launchpad.rules.addresses import address_key, fraud_key


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("ana@example.com", "ana@example.com"),
        (" Ana@Example.COM\n", "ana@example.com"),
        ("ana.b+news@example.com", "ana.b+news@example.com"),
        ("o'neil@example.com", "o'neil@example.com"),
        ("Jose\u0301@example.com", "jos\u00e9@example.com"),
        ("ana@M\u00fcller.example", "ana@xn--mller-kva.example"),
        ("ana@xn--mller-kva.example", "ana@xn--mller-kva.example"),
        ("ana@stra\u00dfe.example", "ana@xn--strae-oqa.example"),
    ],
)
def test_one_person_has_one_key(typed, key):
    assert address_key(typed) == key


@pytest.mark.parametrize(
    "typed",
    [
        "", " ", "ana", "@example.com", "ana@", "ana@@example.com", "a@b@example.com", "ana@example", "ana@127.0.0.1",
        "a na@example.com", "ana@exa mple.com", "ana\x00@example.com", "ana@example.com\nBcc: x@example.com",
        "ana\u200b@example.com", "ana\u202e@example.com", ".ana@example.com", "ana.@example.com", "a..b@example.com",
        "ana@.example.com", "ana@example..com", "ana@-example.com", "ana@example-.com", "ana@exa_mple.com",
        '"ana"@example.com', "<ana@example.com>", "ana,bo@example.com", "ana@example.com.", "\ud800@example.com",
        "x" * 65 + "@example.com", "ana@" + "x" * 64 + ".com", "a@" + "x." * 130 + "com", None, 5,
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_with_a_sentence(typed):
    with pytest.raises(ValueError, match=r"\.$"):
        address_key(typed)


def test_the_longest_address_fits():
    domain = ".".join(["x" * 62] * 3) + ".com"
    local = "a" * (254 - len(domain) - 1)
    assert len(address_key(f"{local}@{domain}")) == 254
    with pytest.raises(ValueError):
        address_key(f"a{local}@{domain}")


def test_the_longest_label_fits():
    assert address_key("ana@" + "x" * 63 + ".com")


def test_dots_and_tags_are_folded_for_fraud_only():
    assert fraud_key("a.n.a+x+y@example.com") == "ana@example.com"
    assert fraud_key("+x@example.com") == "+x@example.com"
    assert address_key("a.na@example.com") != address_key("ana@example.com")


short = st.text(max_size=9)


@given(st.text(max_size=30) | st.builds("{}@{}.{}".format, short, short, short))
def test_a_key_is_its_own_key_and_nothing_else_ever_comes_of_text(typed):
    try:
        key = address_key(typed)
    except ValueError:
        return
    assert address_key(key) == key
    assert key.count("@") == 1 and key.rpartition("@")[2].isascii()
    assert fraud_key(key)

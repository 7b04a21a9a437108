"""Tokens in links: ours are read, everything else is not."""

import pytest

from launchpad.services import tokens


def test_a_token_names_its_row_and_stays_the_same(app):
    assert tokens.read("confirm", tokens.make("confirm", 12)) == 12
    assert tokens.make("confirm", 12) == tokens.make("confirm", 12)


def test_a_token_serves_one_purpose_only(app):
    assert tokens.read("unsubscribe", tokens.make("confirm", 12)) is None


@pytest.mark.parametrize("token", ["", ".", "12", "a.b", "ü.é", "\0", "x" * 5000, "MTI.AAAA", "MTI." + "=" * 20])
def test_what_is_not_ours_is_none(app, token):
    assert tokens.read("confirm", token) is None


def test_a_changed_token_is_none(app):
    token = tokens.make("confirm", 12)
    assert tokens.read("confirm", tokens.make("confirm", 13).split(".")[0] + "." + token.split(".")[1]) is None


def test_another_key_reads_nothing(app):
    token = tokens.make("confirm", 12)
    kept, app.config["SECRET_KEY"] = app.config["SECRET_KEY"], "another key"
    try:
        assert tokens.read("confirm", token) is None
    finally:
        app.config["SECRET_KEY"] = kept

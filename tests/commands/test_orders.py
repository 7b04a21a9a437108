"""`launchpad orders load`, as somebody at a terminal meets it."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from launchpad.cli import main
from launchpad.commands import orders
from launchpad.database import db
from launchpad.models import Order
from tests.services.test_stores import LAUNCH, SHOP

HEAD = "number,email,sku,quantity,amount,currency,at,refunded\n"


@pytest.fixture
def load(app, watch, monkeypatch, given, tmp_path):
    monkeypatch.setattr(orders, "application", lambda: app)
    watch.set(LAUNCH)
    given.campaign("lamp", store=SHOP)

    def call(content: str, *more: str):
        file = tmp_path / "orders.csv"
        file.write_text(content)
        return CliRunner().invoke(main, ["orders", "load", str(file), "--campaign", "lamp", "--provider", "shopify", *more])

    return call


def test_a_dry_run_changes_nothing_and_a_second_time_neither(load):
    lines = HEAD + "#7,ada@example.com,OAK,2,258.00,EUR,2026-12-12T18:05:00Z,no\n#8,,OAK,x,1,EUR,2026-12-12,no\n"
    dry = load(lines, "--dry-run")
    assert dry.exit_code == 0 and "1 new" in dry.output and "nothing was changed" in dry.output and "line 3" in dry.output
    db.session.rollback()
    assert db.session.scalar(select(Order.id)) is None
    assert "1 new, 0 different, 0 known" in load(lines).output
    assert "0 new, 0 different, 1 known" in load(lines).output
    refunded = lines.replace("05:00Z,no", "05:00Z,yes")
    assert "0 new, 1 different" in load(refunded).output
    assert "1 known" in load(lines).output  # an older file never takes a refund back
    db.session.rollback()
    assert db.session.scalar(select(Order.state)) == "refunded"


ELSEWHERE = [("a,b\n", ()), ("", ()), (HEAD, ("--provider", "woocommerce")), (HEAD, ("--campaign", "no"))]


@pytest.mark.parametrize("content, more", ELSEWHERE)
def test_what_cannot_be_is_one_line_and_exit_2(load, content, more):
    result = load(content, *more)
    assert result.exit_code == 2 and result.output.count("\n") == 1

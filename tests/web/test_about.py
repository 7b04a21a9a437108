"""The pages of the site itself."""

import pytest
from sqlalchemy import select

from launchpad.database import db, writing
from launchpad.models import Audit
from launchpad.rules.refusals import Refusal
from launchpad.services import site


def write(name: str, text: str) -> None:
    with writing():
        site.write(name, text, None)


@pytest.mark.parametrize("name", site.NAMES)
def test_each_page_has_a_text_of_its_own(visitor, watch, name):
    answer = visitor().get(f"/about/{name}")
    assert answer.status_code == 200
    assert "comes with the software" in answer.get_data(as_text=True)
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("name", ["x", "%00", "support.md", "..%2Fabout", "a" * 500])
def test_there_are_no_others(visitor, watch, name):
    assert visitor().get(f"/about/{name}").status_code == 404


def test_the_teams_words_take_its_place_safely_and_can_be_taken_back(visitor, watch):
    write("terms", "# Ours\n\n<script>alert(1)</script> **bold**")
    words = visitor().get("/about/terms").get_data(as_text=True)
    assert "<strong>bold</strong>" in words and "alert(1)</script>" not in words
    assert "comes with the software" not in words and "1 December 2026" in words
    write("terms", "  ")
    assert "comes with the software" in visitor().get("/about/terms").get_data(as_text=True)
    assert [row.act for row in db.session.scalars(select(Audit))] == ["page.write"] * 2


@pytest.mark.parametrize("name, text", [("x", "words"), ("terms", "x" * 50_001)])
def test_unknown_pages_and_too_many_words_are_refused(app, watch, name, text):
    with pytest.raises(Refusal):
        write(name, text)

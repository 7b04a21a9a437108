"""What the look rests on: house colours as the module makes them, and no inline style or script in any page."""

import re
from pathlib import Path

import pytest

from launchpad.rules import colour

ROOT = Path(__file__).parent.parent
SHEET = (ROOT / "static/site.css").read_text()
PAGES = [path for path in sorted((ROOT / "templates").rglob("*.html")) if "letter" not in str(path)]


def test_the_house_colours_in_the_sheet_are_those_of_the_module():
    inside = SHEET.split("/* house hue, begin */\n")[1].split("/* house hue, end */")[0]
    assert inside == colour.css(colour.HOUSE_HUE), "paste the output of colour.css(colour.HOUSE_HUE) there"


def test_every_colour_the_sheet_asks_for_exists():
    made = set(colour.theme(0)) | set(re.findall(r"--([a-z0-9-]+)\s*:", SHEET))
    assert set(re.findall(r"var\(--([a-z0-9-]+)", SHEET)) <= made


def test_the_sheets_braces_are_closed():
    bare = re.sub(r"/\*.*?\*/", "", SHEET, flags=re.S)
    assert bare.count("{") == bare.count("}")


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_page_holds_no_inline_style_or_script(page):
    source = page.read_text()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|\shx-on|javascript:|\sjs:", source)
    assert not re.search(r"<script(?![^>]*\ssrc=)(?! type=\"application/ld\+json\">)", source), "linked data is no script"


@pytest.mark.parametrize("part", [page for page in PAGES if page.name.startswith("_")], ids=lambda path: path.name)
def test_a_fragment_brings_no_script(part):
    """What is swapped into an open page would run its script once more each time: two of them answer every key."""
    assert "<script" not in part.read_text().replace('<script type="application/ld+json">', "")


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_icons_that_a_page_draws_are_in_the_sprite(page):
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static/vendor/lucide.svg").read_text()))
    asked = set(re.findall(r'\bicon(?:\(|=)\s*"([a-z0-9-]+)"', page.read_text()))
    assert asked <= sprite

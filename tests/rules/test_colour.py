"""Whatever hue a brand has, every ink can be read on every paper it is set on, in both schemes."""

import re

import pytest

from launchpad.rules import colour


def ratio(one: str, other: str) -> float:
    """WCAG contrast, written a second time from the standard so that the module does not grade itself."""

    def light(value: str) -> float:
        total = 0.0
        for weight, at in ((0.2126, 1), (0.7152, 3), (0.0722, 5)):
            part = int(value[at : at + 2], 16) / 255
            total += weight * (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
        return total

    a, b = light(one), light(other)
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)


@pytest.mark.parametrize("hue", range(360))
def test_every_pair_can_be_read_at_every_hue(hue):
    tones = colour.theme(hue)
    poor = [
        (scheme, ink, paper, round(ratio(getattr(tones[ink], scheme), getattr(tones[paper], scheme)), 2))
        for ink, paper, need in colour.PAIRS
        for scheme in ("light", "dark")
        if ratio(getattr(tones[ink], scheme), getattr(tones[paper], scheme)) < need
    ]
    assert poor == []


def test_the_check_sees_a_pair_that_cannot_be_read():
    tones = colour.theme(100)
    assert ratio(tones["field"].light, tones["paper"].light) < 3


@pytest.mark.parametrize(
    ("lightness", "chroma", "hue", "expected"),
    [
        (1, 0, 0, "#ffffff"),
        (0, 0, 0, "#000000"),
        (0.62796, 0.25768, 29.234, "#ff0000"),
        (0.45201, 0.31321, 264.052, "#0000ff"),
    ],
)
def test_known_colours(lightness, chroma, hue, expected):
    assert colour.srgb(lightness, chroma, hue) == expected


def test_what_no_screen_shows_loses_chroma_not_lightness():
    shown = colour.srgb(0.7, 0.4, 150)
    assert shown == colour.srgb(0.7, colour.most_chroma(0.7, 150), 150)
    assert not colour.shown(0.7, 0.4, 150)


def test_contrast_has_its_two_ends():
    assert colour.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colour.contrast("#808080", "#808080") == pytest.approx(1)


def test_no_lightness_can_be_read_on_black_and_white_at_once():
    with pytest.raises(ValueError, match="no lightness"):
        colour.settled(0.5, 0.1, 40, ["#000000", "#ffffff"], 7)


def test_a_hue_is_taken_modulo_a_turn():
    assert colour.css(400) == colour.css(40)


def test_the_style_sheet_names_every_token_in_both_schemes():
    sheet = colour.css(74)
    assert sheet.startswith("@layer tokens{")
    for name, tone in colour.theme(74).items():
        assert f"--{name}:{tone.light};" in sheet
        assert f"--{name}:light-dark({tone.light},{tone.dark});" in sheet
    assert sheet.count("{") == sheet.count("}")
    assert not re.search(r"url\(|@import|<", sheet)

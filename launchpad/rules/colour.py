"""A campaign's colours: every pair of ink and paper, light and dark, derived from one hue.

Colours are made in OKLCH (lightness 0 to 1, chroma from 0, hue in degrees) because equal steps in it look equal; they
leave this module as sRGB hex. An ink is moved in lightness until it can be read on each of its papers (WCAG 2 contrast:
4.5 for text, 3 for edges and marks), so no hue can make a page that cannot be read.
"""

from functools import cache
from math import cos, radians, sin
from typing import NamedTuple

HOUSE_HUE = 56.0  # pages that belong to no campaign
TEXT, LARGE = 4.5, 3.0
NEON = 0.195  # beyond this chroma greens and pinks glare instead of glow


class Tone(NamedTuple):
    """One token's colour in both schemes, as #rrggbb."""

    light: str
    dark: str


# Which ink is set on which paper, and the contrast it must reach. The test walks this table for every hue.
PAPERS = ("paper", "paper-2", "raised", "tint")
PAIRS: tuple[tuple[str, str, float], ...] = (
    *((ink, paper, TEXT) for ink in ("ink", "ink-2", "brand", "second", "good", "warn", "bad") for paper in PAPERS),
    *((mark, paper, LARGE) for mark in ("edge", "act") for paper in PAPERS),
    *((ink, paper, TEXT) for ink in ("on-field", "on-field-2") for paper in ("field", "tint")),
    ("act", "field", LARGE),
    ("on-act", "act", TEXT),
    ("on-accent", "accent", TEXT),
    *((ink, "deep", TEXT) for ink in ("on-deep", "on-deep-2", "deep-mark")),
    *((mood, f"{mood}-paper", TEXT) for mood in ("good", "warn", "bad")),
    *(("ink", f"{mood}-paper", TEXT) for mood in ("good", "warn", "bad")),
)


def linear(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    """OKLCH as linear-light sRGB; parts below 0 or above 1 lie outside what a screen can show."""
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def shown(lightness: float, chroma: float, hue: float) -> bool:
    """Whether a screen can show this colour, to within what eight bits round away."""
    return all(-0.001 <= part <= 1.001 for part in linear(lightness, chroma, hue))


def most_chroma(lightness: float, hue: float) -> float:
    """The strongest chroma that a screen shows at this lightness and hue."""
    low, high = 0.0, 0.4
    for _ in range(18):
        middle = (low + high) / 2
        low, high = (middle, high) if shown(lightness, middle, hue) else (low, middle)
    return low


def srgb(lightness: float, chroma: float, hue: float) -> str:
    """OKLCH as #rrggbb; chroma gives way when a screen cannot show it, lightness and hue stay."""
    parts = linear(lightness, chroma if shown(lightness, chroma, hue) else most_chroma(lightness, hue), hue)
    return "#" + "".join(f"{round(255 * _encoded(min(max(part, 0.0), 1.0))):02x}" for part in parts)


def _encoded(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb as WCAG defines it, 0 to 1."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG contrast of two colours, 1 to 21."""
    dim, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dim + 0.05)


def settled(lightness: float, chroma: float, hue: float, papers: list[str], need: float) -> str:
    """The colour nearest to the wished lightness that reaches `need` on every paper. Raises ValueError if none does."""
    for step in range(201):
        for wished in (lightness - step * 0.005, lightness + step * 0.005):
            if 0 <= wished <= 1:
                colour = srgb(wished, chroma, hue)
                if all(contrast(colour, paper) >= need for paper in papers):
                    return colour
    raise ValueError(f"no lightness reaches {need} on {papers}")


def vivid(hue: float, least: float, most: float) -> tuple[float, float]:
    """Lightness and chroma at which this hue is strongest, lightness kept between the two bounds, neon kept out."""
    steps = [least + (most - least) * step / 20 for step in range(21)]
    lightness = max(steps, key=lambda candidate: most_chroma(candidate, hue))
    return lightness, min(most_chroma(lightness, hue), NEON)


def _scheme(hue: float, dark: bool) -> dict[str, str]:
    """One scheme's colours by token. Papers come first, then each ink settled on the papers it is set on."""
    other = (hue + 152) % 360
    strong, strength = vivid(hue, 0.70, 0.88)
    second, second_strength = vivid(other, 0.72, 0.86)

    def pick(light: tuple[float, float], night: tuple[float, float], of: float = hue) -> str:
        return srgb(*(night if dark else light), of)

    def ink(light: tuple[float, float], night: tuple[float, float], on: list[str], need=TEXT, of=hue) -> str:
        return settled(*(night if dark else light), of, on, need)

    tones = {
        "paper": pick((0.975, 0.011), (0.165, 0.014)),
        "paper-2": pick((0.945, 0.021), (0.208, 0.020)),
        "raised": pick((0.993, 0.004), (0.235, 0.022)),
        "tint": pick((0.920, 0.050), (0.270, 0.048)),
        "field": pick((strong, strength * 0.96), (0.255, 0.060)),
        "accent": pick((second, second_strength * 0.85), (0.780, second_strength * 0.80), other),
        "deep": pick((0.235, 0.055), (strong, strength * 0.96)),
        "mark": pick((strong, strength), (strong, strength)),
    }
    papers = [tones[name] for name in PAPERS]
    tones |= {
        "ink-2": ink((0.43, 0.034), (0.76, 0.024), papers),
        "brand": ink((0.47, 0.150), (0.82, 0.130), papers),
        "second": ink((0.47, 0.120), (0.82, 0.110), papers, of=other),
        "line": pick((0.870, 0.026), (0.330, 0.028)),
        "edge": ink((0.58, 0.040), (0.58, 0.040), papers, LARGE),
        "on-field": ink((0.17, 0.040), (max(strong, 0.78), strength), [tones["field"], tones["tint"]]),
        "on-field-2": ink((0.29, 0.060), (0.88, 0.045), [tones["field"], tones["tint"]]),
        "act": ink((0.235, 0.060), (strong, strength), [*papers, tones["field"]], LARGE),
        "on-accent": ink((0.17, 0.040), (0.17, 0.040), [tones["accent"]], of=other),
        "on-deep": ink((0.96, 0.025), (0.17, 0.040), [tones["deep"]]),
        "on-deep-2": ink((0.80, 0.040), (0.29, 0.060), [tones["deep"]]),
        "deep-mark": ink((strong, strength), (0.17, 0.040), [tones["deep"]]),
    }
    tones["on-act"] = ink((0.975, 0.020), (0.17, 0.040), [tones["act"]])
    for mood, of in (("good", 152.0), ("warn", 70.0), ("bad", 27.0)):
        tones[f"{mood}-paper"] = pick((0.950, 0.045), (0.260, 0.055), of)
        tones[mood] = ink((0.46, 0.130), (0.82, 0.130), [*papers, tones[f"{mood}-paper"]], of=of)
    papers += [tones[f"{mood}-paper"] for mood in ("good", "warn", "bad")]
    tones["ink"] = ink((0.19, 0.028), (0.95, 0.012), papers)
    return tones


@cache
def theme(hue: float) -> dict[str, Tone]:
    """Every colour token of a campaign whose brand has this hue (OKLCH degrees; any number, taken modulo 360)."""
    light, dark = _scheme(hue % 360, dark=False), _scheme(hue % 360, dark=True)
    return {name: Tone(light[name], dark[name]) for name in light}


def css(hue: float) -> str:
    """The tokens as a style sheet: plain light colours for old browsers, both schemes where light-dark() is known."""
    tones = theme(hue)
    plain = "".join(f"--{name}:{tone.light};" for name, tone in tones.items())
    both = "".join(f"--{name}:light-dark({tone.light},{tone.dark});" for name, tone in tones.items())
    return (
        f"@layer tokens{{:root{{{plain}}}\n"
        f"@supports (color:light-dark(red,red)){{:root{{color-scheme:light dark;{both}}}}}}}\n"
    )

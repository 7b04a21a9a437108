"""Drawing the picture of a shared address: a poster of 1200 by 630 in the campaign's colours, with its own picture beside."""

from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

SIZE = (1200, 630)
BESIDE = 480  # pixels of the campaign's own picture, at the right
EDGE = 72
_FONTS = Path(__file__).resolve().parent.parent.parent / "static" / "vendor" / "fonts"
_DISPLAY, _TEXT = "bricolage-grotesque", "instrument-sans"


@cache
def _font(family: str, part: str, size: int, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(_FONTS / f"{family}-{part}-wght-normal.woff2"), size)
    font.set_variation_by_axes([weight])
    return font


@cache
def _part_for(family: str, sign: str) -> str | None:
    """Which file of a font has a sign; None when it is in neither, and is left out."""
    for part in ("latin", "latin-ext"):
        font = _font(family, part, 40, 400)
        if sign.isspace() or bytes(font.getmask(sign)) != bytes(font.getmask("\U000fffff")):
            return part
    return None


class _Pen:
    """Text of one look, sign by sign where one file does not have them all."""

    def __init__(self, family: str, size: int, weight: int):
        self.family, self.size, self.weight = family, size, weight

    def runs(self, text: str) -> list[tuple[str, ImageFont.FreeTypeFont]]:
        found: list[tuple[str, str]] = []
        for sign in text:
            if (part := _part_for(self.family, sign)) is None:
                continue
            if found and (found[-1][1] == part or sign.isspace()):
                found[-1] = (found[-1][0] + sign, found[-1][1])
            else:
                found.append((sign, part))
        return [(words, _font(self.family, part, self.size, self.weight)) for words, part in found]

    def width(self, text: str) -> float:
        return sum(font.getlength(words) for words, font in self.runs(text))

    def lines(self, text: str, room: int, most: int) -> list[str] | None:
        """The text in lines that fit; None when it takes more than `most` of them."""
        lines: list[str] = []
        for word in text.split():
            if lines and self.width(f"{lines[-1]} {word}") <= room:
                lines[-1] += f" {word}"
            else:
                lines.append(word)
        fits = len(lines) <= most and all(self.width(line) <= room for line in lines)
        return lines if fits else None

    def write(self, draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, colour: str) -> None:
        x, y = at
        for words, font in self.runs(text):
            draw.text((x, y), words, colour, font, anchor="ls")
            x += font.getlength(words)


def draw(words: tuple[str, str, str, str], tones: dict[str, str], hero: BytesIO | None) -> bytes:
    """The poster as JPEG. Words: name, what is said above it, the line below it, the brand."""
    name, said, line, brand = words
    card = Image.new("RGB", SIZE, tones["field"])
    pen = ImageDraw.Draw(card)
    room = SIZE[0] - 2 * EDGE
    if hero is not None:
        with Image.open(hero) as picture:
            card.paste(ImageOps.fit(picture.convert("RGB"), (BESIDE, SIZE[1])), (SIZE[0] - BESIDE, 0))
        room -= BESIDE - EDGE // 3
    pen.rectangle((EDGE, EDGE, EDGE + 56, EDGE + 8), fill=tones["act"])
    _Pen(_TEXT, 34, 600).write(pen, (EDGE, EDGE + 62), _cut(said, 60), tones["on-field-2"])
    y = _headline(pen, name, room, tones["on-field"])
    small = _Pen(_TEXT, 34, 400)
    for text in _within(small, line, room, 3):
        if (y := y + 46) > SIZE[1] - EDGE - 56:  # the brand stands there
            break
        small.write(pen, (EDGE, y), text, tones["on-field-2"])
    _Pen(_DISPLAY, 32, 700).write(pen, (EDGE, SIZE[1] - EDGE), _cut(brand, 40), tones["on-field"])
    kept = BytesIO()
    card.save(kept, "JPEG", quality=84, optimize=True)
    return kept.getvalue()


def _headline(pen: ImageDraw.ImageDraw, name: str, room: int, colour: str) -> int:
    """Write the name as large as it fits; where the last line stands."""
    y = EDGE + 96
    for size in (112, 96, 80, 66, 54, 44):
        big = _Pen(_DISPLAY, size, 800)
        lines = big.lines(name, room, 3 if size > 54 else 4)
        if lines is not None:
            break
    for text in lines if lines is not None else _within(big, name, room, 4):
        y += round(size * 1.02)
        big.write(pen, (EDGE, y), text, colour)
    return y + 16


def _within(pen: _Pen, text: str, room: int, most: int) -> list[str]:
    """As many whole words as fit into so many lines; a word that is too long for one is cut."""
    kept: list[str] = []
    for word in text.split():
        while pen.width(word) > room:
            word = word[: max(1, len(word) * 2 // 3)]
        lines = pen.lines(" ".join([*kept, word]), room, most)
        if lines is None:
            break
        kept.append(word)
    return pen.lines(" ".join(kept), room, most) or []


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"

"""Photos of the crowd: a desk by a window, drawn here. Some say where they were taken, as phones write it."""

from io import BytesIO
from random import Random

from PIL import Image, ImageDraw, ImageFilter

SIZES = ((1200, 900), (900, 1200), (1280, 853))
CITY = (38.0, 43.0, 12.0)  # degrees, minutes, seconds
SHADES = ("#c96f3b", "#3d6b5f", "#7a4b8a", "#b8923a", "#35507c", "#8c3f45")


def photo(seed: str) -> tuple[bytes, str]:
    """A JPEG and what it shows; the same for the same seed."""
    random = Random(seed)
    width, height = random.choice(SIZES)
    picture = _wall(random, width, height)
    pen = ImageDraw.Draw(picture, "RGBA")
    desk = int(height * random.uniform(0.62, 0.72))
    window = _window(random, pen, width, desk)
    pen.rectangle((0, desk, width, height), fill=_rgb(random, 90, 150, warm=True))
    for _ in range(random.randint(2, 5)):
        _thing(random, pen, width, desk)
    glow = _lamp(random, picture, width, height, desk)
    picture = picture.filter(ImageFilter.GaussianBlur(1.2))
    return _jpeg(picture, random), f"A desk {window}, {glow}"


def _wall(random: Random, width: int, height: int) -> Image.Image:
    """A wall that gets darker away from the light."""
    top, bottom = _rgb(random, 150, 225), _rgb(random, 90, 160)
    column = Image.new("RGB", (1, height))
    for y in range(height):
        share = y / height
        column.putpixel((0, y), tuple(int(a + (b - a) * share) for a, b in zip(top, bottom, strict=True)))
    return column.resize((width, height))


def _window(random: Random, pen: ImageDraw.ImageDraw, width: int, desk: int) -> str:
    if random.random() < 0.35:
        return "against a plain wall"
    left, wide = random.randint(0, width // 2), random.randint(width // 4, width // 3)
    evening = random.random() < 0.5
    pen.rectangle((left, desk // 8, left + wide, desk - desk // 6), fill=(40, 52, 92) if evening else (206, 226, 240))
    for part in (1, 2):
        x = left + wide * part // 3
        pen.line((x, desk // 8, x, desk - desk // 6), fill=(240, 236, 228), width=10)
    return "by a window in the evening" if evening else "by a bright window"


def _thing(random: Random, pen: ImageDraw.ImageDraw, width: int, desk: int) -> None:
    """A book, a cup, a box."""
    x, wide, high = random.randint(0, width - 120), random.randint(50, 220), random.randint(18, 130)
    pen.rounded_rectangle(
        (x, desk - high, x + wide, desk + 14), radius=random.choice((2, 8, 24)), fill=random.choice(SHADES)
    )


def _lamp(random: Random, picture: Image.Image, width: int, height: int, desk: int) -> str:
    """An arm, a head, and light that falls from it."""
    foot, head = random.randint(width // 5, width * 4 // 5), random.randint(width // 5, width * 4 // 5)
    top = int(height * random.uniform(0.2, 0.38))
    light = Image.new("L", picture.size)
    spread = random.randint(width // 8, width // 4)
    ImageDraw.Draw(light).polygon(
        (head - 40, top + 30, head + 40, top + 30, head + spread, desk + 90, head - spread, desk + 90), fill=150
    )
    warm = random.random() < 0.6
    shine = Image.new("RGB", picture.size, (255, 196, 110) if warm else (236, 244, 255))
    picture.paste(shine, mask=light.filter(ImageFilter.GaussianBlur(28)))
    pen = ImageDraw.Draw(picture)
    pen.line((foot, desk + 20, foot, top + 120, head, top), fill=(34, 32, 30), width=14, joint="curve")
    pen.pieslice((head - 70, top - 40, head + 70, top + 70), 180, 360, fill=(34, 32, 30))
    return "in warm light" if warm else "in cool light"


def _rgb(random: Random, least: int, most: int, warm: bool = False) -> tuple[int, int, int]:
    first = random.randint(least, most)
    return (first, int(first * 0.78), int(first * 0.58)) if warm else (first, int(first * 0.96), int(first * 0.9))


def _jpeg(picture: Image.Image, random: Random) -> bytes:
    exif = Image.Exif()
    if random.random() < 0.6:
        exif[0x010F], exif[0x0110] = "Pocket", "P7"
        exif.get_ifd(0x8825).update({1: "N", 2: CITY, 3: "W", 4: CITY})
    file = BytesIO()
    picture.save(file, "JPEG", quality=86, exif=exif)
    return file.getvalue()

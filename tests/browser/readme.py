"""The README's pictures: a desk and a phone side by side, at the moments that the tour tells of."""

from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw

DESK, PHONE, HEIGHT = 1280, 390, 844
GAP, ROUND, LARGEST = 28, 14, 120 * 1024  # bytes
LAMP, ROOM = "/aurora-lamp", "/team/aurora-lamp"


def take(camera, world, folder: Path) -> None:
    """Play the launch through and write the pictures into the folder, as WebP."""
    folder.mkdir(parents=True, exist_ok=True)

    def pair(name: str, desk: str, phone: str, who: int | None = None, down: tuple[int, int] = (0, 0)) -> None:
        both = [_shot(camera, *one, who) for one in ((desk, DESK, down[0]), (phone, PHONE, down[1]))]
        _keep(_beside(*both), folder / f"{name}.webp")

    world.preview()
    world.waitlist()
    pair("waitlist", f"{LAMP}/", f"{LAMP}/")
    pair("place", f"{LAMP}/place", f"{LAMP}/place", world.newcomer)
    world.head_start()
    world.launch()
    pair("thread", f"{LAMP}/thread", f"{LAMP}/thread", world.newcomer, (300, 860))
    pair("room", f"{ROOM}/", f"{ROOM}/today", world.owner)
    world.recap()
    pair("recap", f"{LAMP}/recap", f"{LAMP}/recap")


def _shot(camera, path: str, width: int, down: int, who: int | None) -> Image.Image:
    """A window's picture, scrolled down by so many pixels."""
    page = camera.page_of(who)
    page.set_viewport_size({"width": width, "height": HEIGHT})
    page.emulate_media(color_scheme="light")
    page.goto(camera.site + path, wait_until="load")
    page.evaluate("(down) => scrollTo(0, down)", down)
    page.wait_for_timeout(300)
    return Image.open(BytesIO(page.screenshot())).convert("RGBA")


def _beside(desk: Image.Image, phone: Image.Image) -> Image.Image:
    """Both on nothing, with round corners and a hairline, so that they stand on white and on black."""
    canvas = Image.new("RGBA", (DESK + GAP + PHONE, HEIGHT))
    for picture, left in ((desk, 0), (phone, DESK + GAP)):
        box = (0, 0, picture.width - 1, picture.height - 1)
        shape = Image.new("L", picture.size)
        ImageDraw.Draw(shape).rounded_rectangle(box, ROUND, fill=255)
        ImageDraw.Draw(picture).rounded_rectangle(box, ROUND, outline=(128, 128, 128, 255), width=1)
        picture.putalpha(ImageChops.multiply(picture.getchannel("A"), shape))
        canvas.paste(picture, (left, 0))
    return canvas


def _keep(picture: Image.Image, file: Path) -> None:
    for quality in (86, 78, 70, 60):
        picture.save(file, "WEBP", quality=quality, method=6)
        if file.stat().st_size < LARGEST:
            break
    print(f"{file.name}: {file.stat().st_size // 1024} KB at quality {quality}")

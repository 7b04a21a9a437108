"""Pictures from outside leave as ours: upright, small, with nothing in them but pixels."""

from io import BytesIO

import pytest
from PIL import Image, ImageCms

from launchpad.outside import photos
from launchpad.rules.refusals import Refusal
from tests import pictures


def opened(content: bytes) -> Image.Image:
    picture = Image.open(BytesIO(content), formats=["WEBP"])
    picture.load()
    return picture


def chunks(webp: bytes) -> list[bytes]:
    """The names of a WebP's chunks; fails on a byte that belongs to none."""
    assert webp[:4] == b"RIFF" and webp[8:12] == b"WEBP"
    assert int.from_bytes(webp[4:8], "little") + 8 == len(webp), "bytes after the picture"
    at, names = 12, []
    while at < len(webp):
        names.append(webp[at : at + 4])
        size = int.from_bytes(webp[at + 4 : at + 8], "little")
        at += 8 + size + size % 2
    return names


def test_nothing_but_pixels_is_left():
    source = pictures.jpeg(2000, 1500, orientation=6, gps=True, after=b"PK\x03\x04 a hidden archive")
    assert b"neighbour" in source, "the source does carry what has to go"
    made = photos.prepare(source)
    assert set(made.renditions) == {480, 960, 1600}
    for webp in made.renditions.values():
        assert set(chunks(webp)) <= {b"VP8 ", b"VP8L"}
        assert b"neighbour" not in webp and b"archive" not in webp
        assert not opened(webp).getexif() and "icc_profile" not in opened(webp).info


@pytest.mark.parametrize(
    "orientation, corner",
    [
        (None, (0, 0)),
        (1, (0, 0)),
        (2, (1, 0)),
        (3, (1, 1)),
        (4, (0, 1)),
        (5, (0, 0)),
        (6, (1, 0)),
        (7, (1, 1)),
        (8, (0, 1)),
    ],
)
def test_it_stands_as_the_camera_was_held(orientation, corner):
    """The red corner of the sensor ends where a viewer that knows the flag would show it."""
    made = photos.prepare(pictures.jpeg(640, 480, orientation=orientation))
    assert (made.width, made.height) == ((480, 640) if (orientation or 1) >= 5 else (640, 480))
    picture = opened(made.renditions[1600])
    x, y = (picture.width - 12 if corner[0] else 12), (picture.height - 12 if corner[1] else 12)
    red, green, blue = picture.convert("RGB").getpixel((x, y))
    assert red > 180 and blue < 90


def test_renditions_are_never_enlarged_and_keep_their_shape():
    made = photos.prepare(pictures.jpeg(3200, 1600))
    assert [opened(made.renditions[width]).size for width in photos.WIDTHS] == [(480, 240), (960, 480), (1600, 800)]
    small = photos.prepare(pictures.jpeg(100, 50))
    assert [opened(small.renditions[width]).size for width in photos.WIDTHS] == [(100, 50)] * 3


@pytest.mark.parametrize("size", [(1, 1), (1, 9000), (9000, 1), (2, 16384)])
def test_odd_shapes_are_pictures_too(size):
    made = photos.prepare(pictures.image("PNG", size))
    assert made.width >= 1 and made.height >= 1


@pytest.mark.parametrize(
    "kind, mode, colour",
    [
        ("PNG", "RGBA", (0, 128, 128, 128)), ("PNG", "P", 3), ("PNG", "L", 90),
        ("PNG", "LA", (90, 40)), ("PNG", "1", 1),
        ("PNG", "I;16", 30000), ("JPEG", "CMYK", (10, 80, 20, 0)), ("JPEG", "L", 90), ("WEBP", "RGBA", (9, 9, 9, 9)),
    ],
)  # fmt: skip
def test_every_mode_of_the_formats_we_take(kind, mode, colour):
    made = photos.prepare(pictures.image(kind, mode=mode, colour=colour))
    assert opened(made.renditions[480]).mode == "RGB"


def test_what_is_transparent_stands_on_white():
    made = photos.prepare(pictures.image("PNG", mode="RGBA", colour=(0, 0, 0, 0)))
    assert min(opened(made.renditions[480]).getpixel((5, 5))) > 245 and made.colour == "#ffffff"


def test_a_profile_is_applied_and_left_behind():
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    made = photos.prepare(pictures.image("PNG", icc_profile=lab))
    assert "icc_profile" not in opened(made.renditions[480]).info
    assert photos.prepare(pictures.image("PNG", icc_profile=b"no profile at all")).width == 320


def test_the_dominant_colour_is_that_of_most_pixels():
    assert photos.prepare(pictures.image("PNG", colour="#204060")).colour in (
        "#204060",
        "#214061",
        "#1f4060",
        "#20405f",
        "#203f60",
    )


def test_a_hero_is_cropped_to_its_shape():
    made = photos.prepare(pictures.jpeg(3000, 1000), photos.HERO)
    assert (made.width, made.height) == (1333, 1000)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize(
    "width, height, fits",
    [(8000, 5000, True), (8000, 5001, False), (50_000, 50_000, False), (2**31 - 1, 2**31 - 1, False)],
)
def test_the_limit_of_pixels_is_read_from_the_header(width, height, fits):
    with pytest.raises(Refusal) as refusal:
        photos.prepare(pictures.huge_header(width, height))
    # a header within the limit is decoded, and found to have no pixels behind it
    assert (refusal.value.reason == "photo_broken") == fits, refusal.value.reason


@pytest.mark.parametrize(
    "content, reason",
    [
        (b"", "photo_empty"),
        (b"hello, I am text", "photo_format"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo_format"),
        (b"\xff\xd8\xff", "photo_format"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "photo_format"),
        (pictures.animated(), "photo_format"),
        (pictures.image("BMP"), "photo_format"),
        (pictures.image("TIFF"), "photo_format"),
        (b"GIF89a<script>alert(1)</script>", "photo_format"),
        (pictures.jpeg(900, 900)[:3000], "photo_broken"),
        (pictures.image("PNG", (500, 500), colour="red")[:-30], "photo_broken"),
        (pictures.image("WEBP", (500, 500))[:60], "photo_broken"),
    ],
)
def test_what_is_no_photo_is_refused_with_what_to_do(content, reason):
    with pytest.raises(Refusal) as refusal:
        photos.prepare(content)
    assert refusal.value.field == "photo"
    assert refusal.value.reason in (reason, "photo_format", "photo_broken"), refusal.value.reason
    assert refusal.value.reason == reason or reason == "photo_broken"


def test_heic_is_told_by_name():
    with pytest.raises(Refusal, match="HEIC"):
        photos.prepare(b"\0\0\0\x18ftypheic" + b"\0" * 64)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_no_bytes_make_it_fail_otherwise():
    """Every byte of a small photo broken in turn: a picture or a refusal, nothing else."""
    source = pictures.jpeg(32, 24, orientation=6, gps=True)
    for at in range(0, len(source), 7):
        broken = source[:at] + bytes([source[at] ^ 0xFF]) + source[at + 1 :]
        try:
            photos.prepare(broken)
        except Refusal:
            pass

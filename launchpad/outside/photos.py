"""Pictures from outside, made ours: decoded, set upright, taken to sRGB, written anew as WebP of pixels alone."""

import logging
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageCms, ImageOps, features

from launchpad.rules.refusals import Refusal

WIDTHS = (480, 960, 1600)  # of the renditions, pixels; a smaller picture is never enlarged
TALLEST = 3  # times the width: a taller picture is fitted into that
PIXELS = 40_000_000
HERO = (4, 3)
FORMATS = ("JPEG", "PNG", "WEBP", *(("AVIF",) if features.check("avif") else ()))
NAMES = "JPEG, PNG or WebP"
QUALITY = 80

# Pillow's own alarm goes off at twice this number, while it reads the header: before any memory is asked for.
Image.MAX_IMAGE_PIXELS = PIXELS

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Prepared:
    """A picture ready to be kept. Width and height in pixels are those of its largest rendition."""

    width: int
    height: int
    colour: str  # the dominant one, #rrggbb
    renditions: dict[int, bytes]  # nominal width -> WebP


def prepare(content: bytes, shape: tuple[int, int] | None = None) -> Prepared:
    """Make a picture ours; `shape` crops it about its middle to that ratio.

    Raises Refusal with what to do about it: not a picture, a format we do not take, too many pixels, broken.
    """
    picture = _upright(_opened(content))
    if shape:
        picture = ImageOps.fit(picture, _largest(picture.size, shape), Image.Resampling.LANCZOS)
    renditions = {}
    for width in sorted(WIDTHS, reverse=True):
        picture = _within(picture, width)
        if not renditions:
            size = picture.size
        renditions[width] = _written(picture)
    return Prepared(*size, _dominant(picture), renditions)


def _opened(content: bytes) -> Image.Image:
    if not content:
        raise Refusal("photo_empty", "That file is empty. Choose the photo again.", "photo")
    if _is_heic(content):
        raise Refusal(
            "photo_format",
            "HEIC photos cannot be read here. Send the photo as JPEG: on an iPhone choose Settings, Camera, Formats, "
            "Most Compatible, or share it from Photos with the option Most Compatible.",
            "photo",
        )
    try:
        picture = Image.open(BytesIO(content), formats=FORMATS)
    except Image.DecompressionBombError:
        raise _too_large() from None
    except (
        Exception
    ) as fault:  # decoders fail in every way there is; each means that this is no picture of these formats
        log.info("a picture was refused", extra={"why": type(fault).__name__})
        raise Refusal("photo_format", f"That file is not a photo we can read. Send {NAMES}.", "photo") from None
    if picture.width * picture.height > PIXELS:
        raise _too_large()
    return picture


def _too_large() -> Refusal:
    return Refusal(
        "photo_pixels",
        f"That photo has more than {PIXELS // 1_000_000} megapixels. Send a smaller version of it.",
        "photo",
    )


def _is_heic(content: bytes) -> bool:
    return content[4:8] == b"ftyp" and content[8:12] in (
        b"heic",
        b"heix",
        b"heim",
        b"heis",
        b"hevc",
        b"hevx",
        b"mif1",
        b"msf1",
    )


def _upright(picture: Image.Image) -> Image.Image:
    """Decode, turn as the camera was held, and take to sRGB without alpha. Of an animation this is the first frame."""
    try:
        picture.draft("RGB", (WIDTHS[-1], WIDTHS[-1]))  # a JPEG is decoded no larger than needed
        picture.load()
        return _to_srgb(ImageOps.exif_transpose(picture))
    except Exception as fault:
        log.info("a picture was refused", extra={"why": type(fault).__name__})
        raise Refusal(
            "photo_broken", "That photo is damaged and cannot be read. Send it again, or another.", "photo"
        ) from None


def _to_srgb(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if picture.mode.startswith("I") or picture.mode == "F":  # sixteen bits of grey
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    elif picture.has_transparency_data:
        picture = picture.convert("RGBA")
        ground = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(ground, picture).convert("RGB")
    elif picture.mode not in ("RGB", "L", "CMYK"):
        picture = picture.convert("RGB")
    if profile:
        try:
            camera = ImageCms.ImageCmsProfile(BytesIO(profile))
            return ImageCms.profileToProfile(picture, camera, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # a profile that does not fit its picture says nothing about the pixels
    return picture.convert("RGB")


def _largest(size: tuple[int, int], shape: tuple[int, int]) -> tuple[int, int]:
    """The largest size of a shape inside a size; at least a pixel."""
    unit = min(size[0] / shape[0], size[1] / shape[1])
    return max(1, round(unit * shape[0])), max(1, round(unit * shape[1]))


def _within(picture: Image.Image, width: int) -> Image.Image:
    smaller = picture.copy()
    smaller.thumbnail((width, width * TALLEST), Image.Resampling.LANCZOS)
    return smaller


def _written(picture: Image.Image) -> bytes:
    picture.info = {}  # what the camera said about the pixels ends here
    file = BytesIO()
    picture.save(file, "WEBP", quality=QUALITY, method=4, exif=b"", xmp=b"", icc_profile=b"")
    return file.getvalue()


def _dominant(picture: Image.Image) -> str:
    """The commonest of the picture's six main colours."""
    small = picture.resize((32, 32), Image.Resampling.BOX).quantize(6).convert("RGB")
    return "#{:02x}{:02x}{:02x}".format(*max(small.getcolors())[1])

"""Pictures for tests, made here: with a place and an orientation in them, broken, enormous, of every kind."""

import struct
import zlib
from io import BytesIO

from PIL import Image, ImageDraw

CITY = (38.0, 43.0, 12.0)  # degrees, minutes, seconds


def jpeg(
    width: int = 640, height: int = 480, orientation: int | None = None, gps: bool = False, after: bytes = b""
) -> bytes:
    """A photo whose upper left corner, as the sensor saw it, is red; with EXIF when asked."""
    picture = Image.new("RGB", (width, height), "steelblue")
    ImageDraw.Draw(picture).rectangle((0, 0, width // 4, height // 4), fill="red")
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    if gps:
        exif[0x010F] = "Camera of a neighbour"
        exif.get_ifd(0x8825).update({1: "N", 2: CITY, 3: "W", 4: CITY})
    file = BytesIO()
    picture.save(file, "JPEG", exif=exif, quality=92)
    return file.getvalue() + after


def image(kind: str = "PNG", size=(320, 200), mode: str = "RGB", colour="teal", **more) -> bytes:
    """A picture of one colour in some format and mode."""
    file = BytesIO()
    Image.new(mode, size, colour).save(file, kind, **more)
    return file.getvalue()


def animated() -> bytes:
    """A GIF that moves."""
    frames = [Image.new("P", (40, 40), shade) for shade in (0, 90, 200)]
    file = BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    return file.getvalue()


def huge_header(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims these dimensions."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 64)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")

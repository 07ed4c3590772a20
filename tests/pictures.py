"""Pictures of invented cards, as cameras and files bring them."""

from __future__ import annotations

from io import BytesIO
from zlib import crc32

from PIL import Image, ImageDraw

SIZE = (640, 400)
MAKER, ORIENTATION, PLACE = 0x010F, 0x0112, 0x8825
TURNED = 6
"""How a camera that was held upright says that its picture lies on its side."""


def card(size: tuple[int, int] = SIZE) -> Image.Image:
    """A card that belongs to nobody; its left third is dark."""
    made = Image.new("RGB", size, "#dfe8ee")
    pen = ImageDraw.Draw(made)
    pen.rectangle((0, 0, size[0] // 3, size[1]), fill="#123a5a")
    pen.text(
        (size[0] // 2, size[1] // 4), "EXAMPLE HEALTH PLAN\nMember ZQEXAMPLE0001\nGroup 000000", fill="black"
    )
    return made


def png(size: tuple[int, int] = SIZE) -> bytes:
    """The card as a PNG."""
    return _written(card(size), "PNG")


def jpeg(size: tuple[int, int] = SIZE, orientation: int = 1, comment: bytes = b"ZQCOMMENT") -> bytes:
    """The card as a JPEG of a camera, which says who made it, how it was held and where."""
    exif = Image.Exif()
    exif[MAKER], exif[ORIENTATION] = "ZQCAMERA", orientation
    exif.get_ifd(PLACE)[1] = "N"
    return _written(card(size), "JPEG", exif=exif, comment=comment)


def webp() -> bytes:
    """The card as a WebP with a background that can be seen through."""
    return _written(card().convert("RGBA"), "WEBP")


def bomb() -> bytes:
    """A small file that says it is a picture of sixteen thousand by sixteen thousand points."""
    whole = bytearray(png((8, 8)))
    whole[16:24] = (16_000).to_bytes(4) * 2
    whole[29:33] = crc32(bytes(whole[12:29])).to_bytes(4)
    return bytes(whole)


def heic() -> bytes:
    """The beginning of what one maker's phones write."""
    return b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(64)


def _written(image: Image.Image, form: str, **how: object) -> bytes:
    file = BytesIO()
    image.save(file, form, **how)
    return file.getvalue()

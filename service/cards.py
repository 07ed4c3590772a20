"""Makes a clean picture of a card out of whatever bytes a camera or a file brought.

Nothing of the file is kept but what can be seen: it is read, turned upright, made small enough to look at,
and written anew as JPEG, without place, time, device or anything else that cameras put beside a picture.
"""

from __future__ import annotations

from io import BytesIO
from threading import BoundedSemaphore

from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

MEDIA_TYPE = "image/jpeg"
TAKEN = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
"""The formats that are read, and what they are called on their way here."""

LONGEST_SIDE = 1600
MOST_PIXELS = 64_000_000
"""What phones take today has room; what claims to be larger is not opened."""

QUALITY = 85
DIRECT = ("L", "LA", "RGB", "RGBA", "CMYK")
# What phones of one maker call their format, where it stands in the file.
HEIC, HEIC_BRANDS = slice(4, 12), (b"ftyphei", b"ftyphev", b"ftypmif", b"ftypmsf", b"ftypavif")
# Opened, a large picture takes some hundred megabytes: few are open at a time.
_few = BoundedSemaphore(2)


class UnusablePicture(Exception):
    """The bytes are no picture that can be used; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def clean(content: bytes) -> bytes:
    """The picture as an upright JPEG of moderate size with nothing beside it; raises `UnusablePicture`."""
    if content[HEIC].startswith(HEIC_BRANDS):
        raise UnusablePicture("picture_format")
    with _few:
        try:
            return _drawn_anew(content)
        except UnidentifiedImageError:
            raise UnusablePicture("picture_format") from None
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise UnusablePicture("picture_too_large") from None
        except UnusablePicture:
            raise
        except Exception:  # a broken file makes the library raise whatever it likes
            raise UnusablePicture("picture_broken") from None


def _drawn_anew(content: bytes) -> bytes:
    # Whatever makes PDFs lets the library take half a picture for a whole one, for the whole process.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    with Image.open(BytesIO(content), formats=tuple(TAKEN)) as file:
        opened: Image.Image = file
        if opened.width * opened.height > MOST_PIXELS:
            raise UnusablePicture("picture_too_large")
        if opened.mode not in DIRECT:  # colors by number cannot be mixed, and so not made smaller
            opened = opened.convert("RGBA")
        opened.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        seen = ImageOps.exif_transpose(opened).convert("RGBA")
    paper = Image.new("RGB", seen.size, "white")
    paper.paste(seen, mask=seen)
    written = BytesIO()
    paper.save(written, "JPEG", quality=QUALITY)
    return written.getvalue()

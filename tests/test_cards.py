"""What is kept of a picture of a card is what can be seen, upright, of moderate size, and nothing else."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from service.cards import LONGEST_SIDE, UnusablePicture, clean
from tests.pictures import TURNED, bomb, heic, jpeg, png, webp


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(clean(content)))
    image.load()
    return image


def is_dark(image: Image.Image, x: float, y: float) -> bool:
    """Whether the picture is dark at a place, given in parts of its sides."""
    point = image.convert("L").getpixel((int(image.width * x), int(image.height * y)))
    assert isinstance(point, int)
    return point < 120


def with_colors_by_number() -> bytes:
    file = BytesIO()
    Image.open(BytesIO(png())).convert("P").save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("content", [png(), jpeg(), webp(), with_colors_by_number()])
def test_whatever_comes_becomes_a_jpeg_that_shows_the_same(content: bytes) -> None:
    image = opened(content)
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (640, 400))
    assert is_dark(image, 0.1, 0.5)
    assert not is_dark(image, 0.9, 0.9)


def test_nothing_that_a_camera_puts_beside_a_picture_is_kept() -> None:
    before = jpeg()
    assert b"ZQCAMERA" in before
    assert b"ZQCOMMENT" in before
    kept = clean(before)
    assert b"ZQ" not in kept
    assert b"Exif" not in kept
    assert dict(Image.open(BytesIO(kept)).getexif()) == {}


def test_a_picture_that_lies_on_its_side_is_turned_upright() -> None:
    image = opened(jpeg(orientation=TURNED))
    assert image.size == (400, 640)
    assert is_dark(image, 0.5, 0.1), "what was on the left is at the top"
    assert not is_dark(image, 0.5, 0.9)


@pytest.mark.parametrize("make", [png, jpeg])
def test_a_large_picture_is_made_small_enough_to_look_at(make: object) -> None:
    assert callable(make)
    assert opened(make((4000, 2500))).size == (LONGEST_SIDE, 1000)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "picture_format"),
        (b"no picture at all", "picture_format"),
        (b"%PDF-1.7 of something", "picture_format"),
        (b"GIF89a" + bytes(32), "picture_format"),
        (heic(), "picture_format"),
        (bomb(), "picture_too_large"),
        (png()[:500], "picture_broken"),
        (jpeg()[:2000], "picture_broken"),
    ],
)
def test_what_is_no_picture_that_can_be_used_says_why(content: bytes, code: str) -> None:
    with pytest.raises(UnusablePicture) as refused:
        clean(content)
    assert refused.value.code == code


def test_half_a_picture_is_none_even_after_pdfs_were_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("PIL.ImageFile.LOAD_TRUNCATED_IMAGES", True)  # as the library of PDFs leaves it
    with pytest.raises(UnusablePicture) as refused:
        clean(png()[:500])
    assert refused.value.code == "picture_broken"

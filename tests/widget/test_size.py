"""What a visitor of a clinic's website waits for stays small."""

from __future__ import annotations

import gzip
from pathlib import Path

STATIC = Path(__file__).resolve().parents[2] / "service" / "widget" / "static"
MOST_BYTES = 10_000


def test_script_and_styles_together_are_less_than_ten_kilobytes_on_the_way() -> None:
    sizes = [len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in ("widget.js", "widget.css")]
    assert sum(sizes) < MOST_BYTES

"""The layout of a printed page: headings, wrapped lines, tables with aligned figures; 100 columns wide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

WIDTH = 100
STEP = "  "
BULLET = "· "
GAP = "  "
# Heads of columns are set in lines of at most so many letters.
HEAD_WIDTH = 13


def heading(text: str) -> Iterator[str]:
    """Yield a heading, apart from what came before."""
    yield ""
    yield text.upper()


def line(text: str, depth: int = 1, mark: str = "") -> Iterator[str]:
    """Yield a text wrapped and indented; `mark` stands before it, and what wraps goes on under the text."""
    start = STEP * depth + mark
    # Addresses are never broken: what is copied from a page has to lead somewhere.
    yield from wrap(
        text,
        WIDTH,
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_long_words=False,
        break_on_hyphens=False,
    )


def bullets(texts: Iterable[str], depth: int = 1) -> Iterator[str]:
    """Yield each text with a mark before it."""
    for text in texts:
        yield from line(text, depth, BULLET)


def numbered(texts: Sequence[str], depth: int = 1) -> Iterator[str]:
    """Yield each text with its number before it, the numbers aligned."""
    width = len(str(len(texts)))
    for number, text in enumerate(texts, 1):
        yield from line(text, depth, f"{number:>{width}} ")


def table(head: Sequence[str], rows: Sequence[Sequence[str]], depth: int = 1) -> Iterator[str]:
    """Yield rows under their heads: the first column to the left, figures to the right."""
    heads = [wrap(cell, HEAD_WIDTH, break_on_hyphens=False) or [""] for cell in head]
    height = max(len(cell) for cell in heads)
    stacked = [[""] * (height - len(cell)) + cell for cell in heads]
    yield from columns([*zip(*stacked, strict=True), *rows], depth)


def columns(rows: Sequence[Sequence[str]], depth: int = 1) -> Iterator[str]:
    """Yield rows in columns: the first to the left, all others to the right."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.rjust(width) if index else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield (STEP * depth + GAP.join(cells)).rstrip()


def grid(rows: Sequence[Sequence[str]], width: int) -> Iterator[str]:
    """Yield rows whose cells may wrap; every column after the first is `width` wide at most."""
    for row in rows:
        cells = [[row[0]], *(wrap(cell, width, break_on_hyphens=False) or [""] for cell in row[1:])]
        height = max(len(cell) for cell in cells)
        filled = [cell + [""] * (height - len(cell)) for cell in cells]
        first = max(len(each[0]) for each in rows)
        for label, *others in zip(*filled, strict=True):
            aligned = GAP.join(other.rjust(width) for other in others)
            yield f"{STEP}{label.ljust(first)}{GAP}{aligned}".rstrip()

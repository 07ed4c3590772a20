"""The printed page of an answer: what a clerk can read aloud, in order of importance.

Made from the answer as it travels (codes and parameters; sentences are not needed), so that whoever has
the JSON of a verification can print it in either language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from service.explain.page.comparison import print_comparison
from service.explain.page.cost import assumptions, cost, weeks
from service.explain.page.payer import payer_page
from service.explain.page.reader import FLORIDA, Answer, Reader
from service.explain.page.rule_lists import changes_page, differences_page, stale_page
from service.explain.page.verdict import authorization, coverage, opening
from service.explain.page.work import call_script, cautions, next_steps, sources

__all__ = [
    "FLORIDA",
    "Answer",
    "Reader",
    "changes_page",
    "differences_page",
    "payer_page",
    "print_comparison",
    "print_verification",
    "stale_page",
]

Section = Callable[[Answer, Reader], Iterator[str]]
SECTIONS: tuple[Section, ...] = (
    opening,
    coverage,
    authorization,
    cost,
    weeks,
    assumptions,
    next_steps,
    call_script,
    cautions,
    sources,
)


def print_verification(answer: Answer, reader: Reader) -> str:
    """Return a verification as a page of text, at most 100 columns wide."""
    return "\n".join(text for section in SECTIONS for text in section(answer, reader)) + "\n"

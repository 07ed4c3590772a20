"""Puts together what both shapes of a reply say alike: the payer, the dates and the rejections."""

from __future__ import annotations

from payers.clearinghouse.document import Object, find_object
from payers.clearinghouse.notes import Notes
from payers.clearinghouse.parties import read_payer
from payers.clearinghouse.rejections import read_rejections
from payers.x12.model import Line, Party, Transaction


def transaction_of(
    document: Object,
    people: tuple[Party | None, Party | None],
    trace: str,
    lines: tuple[Line, ...],
    dates: tuple[str, ...],
    notes: Notes,
) -> Transaction:
    """Return a reply's transaction; `people` are subscriber and dependent, `dates` where its dates stand."""
    subscriber, dependent = people
    rejections = read_rejections(document, notes)
    spans = notes.spans(find_object(document, *dates), "/" + "/".join(dates))
    is_about_nobody = subscriber is None and dependent is None and not rejections
    return Transaction(
        payer=read_payer(find_object(document, "payer")),
        subscriber=subscriber or Party(),
        dependent=dependent,
        trace=trace,
        lines=lines,
        spans=spans,
        rejections=rejections,
        broken="nobody" if is_about_nobody else None,
        oddities=notes.oddities(),
    )

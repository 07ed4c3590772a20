"""What was paid, as pages: of a case beside its estimate, files taken in, and how good estimates were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from schemas.actual import ACTUAL
from schemas.problem import BadRequest
from service import actuals_at_hand, case_at_hand
from service.actuals.entries import UnusableFile
from service.actuals.lines import taken_whole
from service.actuals.measuring import proposal_line, shown
from service.actuals.tables import template
from service.at_hand import office
from service.console.asking import payer_names
from service.console.case import show_case
from service.console.case_words import case_label, explain_fault
from service.console.forms import Control, Rows, controls_of, faults_of, said_in
from service.console.paid_words import sessions_paid
from service.console.reading import show_to_staff
from service.console.room import console
from service.security.guard import current_client
from service.security.permissions import grants
from service.store.session import transaction

FIELDS = tuple(ACTUAL.fields)


@console.errorhandler(actuals_at_hand.NotHere)
def say_there_is_no_such_case_either(_: actuals_at_hand.NotHere) -> ResponseReturnValue:
    """A case that is not there, or that the caller may not see."""
    return show_to_staff("nothing.html", 404)


@console.get("/cases/<uuid:case_id>/paid")
def paid(case_id: UUID) -> ResponseReturnValue:
    """What was paid for each session of a case beside what was expected, and the form for another one."""
    return _of_case(str(case_id), {"status": "paid"}, {})


@console.post("/cases/<uuid:case_id>/paid")
def add_paid(case_id: UUID) -> ResponseReturnValue:
    """Enter a session; or the form again, as it was typed, with its faults."""
    said = {name: value for name, value in said_in(ACTUAL, FIELDS, request.form).items() if value is not None}
    try:
        given = actuals_at_hand.draft(str(case_id), said)
    except BadRequest as bad:
        return _of_case(str(case_id), request.form.to_dict(), faults_of(bad.errors), 422)
    with transaction(office().store) as session:
        actuals_at_hand.keep_typed(session, str(case_id), given)
    return redirect(url_for("console.paid", case_id=case_id), 303)


@console.get("/paid")
def paid_files() -> ResponseReturnValue:
    """The form for a file of what was paid."""
    return _file(None)


@console.post("/paid")
def take_in_actuals() -> ResponseReturnValue:
    """Take in a file, and say what came of every row."""
    file = request.files.get("file")
    try:
        taken = taken_whole(actuals_at_hand.take(b"" if file is None else file.read()))
    except UnusableFile:
        return _file(None, is_unusable=True)
    return _file(taken)


@console.get("/paid/template.csv")
def paid_template() -> ResponseReturnValue:
    """A table to fill in."""
    response = Response(template(), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="paid.csv"'
    return response


@console.get("/accuracy")
def accuracy_page() -> ResponseReturnValue:
    """How good estimates were, by payer and level; and the rates to correct, for whom may see them."""
    said = shown(actuals_at_hand.measured())
    may_see = grants(current_client().scopes, "clinic:read")
    rates = [proposal_line(one) for one in actuals_at_hand.proposed()] if may_see else []
    return show_to_staff(
        "accuracy.html",
        case_label=case_label,
        payer_names=payer_names(office().desk),
        lines=said["items"],
        not_compared=said["not_compared"],
        rates=rates,
    )


def _of_case(
    case_id: str, typed: Mapping[str, str], faults: Mapping[str, str], status: int = 200
) -> ResponseReturnValue:
    found = actuals_at_hand.of_case(case_id)
    file = case_at_hand.file_of(case_id, "case.read")
    values = {"typed": typed, "faults": faults, "controls": [*_controls()]}
    return show_case("paid.html", file, status, sessions=sessions_paid(found), **values)


def _file(taken: dict[str, Any] | None, *, is_unusable: bool = False) -> ResponseReturnValue:
    words = {"case_label": case_label, "explain_fault": explain_fault}
    status = 422 if is_unusable else 200
    return show_to_staff("paid_file.html", status, taken=taken, is_unusable=is_unusable, **words)


def _controls() -> Iterator[Control | Rows]:
    for control in controls_of(ACTUAL, FIELDS, {}):
        if isinstance(control, Control) and control.name == "reason":  # a quote has a reason of another kind
            control = replace(control, label="paid_reason")
        yield control

"""How a comparison travels: one verification request, and several care plans for the same member."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.inquiry import Known, VerificationRequestSchema, load_inquiry
from schemas.model import Inquiry, Step
from schemas.phases import CARE_FIELDS, MOST_PHASES, PhaseSchema, check_days
from schemas.problem import BadRequest, Complaints, FieldError, read_shape
from schemas.shapes import Items, Part, Shape, Text

MOST_PLANS = 12


class CarePlanSchema(Shape):
    """One care plan to compare."""

    name = Text(120, required=True)
    phases = Items(Part(PhaseSchema()), most=MOST_PHASES, least=1, required=True)


class ComparisonSchema(Shape):
    """A request and the care plans; what the request itself says of care is left aside, save its start."""

    request = Part(VerificationRequestSchema(), required=True)
    plans = Items(Part(CarePlanSchema()), most=MOST_PLANS, least=1, required=True)


COMPARISON = ComparisonSchema()


@dataclass(frozen=True, slots=True)
class CarePlan:
    """One care plan as an inquiry, with the warnings it gives rise to; `phases` are as they were sent."""

    name: str
    phases: Sequence[Mapping[str, Any]]
    inquiry: Inquiry
    warnings: Sequence[Step]


def load_comparison(data: Any, known: Known) -> list[CarePlan]:
    """Turn a comparison as it travels into one inquiry a plan; raises `BadRequest` with every error."""
    complaints = Complaints()
    _check_own_care(read_shape(COMPARISON, data, complaints).get("request") or {}, complaints)
    errors = {(error.pointer, error.code): error for error in complaints.found}
    loaded = []
    for index, plan, body in _requests(data):
        try:
            inquiry, warnings = load_inquiry(body, known)
        except BadRequest as bad:
            for error in bad.errors:
                placed = _placed(error, index)
                errors.setdefault((placed.pointer, placed.code), placed)
        else:
            loaded.append(CarePlan(plan.get("name", ""), plan["phases"], inquiry, warnings))
    if errors:
        raise BadRequest(errors.values())
    return loaded


def _check_own_care(request: Mapping[str, Any], complaints: Complaints) -> None:
    """Check the care that the request itself names, although it is left aside: it must make sense."""
    check_days("/request", request, complaints)
    for index, phase in enumerate(request.get("phases") or ()):
        check_days(f"/request/phases/{index}", phase, complaints)


def _requests(data: Any) -> Iterator[tuple[int, Mapping[str, Any], dict[str, Any]]]:
    """Yield each plan with the request it makes, as far as they can be put together."""
    request = data.get("request") if isinstance(data, Mapping) else None
    plans = data.get("plans") if isinstance(data, Mapping) else None
    if not isinstance(request, Mapping) or not isinstance(plans, list):
        return
    shared = {name: value for name, value in request.items() if name not in (*CARE_FIELDS, "phases")}
    for index, plan in enumerate(plans[:MOST_PLANS]):
        phases = plan.get("phases") if isinstance(plan, Mapping) else None
        if isinstance(phases, list) and phases:
            yield index, plan, {**shared, "phases": _started(phases, request.get("start_date"))}


def _started(phases: list[Any], start_date: Any) -> list[Any]:
    """Let the first phase start when the request does, where it does not say so itself."""
    first = phases[0]
    if start_date is None or not isinstance(first, Mapping) or first.get("start_date") is not None:
        return phases
    return [{**first, "start_date": start_date}, *phases[1:]]


def _placed(error: FieldError, index: int) -> FieldError:
    root = f"/plans/{index}" if error.pointer.startswith("/phases") else "/request"
    return FieldError(root + error.pointer, error.code, error.message)

"""Requests and tellings for tests: invented people, and the payers and sites they are held against."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from schemas.inquiry import load_inquiry
from schemas.known import Known, PayerCard, SiteCard
from schemas.model import Accumulator, Inquiry
from schemas.problem import BadRequest

TODAY = date(2026, 11, 22)
MBI = (
    "^[1-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y][0-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y][0-9]"
    "[AC-HJKMNP-RT-Y]{2}[0-9]{2}$"
)
KNOWN = Known(
    payers={
        card.id: card
        for card in (
            PayerCard(
                "medicare",
                "Original Medicare",
                "medicare",
                member_id_pattern=MBI,
                member_id_strict=True,
                member_id_hint="eleven letters and digits, as on the red, white and blue card",
            ),
            PayerCard(
                "medigap", "Medigap", "medigap", plans={"g": "Plan G"}, called={"g": "g", "plan g": "g"}
            ),
            PayerCard("florida-medicaid", "Florida Medicaid", "medicaid"),
            PayerCard(
                "cigna",
                "Cigna Healthcare",
                "commercial",
                aliases=("Evernorth",),
                plans={"open-access-plus": "Open Access Plus"},
                called={"open access plus": "open-access-plus"},
                member_id_pattern="^U[0-9]{8}$",
                member_id_hint="U and eight digits",
            ),
        )
    },
    sites={
        "cmhc": SiteCard("cmhc", {"cigna": "out", "cigna/open-access-plus": "in"}),
        "two-tier": SiteCard("two-tier"),
    },
    default_site="cmhc",
    today=TODAY,
    zone=ZoneInfo("America/New_York"),
)
LEAST: dict[str, Any] = {
    "payer": "medicare",
    "member": {
        "member_id": "1EG4TE5MK73",
        "first_name": "Ana",
        "last_name": "Prueba",
        "birth_date": "1957-03-02",
    },
    "level_of_care": "iop",
    "start_date": "2026-12-01",
}
TOLD_BY = {"channel": "phone", "representative": "J. D.", "reference": "CALL-1", "at": "2026-11-20T15:02:00Z"}


def least(**changes: Any) -> dict[str, Any]:
    """The least request, with top-level changes; a value of `...` takes the field out."""
    body = {**deepcopy(LEAST), **changes}
    return {name: value for name, value in body.items() if value is not ...}


def member(**changes: Any) -> dict[str, Any]:
    """The least request with a changed member."""
    return least(member={**LEAST["member"], **changes})


def care(*phases: dict[str, Any]) -> dict[str, Any]:
    """The least request with phases."""
    return least(level_of_care=..., start_date=..., phases=list(phases))


def told(at: str = TOLD_BY["at"], **said: Any) -> dict[str, Any]:
    """One telling."""
    return {"told_by": {**TOLD_BY, "at": at}, **said}


def ask(body: Any, *later: dict[str, Any]) -> Inquiry:
    """The inquiry that a request makes."""
    return load_inquiry(body, KNOWN, later)[0]


def warnings(body: Any) -> list[str]:
    """The codes of the warnings that a request gives rise to."""
    return [step.code for step in load_inquiry(body, KNOWN)[1]]


def errors(body: Any) -> dict[str, str]:
    """The code of each error of a request by its pointer."""
    try:
        load_inquiry(body, KNOWN)
    except BadRequest as bad:
        return {error.pointer: error.code for error in bad.errors}
    return {}


def message(body: Any) -> str:
    """The sentence of a request's only error."""
    try:
        load_inquiry(body, KNOWN)
    except BadRequest as bad:
        (error,) = bad.errors
        return error.message
    raise AssertionError("nothing was wrong with it")


def values(accumulator: Accumulator | None) -> list[Any]:
    """Limit, met and remaining of a pot in cents."""
    assert accumulator is not None
    facts = (accumulator.limit, accumulator.met, accumulator.remaining)
    return [fact.value if fact is not None else "not said" for fact in facts]

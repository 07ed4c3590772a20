"""The hand-off to billing: one page of what a claim needs, each part known or said to be unknown."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import Any

from schemas.merge import merge_told_json
from schemas.sources import day, moment
from service.casework.file import AUTHORIZATION, CaseFile
from service.casework.quotes import received
from service.casework.readiness import Item, newest_quote
from service.verify import Desk

# A cell that begins so is worked out by spreadsheets instead of shown.
WORKED_OUT = ("=", "+", "-", "@", "\t", "\r")


def hand_off(file: CaseFile, desk: Desk, items: list[Item]) -> dict[str, Any]:
    """Return everything that billing needs of a case, as it travels; raises `LookupError` with no answer."""
    if file.latest is None:
        raise LookupError
    answer, request = file.latest.answer, file.latest.request
    told = merge_told_json(file.latest.told) if file.latest.told else {}
    return {
        "case_id": file.case.id,
        "external_id": file.case.external_id,
        "verification_id": file.latest.id,
        "verified_at": moment(file.latest.created_at),
        "member": _member(request),
        "payers": [*_payers(answer, request, told)],
        "claims": _claims(told),
        "site": _site(desk, answer),
        "care": [_care(phase) for phase in answer["phases"]],
        "authorizations": [
            {"status": record.status, **{k: v for k, v in record.data.items() if k != "absences"}}
            for record in file.of_kind(AUTHORIZATION)
        ],
        "quote": _quote(file),
        "calls": [dict(each["told_by"]) for each in file.latest.told],
        "open": [
            {"item": item.name, "state": item.state, "code": item.code} for item in items if _is_open(item)
        ],
        "rulebook": answer["produced_by"]["rulebook"],
    }


def write_csv(document: Mapping[str, Any]) -> str:
    """Write a hand-off as two columns: the name of each value, and the value."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("field", "value"))
    for name, value in _flat("", document):
        writer.writerow((name, _harmless(value)))
    return text.getvalue()


def _member(request: Mapping[str, Any]) -> dict[str, Any]:
    member = dict(request["member"])
    subscriber = member.pop("subscriber", None)
    return {**member, "subscriber": subscriber}


def _payers(
    answer: Mapping[str, Any], request: Mapping[str, Any], told: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    """Yield the payers in the order in which they are billed, as far as that is known."""
    if request.get("coverages"):
        yield from _in_order(answer, request)
    else:
        yield from _short_form(answer, request)
    for other in answer["other_payers"]:
        yield {"id": None, "name": other["name"], "plan": None, "member_id": None, "order": "ask"}


def _in_order(answer: Mapping[str, Any], request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the coverages of a list in their order; `ask` where it is not settled."""
    order = answer["coordination"]
    paying = [place for place in (order or {}).get("order", ()) if place["pays"]]
    for place, word in zip(paying, ("first", "second", *("later" for _ in paying)), strict=False):
        sent = request["coverages"][place["coverage"]]
        own_id = request["member"]["member_id"] if place["coverage"] == 0 else None
        yield {
            "id": place["payer"]["id"],
            "name": place["payer"]["name"],
            "plan": place["plan"],
            "member_id": sent.get("member_id") or own_id,
            "order": word if order["status"] == "settled" else "ask",
        }
    if not paying:
        yield from _short_form(answer, request)


def _short_form(answer: Mapping[str, Any], request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    secondary = request.get("secondary")
    first = {
        "id": answer["payer"]["id"],
        "name": answer["payer"]["name"],
        "plan": (answer["plan"] or {}).get("name"),
    }
    yield {**first, "member_id": request["member"].get("member_id"), "order": "first"}
    if secondary is not None:
        yield {
            "id": secondary["payer"],
            "name": None,
            "plan": secondary.get("plan"),
            "member_id": secondary.get("member_id"),
            "order": "second",
        }


def _claims(told: Mapping[str, Any]) -> dict[str, Any]:
    """What was told of where claims go; what nobody said is null, never guessed."""
    said = told.get("claims") or {}
    names = ("payer_id", "address", "timely_filing_days", "assignment_of_benefits")
    return {name: said.get(name) for name in names}


def _site(desk: Desk, answer: Mapping[str, Any]) -> dict[str, Any]:
    site = desk.clinic.sites.get(answer["site"])
    npi = None if site is None else site.npi
    return {"id": answer["site"], "name": None if site is None else site.name, "npi": npi}


def _care(phase: Mapping[str, Any]) -> dict[str, Any]:
    billing = phase["billing"] or {}
    return {
        "level_of_care": phase["level_of_care"],
        "start_date": phase["start_date"],
        "end_date": phase["end_date"],
        "sessions": phase["sessions"],
        "prior_authorization": phase["prior_authorization"]["status"],
        **{name: value for name, value in billing.items() if name != "citations"},
    }


def _quote(file: CaseFile) -> dict[str, Any] | None:
    quote = newest_quote(file)
    if quote is None:
        return None
    said = {name: quote.data.get(name) for name in ("deposit_asked", "told_on", "acknowledged_on")}
    expected = quote.data["answer"]["estimate"]["expected"]
    return {"status": quote.status, "made_on": day(quote.created_at.date()), "expected": expected} | {
        **said,
        "received": received(quote.data),
    }


def _is_open(item: Item) -> bool:
    return item.state in ("no", "ask")


def _flat(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from _flat(f"{name}.{key}" if name else str(key), below)
    elif isinstance(value, list) and any(isinstance(each, Mapping) for each in value):
        for index, below in enumerate(value, 1):
            yield from _flat(f"{name}.{index}", below)
    else:
        yield name, " ".join(map(str, value)) if isinstance(value, list) else value


def _harmless(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(WORKED_OUT) else text

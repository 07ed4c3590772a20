"""How good estimates were, over all that was kept of what payers paid; read a page of records at a time."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from schemas.fields import format_money
from service.actuals.keeping import comparison_of
from service.casework.accuracy import Errors, Group, Sample, measure
from service.casework.actuals import CAUSES
from service.casework.file import ACTUAL
from service.casework.paid import as_actual, codes_of
from service.casework.rates import Allowed, Proposal, Rates, propose
from service.office import Office
from service.store import records
from service.store.records import Record
from service.store.session import Store, transaction

AT_A_TIME = 500
SHARES = ("within_5_percent", "within_10_percent", "within_10_dollars")
CSV_COLUMNS = (
    *("payer", "level_of_care", "certainty", "sessions", "denied", "enough", *SHARES, "median_error", "bias"),
    *("episodes", "episodes_within_10_percent", "episodes_median_error", "episodes_bias"),
)


@dataclass(slots=True)
class Measured:
    """Groups by payer, level and certainty, and how many sessions were not compared, by why."""

    groups: dict[tuple[str, str, str], Group] = field(default_factory=dict)
    not_compared: Counter[str] = field(default_factory=Counter)


def measure_all(store: Store, client: str | None = None) -> Measured:
    """Measure every session that was kept, or those of one client's cases."""
    found = Measured()
    found.groups = measure(_samples(_stream(store, client), found.not_compared))
    return found


def propose_all(office: Office, client: str | None = None) -> list[Proposal]:
    """The contracted rates that paid sessions speak against, in the network alone."""
    places = office.desk.clinic.places
    sessions = (one for one in _allowed(_stream(office.store, client)) if one.site in places)
    return propose(sessions, contracted_rates(office))


def contracted_rates(office: Office) -> Rates:
    """The contracted rates of the profile as it is now."""
    return {
        (site, payer, level): rate.value
        for site, place in office.desk.clinic.places.items()
        for payer, rates in place.contracted_rates.items()
        for level, rate in rates.items()
    }


def shown(found: Measured) -> dict[str, Any]:
    """The measures as they travel."""
    return {
        "items": [_line(name, group) for name, group in found.groups.items()],
        "not_compared": [
            {"reason": reason, "sessions": number} for reason, number in sorted(found.not_compared.items())
        ],
    }


def write_csv(found: Measured) -> str:
    """The measures as a table."""
    table = StringIO()
    writer = csv.DictWriter(table, CSV_COLUMNS, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    for line in shown(found)["items"]:
        whole = line["episodes"]
        row = {**line, "sessions": line["n"], "episodes": whole["n"]}
        row |= {f"episodes_{name}": whole[name] for name in ("within_10_percent", "median_error", "bias")}
        writer.writerow({name: "" if value is None else value for name, value in row.items()})
    return table.getvalue()


def proposal_line(one: Proposal) -> dict[str, Any]:
    """A proposal as it travels."""
    return {
        "site": one.site,
        "payer": one.payer,
        "level_of_care": one.level,
        "codes": one.codes or None,
        "old": None if one.old is None else format_money(one.old),
        "new": format_money(one.new),
        "sessions": one.sessions,
        "since": one.since,
        "derived": one.is_derived,
        "snippet": one.snippet,
    }


def _line(name: tuple[str, str, str], group: Group) -> dict[str, Any]:
    payer, level, certainty = name
    return {
        "payer": payer,
        "level_of_care": level,
        "certainty": certainty,
        **_errors(group.sessions),
        "denied": group.denied,
        "causes": [
            {"cause": cause, "sessions": len(amounts), "amount": format_money(sum(amounts))}
            for cause, amounts in sorted(group.causes.items(), key=lambda one: CAUSES.index(one[0]))
        ],
        "episodes": _errors(group.episodes),
    }


def _errors(errors: Errors) -> dict[str, Any]:
    said = errors.shown()
    for name in SHARES:
        said[name] = None if said[name] is None else f"{said[name] / 1000:.3f}"
    for name in ("median_error", "bias"):
        said[name] = None if said[name] is None else format_money(said[name])
    return said


def _stream(store: Store, client: str | None) -> Iterator[Record]:
    after = ("", "")
    while True:
        with transaction(store) as session:
            found = records.page_of_kind(session, ACTUAL, after, AT_A_TIME, client)
        yield from found
        if len(found) < AT_A_TIME:
            return
        after = (found[-1].case_id, found[-1].id)


def _samples(found: Iterator[Record], not_compared: Counter[str]) -> Iterator[Sample]:
    for record in found:
        data, about = record.data, record.data["about"]
        compared = comparison_of(data)
        if compared.difference is None:
            not_compared[compared.reason or ""] += 1
            continue
        expected = data["expected"]["patient"]
        yield Sample(
            case_id=record.case_id,
            verification_id=about["verification_id"],
            payer=about["payer"],
            level=data["level_of_care"],
            certainty=about["certainty"],
            expected=expected,
            actual=expected + compared.difference,
            denied=as_actual(data).denied,
            causes={part.cause: part.amount for part in compared.causes},
            sessions=about["sessions"],
            episode=about["episode"],
        )


def _allowed(found: Iterator[Record]) -> Iterator[Allowed]:
    for record in found:
        data, about = record.data, record.data["about"]
        actual = as_actual(data)
        compared = comparison_of(data)
        is_usable = compared.reason in (None, "estimate_without_figure") and about.get("network") == "in"
        if not is_usable or actual.denied or not actual.allowed:
            continue
        yield Allowed(
            site=about["site"],
            payer=about["payer"],
            level=data["level_of_care"],
            codes=codes_of(data),
            on=data["date"],
            amount=actual.allowed,
            expected=None if data["expected"] is None else data["expected"]["allowed"],
            is_derived=any(line["allowed_is_derived"] for line in data["lines"]),
        )

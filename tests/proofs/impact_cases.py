"""Open cases of many kinds, of which it is known from their making whether a rule of one payer touches them.

The rule: from a Monday on, Aetna asks for prior authorization of intensive outpatient care. Whom it touches
is worked out here from what each case was made of, without the service: Aetna pays first, the latest answer
has an intensive outpatient phase that begins on that day or later, nobody told otherwise of that level, and
the case is open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from service import record
from service.office import Office
from service.store import cases
from service.store.session import transaction
from service.store.verifications import Verification

AETNA, IOP, PHP, OP = "aetna", "intensive_outpatient", "partial_hospitalization", "outpatient"
RULE_FROM = date(2026, 6, 1)
TOLD_AT = "2026-02-20T15:02:00Z"
"""In the same year as all care: what is told of one year says nothing of the next."""

BEFORE, AFTER = (date(2026, 5, 4), date(2026, 5, 29)), (RULE_FROM, date(2026, 6, 2), date(2026, 7, 13))
RULES = f"""\
payer: {{id: aetna, name: Aetna, line_of_business: commercial}}
sources:
  notice: {{title: A notice, url: null, published: 2026-02-02, retrieved: 2026-02-03, confidence: primary}}
services:
  intensive_outpatient:
    prior_authorization: [{{from: {RULE_FROM}, value: required, source: notice, at: "p. 7"}}]
examples:
  - name: The day before, none was required
    ask: {{level_of_care: intensive_outpatient, date_of_service: {RULE_FROM - timedelta(1)}}}
    expect: {{prior_authorization: not_required}}
  - name: From that Monday on it is
    ask: {{level_of_care: intensive_outpatient, date_of_service: {RULE_FROM}}}
    expect: {{prior_authorization: required}}
"""
OTHERS = ("cigna", "unitedhealthcare", "florida-blue", "avmed", "humana", "medicare")
MEDICARE_ID = "1EG4TE5MK73"
MARK = "Zacatecas"
"""The name of every member: what is printed must not hold it."""

CALLER = record.Caller("00000000-0000-7000-8000-000000000001", "proof")


@dataclass(frozen=True)
class Made:
    """What a case is made of: payers, levels with their first days, what was told, and what came after."""

    kind: str
    payer: str
    phases: tuple[tuple[str, date], ...]
    told: tuple[str, ...] = ()
    second: str | None = None
    first_asked: tuple[tuple[str, date], ...] = ()
    told_later: bool = False
    status: str = "verifying"

    @property
    def is_open(self) -> bool:
        return self.status not in ("discharged", "not_admitted")

    @property
    def is_touched(self) -> bool:
        """Whether the rule changes the latest answer, as the rule reads."""
        begins = [day for level, day in self.phases if level == IOP]
        return (
            self.is_open
            and self.payer == AETNA
            and IOP not in self.told
            and any(day >= RULE_FROM for day in begins)
        )


def kinds(chance: Random) -> tuple[Callable[[], Made], ...]:
    """Ways to make a case; each is taken as often."""

    def before() -> date:
        return chance.choice(BEFORE)

    def after() -> date:
        return chance.choice(AFTER)

    def either() -> date:
        return chance.choice((*BEFORE, *AFTER))

    def steps(day: date) -> tuple[tuple[str, date], ...]:
        return (PHP, day), (IOP, day + timedelta(14))

    def less() -> str:
        return chance.choice((PHP, OP))

    return (
        lambda: Made("Aetna, IOP, before", AETNA, ((IOP, before()),)),
        lambda: Made("Aetna, IOP, after", AETNA, ((IOP, after()),)),
        lambda: Made("Aetna, PHP or OP, after", AETNA, ((less(), after()),)),
        lambda: Made("Aetna, PHP then IOP from the day on", AETNA, steps(RULE_FROM - timedelta(14))),
        lambda: Made("Aetna, PHP then IOP, before", AETNA, steps(date(2026, 5, 4))),
        lambda: Made("Aetna, IOP, after, told of IOP", AETNA, ((IOP, after()),), told=(IOP,)),
        lambda: Made("Aetna, IOP, after, told of PHP", AETNA, ((IOP, after()),), told=(PHP,)),
        lambda: Made("Aetna, IOP, after, told later", AETNA, ((IOP, after()),), told=(IOP,), told_later=True),
        lambda: Made("Aetna, moved to before", AETNA, ((IOP, before()),), first_asked=((IOP, after()),)),
        lambda: Made("Aetna, moved to after", AETNA, ((IOP, after()),), first_asked=((IOP, before()),)),
        lambda: Made(
            "Aetna, IOP, after, closed", AETNA, ((IOP, after()),), status=chance.choice(cases.CLOSED)
        ),
        lambda: Made("Aetna second, IOP, after", "cigna", ((IOP, after()),), second=AETNA),
        lambda: Made("Aetna first, IOP, after", AETNA, ((IOP, after()),), second="cigna"),
        lambda: Made("another payer, IOP", chance.choice(OTHERS), ((IOP, either()),)),
        lambda: Made("another payer, PHP or OP", chance.choice(OTHERS), ((less(), either()),)),
        lambda: Made("another payer, PHP then IOP", chance.choice(OTHERS), steps(either())),
    )


def invent(count: int, seed: int) -> Iterator[Made]:
    """Yield cases until `count` of them are open, each kind in turn."""
    chance, is_open = Random(seed), 0
    while True:
        for make in kinds(chance):
            if is_open == count:
                return
            made = make()
            is_open += made.is_open
            yield made


def keep(office: Office, made: Made, number: int) -> str:
    """Make a case of this in an office, and return its id."""
    draft = record.draft_new(office, CALLER, _body(made, number, made.first_asked or made.phases))
    kept = _kept(office, draft)
    if made.first_asked:
        kept = _kept(office, record.draft_changed(office, CALLER, kept, _body(made, number, made.phases)))
    if made.told_later:
        kept = _kept(office, record.draft_told(office, CALLER, kept, _told(made.told)))
    if made.status != "verifying":
        with transaction(office.store) as session:
            cases.change(session, kept.case_id, {"status": made.status}, record.right_now())
    return kept.case_id


def write_rules(directory: Path) -> Path:
    """Write the changed rule, to be laid over the built-in ones."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "aetna.yaml").write_text(RULES, encoding="utf-8")
    return directory


def _kept(office: Office, draft: record.Draft) -> Verification:
    with transaction(office.store) as session:
        record.keep(session, draft)
    return draft.verification


def _body(made: Made, number: int, phases: tuple[tuple[str, date], ...]) -> dict[str, Any]:
    member_id = MEDICARE_ID if made.payer == "medicare" else f"W{number:09}"
    body: dict[str, Any] = {
        "payer": made.payer,
        "network": "in",
        "member": {
            "member_id": member_id,
            "first_name": MARK,
            "last_name": f"{MARK}{number}",
            "birth_date": "1990-03-02",
        },
        "phases": [{"level_of_care": level, "start_date": day.isoformat()} for level, day in phases],
    }
    if len(phases) > 1:
        body["phases"][0]["weeks"] = 2
    if made.second is not None:
        body["secondary"] = {"payer": made.second, "member_id": f"W{number + 1:09}"}
    if made.told and not made.told_later:
        body["told_benefits"] = _told(made.told)
    return body


def _told(levels: tuple[str, ...]) -> dict[str, Any]:
    said = {"prior_authorization": "notification"}
    return {"told_by": {"channel": "phone", "at": TOLD_AT}, "levels": dict.fromkeys(levels, said)}

"""Makes the reported witness of an eligibility reply: facts that cite their segment, for each level asked.

A reply about somebody else is refused before anything of it is used. What a person should see besides
the facts (rejections, hints, oddities) becomes steps; none of them holds data of the member.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from payers.base import Ask, Heard, Reply
from payers.x12.codes import RETRY_LATER, explain_rejection
from payers.x12.facts import Facts
from payers.x12.level import Hint, Level, read_level
from payers.x12.member import find_transaction
from payers.x12.model import Line, Reading, Transaction, Wanted
from payers.x12.others import MANAGED_CARE, MEDICARE_ADVANTAGE, QMB, OtherPayer, find_other_payers
from payers.x12.spans import WHOLES
from payers.x12.status import ACTIVE, INACTIVE, Status, find_status, rejects_patient
from schemas.model import (
    Benefits,
    Contact,
    Fact,
    NetworkBenefits,
    OtherCoverage,
    Period,
    Step,
)

OF_THE_PAYER = "Eligibility reply of the payer"
OF_THE_ADMINISTRATOR = "Eligibility reply of the administrator"
OLD_AFTER = timedelta(days=30)
# Oddities that change how far an answer can be relied on; the others are the file's own affair.
TELLING = frozenset(
    (
        "amount_not_readable",
        "limits_disagree",
        "line_rejected",
        "other_level_named",
        "percent_above_one",
        "unit_not_stated",
    )
)


def make_reply(
    readings: Sequence[Reading], ask: Ask, heard: Sequence[Heard], *, echoes_trace: bool = True
) -> Reply:
    """Return what a payer's replies say about the member and the levels that were asked about.

    Where a channel cannot echo our trace, name and birth date alone say whom a reply is about. Raises
    `WrongMember` where it is about somebody else, `UnreadableReply` where none of it can be used.
    """
    steps: list[Step] = []
    found = [
        find_transaction(reading, ask, one.trace if echoes_trace else "", steps)
        for reading, one in zip(readings, heard, strict=True)
    ]
    transaction = _pool(found)
    day = transaction.answered_on if not heard[0].trace else None
    witness = _Witness(transaction, ask, day or heard[0].at.date())
    if day is not None and ask.asked_at is not None and ask.asked_at.date() - day > OLD_AFTER:
        steps.append(Step("reply_is_old", {"date": day.isoformat()}, (witness.facts.cite(None),)))
    benefits = witness.benefits()
    once = {(step.code, str(step.params)): step for step in (*steps, *witness.steps)}
    return Reply((Period(min(ask.dates), benefits),), tuple(once.values()), tuple(heard))


def _pool(found: Sequence[Transaction]) -> Transaction:
    """Put the answers to several inquiries about one member together, each line once."""
    answered = [one for one in found if not any(map(rejects_patient, one.rejections))] or [*found[:1]]
    first, *others = answered
    lines = {line._replace(at=0): line for line in first.lines}
    for number, other in enumerate(others, 2):
        for line in other.lines:
            at = f"segment {line.at}" if isinstance(line.at, int) else line.at
            lines.setdefault(line._replace(at=0), line._replace(at=f"reply {number}, {at}"))
    if not others:
        return first
    return Transaction(
        payer=first.payer,
        subscriber=first.subscriber,
        dependent=first.dependent,
        lines=tuple(lines.values()),
        spans=first.spans,
        rejections=first.rejections,
        answered_on=first.answered_on,
        broken=first.broken,
        oddities=tuple(odd for one in answered for odd in one.oddities),
    )


class _Witness:
    """One member's reply while it is turned into facts."""

    def __init__(self, transaction: Transaction, ask: Ask, as_of: date) -> None:
        self.transaction, self.ask = transaction, ask
        self.facts = Facts(OF_THE_PAYER if ask.administrator is None else OF_THE_ADMINISTRATOR, as_of)
        self.steps = self.facts.steps

    def benefits(self) -> Benefits:
        """Return everything the reply says, as one witness."""
        first = min(self.ask.dates)
        inquiry = self.ask.inquiry
        network = self.ask.network or inquiry.network or "in"
        days = {phase.level_of_care: phase.start_date or first for phase in reversed(inquiry.phases)}
        status = find_status(self.transaction, first, inquiry.phases[0].level_of_care)
        levels, statuses = {}, {}
        for level_of_care in dict.fromkeys(phase.level_of_care for phase in inquiry.phases):
            day = days[level_of_care]
            wanted = Wanted(level_of_care, inquiry.condition, network, inquiry.modality, day)
            statuses[level_of_care] = find_status(self.transaction, day, level_of_care)
            levels[level_of_care] = read_level(self.transaction, statuses[level_of_care], wanted, day)
        self.steps += self._odd_steps(levels.values())
        if self._is_rejected():
            return Benefits("reported")
        leading = next(iter(levels.values()))
        others = find_other_payers(self.transaction, first)
        return Benefits(
            witness="reported",
            networks={
                network: NetworkBenefits(
                    deductible=self.facts.pots(leading.deductible),
                    out_of_pocket_max=self.facts.pots(leading.out_of_pocket_max),
                    levels={name: self.facts.level(level, statuses[name]) for name, level in levels.items()},
                )
            },
            administrator=self._administrator(levels.values()),
            **self._membership(status),
            **self._others(others),
        )

    def _is_rejected(self) -> bool:
        rejected = [one for one in self.transaction.rejections if rejects_patient(one)]
        for one in rejected:
            _, kind = explain_rejection(one.loop, one.code)
            self.steps.append(Step(f"rejected_{kind}", {"code": one.code}, (self.facts.cite(one.at),)))
        return bool(rejected)

    def _membership(self, status: Status) -> dict[str, Any]:
        at = status.line.at if status.line is not None else None
        if status.contact is not None:
            who = {"name": status.contact.name or None, "phone": status.contact.phone or None}
            self.steps.append(Step("reply_names_contact", who, (self.facts.cite(status.contact.at),)))
        if status.reasons == ("not_medical",):
            self.steps.append(Step("reply_not_medical", {}, (self.facts.cite(at),)))
        if status.status not in (ACTIVE, INACTIVE):
            return {}
        found: dict[str, Any] = {
            "active": self.facts.fact(status.status == ACTIVE or bool(status.reasons), at)
        }
        if status.plan_name:
            found["plan_name"] = self.facts.fact(status.plan_name, at)
        if status.status == ACTIVE or status.reasons:
            found |= self._dates(status)
        return found

    def _dates(self, status: Status) -> dict[str, Any]:
        """Return since when and until when coverage holds.

        The end of a period that a reply speaks of is not the end of coverage: a plan year turns and a month
        of eligibility is followed by the next. So it only says how far the reply holds, unless it is past.
        """
        start, end = status.start, status.end
        found: dict[str, Any] = {}
        if start is not None:
            found["coverage_start"] = self.facts.fact(start.start, start.at)
        if end is not None and end.end is not None:
            if end.qualifier in WHOLES and status.status == ACTIVE:
                through = {"date": end.end.isoformat()}
                self.steps.append(Step("reply_holds_through", through, (self.facts.cite(end.at),)))
            else:
                found["coverage_end"] = self.facts.fact(end.end, end.at)
        return found

    def _administrator(self, levels: Iterable[Level]) -> Fact[Contact | None] | None:
        for level in levels:
            entity = level.administrator
            if entity is not None:
                contact = Contact(
                    entity.name or entity.id, entity.phone or None, entity.url or None, entity.id or None
                )
                return self.facts.fact(contact, entity.at)
        return None

    def _others(self, others: Sequence[OtherPayer]) -> dict[str, Any]:
        names = {MEDICARE_ADVANTAGE: "medicare_advantage", MANAGED_CARE: "managed_care_plan"}
        found: dict[str, Any] = {}
        for one in others:
            if one.kind == QMB:
                found.setdefault("qmb", self.facts.fact(True, one.line.at))
                continue
            phone = one.entity.phone or None if one.entity else None
            coverage = OtherCoverage(one.name or one.kind, one.kind, one.pays_first, phone)
            found.setdefault(names.get(one.kind, "other_coverage"), self.facts.fact(coverage, one.line.at))
        return found

    def _odd_steps(self, levels: Iterable[Level]) -> Iterator[Step]:
        for level in levels:
            name = level.wanted.level_of_care
            yield from (self._hint_step(hint, name) for hint in level.hints)
            for odd in level.oddities:
                if odd.code in TELLING:
                    yield Step(f"reply_{odd.code}", {"level": name}, (self.facts.cite(odd.at),))

    def _hint_step(self, hint: Hint, level_of_care: str | None) -> Step:
        params = {"level": level_of_care, "quote": hint.text or describe_line(hint.line)}
        return Step(f"reply_hint_{hint.kind}", params, (self.facts.cite(hint.at),))


def describe_line(line: Line) -> str:
    """Return a line in the codes it was sent in, as short as can be."""
    shown = (line.code, line.service_type, line.amount or line.percent, *line.detail.places)
    return " ".join(part for part in shown if part)


def says_try_later(readings: Iterable[Reading]) -> bool:
    """Say whether all that a reply holds is that the payer cannot answer now."""
    rejections = [
        one
        for reading in readings
        for each in reading.transactions
        for one in each.rejections
        if rejects_patient(one)
    ]
    return bool(rejections) and all(
        explain_rejection(one.loop, one.code)[1] == RETRY_LATER for one in rejections
    )

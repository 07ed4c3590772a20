"""Quotes: a frozen copy of what was answered, what may be asked for it, and whether it still holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from schemas.problem import Complaints
from schemas.quote import AGREED, STANDING
from service.store.records import Record
from service.store.verifications import Verification

Data = Mapping[str, Any]
FROZEN = ("verification_id", "answer")
"""What of a quote is copied from a verification and never typed."""
BEFORE_APPROVAL = ("draft", "withdrawn")


@dataclass(frozen=True, slots=True)
class Moved:
    """Why a quote no longer holds: a code, and the amounts where amounts moved."""

    code: str
    before: str | None = None
    after: str | None = None


def freeze(verification: Verification) -> dict[str, Any]:
    """Copy what a quote rests on from a verification."""
    return {"verification_id": verification.id, "answer": dict(verification.answer)}


def has_active_member(answer: Data) -> bool:
    """Whether somebody who can know confirmed that the member is covered."""
    eligibility = answer["eligibility"]
    return eligibility["status"] == "active" and eligibility["basis"] in ("reported", "told")


def check_against_answer(quote: Data, answer: Data, complaints: Complaints) -> None:
    """Complain where more is asked for than may be collected, or than the care is expected to cost."""
    collect, expected = answer["collect"], answer["estimate"]["expected"]
    asked = (quote.get("deposit_asked") or 0) + sum(one["amount"] for one in quote.get("instalments", ()))
    if not asked:
        return
    place = "/deposit_asked" if quote.get("deposit_asked") else "/instalments"
    if collect["allowed"] == "no" and asked > _cents(collect["amount"] or "0.00"):
        complaints.add(place, "may_not_collect", "is more than may be collected from this patient")
    elif expected is not None and asked > _cents(expected):
        complaints.add(place, "more_than_estimated", "and the instalments are more than the estimate")


def check_step(
    before: Record | None, quote: Data, answer: Data, may_override: bool, complaints: Complaints
) -> None:
    """Complain where a quote goes on to a state that it may not go to from where it is."""
    was = "draft" if before is None else before.status
    now = quote.get("status", "draft")
    if now in STANDING and was in BEFORE_APPROVAL and not has_active_member(answer):
        if not may_override:
            complaints.add(
                "/status",
                "membership_not_confirmed",
                "can be approved once somebody confirmed the membership, or by a supervisor who says why",
            )
        elif quote.get("reason") is None:
            complaints.add("/reason", "required", "is missing; say why it is approved all the same")
    if now in ("given", "acknowledged") and was in BEFORE_APPROVAL:
        complaints.add("/status", "not_approved_yet", "goes from draft to approved first")


def check_agreed(before: Record, changed: Data, complaints: Complaints) -> None:
    """Complain where what was agreed on is changed after it was approved."""
    if before.status in STANDING:
        for name in AGREED:
            if name in changed and changed[name] != before.data.get(name):
                complaints.add(
                    f"/{name}", "quote_is_approved", "is fixed by the approval; make a new quote instead"
                )


def what_moved(frozen: Data, latest: Data, threshold: int) -> Moved | None:
    """Say why a frozen answer no longer holds beside the latest one, or `None` where it does.

    `threshold` is whole cents. Where the latest begins later, the weeks that both have whole are compared.
    """
    levels = [phase["level_of_care"] for phase in frozen["phases"]]
    now = [phase["level_of_care"] for phase in latest["phases"]]
    if levels[len(levels) - len(now) :] != now:
        return Moved("quote_of_other_care")
    if frozen["payer"]["id"] != latest["payer"]["id"]:
        return Moved("quote_of_other_payer")
    if frozen["collect"]["allowed"] != latest["collect"]["allowed"]:
        return Moved("quote_collects_otherwise")
    before, after = _comparable(frozen, latest)
    if before is None or after is None:
        return None if before == after else Moved("quote_figure_changed", before, after)
    return (
        Moved("quote_figure_changed", before, after)
        if abs(_cents(after) - _cents(before)) > threshold
        else None
    )


def _comparable(frozen: Data, latest: Data) -> tuple[str | None, str | None]:
    starts, later = (_starts(answer) for answer in (frozen, latest))
    if later <= starts:
        return frozen["estimate"]["expected"], latest["estimate"]["expected"]
    whole = later if later.weekday() == 0 else later + timedelta(days=7 - later.weekday())
    before, after = (_from_week(answer, whole) for answer in (frozen, latest))
    return before, after


def _starts(answer: Data) -> date:
    return date.fromisoformat(answer["phases"][0]["start_date"])


def _from_week(answer: Data, first: date) -> str | None:
    amounts = [
        row["patient"] for row in answer["estimate"]["by_week"] if date.fromisoformat(row["week_of"]) >= first
    ]
    return None if None in amounts else f"{sum((Decimal(one) for one in amounts), Decimal('0.00')):.2f}"


def approver_of(records: Iterable[Record], verification_id: str) -> str | None:
    """Who approved the newest quote of a verification, where somebody did."""
    found = [
        record.data.get("approved_by")
        for record in records
        if record.status in STANDING and record.data["verification_id"] == verification_id
    ]
    return found[-1] if found else None


def received(quote: Data) -> str:
    """Add up what was received."""
    return f"{sum((Decimal(one['amount']) for one in quote.get('received', ())), Decimal('0.00')):.2f}"


def _cents(amount: str) -> int:
    return int(Decimal(amount) * 100)

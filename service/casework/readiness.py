"""Ready to admit: each thing that has to be settled first, computed from facts, with what is still to do.

What staff settle by their own word (`schemas.confirmation`) counts only where no fact says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from schemas.model import SELF_PAY
from service.casework.authorizations import PhaseStanding
from service.casework.file import AUTHORIZATION, CONFIRMATION, QUOTE, CaseFile
from service.casework.quotes import has_active_member, what_moved
from service.store.records import Record

State = Literal["yes", "no", "ask", "not_applicable"]
UNSETTLED_ORDERS = ("confirm_payment_order",)
# What has to be settled only where somebody insures.
OF_INSURANCE = ("membership", "payer_order", "network", "referral")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to settle: whether it is, and a code that says why; `record` is what it rests on."""

    name: str
    state: State
    code: str
    record: Record | None = None


def readiness(file: CaseFile, threshold: int) -> list[Item]:
    """Return the list of a case, in the order in which it is worked through."""
    if file.latest is None:
        return [Item(name, "ask", "nothing_verified") for name in (*CHECKS, "quote")]
    alone = file.answer["payer"]["line_of_business"] == SELF_PAY
    checks = [
        Item(name, "not_applicable", "paying_alone") if alone and name in OF_INSURANCE else check(file)
        for name, check in CHECKS.items()
    ]
    return [*checks, _quote(file, threshold)]


def is_ready(items: list[Item]) -> bool:
    """Whether nothing is left to settle."""
    return all(item.state in ("yes", "not_applicable") for item in items)


def _membership(file: CaseFile) -> Item:
    status = file.answer["eligibility"]["status"]
    if status == "inactive":
        return Item("membership", "no", "membership_inactive")
    if has_active_member(file.answer):
        return Item("membership", "yes", "membership_active")
    return Item("membership", "ask", "membership_unconfirmed")


def _payer_order(file: CaseFile) -> Item:
    answer, said = file.answer, _confirmed(file, "payer_order")
    if said is not None:
        return Item("payer_order", "yes", "settled_by_staff", said)
    has_none = any(one.get("other_coverage", "") is None for one in _tellings(file))
    if has_none and not answer["other_payers"] and file.latest is not None and answer["coordination"] is None:
        return Item("payer_order", "yes", "no_other_coverage")
    order = answer["coordination"]
    if order is not None:
        is_open = order.get("status", "") == "ask" or order["code"] in UNSETTLED_ORDERS
        return Item("payer_order", "ask" if is_open else "yes", order["code"])
    return Item("payer_order", "ask", "other_coverage_not_asked")


def _network(file: CaseFile) -> Item:
    said = _confirmed(file, "network")
    if said is not None:
        return Item("network", "yes", "settled_by_staff", said)
    assumed = any(step["code"] == "network_defaulted" for step in file.answer["warnings"])
    if file.answer["network"] == "out":
        return Item("network", "no", "out_of_network")
    return Item("network", "ask", "network_was_assumed") if assumed else Item("network", "yes", "in_network")


def _referral(file: CaseFile) -> Item:
    codes = {step["code"] for step in file.answer["steps"]}
    if "referral_not_required" in codes:
        return Item("referral", "not_applicable", "referral_not_needed")
    said = _confirmed(file, "referral")
    if said is not None:
        return Item("referral", "yes", "settled_by_staff", said)
    return Item(
        "referral", "ask", "referral_to_get" if "referral_required" in codes else "referral_not_asked"
    )


def _authorization(file: CaseFile) -> Item:
    states = [(standing, STATES[standing.state]) for standing in file.ledger.phases]
    worst = min(states, key=lambda each: ORDER.index(each[1]), default=None)
    if worst is None:
        return Item("authorization", "ask", "nothing_verified")
    standing, state = worst
    record = _newest(file, standing)
    if state == "yes" and record is not None and not _names_the_code(file, standing, record):
        return Item("authorization", "ask", "authorization_for_other_code", record)
    return Item("authorization", state, f"phase_{standing.state}", record)


def _certification(file: CaseFile) -> Item:
    codes = {step["code"] for step in file.answer["next_steps"]}
    if "certify_before_admission" not in codes:
        return Item("certification", "not_applicable", "certification_not_known_to_be_needed")
    said = _confirmed(file, "certification")
    if said is not None:
        return Item("certification", "yes", "settled_by_staff", said)
    return Item("certification", "ask", "certification_to_get")


def _quote(file: CaseFile, threshold: int) -> Item:
    quote = newest_quote(file)
    if quote is None:
        return Item("quote", "ask", "no_quote")
    if what_moved(quote.data["answer"], file.answer, threshold) is not None:
        return Item("quote", "no", "quote_moved", quote)
    state: State = "yes" if quote.status == "acknowledged" else "ask"
    return Item("quote", state, f"quote_{quote.status}", quote)


def newest_quote(file: CaseFile) -> Record | None:
    """The newest quote that was not withdrawn."""
    standing = [record for record in file.of_kind(QUOTE) if record.status != "withdrawn"]
    return standing[-1] if standing else None


def _confirmed(file: CaseFile, item: str) -> Record | None:
    """What staff said last of an item, where that settles it."""
    said = [record for record in file.of_kind(CONFIRMATION) if record.data["item"] == item]
    return said[-1] if said and said[-1].data["is_settled"] else None


def _tellings(file: CaseFile) -> list[Mapping[str, Any]]:
    return [] if file.latest is None else list(file.latest.told)


def _newest(file: CaseFile, standing: PhaseStanding) -> Record | None:
    of_level = [one for one in file.of_kind(AUTHORIZATION) if one.data["level_of_care"] == standing.level]
    return of_level[-1] if of_level else None


def _names_the_code(file: CaseFile, standing: PhaseStanding, record: Record) -> bool:
    """Whether an authorization names a code that is billed, as far as both sides name any."""
    billing, named = file.answer["phases"][standing.phase]["billing"], set(record.data.get("codes", ()))
    billed = set() if billing is None else {*billing["codes"], *billing["revenue_codes"]}
    return not named or not billed or bool(named & billed)


STATES: Mapping[str, State] = {
    "not_needed": "not_applicable",
    "authorized": "yes",
    "runs_out": "yes",
    "not_authorized": "no",
    "not_notified": "no",
    "ask": "ask",
}
ORDER: tuple[State, ...] = ("no", "ask", "yes", "not_applicable")
CHECKS: Mapping[str, Callable[[CaseFile], Item]] = {
    "membership": _membership,
    "payer_order": _payer_order,
    "network": _network,
    "referral": _referral,
    "authorization": _authorization,
    "certification": _certification,
}
"""What is looked at, in order; the quote comes last."""

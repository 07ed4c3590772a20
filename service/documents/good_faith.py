"""The Good Faith Estimate: what care is expected to cost somebody who pays for it without insurance.

Expected charges are the site's self-pay prices as the clinic's profile has them. What such a notice has to
say is said in our words; what only the clinic knows, its tax number and the diagnosis, has a line to fill in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.documents.matter import Answer, Matter
from service.documents.person import patient

DISPUTE_FROM = "400"
"""Dollars above the estimate from which a bill can be disputed: 45 CFR 149.620."""

RULES = ("45 CFR 149.610", "45 CFR 149.620")
CODES = ("codes", "revenue_codes")


class NothingToSay(Exception):
    """The site has no self-pay price for some of the care that was asked for."""


@dataclass(frozen=True, slots=True)
class Item:
    """One service: what it is, its codes, when, how often, and what it is expected to cost."""

    service: str
    codes: str
    first_day: str
    last_day: str
    visits: int
    each: str
    charge: str


@dataclass(frozen=True, slots=True)
class GoodFaithEstimate:
    """The content of a Good Faith Estimate, in words."""

    to: str
    birth_date: str
    on: str
    site: str
    npi: str
    items: Sequence[Item]
    total: str
    notices: Sequence[str]
    rules: Sequence[str]


def write_good_faith_estimate(matter: Matter) -> GoodFaithEstimate:
    """Write the estimate of a verification's care; raises `NothingToSay`."""
    site, phases = matter.site, matter.shown["phases"]
    rates = site.self_pay_rates if site else {}
    if site is None or any(phase["level_of_care"] not in rates for phase in phases):
        raise NothingToSay
    who = dict(patient(matter))
    charges = [rates[phase["level_of_care"]].value * phase["sessions"] for phase in phases]
    return GoodFaithEstimate(
        to=who["patient_name"].text,
        birth_date=who["patient_birth_date"].text,
        on=matter.day(matter.local(matter.shown["created_at"]).date().isoformat()),
        site=site.name,
        npi=site.npi,
        items=[
            _item(phase, rates[phase["level_of_care"]].value, charge, matter)
            for phase, charge in zip(phases, charges, strict=True)
        ],
        total=_dollars(sum(charges), matter),
        notices=[
            matter.label(f"good_faith_{name}", amount=f"${DISPUTE_FROM}")
            for name in ("only_estimate", "more_items", "dispute", "how_to_dispute", "no_contract", "keep")
        ],
        rules=RULES,
    )


def _item(phase: Answer, price: int, charge: int, matter: Matter) -> Item:
    billing = phase["billing"] or {}
    codes = [code for name in CODES for code in billing.get(name, ())]
    return Item(
        service=matter.reader.words.name("level_title", phase["level_of_care"]),
        codes=", ".join(codes),
        first_day=matter.day(phase["start_date"]),
        last_day=matter.day(phase["end_date"]),
        visits=phase["sessions"],
        each=_dollars(price, matter),
        charge=_dollars(charge, matter),
    )


def _dollars(cents: int, matter: Matter) -> str:
    return matter.reader.words.money(f"{cents // 100}.{cents % 100:02d}")

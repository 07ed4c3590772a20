"""The form of a verification of benefits: what is asked about every plan, in the order it is read.

In a document each field stands with one of three kinds of answer: what is known, whom to ask, or that it does
not apply. No field is ever left empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

Kind = Literal["answered", "unknown", "not_applicable"]
KINDS: tuple[Kind, ...] = get_args(Kind)

POTS = ("deductible", "out_of_pocket_max")
SCOPES = ("individual", "family")
SIDES = ("in", "out")
STATES = ("limit", "met", "remaining")
"""An amount of a pot: which pot, whose, on which side of the network, and what of it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The answer to a field, in words, and which kind of answer it is."""

    kind: Kind
    text: str


def pot_field(pot: str, scope: str, side: str, state: str) -> str:
    """Return the id of one amount: `deductible_family_out_met`."""
    return "_".join((pot, scope, side, state))


def _amounts(pot: str) -> tuple[str, ...]:
    return tuple(pot_field(pot, scope, side, state) for side in SIDES for scope in SCOPES for state in STATES)


AMOUNTS = tuple(field for pot in POTS for field in _amounts(pot))
"""What stands in the table of pots, where its place says what it is."""

FORM: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "patient": (
            "patient_name",
            "patient_birth_date",
            "patient_sex",
            "patient_relationship",
            "patient_address",
            "patient_phone",
            "patient_photo_id",
        ),
        "policyholder": (
            "holder_name",
            "holder_birth_date",
            "holder_address",
            "holder_phone",
            "holder_employer",
        ),
        "card": (
            "payer",
            "plan_name",
            "member_id",
            "group_number",
            "alpha_prefix",
            "member_services",
            "card_front",
            "card_back",
        ),
        "status": ("active", "effective_date", "termination_date", "plan_year"),
        "plan": ("plan_type", "line_of_business", "funding", "exchange"),
        "network": ("provider_network", "out_of_network_benefits", "gap_exception"),
        "request": ("care_asked", "condition", "planned_start", "network_consent"),
        "deductible": (*_amounts("deductible"), "deductible_carries_over"),
        "out_of_pocket": (
            *_amounts("out_of_pocket_max"),
            "out_of_pocket_includes_deductible",
            "accumulators_as_of",
        ),
        "carve_out": (
            "administrator_name",
            "administrator_id",
            "administrator_phone",
            "administrator_claims",
        ),
        "call": (
            "representative",
            "call_time",
            "call_reference",
            "call_channel",
            "verifier",
            "approver",
        ),
        "coordination": (
            "other_coverage",
            "pays_first",
            "medicare_or_medicaid",
            "employee_assistance",
            "court_or_state_funds",
        ),
        "billing": ("claims_to", "timely_filing", "assignment_of_benefits"),
        "cobra": ("cobra_status", "paid_through"),
    }
)
"""What is asked once, by group."""

PER_LEVEL: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "level": ("level_covered", "level_dates"),
        "cost": ("level_cost", "level_each"),
        "share": ("copay", "coinsurance", "deductible_applies"),
        "authorization": (
            "authorization_required",
            "authorization_contact",
            "authorization_decides",
            "authorization_criteria",
            "authorization_first",
            "authorization_review",
            "authorization_retro",
            "authorization_number",
            "authorization_dates",
        ),
        "limits": (
            "limit",
            "limit_used",
            "lifetime_maximum",
            "exclusions",
            "provider_exclusions",
            "pre_existing",
        ),
        "claim": ("rate_basis", "claim_codes"),
    }
)
"""What is asked of every level of care, by group."""

FIELDS = tuple(field for group in FORM.values() for field in group)
LEVEL_FIELDS = tuple(field for group in PER_LEVEL.values() for field in group)

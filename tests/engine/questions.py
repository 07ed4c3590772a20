"""What a call script asks, in short names, and a told plan of which nothing is open."""

from __future__ import annotations

from schemas.model import Billing
from tests.engine.builders import IOP, answer, codes, copay, covered_level, plan, pot, pots, told

MEMBER = ("active", "coverage_start", "coverage_end", "plan_year_start", "funding", "network_status")
POTS = [f"{pot}_{scope}" for pot in ("deductible", "out_of_pocket_max") for scope in ("individual", "family")]


def asked(*phases, **more):
    return [code.removeprefix("ask_") for code in codes(answer(*phases, **more).call_script)]


def level_told(**more):
    """A told plan in which nothing of the level is open, unless it is taken away."""
    terms = {
        "prior_authorization": told("not_required"),
        "limits": (told(None),),
        "billing": told(Billing(("H0015",))),
        **copay(10),
        **more,
    }
    return plan(pots(pot(None), pot(None)), **{IOP: covered_level(**terms)})


def open_questions(line="commercial", **more):
    """What is asked of a level, membership and claims aside."""
    own = asked(told_benefits=level_told(**more), line_of_business=line)
    return [code for code in own if code not in (*MEMBER, "administrator", "claims")]

"""What an invented payer answers, each time as a 271, and what a live channel has to make of it.

Nobody here exists. Names, ids and birth dates are like nothing else, so that they are found wherever they
do not belong; the payer's own texts hold none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from payers.adapters.x12 import inquiries_270
from payers.base import Ask
from payers.connections import Connection, Credentials
from payers.sandbox.member import Member, Refusal
from payers.sandbox.reply import write_271
from payers.sandbox.segments import BOTH, DAY, FAMILY, IN, OUT, coinsurance, copay, eb, entity, pot
from schemas.model import (
    INTENSIVE_OUTPATIENT,
    Contact,
    Copay,
    Inquiry,
    OtherCoverage,
    Payer,
    Person,
    Phase,
    Site,
)
from tests.payers.said import Told

ASKED_AT = datetime(2026, 2, 20, 15, 4, tzinfo=UTC)
ON = date(2026, 2, 23)
TRACE = "SUITE0001"

PAYER = Payer("invented-health", "Invented Health", "commercial")
PAYER_ID = "INV01"
SITE = Site("center", "Invented Center", "1234567893", "cmhc")

MEMBER = Person(
    "ZQ7788990011", "Zephyrinda", "Quatschmann", date(1987, 11, 23), sex="female", group_number="GZQ55443"
)
HOLDER = Person("ZQ7788990011", "Wolfganga", "Quatschmann", date(1958, 10, 27))
CHILD = Person(
    "ZQ7788990011",
    "Nepomukino",
    "Quatschmann",
    date(2011, 8, 19),
    relationship="child",
    subscriber=HOLDER,
)
SOMEBODY_ELSES_BIRTH_DATE = date(1961, 12, 31)
CREDENTIALS = Credentials("quaxo-user-4411", "quaxo-password-4412", "quaxo-key-4413")


def invented_connection(channel: str, form: str = "mime", **terms: Any) -> Connection:
    """Return a connection that reaches the invented payer, on these terms besides: `url`, `seconds` …"""
    usual: dict[str, Any] = {"sender": "CENTER", "receiver": PAYER_ID, "test": True, "seconds": 5}
    return Connection("meadow", channel, form=form, payers={PAYER.id: PAYER_ID}, **(usual | terms))


@dataclass(frozen=True, slots=True)
class Scenario:
    """One answer: its lines and dates, or the refusal, and a warning that this earns.

    `said` is all that it says, by the names of `tests.payers.said`.
    """

    name: str
    lines: tuple[str, ...] = ()
    said: Mapping[str, Told] = field(default_factory=dict)
    network: str = "in"
    member: Person = MEMBER
    spans: tuple[str, ...] = ("DTP*346*D8*{plan_start}",)
    refusal: Refusal | None = None
    warned: str | None = None

    def __repr__(self) -> str:
        return self.name

    def ask(self, **changes: Any) -> Ask:
        """Return the question that is answered."""
        phase = Phase(INTENSIVE_OUTPATIENT, ON, 8, 3, 180)
        inquiry = Inquiry(PAYER.id, self.member, (phase,), SITE.id)
        terms: dict[str, Any] = {"network": self.network, "asked_at": ASKED_AT, "trace": TRACE}
        return Ask(inquiry, PAYER, SITE, (ON,), **(terms | changes))

    def text(self, states: Person | None = None) -> str:
        """Return the 271; `states` is whom it is about, where that is somebody else."""
        member = Member(
            self.name,
            "",
            PAYER.id,
            self.member,
            INTENSIVE_OUTPATIENT,
            lines=self.lines,
            spans=self.spans,
            refusal=self.refusal,
            states=states,
        )
        (inquiry,) = inquiries_270(self.ask(), PAYER_ID, sender="CENTER", receiver=PAYER_ID)
        return write_271(member, inquiry, ASKED_AT)


def inferred(value: Any) -> Told:
    """Return a value that rests on less than the level's own code."""
    return Told(value, inferred=True)


PLAN = eb("1", "30", insurance="PR", plan="INVENTED PPO")
INSURED = {
    "active": Told(True),
    "plan_name": Told("INVENTED PPO"),
    "coverage_start": Told(date(2026, 1, 1)),
}
COVERED = INSURED | {"covered": inferred(True)}
BY_NETWORK = (PLAN, copay("50", "CH", DAY, network=IN), coinsurance(".4", "CH", network=OUT))

ACTIVE = Scenario("active", (PLAN,), INSURED)
IN_NETWORK = Scenario("in_network", BY_NETWORK, COVERED | {"copay": inferred(Copay(5000, "day"))})
NOT_FOUND = Scenario("not_found", refusal=Refusal("2100C", "AAA*N**75*C"), warned="rejected_fix_patient_data")
LATER = Scenario("later", refusal=Refusal("2100A", "AAA*Y**42*R"), warned="rejected_retry_later")
REFUSALS = (
    NOT_FOUND,
    Scenario(
        "provider_not_on_file", refusal=Refusal("2100B", "AAA*N**51*C"), warned="rejected_provider_setup"
    ),
)

SCENARIOS = (
    ACTIVE,
    Scenario(
        "inactive",
        (eb("6", "30", insurance="PR", plan="INVENTED PPO"),),
        {"active": Told(False), "plan_name": Told("INVENTED PPO")},
    ),
    Scenario(
        # What the payer calls active stays so; that it is over is for its dates to say.
        "ended",
        (PLAN,),
        INSURED
        | {
            "coverage_start": Told(date(2025, 1, 1)),
            "coverage_end": Told(date(2025, 12, 31)),
        },
        spans=("DTP*291*RD8*{ended_start}-{ended}",),
    ),
    *REFUSALS,
    Scenario(
        "other_payer",
        (PLAN, eb("R", "30"), *entity("PRP", "INVENTED OTHER PLAN", "INVOT", "8005550104")),
        INSURED | {"other_coverage": Told(OtherCoverage("INVENTED OTHER PLAN", "other", True, "8005550104"))},
    ),
    Scenario(
        "carve_out",
        (PLAN, eb("1", "MH", network=BOTH), *entity("VN", "INVENTED MINDS", "INVBH", "8005550102")),
        INSURED | {"administrator": Told(Contact("INVENTED MINDS", "8005550102", None, "INVBH"))},
    ),
    Scenario("dependent", IN_NETWORK.lines, IN_NETWORK.said, member=CHILD),
    IN_NETWORK,
    Scenario(
        "out_of_network", BY_NETWORK, COVERED | {"coinsurance": inferred(Decimal("0.4"))}, network="out"
    ),
    Scenario(
        "remaining_amounts",
        (
            PLAN,
            *pot("C", "1500", "750.25", network=IN),
            *pot("C", "3000", "3000", network=OUT),
            *pot("C", "4000", "0", level=FAMILY, network=IN),
            *pot("G", "6000", "4800", network=IN),
        ),
        INSURED
        | {
            "individual_deductible_limit": Told(1500_00),
            "individual_deductible_met": Told(749_75),
            "individual_deductible_remaining": Told(750_25),
            "family_deductible_limit": Told(4000_00),
            "family_deductible_met": Told(4000_00),
            "family_deductible_remaining": Told(0),
            "individual_out_of_pocket_max_limit": Told(6000_00),
            "individual_out_of_pocket_max_met": Told(1200_00),
            "individual_out_of_pocket_max_remaining": Told(4800_00),
        },
    ),
    Scenario(
        "authorization_required",
        (PLAN, eb("1", "CH", authorization="Y", network=IN)),
        COVERED | {"prior_authorization": inferred("required")},
    ),
    Scenario(
        "authorization_not_required",
        (PLAN, eb("1", "CH", authorization="N", network=IN)),
        COVERED | {"prior_authorization": inferred("not_required")},
    ),
    Scenario("authorization_not_said", (PLAN, eb("1", "CH", network=IN)), COVERED),
    Scenario(
        "by_procedure",
        (PLAN, copay("65", per=DAY, authorization="Y", network=IN, procedure="HC:S9480")),
        INSURED
        | {
            "covered": Told(True),
            "copay": Told(Copay(6500, "day")),
            "prior_authorization": Told("required"),
        },
    ),
    Scenario("excluded", (PLAN, eb("I", "CH", network=BOTH)), INSURED | {"covered": inferred(False)}),
)

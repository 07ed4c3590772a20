"""What the fuzz starts from: sound replies, ours and those of the samples that lie beside the checkout."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

from payers.sandbox.as_benefits import tell_benefits
from payers.sandbox.as_plans import tell_plans
from payers.sandbox.reply import write_271
from payers.sandbox.roster import ROSTER
from payers.x12.segments import decode
from tests.payers.clearinghouse.replies import active, benefit, flat_reply, plans_reply, status
from tests.payers.sandbox.asking import AT, ON, inquiry_about
from tests.payers.x12 import build

SAMPLES = Path(__file__).parents[2].parent / "shared" / "samples"
# A file longer than this is taken once in as many turns as it is times longer.
USUAL = 4_000


@cache
def roster_texts() -> tuple[str, ...]:
    """The 271 about each member of the sandbox."""
    return tuple(write_271(one, replace(inquiry_about(one.person), date_of_service=ON), AT) for one in ROSTER)


@cache
def x12_seeds() -> tuple[str, ...]:
    """Replies and inquiries as X12: the samples, the sandbox's, and some of our builder's."""
    samples = [decode(path.read_bytes()) for path in sorted(SAMPLES.glob("*.edi"))]
    return (*samples, *_built(), *roster_texts())


def _built() -> tuple[str, ...]:
    """Files with what the others have none of: several transactions, patients and delimiters."""
    lines = [
        build.ACTIVE,
        build.eb("1", "MH^AI^A8"),
        build.eb("6", "30"),
        "DTP*291*RD8*20260101-20261231",
        build.copay("25", "A8"),
        "MSG*INTENSIVE OUTPATIENT PROGRAM; PRECERTIFICATION REQUIRED",
        build.copay("40", procedure="HC:S9480"),
        "III*ZZ*02",
        build.coinsurance("20", "MH", "W"),
        build.eb("C", "30", period="23", amount="99999.99", network="Y"),
        build.eb("C", "MH", period="29", amount="100", network="W"),
        build.eb("F", "MH", period="23", counted="VS", quantity="30", network="Y"),
        build.eb("F", "MH", counted="99", quantity="3", network="Y"),
        "HSD*VS*30***23*1",
        build.eb("R", "30", part="HN"),
        "LS*2120",
        "NM1*PRP*2*INVENTED ADVANTAGE*****PI*INV09",
        "PER*IC**TE*8005550100*UR*invented.example",
        "LE*2120",
        build.eb("A", "MH", rate=".2", authorization="Y"),
        "AAA*N**33*C",
    ]
    of_both = [
        build.transaction(build.subscriber(*lines)),
        build.transaction(build.dependent(*lines), control="0002"),
        build.transaction([*build.subscriber("AAA*N**72*C"), "HL*4*2*22*0", *build.SUBSCRIBER], "0003"),
    ]
    odd = build.Delimiters("|", "~", ">", "\n")
    controls = build.Delimiters("\x1d", "\x1f", "\x1c", "\x1e", after="\r\n")
    return tuple(build.interchange(*of_both, cut=cut) for cut in (build.PLAIN, odd, controls))


@cache
def json_seeds() -> tuple[str, ...]:
    """Replies as JSON, in both shapes."""
    ours = [
        plans_reply(
            coPayment=[benefit("A8", amount="25.00", timePeriod="VISIT", messages=["INTENSIVE OUTPATIENT"])],
            deductible=[benefit("30", amount="1500", timePeriod="CALENDAR_YEAR")],
            limitations=[benefit(quantity={"qualifier": "VISITS", "value": "30"}, serviceLimits=[{}])],
            invalidEntries={"coPayment": [benefit(amount=None)]},
            statuses=[status(), status(status="INACTIVE", service={"value": "35"})],
        ),
        flat_reply(active(), active(code="B", serviceTypeCodes=["MH", "A8"], benefitAmount="25")),
    ]
    told = [each for text in roster_texts() for each in (tell_plans(text), tell_benefits(text, "000000123"))]
    return tuple(json.dumps(each) for each in (*ours, *told))


def weight(seed: str) -> float:
    """How often a seed is taken: long ones less."""
    return min(1.0, USUAL / (len(seed) + 1))

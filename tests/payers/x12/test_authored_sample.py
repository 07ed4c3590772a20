"""Every level of the sample that was written for this project, worked out by hand from its segments."""

from __future__ import annotations

from typing import Any

import pytest

from tests.payers.x12.build import described, hints_of, reply, segments_of, told, warnings_of
from tests.payers.x12.test_samples import SAMPLES

NOTE = "PRECERTIFICATION REQUIRED FOR PARTIAL HOSPITALIZATION AND INTENSIVE OUTPATIENT"


def figures(limit: str, remaining: str, met: str) -> dict[str, str]:
    return {"limit": limit, "remaining": remaining, "met": met}


# Segments 22 to 25 and 30 to 33 for in network, 26 to 29 and 34 to 37 for out of network: all on type 30.
POTS = {
    "in": {
        "deductible": {
            "individual": figures("1500.00", "750.00", "750.00"),
            "family": figures("3000.00", "1500.00", "1500.00"),
        },
        "out_of_pocket_max": {
            "individual": figures("3000.00", "2750.00", "250.00"),
            "family": figures("6000.00", "5750.00", "250.00"),
        },
    },
    "out": {
        "deductible": {
            "individual": figures("3000.00", "1500.00", "1500.00"),
            "family": figures("6000.00", "3000.00", "3000.00"),
        },
        "out_of_pocket_max": {
            "individual": figures("6000.00", "5750.00", "250.00"),
            "family": figures("12000.00", "11750.00", "250.00"),
        },
    },
}
EVERY_TERM = [
    {"level_of_care": level_of_care, "condition": condition, "network": network}
    for level_of_care in (
        "outpatient",
        "intensive_outpatient",
        "partial_hospitalization",
        "residential",
        "inpatient",
    )
    for condition in ("mental_health", "substance_use")
    for network in ("in", "out")
]


def copays(said: dict[str, Any]) -> list[tuple[str, str, str | None, int]]:
    return [
        (one["amount"], one["per"], one["service_type"] or one["procedure"], one["segment"])
        for one in said["copays"]
    ]


def rates(said: dict[str, Any]) -> list[tuple[str, str, int]]:
    return [(one["rate"], one["service_type"], one["segment"]) for one in said["coinsurances"]]


def verdict(said: dict[str, Any]) -> tuple[str, bool, str]:
    return said["covered"], said["inferred"], said["prior_authorization"]


def test_what_a_line_shares_with_all_levels_is_told_for_each() -> None:
    body = ("EB*1**30", "EB*C*IND*30***23*1500*****Y", "EB*C*IND*30***29*750*****Y")
    found = told(reply(*body), level_of_care="inpatient")["level"]["deductible"]["individual"]
    assert found == figures("1500.00", "750.00", "750.00")


if SAMPLES.exists():
    CONTENT = (SAMPLES / "271_5010_authored_b60.edi").read_bytes()
    OTHER_DELIMITERS = (SAMPLES / "271_5010_authored_b60_delims.edi").read_bytes()

    def asked(level_of_care: str, condition: str = "mental_health", **wanted: Any) -> dict[str, Any]:
        found = told(CONTENT, level_of_care=level_of_care, condition=condition, **wanted)["level"]
        return dict(found)

    @pytest.mark.parametrize("terms", [{}, *EVERY_TERM])
    def test_other_delimiters_say_the_same(terms: dict[str, str]) -> None:
        assert described(OTHER_DELIMITERS, **terms) == described(CONTENT, **terms)

    def test_the_transaction_is_told() -> None:
        said = described(CONTENT, level_of_care="intensive_outpatient")
        (one,) = said["transactions"]
        assert said["warnings"] == one["warnings"] == one["reasons"] == one["rejections"] == []
        assert (one["trace"], one["patient"], one["status"]) == ("TRACE00001", "subscriber", "active")
        assert one["payer"] == {"name": "SAMPLE HEALTH PLAN", "id": "12345"}
        assert one["plan"] == {
            "name": "SAMPLE PPO GOLD",
            "insurance_type": "PR",
            "group_number": "GRP001",
            "coverage_start": "2026-01-01",
            "coverage_end": None,
        }

    def test_every_line_is_kept() -> None:
        lines = told(CONTENT)["benefits"]
        assert len({line["segment"] for line in lines}) == 60
        assert len(lines) == 58 + 12 + 11  # segments 20 and 21 repeat their service type

    @pytest.mark.parametrize("terms", EVERY_TERM)
    def test_every_level_has_the_pots_of_the_plan(terms: dict[str, str]) -> None:
        said = told(CONTENT, **terms)["level"]
        assert {kind: said[kind] for kind in ("deductible", "out_of_pocket_max")} == POTS[terms["network"]]

    def test_intensive_outpatient_in_network() -> None:
        # 44 EB*B A8 40 a visit; 56 EB*A A8 .2 with EB11 Y; 57 its MSG
        said = asked("intensive_outpatient")
        shared = {"procedure": None, "place_of_service": None, "network": "in", "service_type": "A8"}
        assert said["copays"] == [shared | {"amount": "40.00", "per": "session", "notes": [], "segment": 44}]
        assert said["coinsurances"] == [shared | {"rate": "0.20", "notes": [NOTE], "segment": 56}]
        assert verdict(said) == ("covered", True, "required")
        assert said["hints"] == [{"kind": "authorization", "quote": NOTE, "segment": 57}]
        assert (said["level_of_care"], said["network"]) == ("intensive_outpatient", "in")
        assert (said["limits"], said["administrator"], said["other_payers"]) == ([], None, [])

    def test_intensive_outpatient_out_of_network() -> None:
        # 45 EB*A A8 .4 N; nothing out of network speaks of authorization
        said = asked("intensive_outpatient", network="out")
        assert (copays(said), rates(said)) == ([], [("0.40", "A8", 45)])
        assert verdict(said) == ("covered", True, "undetermined")
        assert said["coinsurances"][0]["network"] == said["network"] == "out"

    def test_intensive_outpatient_for_substance_use() -> None:
        # 77 EB*B HC:H0015 150 an admission at place 22; 58 and 60 EB*A AJ, AK, EB11 Y; 72 EB*1 AI with 74 VN
        said = asked("intensive_outpatient", "substance_use")
        assert (copays(said), rates(said)) == ([("150.00", "admission", "H0015", 77)], [])
        assert verdict(said) == ("covered", False, "required")
        assert {58, 60} <= set(hints_of(said, "cost_share"))
        assert {59, 61} <= set(hints_of(said, "authorization"))
        administrator = said["administrator"]
        assert administrator.pop("segment") in {72, 74}
        assert administrator == {
            "name": "SAMPLE BH ADMINISTRATOR",
            "id": "88888",
            "phone": "8005550102",
            "role": "VN",
        }

    def test_intensive_outpatient_for_substance_use_by_telehealth() -> None:
        # the place of 77 is 22, so it is set aside; 89 EB*B CJ 65 is the next rank
        said = asked("intensive_outpatient", "substance_use", modality="telehealth")
        assert copays(said) == [("65.00", "session", "CJ", 89)]
        assert hints_of(said, "place") != []

    @pytest.mark.parametrize("condition", ["mental_health", "substance_use"])
    def test_partial_hospitalization(condition: str) -> None:
        # 79 EB*B HC:H0035 200 a day, 80 place 52; 66 EB*I BC and 90 EB*B BB are of worse ranks
        said = asked("partial_hospitalization", condition)
        assert (copays(said), rates(said)) == ([("200.00", "day", "H0035", 79)], [])
        assert said["copays"][0]["place_of_service"] in ("52", ["52"])
        # 58 and 60 are lines for AJ and AK with EB11 Y; no line of the mental health ranks has one
        authorization = "undetermined" if condition == "mental_health" else "required"
        assert verdict(said) == ("covered", False, authorization)
        assert said["limits"] == []

    def test_outpatient() -> None:
        # 42 EB*B A6 25, 46 EB*B CF 25; 62 EB*F A6 30 visits with 63 HSD, 64 EB*F A6 22 remaining
        said = asked("outpatient")
        assert copays(said) == [("25.00", "session", "A6", 42), ("25.00", "session", "CF", 46)]
        assert rates(said) == []
        assert verdict(said)[:2] == ("covered", True)
        (limit,) = said["limits"]
        assert [str(limit[key]) for key in ("units", "remaining")] == ["30", "22"]
        assert [limit[key] for key in ("unit", "period", "service_type", "network", "segment")] == [
            "visit",
            "calendar_year",
            "A6",
            "in",
            62,
        ]

    def test_outpatient_out_of_network() -> None:
        # 43 EB*A A6 .4, 47 EB*A CF .4; the limits of 62 and 64 are in network
        said = asked("outpatient", network="out")
        assert rates(said) == [("0.40", "A6", 43), ("0.40", "CF", 47)]
        assert (said["copays"], said["limits"]) == ([], [])

    def test_outpatient_for_substance_use() -> None:
        # 89 EB*B CJ 65; 58, 60 and 87 are of the last rank
        said = asked("outpatient", "substance_use")
        assert (copays(said), rates(said)) == ([("65.00", "session", "CJ", 89)], [])
        assert said["administrator"]["name"] == "SAMPLE BH ADMINISTRATOR"

    def test_residential() -> None:
        # 48 EB*B CG 250; nothing on RT
        said = asked("residential")
        assert (copays(said), rates(said)) == ([("250.00", "session", "CG", 48)], [])
        assert verdict(said) == ("covered", True, "undetermined")

    def test_inpatient() -> None:
        # 54 EB*A A7 .2 has a MSG for two other levels, so 48 EB*B CG 250 is the best; 65 EB*CB A7 has EB11 Y
        said = asked("inpatient")
        assert (copays(said), rates(said)) == ([("250.00", "session", "CG", 48)], [])
        assert verdict(said) == ("covered", False, "required")
        set_aside = warnings_of(told(CONTENT, level_of_care="inpatient"), "other_level_named")
        assert set(segments_of(set_aside)) <= {54, 55}
        assert set_aside != []

    @pytest.mark.parametrize("level_of_care", ["residential", "inpatient"])
    def test_a_facility_for_substance_use(level_of_care: str) -> None:
        # 88 EB*B CI 64
        said = asked(level_of_care, "substance_use")
        assert copays(said) == [("64.00", "session", "CI", 88)]
        assert verdict(said)[:2] == ("covered", True)

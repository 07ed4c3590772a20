"""Files that other people wrote, read by hand first; they lie beside the checkout, and may not be there."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from payers.errors import UnreadableReply
from payers.x12.reader import read_271
from tests.payers.x12.build import copay, described, hints_of, interchange, subscriber, told, transaction

SAMPLES = Path(__file__).parents[3].parent / "shared" / "samples"

# What each file rejects: segment, loop, reason, follow-up and what we make of it (`None`: the class is open).
RETRY, PATIENT, PROVIDER, SETUP = "retry_later", "fix_patient_data", "provider_setup", "payer_setup"
SOURCE = [(6, "2000A", "80", "P", RETRY), (7, "2000A", "79", "N", SETUP)]
REJECTIONS: dict[str, list[tuple[int, str, str, str, str | None]]] = {
    "271_5010_inteligenz_hip_Example_3_1_2": [
        *SOURCE,
        (10, "2100A", "79", "N", SETUP),
        (11, "2100A", "80", "P", RETRY),
        (14, "2100B", "41", "C", PROVIDER),
        (15, "2100B", "41", "C", PROVIDER),
        (21, "2100C", "42", "Y", RETRY),
        (25, "2110C", "51", "N", PROVIDER),
        (26, "2110C", "60", "W", None),
    ],
    "271_5010_inteligenz_hip_Example_3_1_3": [(9, "2100B", "50", "N", PROVIDER)],
    "271_5010_inteligenz_hip_Example_ErrorWithoutBenefitInfo": [
        *SOURCE,
        (9, "2100A", "79", "N", SETUP),
        (10, "2100A", "80", "P", RETRY),
        (13, "2100B", "41", "C", PROVIDER),
        (14, "2100B", "41", "C", PROVIDER),
        (20, "2100C", "42", "Y", RETRY),
    ],
    "271_5010_inteligenz_hip_ValidationForDependentBenefitInfo": [(17, "2110D", "70", "C", None)],
    "271_5010_inteligenz_hip_ValidationForDependentName": [(14, "2100D", "58", "C", PATIENT)],
    "271_5010_inteligenz_hip_ValidationForReceiverName": [
        (9, "2100B", "43", "C", PROVIDER),
        (10, "2100B", "44", "C", PROVIDER),
        (11, "2100B", "45", "C", PROVIDER),
        (12, "2100B", "47", "C", PROVIDER),
    ],
    "271_5010_inteligenz_hip_ValidationForSource": [(6, "2000A", "42", "Y", RETRY)],
    "271_5010_inteligenz_hip_ValidationForSourceName": [(7, "2100A", "79", "C", SETUP)],
    "271_5010_inteligenz_hip_ValidationForSubscriberBenefitInfo": [
        (17, "2110C", "CI", "C", None),
        (18, "2110C", "70", "C", None),
    ],
    "271_5010_inteligenz_hip_ValidationForSubscriberName": [
        (14, "2100C", "72", "C", PATIENT),
        (15, "2100C", "75", "C", PATIENT),
    ],
    "271_5010_inteligenz_hip_ValidationOnAll": [
        (6, "2000A", "79", "N", SETUP),
        (7, "2000A", "42", "C", RETRY),
        (9, "2100A", "79", "N", SETUP),
        (10, "2100A", "80", "P", RETRY),
        (13, "2100B", "41", "C", PROVIDER),
        (14, "2100B", "41", "C", PROVIDER),
        (20, "2100C", "42", "W", RETRY),
        (25, "2100D", "35", "N", None),
        (29, "2110D", "52", "N", None),
        (30, "2110D", "60", "W", None),
    ],
    "271_5010_kartik_271_rejected_subscriber": [(12, "2100C", "72", "C", PATIENT)],
    "271_5010_lfh_subscriber-health-benefit-check-error_271": [(9, "2100B", "50", "N", PROVIDER)],
}

# Active by an EB*1 on 30, on a day that DTP 346 or 291 includes; an AAA below an EB rejects that line alone.
ACTIVE = {
    "271_5010_authored_b60",
    "271_5010_authored_b60_delims",
    "271_5010_inteligenz_hip_Example_3_2_2",
    "271_5010_inteligenz_hip_ValidationForDependentBenefitInfo",
    "271_5010_inteligenz_hip_ValidationForSubscriberBenefitInfo",
    "271_5010_inteligenz_samp_Example_3_1_2",
    "271_5010_kartik_271_active_response",
    "271_5010_kartik_271_ls_le_wrapper",
    "271_5010_kartik_271_multiple_eb_segments",
    "271_5010_lfh_demo_271",
    "271_5010_lfh_dependent-health-benefit-check_271",
    "271_imsweb_x271",
}
DEPENDENT = {
    "271_5010_inteligenz_hip_Example_3_2_2",
    "271_5010_inteligenz_hip_ValidationForDependentBenefitInfo",
    "271_5010_inteligenz_hip_ValidationForDependentName",
    "271_5010_inteligenz_hip_ValidationOnAll",
    "271_5010_lfh_dependent-health-benefit-check_271",
}
BATCH = "271_5010_kartik_gainwell_271_redacted"

# Where the lines for MH stand: a copay of 10 in network, and right below it one of 30 out of network.
TEN_AND_THIRTY = {
    "271_5010_inteligenz_hip_Example_3_1_2": 40,
    "271_5010_inteligenz_hip_Example_3_2_2": 28,
    "271_5010_inteligenz_samp_Example_3_1_2": 22,
    "271_5010_lfh_demo_271": 22,
    "271_5010_lfh_dependent-health-benefit-check_271": 28,
}
FLAGGED = {
    "271_imsweb_x271": {"version_4010", "wrong_segment_count", "wrong_control_number"},
    "271_5010_lfh_subscriber-health-benefit-check-error_271": {"wrong_control_number"},
    "271_5010_kartik_271_active_response": {"wrong_functional_code"},
    "271_5010_inteligenz_hip_Example_3_1_2": {
        "byte_order_mark",
        "wrong_functional_code",
        "other_version",
        "wrong_segment_count",
    },
}


def content(name: str) -> bytes:
    return (SAMPLES / f"{name}.edi").read_bytes()


def answered(name: str, **wanted: Any) -> dict[str, Any]:
    return told(content(name), **wanted)


def test_a_batch_of_our_own_is_read_like_those_of_others() -> None:
    first = transaction(subscriber("EB*1**30", copay("10", "MH"), copay("30", "MH", "N")))
    second = transaction(subscriber(own=["AAA*N**72*C"]), control="0002")
    active, rejected = described(interchange(first, second), level_of_care="outpatient")["transactions"]
    assert (active["status"], rejected["status"]) == ("active", "undetermined")
    assert [(line["amount"], line["segment"]) for line in active["level"]["copays"]] == [("10.00", 14)]


if SAMPLES.exists():
    QUESTIONS = sorted(path.stem for path in SAMPLES.glob("270*.edi"))
    ANSWERS = sorted(path.stem for path in SAMPLES.glob("271*.edi"))

    def test_every_sample_is_accounted_for() -> None:
        assert set(ANSWERS) == ACTIVE | set(REJECTIONS) | {BATCH}
        assert len(QUESTIONS) == 11

    @pytest.mark.parametrize("name", QUESTIONS)
    def test_a_sample_of_a_question_is_not_an_answer(name: str) -> None:
        with pytest.raises(UnreadableReply) as caught:
            read_271(content(name))
        assert caught.value.reason == "not_an_answer"

    @pytest.mark.parametrize("name", sorted(set(ANSWERS) - {BATCH}))
    def test_a_sample_tells_the_status_of_its_patient(name: str) -> None:
        said = answered(name)
        assert said["status"] == ("active" if name in ACTIVE else "undetermined")
        assert said["patient"] == ("dependent" if name in DEPENDENT else "subscriber")

    @pytest.mark.parametrize("name", sorted(set(ANSWERS) - {BATCH}))
    def test_a_sample_tells_what_was_rejected(name: str) -> None:
        keys = ("segment", "loop", "code", "follow_up", "class")
        found = [tuple(one[key] for key in keys) for one in answered(name)["rejections"]]
        expected = REJECTIONS.get(name, [])
        assert [one[:4] for one in found] == [one[:4] for one in expected]
        assert [got[4] for got, want in zip(found, expected, strict=True) if want[4]] == [
            want[4] for want in expected if want[4]
        ]

    @pytest.mark.parametrize("name", FLAGGED)
    def test_what_is_odd_about_a_sample_is_flagged(name: str) -> None:
        said = described(content(name))
        codes = {one["code"] for one in (*said["warnings"], *said["transactions"][0]["warnings"])}
        assert codes - {"blanks_around_segments", "line_rejected"} == FLAGGED[name]

    @pytest.mark.parametrize("name", TEN_AND_THIRTY)
    @pytest.mark.parametrize(("network", "amount", "below"), [("in", "10.00", 0), ("out", "30.00", 1)])
    def test_a_copay_on_mental_health_is_that_of_outpatient_care(
        name: str, network: str, amount: str, below: int
    ) -> None:
        said = answered(name, level_of_care="outpatient", network=network)["level"]
        (line,) = said["copays"]
        assert (line["amount"], line["per"], line["service_type"]) == (amount, "session", "MH")
        assert (line["segment"], line["network"]) == (TEN_AND_THIRTY[name] + below, network)
        assert (said["coinsurances"], said["administrator"]) == ([], None)
        assert said["prior_authorization"] == "undetermined"
        assert said["covered"] == "covered" or name in REJECTIONS

    def test_a_copay_for_the_plan_is_only_hinted_at() -> None:
        # 13 EB*1**30, 14 EB*B**30***23*5.00
        said = answered("271_5010_kartik_271_multiple_eb_segments", level_of_care="outpatient")["level"]
        assert (said["covered"], said["copays"]) == ("undetermined", [])
        assert hints_of(said, "cost_share") == [14]

    def test_a_batch_of_many_patients_tells_each_apart() -> None:
        # 136 times EB*1**30^1^...^MH; then EB*R, EB*L, EB*MC and EB*B alone; then AAA 71, 73 and 75 in 2100C
        said = described(content(BATCH), level_of_care="outpatient")["transactions"]
        assert [one["status"] for one in said] == ["active"] * 136 + ["undetermined"] * 17
        assert {one["level"]["covered"] for one in said[:136]} == {"covered"}
        assert all(one["rejections"] == [] for one in said[:140])
        rejected = [one for each in said[140:] for one in each["rejections"]]
        assert {(one["loop"], one["follow_up"], one["class"]) for one in rejected} == {
            ("2100C", "C", PATIENT)
        }
        assert Counter(one["code"] for one in rejected) == {"71": 4, "73": 8, "75": 1}
        assert said[152]["rejections"][0]["segment"] == 2660

    def test_another_payer_of_a_batch_is_named() -> None:
        # 2461 EB*R**30^35^47*MC, 2464 NM1*P5*2*SUPPLEMENTAL DESK 137, 2465 PER*IC*SUPPORT DESK*TE
        one = described(content(BATCH), level_of_care="outpatient")["transactions"][136]
        (found,) = one["level"]["other_payers"]
        assert (found["name"], found["phone"], found["role"]) == ("SUPPLEMENTAL DESK 137", "8555550137", "P5")

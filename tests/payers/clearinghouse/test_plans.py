"""The shape `plans`, read into the lines of the 271."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from payers.clearinghouse.words import KINDS, STATUSES, code_of
from payers.x12 import codes
from payers.x12.model import NO_DETAIL, Entity, Message, Oddity, Party, Quantity, Span
from tests.payers.clearinghouse.replies import (
    benefit,
    line_of,
    lines_of,
    plans_reply,
    status,
    transaction_of,
)


def test_an_active_plan_is_a_line_of_its_own_with_the_name_of_the_plan() -> None:
    line = line_of(plans_reply(), "1")
    assert (line.service_type, line.plan, line.at) == ("30", "Invented Gold", "/plans/0/benefits/statuses/0")
    assert (line.coverage_level, line.network, line.authorization, line.amount) == ("IND", "", "", "")
    assert line.detail is NO_DETAIL


def test_payer_and_patient_are_who_the_payer_says() -> None:
    transaction = transaction_of(plans_reply())
    assert transaction.payer == Party("Invented Health", "", "INV9", "PI")
    assert transaction.patient == "subscriber"
    assert transaction.subscriber == Party("PRUEBA", "ANA", "M123456", "MI", date(1990, 5, 17), "G-77")
    where = "/subscriber/dates/plan"
    assert transaction.spans == (Span("291", date(2026, 1, 1), date(2026, 12, 31), where),)
    assert (transaction.broken, transaction.oddities, transaction.rejections) == (None, (), ())


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("ACTIVE_COVERAGE", "1"),
        ("ACTIVE_FULL_RISK_CAPITATION", "2"),
        ("ACTIVE_SERVICES_CAPITATED", "3"),
        ("ACTIVE_SERVICES_CAPITATED_TO_PRIMARY_CARE_PROVIDER", "4"),
        ("ACTIVE_PENDING_INVESTIGATION", "5"),
        ("INACTIVE", "6"),
        ("INACTIVE_PENDING_ELIGIBILITY_UPDATE", "7"),
        ("INACTIVE_PENDING_INVESTIGATION", "8"),
    ],
)
def test_every_status_has_its_code(word: str, code: str) -> None:
    assert line_of(plans_reply(statuses=[status(status=word)]), code).service_type == "30"


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("coInsurance", "A"),
        ("coPayment", "B"),
        ("deductible", "C"),
        ("coverageBasis", "CB"),
        ("benefitDescription", "D"),
        ("exclusions", "E"),
        ("limitations", "F"),
        ("outOfPocket", "G"),
        ("unlimited", "H"),
        ("nonCovered", "I"),
        ("costContainment", "J"),
        ("primaryCareProvider", "L"),
        ("managedCareCoordinator", "MC"),
        ("servicesRestrictedToFollowingProvider", "N"),
        ("benefitDisclaimer", "P"),
        ("otherOrAdditionalPayer", "R"),
        ("contactFollowingEntityForInformation", "U"),
        ("cannotProcess", "V"),
        ("otherSourceOfData", "W"),
        ("spendDown", "Y"),
    ],
)
def test_every_list_of_benefits_has_its_code(kind: str, code: str) -> None:
    benefits: dict[str, Any] = {kind: [benefit()]}
    line = line_of(plans_reply(**benefits), code)
    assert line.at == f"/plans/0/benefits/{kind}/0"


def test_together_the_lists_cover_every_code_of_the_271() -> None:
    assert {*KINDS.values(), *STATUSES.values()} == set(codes.BENEFITS)


def test_a_list_that_nobody_knows_is_kept_and_told() -> None:
    benefits: dict[str, Any] = {"a/new~kind": [benefit(amount="5")]}
    transaction = transaction_of(plans_reply(**benefits))
    at = "/plans/0/benefits/a~1new~0kind/0"
    assert transaction.lines[-1].code == "a/new~kind"
    assert transaction.lines[-1].at == at
    assert transaction.oddities == (Oddity("unknown_code", at, {"element": "EB01", "code": "a/new~kind"}),)


def test_a_copay_keeps_its_messages_places_and_unit() -> None:
    entry = benefit(
        amount="40.00",
        timePeriod="VISIT",
        messages=["OFFICE VISIT", "", "CALL FIRST"],
        placesOfService=[{"code": "11", "name": "Office"}, {"name": "nowhere"}],
    )
    line = line_of(plans_reply(coPayment=[entry]), "B")
    at = "/plans/0/benefits/coPayment/0"
    assert (line.amount, line.period, line.network, line.service_type) == ("40.00", "27", "Y", "MH")
    assert line.detail.messages == (
        Message("OFFICE VISIT", f"{at}/messages/0"),
        Message("CALL FIRST", f"{at}/messages/2"),
    )
    assert line.detail.places == ("11",)


def test_a_coinsurance_is_the_share_as_it_was_written() -> None:
    assert line_of(plans_reply(coInsurance=[benefit(percent="0.20")]), "A").percent == "0.20"
    assert line_of(plans_reply(coInsurance=[benefit(percent=0.2)]), "A").percent == "0.2"


def test_both_networks_are_lines_of_their_own() -> None:
    words = {"IN_NETWORK": "Y", "OUT_OF_NETWORK": "N", "IN_AND_OUT_OF_NETWORK": "W"}
    entries = [benefit(amount="10", network={"indicator": word}) for word in words]
    lines = lines_of(plans_reply(coPayment=entries), "B")
    assert [line.network for line in lines] == [*words.values()]


def test_a_limit_and_what_remains_of_it_are_told_apart_by_their_period() -> None:
    entries = [
        benefit("30", amount="1500.0", timePeriod="CALENDAR_YEAR"),
        benefit("30", amount="750.0", timePeriod="REMAINING"),
        benefit("30", amount="3000", timePeriod="SERVICE_YEAR", coverageLevel="FAMILY"),
    ]
    lines = lines_of(plans_reply(deductible=entries), "C")
    assert [(line.coverage_level, line.period, line.amount) for line in lines] == [
        ("IND", "23", "1500.0"),
        ("IND", "29", "750.0"),
        ("FAM", "22", "3000"),
    ]


@pytest.mark.parametrize(
    ("stated", "code"),
    [({"priorAuthIndicator": "REQUIRED"}, "Y"), ({"priorAuthIndicator": "NOT_REQUIRED"}, "N"), ({}, "")],
)
def test_authorization_is_required_or_not_or_not_said(stated: dict[str, Any], code: str) -> None:
    assert line_of(plans_reply(coPayment=[benefit(amount="1", **stated)]), "B").authorization == code


def test_a_procedure_stands_in_the_service_types_place() -> None:
    line = line_of(plans_reply(coPayment=[benefit(service={"system": "HCPCS", "value": "S9480"})]), "B")
    assert (line.service_type, line.procedure) == ("", "S9480")
    procedures = {"system": "CPT", "range": {"start": {"value": "90832"}, "end": {"value": "90837"}}}
    assert line_of(plans_reply(coPayment=[benefit(service=procedures)]), "B").procedure == "90832"


def test_limits_of_visits_come_in_either_notation() -> None:
    entry = benefit(
        quantity={"qualifier": "VISITS", "value": "30"},
        timePeriod="CALENDAR_YEAR",
        serviceLimits=[
            {"ageMinimum": 18},
            {
                "delivery": {
                    "quantity": {"qualifier": "VISITS", "value": "20"},
                    "period": {"qualifier": "CALENDAR_YEAR", "value": 1},
                }
            },
        ],
    )
    line = line_of(plans_reply(limitations=[entry]), "F")
    where = "/plans/0/benefits/limitations/0/serviceLimits/1"
    assert (line.quantity_type, line.quantity, line.period) == ("VS", "30", "23")
    assert line.detail.quantities == (Quantity("VS", "20", "23", "1", where),)


def test_an_age_limit_is_the_quantity_where_nothing_else_is() -> None:
    entry = benefit(serviceLimits=[{"ageMaximum": 21}])
    line = line_of(plans_reply(limitations=[entry]), "F")
    assert (line.quantity_type, line.quantity) == ("S7", "21")


def test_dates_of_a_benefit_carry_the_271s_qualifiers() -> None:
    dates = {
        "benefit": {"start": "2026-02-01", "end": "2026-06-30"},
        "eligibility": {"start": "2026-01-01"},
        "period": {"start": "2026-01-01", "end": "2026-12-31"},
        "service": {"start": "2026-03-02"},
        "plan": {"start": "2026-01-01", "end": "9999-12-31"},
    }
    spans = line_of(plans_reply(statuses=[status(dates=dates)]), "1").detail.spans
    assert [span[:3] for span in spans] == [
        ("193", date(2026, 1, 1), None),
        ("194", None, date(2026, 12, 31)),
        ("291", date(2026, 1, 1), None),
        ("292", date(2026, 2, 1), date(2026, 6, 30)),
        ("307", date(2026, 1, 1), None),
        ("472", date(2026, 3, 2), date(2026, 3, 2)),
    ]
    assert spans[0].at == "/plans/0/benefits/statuses/0/dates/period"


@pytest.mark.parametrize("sides", [{"start": "2026-01-01"}, {"start": "2026-01-01", "end": "2026-01-01"}])
def test_a_plan_of_which_one_day_is_stated_begins_on_it(sides: dict[str, str]) -> None:
    (span,) = line_of(plans_reply(statuses=[status(dates={"plan": sides})]), "1").detail.spans
    assert span[:3] == ("291", date(2026, 1, 1), None)


def test_a_carve_out_is_an_entity_of_the_line_that_names_it() -> None:
    entity = {
        "type": "VENDOR",
        "name": {"organization": "Invented Behavioral"},
        "payerId": "BEH01",
        "contacts": [{"phoneNumbers": ["", "8005550100"]}, {"urls": ["behavioral.example.org"]}],
    }
    entry = benefit("MH", relatedEntities=[entity])
    line = line_of(plans_reply(contactFollowingEntityForInformation=[entry]), "U")
    at = "/plans/0/benefits/contactFollowingEntityForInformation/0/relatedEntities/0"
    assert line.detail.entities == (
        Entity("VN", "Invented Behavioral", "BEH01", "PI", "8005550100", "behavioral.example.org", at),
    )


def test_an_entity_may_be_a_person_and_its_social_security_number_is_never_taken() -> None:
    entity = {
        "type": "PRIMARY_CARE_PROVIDER",
        "name": {"person": {"firstName": "EVA", "lastName": "EJEMPLO"}},
        "ssn": "000000000",
    }
    line = line_of(plans_reply(primaryCareProvider=[benefit(relatedEntities=[entity])]), "L")
    assert line.detail.entities[0][:4] == ("P3", "EVA EJEMPLO", "", "")


def test_a_dependent_is_the_patient_and_brings_their_own_dates() -> None:
    reply = plans_reply()
    reply["dependent"] = {
        "name": {"person": {"firstName": "LUIS", "lastName": "PRUEBA"}},
        "dateOfBirth": "2010-05-17",
        "dates": {"eligibility": {"start": "2026-03-01"}},
    }
    transaction = transaction_of(reply)
    assert transaction.patient == "dependent"
    assert transaction.person == Party("PRUEBA", "LUIS", birth_date=date(2010, 5, 17))
    assert [span.qualifier for span in transaction.spans] == ["307"]


def test_the_same_benefit_of_the_same_service_is_one_line() -> None:
    twice = [benefit("MH", amount="40", messages=["A"]) for _ in range(2)]
    others = [benefit("98", amount="40", messages=["A"]), benefit("MH", amount="40", messages=["B"])]
    lines = lines_of(plans_reply(coPayment=[*twice, *others]), "B")
    assert [line.at.rpartition("/")[2] for line in lines] == ["0", "2", "3"]  # type: ignore[union-attr]


def test_entries_that_break_a_rule_of_the_shape_are_read_too() -> None:
    broken = benefit(percent="0.5", invalidReasons=[{"code": "UNEXPECTED_PERCENT", "description": "x"}])
    line = line_of(plans_reply(invalidEntries={"coPayment": [broken]}), "B")
    assert (line.percent, line.amount) == ("0.5", "")
    assert line.at == "/plans/0/benefits/invalidEntries/coPayment/0"


def test_the_name_of_the_plan_is_for_the_status_and_a_benefits_own_words_for_the_benefit() -> None:
    described = {"planCoverageDescription": "BEHAVIORAL"}
    reply = plans_reply(statuses=[status(**described)], coPayment=[benefit(amount="1", **described)])
    assert [line.plan for line in transaction_of(reply).lines] == ["Invented Gold", "BEHAVIORAL"]


def test_lines_of_several_plans_keep_their_plans_apart() -> None:
    reply = plans_reply()
    reply["plans"].append({"name": "Invented Dental", "benefits": {"statuses": [status()]}})
    assert [line.plan for line in lines_of(reply, "1")] == ["Invented Gold", "Invented Dental"]


def test_a_word_that_nobody_knows_is_kept_and_told() -> None:
    transaction = transaction_of(plans_reply(coPayment=[benefit(timePeriod="FORTNIGHT", amount="1")]))
    assert transaction.lines[1].period == "FORTNIGHT"
    at = "/plans/0/benefits/coPayment/0"
    assert transaction.oddities == (Oddity("unknown_code", at, {"element": "EB06", "code": "FORTNIGHT"}),)


@pytest.mark.parametrize(
    ("element", "words"),
    [
        ("EB02", {"INDIVIDUAL": "IND", "FAMILY": "FAM", "EMPLOYEE_AND_SPOUSE": "ESP", "SPOUSE_ONLY": "SPO"}),
        ("EB04", {"PREFERRED_PROVIDER_ORGANIZATION_PPO": "PR", "MEDICARE_PART_A": "MA", "MEDICAID": "MC"}),
        ("EB04", {"QUALIFIED_MEDICARE_BENEFICIARY": "QM", "Medicare Part B": "MB", "MEDIGAP_PART_A": "MH"}),
        ("EB04", {"MEDICARE_SECONDARY_NOFAULT_INSURANCE_INCLUDING_AUTO_IS_PRIMARY": "14"}),
        ("EB06", {"DAY": "7", "24_HOURS": "13", "SERVICE_YEAR": "22", "CALENDAR_YEAR": "23"}),
        ("EB06", {"YEAR_TO_DATE": "24", "EPISODE": "26", "VISIT": "27", "REMAINING": "29", "LIFETIME": "32"}),
        ("EB06", {"Lifetime Remaining": "33", "MONTH": "34", "WEEK": "35", "ADMISSION": "36", "29": "29"}),
        ("EB09", {"VISITS": "VS", "DAYS": "DY", "HOURS": "HS", "QUANTITY_USED": "99", "MAXIMUM": "M2"}),
        ("EB11", {"REQUIRED": "Y", "NOT_REQUIRED": "N", "U": "U"}),
        ("EB12", {"IN_NETWORK": "Y", "OUT_OF_NETWORK": "N", "IN_AND_OUT_OF_NETWORK": "W"}),
        ("EB12", {"Not Applicable": "W", "Yes": "Y", "No": "N", "Unknown": "U"}),
        ("HSD01", {"VISITS": "VS", "DAYS": "DY", "UNITS": "FL", "MONTH": "MN"}),
        ("NM101", {"VENDOR": "VN", "PAYER": "PR", "Third-Party Administrator": "2B", "PRIMARY_PAYER": "PRP"}),
        ("NM101", {"UTILIZATION_MANAGEMENT_ORGANIZATION": "X3", "MANAGED_CARE_ORGANIZATION": "Y2"}),
        ("NM101", {"SECONDARY_PAYER": "SEP", "TERTIARY_PAYER": "TTP", "PRIMARY_CARE_PROVIDER": "P3"}),
    ],
)
def test_a_word_has_the_code_of_its_element(element: str, words: dict[str, str]) -> None:
    assert {word: code_of(element, word) for word in words} == words


def test_a_word_of_one_element_is_none_of_another() -> None:
    assert code_of("EB02", "CALENDAR_YEAR") is None
    assert code_of("EB12", "29") is None


def test_a_date_that_is_none_is_told_and_left_out() -> None:
    reply = plans_reply(statuses=[status(dates={"plan": {"start": "soon", "end": "2026-12-31"}})])
    transaction = transaction_of(reply)
    at = "/plans/0/benefits/statuses/0/dates/plan"
    assert transaction.lines[0].detail.spans == (Span("291", None, date(2026, 12, 31), at),)
    assert transaction.oddities == (Oddity("date_not_readable", f"{at}/start"),)


def test_the_trace_is_the_echo_and_never_counts_as_ours() -> None:
    reply = plans_reply()
    reply["meta"] = {
        "traceId": "T1",
        "subscriberTraceNumbers": [
            {"type": "CURRENT_TRANSACTION", "referenceIdentification": "PAYERS"},
            {"type": "REFERENCED_TRANSACTION", "referenceIdentification": "ECHO"},
        ],
    }
    transaction = transaction_of(reply)
    assert (transaction.trace, transaction.echoed) == ("ECHO", False)
    assert transaction_of(plans_reply()).trace == ""


@pytest.mark.parametrize(
    ("location", "loop"),
    [
        ("ENVELOPE", "2000A"),
        ("PAYER", "2100A"),
        ("PROVIDER", "2100B"),
        ("SUBSCRIBER", "2100C"),
        ("DEPENDENT", "2100D"),
        ("SUBSCRIBER_BENEFITS", "2110C"),
        ("DEPENDENT_BENEFITS", "2110D"),
        ("Loop 2100C", "2100C"),
        ("", "2000A"),
    ],
)
def test_a_rejection_belongs_to_the_loop_that_it_names(location: str, loop: str) -> None:
    error = {"code": "42", "followupAction": "RESUBMISSION_ALLOWED", "location": location}
    (rejection,) = transaction_of({"id": "ec_invented", "errors": [error]}).rejections
    assert rejection == (loop, "42", "R", "/errors/0")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Please Correct and Resubmit", "C"),
        ("Resubmission Not Allowed", "N"),
        ("Please Resubmit Original Transaction", "P"),
        ("Resubmission Allowed", "R"),
        ("Do Not Resubmit; Inquiry Initiated to a Third Party", "S"),
        ("Please Wait 30 Days and Resubmit", "W"),
        ("Please Wait 10 Days and Resubmit", "X"),
        ("Do Not Resubmit; We Will Hold Your Request and Respond Again Shortly", "Y"),
        ("C", "C"),
        ("", ""),
    ],
)
def test_what_to_do_about_a_rejection_is_a_code(words: str, code: str) -> None:
    error = {"code": "72", "followupAction": words, "location": "SUBSCRIBER"}
    assert transaction_of({"errors": [error]}).rejections[0].follow_up == code


def test_a_plan_about_nobody_cannot_be_relied_on() -> None:
    reply = plans_reply()
    del reply["subscriber"]
    assert transaction_of(reply).broken == "nobody"

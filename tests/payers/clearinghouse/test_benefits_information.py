"""The shape `benefits_information`, read into the lines of the 271."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from payers.x12.model import NO_DETAIL, Entity, Message, Oddity, Party, Quantity, Rejection, Span
from tests.payers.clearinghouse.replies import active, flat_reply, line_of, lines_of, transaction_of

FIRST = "/benefitsInformation/0"


def test_an_active_line_is_one_line_for_each_service_type_at_the_same_place() -> None:
    lines = transaction_of(flat_reply(active(serviceTypeCodes=["30", "MH", "98", "MH"]))).lines
    assert [line.service_type for line in lines] == ["30", "MH", "98"]
    assert {line.at for line in lines} == {FIRST}
    assert lines[0].plan == "Invented Gold"
    assert lines[0].detail is NO_DETAIL


def test_payer_and_patient_are_who_the_payer_says() -> None:
    transaction = transaction_of(flat_reply())
    assert transaction.payer == Party("Invented Health", "", "INV9", "PI")
    assert transaction.subscriber == Party("PRUEBA", "ANA", "M123456", "MI", date(1990, 5, 17), "G-77")
    assert transaction.spans == (
        Span("346", date(2026, 1, 1), None, "/planDateInformation/planBegin"),
        Span("347", None, date(2026, 12, 31), "/planDateInformation/planEnd"),
    )
    assert (transaction.broken, transaction.oddities) == (None, ())


def test_every_element_stands_where_the_271_has_it() -> None:
    entry = {
        "code": "C",
        "coverageLevelCode": "FAM",
        "insuranceTypeCode": "PR",
        "timeQualifierCode": "29",
        "benefitAmount": "1500",
        "benefitPercent": "0.1",
        "quantityQualifierCode": "VS",
        "benefitQuantity": "3",
        "authOrCertIndicator": "U",
        "inPlanNetworkIndicatorCode": "W",
        "compositeMedicalProcedureIdentifier": {
            "productOrServiceIDQualifier": "HC",
            "procedureCode": "H0015",
            "procedureModifiers": ["HF"],
        },
    }
    (line,) = transaction_of(flat_reply(entry)).lines
    assert line[:13] == ("C", "FAM", "", "PR", "", "29", "1500", "0.1", "VS", "3", "U", "W", "H0015")


def test_a_name_counts_where_the_code_is_missing() -> None:
    entry = {
        "code": "B",
        "coverageLevel": "Individual",
        "insuranceType": "Health Maintenance Organization (HMO)",
        "timeQualifier": "Calendar Year",
        "inPlanNetworkIndicator": "Yes",
    }
    (line,) = transaction_of(flat_reply(entry)).lines
    assert (line.coverage_level, line.insurance_type, line.period, line.network) == ("IND", "HM", "23", "Y")


def test_an_inactive_plan_is_a_line_and_no_error() -> None:
    assert line_of(flat_reply(active(code="6", name="Inactive")), "6").service_type == "30"


@pytest.mark.parametrize(("stated", "code"), [("Y", "Y"), ("N", "N"), (None, "")])
def test_authorization_is_required_or_not_or_not_said(stated: str | None, code: str) -> None:
    assert line_of(flat_reply(active(authOrCertIndicator=stated)), "1").authorization == code


def test_both_networks_are_lines_of_their_own() -> None:
    entries = [{"code": "B", "benefitAmount": "10", "inPlanNetworkIndicatorCode": code} for code in "YNWU"]
    assert [line.network for line in lines_of(flat_reply(*entries), "B")] == ["Y", "N", "W", "U"]


def test_messages_and_places_hang_below_their_line() -> None:
    place = {"codeListQualifierCode": "ZZ", "industryCode": "11"}
    entry = {
        "code": "A",
        "benefitPercent": "0.2",
        "additionalInformation": [{"description": "THERAPY"}, {"description": " "}],
        "eligibilityAdditionalInformation": place,
        "eligibilityAdditionalInformationList": [
            place,
            {"codeListQualifierCode": "44", "industryCode": "99"},
            {"codeListQualifierCode": "ZZ", "industryCode": "53"},
        ],
    }
    (line,) = transaction_of(flat_reply(entry)).lines
    assert line.detail.messages == (Message("THERAPY", f"{FIRST}/additionalInformation/0"),)
    assert line.detail.places == ("11", "53")


def test_an_only_place_or_entity_is_read_where_the_list_is_missing() -> None:
    entry = {
        "code": "U",
        "eligibilityAdditionalInformation": {"codeListQualifierCode": "ZZ", "industryCode": "10"},
        "benefitsRelatedEntity": {"entityIdentifier": "Third-Party Administrator", "entityName": "Inventada"},
    }
    (line,) = transaction_of(flat_reply(entry)).lines
    assert line.detail.places == ("10",)
    at = f"{FIRST}/benefitsRelatedEntity"
    assert line.detail.entities == (Entity("2B", "Inventada", "", "", "", "", at),)


def test_a_carve_out_is_one_entity_although_the_shape_repeats_it() -> None:
    entity = {
        "entityIdentifier": "Vendor",
        "entityName": "Invented Behavioral",
        "entityIdentification": "PI",
        "entityIdentificationValue": "BEH01",
        "contactInformation": {
            "contacts": [
                {"communicationMode": "Telephone", "communicationNumber": "8005550100"},
                {
                    "communicationMode": "Uniform Resource Locator (URL)",
                    "communicationNumber": "behavioral.example.org",
                },
            ]
        },
    }
    entry = active(serviceTypeCodes=["MH"], benefitsRelatedEntity=entity, benefitsRelatedEntities=[entity])
    line = line_of(flat_reply(entry), "1")
    at = f"{FIRST}/benefitsRelatedEntities/0"
    assert line.detail.entities == (
        Entity("VN", "Invented Behavioral", "BEH01", "PI", "8005550100", "behavioral.example.org", at),
    )


def test_limits_of_visits_come_in_either_notation() -> None:
    entry = {
        "code": "F",
        "serviceTypeCodes": ["MH"],
        "quantityQualifierCode": "VS",
        "benefitQuantity": 30,
        "benefitsServiceDelivery": [
            {
                "quantityQualifierCode": "VS",
                "quantity": "20",
                "timePeriodQualifierCode": "23",
                "numOfPeriods": "1",
            },
            {"quantityQualifier": "Days", "quantity": "5", "timePeriodQualifier": "Month"},
        ],
    }
    line = line_of(flat_reply(entry), "F")
    assert (line.quantity_type, line.quantity) == ("VS", "30")
    assert line.detail.quantities == (
        Quantity("VS", "20", "23", "1", f"{FIRST}/benefitsServiceDelivery/0"),
        Quantity("DY", "5", "34", "", f"{FIRST}/benefitsServiceDelivery/1"),
    )


def test_dates_of_a_benefit_carry_the_271s_qualifiers() -> None:
    dates = {
        "benefitBegin": "20260201",
        "benefitEnd": "2026-06-30",
        "eligibility": "20260101-20261231",
        "plan": "2026-01-01 - 2026-12-31",
        "eligibilityBegin": "20260101",
        "service": "20260302",
    }
    spans = line_of(flat_reply(active(benefitsDateInformation=dates)), "1").detail.spans
    assert [span[:3] for span in spans] == [
        ("291", date(2026, 1, 1), date(2026, 12, 31)),
        ("307", date(2026, 1, 1), date(2026, 12, 31)),
        ("348", date(2026, 2, 1), None),
        ("349", None, date(2026, 6, 30)),
        ("356", date(2026, 1, 1), None),
        ("472", date(2026, 3, 2), date(2026, 3, 2)),
    ]


def test_a_date_that_is_none_is_told_and_left_out() -> None:
    transaction = transaction_of(flat_reply(planDateInformation={"planBegin": "20261399"}))
    assert transaction.spans == ()
    assert transaction.oddities == (Oddity("date_not_readable", "/planDateInformation/planBegin"),)


def test_the_digest_of_statuses_is_not_counted_beside_the_lines() -> None:
    digest = [{"statusCode": "1", "serviceTypeCodes": ["30"], "planDetails": "Digested"}]
    assert [line.plan for line in lines_of(flat_reply(planStatus=digest), "1")] == ["Invented Gold"]


def test_the_digest_of_statuses_counts_where_no_line_has_a_status() -> None:
    digest = [{"status": "Active Coverage", "serviceTypeCodes": ["30", "MH"], "planDetails": "Digested"}]
    copay = {"code": "B", "benefitAmount": "10"}
    lines = transaction_of(flat_reply(copay, planStatus=digest)).lines
    assert [(line.code, line.service_type, line.at) for line in lines] == [
        ("1", "30", "/planStatus/0"),
        ("1", "MH", "/planStatus/0"),
        ("B", "", FIRST),
    ]


def test_a_dependent_is_the_patient() -> None:
    dependent = {"firstName": "LUIS", "lastName": "PRUEBA", "dateOfBirth": "20100517"}
    transaction = transaction_of(flat_reply(dependents=[dependent]))
    assert transaction.patient == "dependent"
    assert transaction.person == Party("PRUEBA", "LUIS", birth_date=date(2010, 5, 17), group_number="G-77")
    assert transaction_of(flat_reply(dependents=[])).patient == "subscriber"


def test_a_code_that_nobody_knows_is_kept_and_told() -> None:
    transaction = transaction_of(flat_reply(active(), {"code": "ZZ", "benefitAmount": "1"}))
    assert transaction.lines[1].code == "ZZ"
    where = "/benefitsInformation/1"
    assert transaction.oddities == (Oddity("unknown_code", where, {"element": "EB01", "code": "ZZ"}),)


@pytest.mark.parametrize(
    ("holder", "loop"),
    [("payer", "2100A"), ("provider", "2100B"), ("subscriber", "2100C"), ("dependents", "2100D")],
)
def test_a_rejection_belongs_to_whom_it_stands_beside(holder: str, loop: str) -> None:
    error = {"field": "AAA", "code": "42", "followupAction": "Resubmission Allowed"}
    beside: Any = {"aaaErrors": [error]}
    reply = flat_reply(**{holder: [beside] if holder == "dependents" else beside})
    (rejection,) = transaction_of(reply).rejections
    place = f"/{holder}/0" if holder == "dependents" else f"/{holder}"
    assert rejection == Rejection(loop, "42", "R", f"{place}/aaaErrors/0")


def test_a_rejection_that_names_its_loop_belongs_there_whomever_it_stands_beside() -> None:
    beside = {"aaaErrors": [{"code": "42", "location": "Loop 2000A"}]}
    assert transaction_of(flat_reply(payer=beside)).rejections[0].loop == "2000A"


def test_the_list_of_all_rejections_adds_none_that_stands_beside_somebody() -> None:
    beside = {"aaaErrors": [{"code": "72", "followupAction": "Please Correct and Resubmit"}]}
    errors = [
        {"code": "72", "followupAction": "Please Correct and Resubmit"},
        {"code": "72", "location": "Loop 2100C"},
        {"code": "42", "location": "Loop 2100A"},
        {"code": "INVALID_REQUEST", "description": "not the payer's"},
    ]
    rejections = transaction_of(flat_reply(subscriber=beside, errors=errors)).rejections
    assert [(one.loop, one.code, one.at) for one in rejections] == [
        ("2100C", "72", "/subscriber/aaaErrors/0"),
        ("2100A", "42", "/errors/2"),
    ]


def test_several_rejections_of_one_person_are_all_kept() -> None:
    beside = {"aaaErrors": [{"code": "71"}, {"code": "73"}]}
    assert [one.code for one in transaction_of(flat_reply(subscriber=beside)).rejections] == ["71", "73"]


def test_the_trace_is_the_echo_and_never_counts_as_ours() -> None:
    traces = [
        {"traceTypeCode": "1", "referenceIdentification": "PAYERS"},
        {"traceTypeCode": "2", "referenceIdentification": "ECHO"},
    ]
    transaction = transaction_of(flat_reply(subscriberTraceNumbers=traces))
    assert (transaction.trace, transaction.echoed) == ("ECHO", False)
    assert transaction_of(flat_reply()).trace == ""

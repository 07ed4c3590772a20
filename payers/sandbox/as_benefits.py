"""A 271 of the sandbox in the shape `benefits_information`: one flat list of entries, in X12's codes."""

from __future__ import annotations

from payers.sandbox import json_words as words
from payers.sandbox.as_json import Entry, Json, Rejected, Segment, Sheet, read_sheet, without_blanks
from payers.sandbox.as_plans import STATUS

# HSD01 to HSD06
DELIVERY = (
    "quantityQualifierCode",
    "quantity",
    "unitForMeasurementCode",
    "sampleSelectionModulus",
    "timePeriodQualifierCode",
    "numOfPeriods",
)


def tell_benefits(text: str, control_number: str) -> Json:
    """Return the JSON answer; `control_number` is the inquiry's."""
    sheet = read_sheet(text)
    payer = sheet.first("A", "NM1")
    errors = {level: [_error(one) for one in sheet.rejected if one.loop[-1] == level] for level in "ABCD"}
    dependent = without_blanks({**_person(sheet, "D"), "aaaErrors": errors["D"]})
    patient = sheet.patient
    return without_blanks(
        {
            "controlNumber": control_number,
            "reassociationKey": control_number,
            "tradingPartnerServiceId": payer[9],
            "payer": without_blanks(
                {"name": payer[3], "payorIdentification": payer[9], "aaaErrors": errors["A"]}
            ),
            "provider": without_blanks({**_provider(sheet), "aaaErrors": errors["B"]}),
            "subscriber": without_blanks({**_person(sheet, "C"), "aaaErrors": errors["C"]}),
            "dependents": [dependent] if dependent else [],
            "subscriberTraceNumbers": _traces(sheet.trace),
            "planInformation": _plan_information(sheet),
            "planDateInformation": _dates(sheet.all(patient, "DTP")),
            "planStatus": [_status(entry.eb) for entry in sheet.entries if entry.eb[1] in STATUS],
            "benefitsInformation": [_entry(entry) for entry in sheet.entries],
            "errors": [error for found in errors.values() for error in found],
            "x12": text,
        }
    )


def _error(rejected: Rejected) -> Json:
    return {
        "field": "AAA",
        "code": rejected.code,
        "description": words.REJECTIONS[rejected.code],
        "followupAction": words.FOLLOW_UPS[rejected.follow_up],
        "location": f"Loop {rejected.loop}",
    }


def _provider(sheet: Sheet) -> Json:
    name = sheet.first("B", "NM1")
    return {"providerName": name[3], "npi": name[9], "entityType": name[9] and "Non-Person Entity"}


def _person(sheet: Sheet, level: str) -> Json:
    name, birth, group = (sheet.first(level, segment) for segment in ("NM1", "DMG", "REF"))
    relationship = sheet.first(level, "INS")[2] if level == "D" else ""
    return without_blanks(
        {
            "memberId": name[9],
            "firstName": name[4],
            "lastName": name[3],
            "dateOfBirth": birth[2],
            "gender": birth[3],
            "groupNumber": group[2],
            "groupDescription": group[3],
            "relationToSubscriberCode": relationship,
        }
    )


def _traces(trace: Segment) -> list[Json]:
    if not trace[2]:
        return []
    told = {"traceTypeCode": trace[1], "referenceIdentification": trace[2]}
    return [told | {"originatingCompanyIdentifier": trace[3]}]


def _plan_information(sheet: Sheet) -> Json:
    group = sheet.first("C", "REF")
    return without_blanks({"groupNumber": group[2], "groupDescription": group[3]})


def _status(eb: Segment) -> Json:
    return without_blanks(
        {
            "statusCode": eb[1],
            "status": words.STATUSES[eb[1]].replace("_", " ").title(),
            "planDetails": eb[5],
            "serviceTypeCodes": [code for code in eb[3].split("^") if code],
        }
    )


def _entry(entry: Entry) -> Json:
    eb = entry.eb
    places = [{"codeListQualifierCode": place[1], "industryCode": place[2]} for place in entry.all("III")]
    return without_blanks(
        {
            "code": eb[1],
            "coverageLevelCode": eb[2],
            "serviceTypeCodes": [code for code in eb[3].split("^") if code],
            "insuranceTypeCode": eb[4],
            "planCoverage": eb[5],
            "timeQualifierCode": eb[6],
            "benefitAmount": eb[7],
            "benefitPercent": eb[8],
            "quantityQualifierCode": eb[9],
            "benefitQuantity": eb[10],
            "authOrCertIndicator": eb[11],
            "inPlanNetworkIndicatorCode": eb[12],
            "compositeMedicalProcedureIdentifier": _procedure(eb[13]),
            "additionalInformation": [{"description": msg[1]} for msg in entry.all("MSG")],
            "eligibilityAdditionalInformation": places[0] if places else {},
            "eligibilityAdditionalInformationList": places,
            "benefitsDateInformation": _dates(entry.all("DTP")),
            "benefitsServiceDelivery": [
                without_blanks(dict(zip(DELIVERY, hsd[1:], strict=False))) for hsd in entry.all("HSD")
            ],
            "benefitsAdditionalInformation": without_blanks({"planNumber": entry.plan_number}),
            "benefitsRelatedEntities": [_entity(entry, name) for name in entry.all("NM1")],
        }
    )


def _procedure(procedure: str) -> Json:
    if not procedure:
        return {}
    qualifier, code = procedure.split(":")
    return {"productOrServiceIDQualifierCode": qualifier, "procedureCode": code}


def _entity(entry: Entry, name: Segment) -> Json:
    contacts = [{"communicationMode": "Telephone", "communicationNumber": per[4]} for per in entry.all("PER")]
    return {
        "entityIdentifier": words.ROLES[name[1]].replace("_", " ").title(),
        "entityType": "Non-Person Entity",
        "entityName": name[3],
        "entityIdentification": name[8],
        "entityIdentificationValue": name[9],
        "contactInformation": {"contacts": contacts},
    }


def _dates(dtps: list[Segment]) -> Json:
    """Return days (`20260101`) and ranges (`20260101-20261231`) by name, as they were sent."""
    return {words.DATES[dtp[1]]: dtp[3] for dtp in dtps}

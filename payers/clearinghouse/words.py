"""The words that JSON replies use, and the codes of the 271 that they stand for.

A word is compared in capitals with everything between its letters and digits as one underscore, so that
`CALENDAR_YEAR` and `Calendar Year` are the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from payers.clearinghouse.insurance_types import INSURANCE_TYPES

BETWEEN = re.compile(r"[^A-Z0-9]+")


def as_word(text: str) -> str:
    """Return a text as the tables here spell it."""
    return BETWEEN.sub("_", text.upper()).strip("_")


# EB01, where it is a status.
STATUSES: Mapping[str, str] = MappingProxyType(
    {
        "ACTIVE_COVERAGE": "1",
        "ACTIVE_FULL_RISK_CAPITATION": "2",
        "ACTIVE_SERVICES_CAPITATED": "3",
        "ACTIVE_SERVICES_CAPITATED_TO_PRIMARY_CARE_PROVIDER": "4",
        "ACTIVE_SERVICES_CAPITATED_TO_PRIMARY_CARE_PHYSICIAN": "4",
        "ACTIVE_PENDING_INVESTIGATION": "5",
        "INACTIVE": "6",
        "INACTIVE_PENDING_ELIGIBILITY_UPDATE": "7",
        "INACTIVE_PENDING_INVESTIGATION": "8",
    }
)
# EB01, where it is the list that a benefit stands in.
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "coInsurance": "A",
        "coPayment": "B",
        "deductible": "C",
        "coverageBasis": "CB",
        "benefitDescription": "D",
        "exclusions": "E",
        "limitations": "F",
        "outOfPocket": "G",
        "unlimited": "H",
        "nonCovered": "I",
        "costContainment": "J",
        "reserve": "K",
        "primaryCareProvider": "L",
        "preExistingCondition": "M",
        "managedCareCoordinator": "MC",
        "servicesRestrictedToFollowingProvider": "N",
        "notDeemedMedicalNecessity": "O",
        "benefitDisclaimer": "P",
        "secondSurgicalOpinionRequired": "Q",
        "otherOrAdditionalPayer": "R",
        "priorYearsHistory": "S",
        "cardReportedStolen": "T",
        "contactFollowingEntityForInformation": "U",
        "cannotProcess": "V",
        "otherSourceOfData": "W",
        "healthCareFacility": "X",
        "spendDown": "Y",
    }
)
COVERAGE_LEVELS = {
    "CHILDREN_ONLY": "CHD",
    "DEPENDENTS_ONLY": "DEP",
    "EMPLOYEE_AND_CHILDREN": "ECH",
    "EMPLOYEE_ONLY": "EMP",
    "EMPLOYEE_AND_SPOUSE": "ESP",
    "FAMILY": "FAM",
    "INDIVIDUAL": "IND",
    "SPOUSE_AND_CHILDREN": "SPC",
    "SPOUSE_ONLY": "SPO",
}
PERIODS = {
    "HOUR": "6",
    "DAY": "7",
    "24_HOURS": "13",
    "YEARS": "21",
    "SERVICE_YEAR": "22",
    "CALENDAR_YEAR": "23",
    "YEAR_TO_DATE": "24",
    "CONTRACT": "25",
    "EPISODE": "26",
    "VISIT": "27",
    "OUTLIER": "28",
    "REMAINING": "29",
    "EXCEEDED": "30",
    "NOT_EXCEEDED": "31",
    "LIFETIME": "32",
    "LIFETIME_REMAINING": "33",
    "MONTH": "34",
    "WEEK": "35",
    "ADMISSION": "36",
}
QUANTITIES = {
    "MINIMUM": "8H",
    "QUANTITY_USED": "99",
    "COVERED_ACTUAL": "CA",
    "COVERED_ESTIMATED": "CE",
    "NUMBER_OF_CO_INSURANCE_DAYS": "D3",
    "DEDUCTIBLE_BLOOD_UNITS": "DB",
    "DAYS": "DY",
    "HOURS": "HS",
    "LIFE_TIME_RESERVE_ACTUAL": "LA",
    "LIFE_TIME_RESERVE_ESTIMATED": "LE",
    "MAXIMUM": "M2",
    "MONTH": "MN",
    "NUMBER_OF_SERVICES_OR_PROCEDURES": "P6",
    "QUANTITY_APPROVED": "QA",
    "AGE_HIGH_VALUE": "S7",
    "AGE_LOW_VALUE": "S8",
    "VISITS": "VS",
    "YEARS": "YY",
}
AUTHORIZATIONS = {"REQUIRED": "Y", "NOT_REQUIRED": "N", "UNKNOWN": "U", "YES": "Y", "NO": "N"}
NETWORKS = {
    "IN_NETWORK": "Y",
    "OUT_OF_NETWORK": "N",
    "IN_AND_OUT_OF_NETWORK": "W",
    "YES": "Y",
    "NO": "N",
    "UNKNOWN": "U",
    "NOT_APPLICABLE": "W",
}
ROLES = {
    "CONTRACTED_SERVICE_PROVIDER": "13",
    "PREFERRED_PROVIDER_ORGANIZATION": "1I",
    "PREFERRED_PROVIDER_ORGANIZATION_PPO": "1I",
    "PROVIDER": "1P",
    "THIRD_PARTY_ADMINISTRATOR": "2B",
    "EMPLOYER": "36",
    "OTHER_PHYSICIAN": "73",
    "HOSPITAL": "80",
    "FACILITY": "FA",
    "GATEWAY_PROVIDER": "GP",
    "GROUP": "GW",
    "INDEPENDENT_PHYSICIANS_ASSOCIATION": "I3",
    "INDEPENDENT_PHYSICIANS_ASSOCIATION_IPA": "I3",
    "INSURED_OR_SUBSCRIBER": "IL",
    "LEGAL_REPRESENTATIVE": "LR",
    "ORIGIN_CARRIER": "OC",
    "PRIMARY_CARE_PROVIDER": "P3",
    "PRIOR_INSURANCE_CARRIER": "P4",
    "PLAN_SPONSOR": "P5",
    "PAYER": "PR",
    "PRIMARY_PAYER": "PRP",
    "SECONDARY_PAYER": "SEP",
    "TERTIARY_PAYER": "TTP",
    "PARTY_PERFORMING_VERIFICATION": "VER",
    "VENDOR": "VN",
    "ORGANIZATION_COMPLETING_CONFIGURATION_CHANGE": "VY",
    "UTILIZATION_MANAGEMENT_ORGANIZATION": "X3",
    "MANAGED_CARE_ORGANIZATION": "Y2",
}
FOLLOW_UPS = {
    "PLEASE_CORRECT_AND_RESUBMIT": "C",
    "RESUBMISSION_NOT_ALLOWED": "N",
    "PLEASE_RESUBMIT_ORIGINAL_TRANSACTION": "P",
    "RESUBMISSION_ALLOWED": "R",
    "DO_NOT_RESUBMIT_INQUIRY_INITIATED_TO_A_THIRD_PARTY": "S",
    "PLEASE_WAIT_30_DAYS_AND_RESUBMIT": "W",
    "PLEASE_WAIT_10_DAYS_AND_RESUBMIT": "X",
    "DO_NOT_RESUBMIT_WE_WILL_HOLD_YOUR_REQUEST_AND_RESPOND_AGAIN_SHORTLY": "Y",
}
# By the element of the 271 that a code belongs to.
TABLES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "EB01": STATUSES,
        "EB02": COVERAGE_LEVELS,
        "EB04": INSURANCE_TYPES,
        "EB06": PERIODS,
        "EB09": QUANTITIES,
        "EB11": AUTHORIZATIONS,
        "EB12": NETWORKS,
        "HSD01": {**QUANTITIES, "UNITS": "FL"},
        "HSD05": PERIODS,
        "NM101": ROLES,
        "AAA04": FOLLOW_UPS,
    }
)
KNOWN_CODES: Mapping[str, frozenset[str]] = MappingProxyType(
    {element: frozenset(table.values()) for element, table in TABLES.items()}
    | {"EB01": frozenset((*STATUSES.values(), *KINDS.values()))}
)


def code_of(element: str, text: str) -> str | None:
    """Return the code of a word, or the code itself where it is one; `None` for what is not known."""
    if text in KNOWN_CODES[element]:
        return text
    return TABLES[element].get(as_word(text))

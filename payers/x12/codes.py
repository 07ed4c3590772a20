"""The codes of a 271 that the reader knows by name, and what each means, in plain words.

Read from open implementation maps of 005010X279A1 and cross-checked; a code that is not here is kept
as it was sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

ACTIVE = frozenset("12345")
INACTIVE = frozenset("678")
EXCLUDED = frozenset("IE")
COINSURANCE, COPAY, DEDUCTIBLE, OUT_OF_POCKET, LIMITATION = "A", "B", "C", "G", "F"
OTHER_PAYER, CONTACT, COORDINATOR, BASIS = "R", "U", "MC", "CB"
NOT_KNOWN = frozenset("UVW")

# EB01
BENEFITS: Mapping[str, str] = MappingProxyType(
    {
        "1": "active coverage",
        "2": "active, full risk capitation",
        "3": "active, services capitated",
        "4": "active, services capitated to the primary care provider",
        "5": "active, pending investigation",
        "6": "inactive",
        "7": "inactive, pending eligibility update",
        "8": "inactive, pending investigation",
        "A": "coinsurance",
        "B": "copay",
        "C": "deductible",
        "CB": "coverage basis",
        "D": "benefit description",
        "E": "exclusions",
        "F": "limitations",
        "G": "out-of-pocket maximum",
        "H": "unlimited",
        "I": "not covered",
        "J": "cost containment",
        "K": "reserve",
        "L": "primary care provider",
        "M": "pre-existing condition",
        "MC": "managed care coordinator",
        "N": "services restricted to the following provider",
        "O": "not deemed a medical necessity",
        "P": "benefit disclaimer",
        "Q": "second surgical opinion required",
        "R": "other or additional payer",
        "S": "prior year history",
        "T": "card reported lost or stolen",
        "U": "contact the following entity",
        "V": "cannot process",
        "W": "other source of data",
        "X": "health care facility",
        "Y": "spend down",
    }
)

# EB02; empty is not the same as IND.
COVERAGE_LEVELS = frozenset(("", "CHD", "DEP", "ECH", "EMP", "ESP", "FAM", "IND", "SPC", "SPO"))
INDIVIDUAL, FAMILY = frozenset(("IND", "")), frozenset(("FAM",))

# EB06
BASE_PERIODS = ("22", "23", "25", "21", "")
TO_DATE, REMAINING = "24", "29"
PERIODS = frozenset(
    (
        *BASE_PERIODS,
        "6",
        "7",
        "13",
        TO_DATE,
        "26",
        "27",
        "28",
        REMAINING,
        "30",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
    )
)
LIMIT_PERIODS: Mapping[str, str] = MappingProxyType(
    {"7": "day", "22": "plan_year", "25": "plan_year", "23": "calendar_year", "32": "lifetime"}
    | {"33": "lifetime", "34": "month", "35": "week", "26": "episode", "36": "admission", "21": "year"}
)
UNITS: Mapping[str, str] = MappingProxyType(
    {"27": "session", "7": "day", "35": "week", "36": "admission", "26": "admission"}
)

# EB09, HSD01
QUANTITIES = frozenset(
    ["", "8H", "99", "CA", "CE", "D3", "DB", "DY", "FL", "HS", "LA", "LE", "M2", "MN", "P6", "QA", "S7", "S8"]
).union(("VS", "YY"))
QUANTITY_UNITS: Mapping[str, str] = MappingProxyType({"VS": "visit", "DY": "day"})
FREQUENCY_UNITS: Mapping[str, str] = MappingProxyType({**QUANTITY_UNITS, "HS": "hour"})  # HSD01
USED = "99"

ANSWERS = frozenset(("", "Y", "N", "U", "W"))  # EB11 and EB12

# EB03
SERVICE_TYPES = frozenset(
    re.findall(
        r"\S+",
        """
        1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 30 32 33 34 35 36 37 38 39
        40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 65 66 67 68 69 70 71 72 73
        74 75 76 77 78 79 80 81 82 83 84 85 86 87 88 89 90 91 92 93 94 95 96 97 98 99
        A0 A1 A2 A3 A4 A5 A6 A7 A8 A9 AA AB AC AD AE AF AG AH AI AJ AK AL AM AN AO AQ AR B1 B2 B3 BA BB BC BD
        BE BF BG BH BI BJ BK BL BM BN BP BQ BR BS BT BU BV BW BX BY BZ C1 CA CB CC CD CE CF CG CH CI CJ CK CL
        CM CN CO CP CQ DG DM DS GF GN GY IC MH NI ON PT PU RN RT TC TN UC
        """,
    )
).union(("",))
PLAN, MEDICAL = "30", "1"
WHOLE_PLAN = frozenset((PLAN, MEDICAL, ""))
BEHAVIORAL = frozenset(
    ("MH", "A4", "A6", "A7", "A8", "AI", "AJ", "AK", "BB", "BC", "CE", "CF", "CG", "CH", "CI", "CJ", "RT")
)
NOT_MEDICAL = frozenset(("88", "35", "AL"))

# EB04
INSURANCE_TYPES = frozenset(
    re.findall(
        r"\S+",
        """
        12 13 14 15 16 41 42 43 47 AP C1 CO CP D DB EP FF GP HM HN HS IN IP LC LD LI LT MA MB MC MH MI MP OT
        PE PL PP PR PS QM RP SP TF WC WU
        """,
    )
).union(("",))
PART_A, PART_B, QMB, MEDICARE_RISK, MEDICAID = "MA", "MB", "QM", "HN", "MC"

# NM101 of loop 2120: who may administer a benefit in the payer's place, and who pays besides it.
ADMINISTRATORS = frozenset(("VN", "PR", "2B", "Y2", "X3", "TTP"))
PAYS_FIRST: Mapping[str, bool] = MappingProxyType({"PRP": True, "SEP": False, "TTP": False})

# AAA03: what it means, and what to do about it.
RETRY_LATER = "retry_later"
FIX_PATIENT_DATA = "fix_patient_data"
MORE_IDENTIFIERS = "more_identifiers"
PROVIDER_SETUP = "provider_setup"
PAYER_SETUP = "payer_setup"
DATE_OUT_OF_RANGE = "date_out_of_range"
PROVIDER_CODES = ("46", "47", "48")
REJECTIONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "04": ("the authorized quantity is exceeded", PAYER_SETUP),
        "15": ("required data is missing", MORE_IDENTIFIERS),
        "33": ("input errors", PAYER_SETUP),
        "35": ("out of network", PROVIDER_SETUP),
        "41": ("authorization or access restrictions", PROVIDER_SETUP),
        "42": ("unable to respond at this time", RETRY_LATER),
        "43": ("the provider's identification is invalid or missing", PROVIDER_SETUP),
        "44": ("the provider's name is invalid or missing", PROVIDER_SETUP),
        "45": ("the provider's specialty is invalid or missing", PROVIDER_SETUP),
        **dict.fromkeys(
            PROVIDER_CODES, ("something about the provider is invalid or missing", PROVIDER_SETUP)
        ),
        "50": ("the provider may not ask", PROVIDER_SETUP),
        "51": ("the provider is not on file", PROVIDER_SETUP),
        "52": ("the service dates are outside of the provider's enrollment", PROVIDER_SETUP),
        "53": ("the benefit does not fit the provider's type", PROVIDER_SETUP),
        "56": ("the date is not right", DATE_OUT_OF_RANGE),
        "57": ("the date of service is invalid or missing", DATE_OUT_OF_RANGE),
        "58": ("the date of birth is invalid or missing", FIX_PATIENT_DATA),
        "60": ("the date of birth follows the date of service", DATE_OUT_OF_RANGE),
        "62": ("the date of service is outside of the time that may be asked about", DATE_OUT_OF_RANGE),
        "63": ("the date of service is in the future", DATE_OUT_OF_RANGE),
        "64": ("the patient's id is invalid or missing", FIX_PATIENT_DATA),
        "65": ("the patient's name is invalid or missing", FIX_PATIENT_DATA),
        "67": ("the patient is not found", FIX_PATIENT_DATA),
        "68": ("the patient's id belongs to several people", MORE_IDENTIFIERS),
        "71": ("the birth date does not match", FIX_PATIENT_DATA),
        "72": ("the member id is invalid or missing", FIX_PATIENT_DATA),
        "73": ("the subscriber's name is invalid or missing", FIX_PATIENT_DATA),
        "75": ("the subscriber is not found", FIX_PATIENT_DATA),
        "76": ("the subscriber's id belongs to several people", MORE_IDENTIFIERS),
        "77": ("the subscriber is found, the patient is not", FIX_PATIENT_DATA),
        "78": ("the subscriber is not in the group or plan", FIX_PATIENT_DATA),
        "79": ("the participant's identification is invalid", PAYER_SETUP),
        "80": ("no response was received; the transaction ended", RETRY_LATER),
        "T4": ("the payer's name or id is missing", PAYER_SETUP),
    }
)
# Where the code alone does not say whose data it is about, the loop does.
OF_A_LOOP: Mapping[str, str] = MappingProxyType(
    {"2100B": PROVIDER_SETUP, "2100C": MORE_IDENTIFIERS, "2100D": MORE_IDENTIFIERS}
)
UNNAMED = "a reason that this reader has no name for"


def explain_rejection(loop: str, code: str) -> tuple[str, str]:
    """Return what a rejection means, and the class of what to do about it."""
    meaning, kind = REJECTIONS.get(code, (UNNAMED, PAYER_SETUP))
    if code == "15" or meaning is UNNAMED:
        kind = OF_A_LOOP.get(loop, PAYER_SETUP)
    return meaning, kind


# AAA04
FOLLOW_UPS: Mapping[str, str] = MappingProxyType(
    {
        "C": "correct and send again",
        "N": "do not send again",
        "P": "send the same again",
        "R": "sending again is allowed",
        "S": "do not send again: it was passed on to a third party",
        "W": "wait 30 days and send again",
        "X": "wait 10 days and send again",
        "Y": "do not send again: the answer will follow",
    }
)

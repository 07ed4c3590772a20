"""The codes of an 835 that we act on, and what each means; any other is kept and shown as its code.

The lists are X12's (claim adjustment reason codes, https://x12.org/codes/claim-adjustment-reason-codes) and
were read from copies of them: claim status and group codes from Stedi's reference of elements 1029 and
1033 (https://www.stedi.com/edi/x12/element/1029, …/1033), reasons from the Indian Health Service's table
(https://vivianr.worldvista.org/vivianr/files/dox/Routine_BARADJRF_source.html), the qualifier B6 from
Epic's (https://open.epic.com/EHITables/GetTable/CL_RMT_CLAIM_AMT.htm). Read on 2026-11-26.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# CLP02
CLAIM_STATUSES: Mapping[str, str] = MappingProxyType(
    {
        "1": "processed as primary",
        "2": "processed as secondary",
        "3": "processed as tertiary",
        "4": "denied",
        "19": "processed as primary, forwarded to additional payers",
        "20": "processed as secondary, forwarded to additional payers",
        "21": "processed as tertiary, forwarded to additional payers",
        "22": "reversal of previous payment",
        "23": "not our claim, forwarded to additional payers",
        "25": "predetermination pricing only, no payment",
    }
)
PRIMARY = frozenset(("1", "19"))
NOT_PRIMARY = frozenset(("2", "3", "20", "21"))
DENIED, REVERSED = "4", "22"

# CAS01
GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "CO": "contractual obligation",
        "OA": "other adjustment",
        "PI": "payer initiated reduction",
        "PR": "patient responsibility",
        "CR": "correction and reversal",
    }
)
PATIENT = "PR"
# What is taken off a charge on the way to the allowed amount.
CONTRACTUAL = frozenset(("CO", "PI"))

# CAS02 and so on
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "1": "deductible amount",
        "2": "coinsurance amount",
        "3": "co-payment amount",
        "18": "exact duplicate claim or service",
        "24": "charges covered under a capitation agreement",
        "45": "charge exceeds fee schedule, maximum allowable or contracted arrangement",
        "104": "managed care withholding",
        "105": "tax withholding",
        "253": "sequestration: reduction in federal payment",
    }
)
DEDUCTIBLE, COINSURANCE, COPAY, DUPLICATE, CAPITATED = "1", "2", "3", "18", "24"
COST_SHARES = frozenset((DEDUCTIBLE, COINSURANCE, COPAY))
# Taken off what is paid, not off what is allowed.
OFF_THE_PAYMENT = frozenset(("104", "105", "253"))

# AMT01
ALLOWED = "B6"

"""What the payers of the sandbox's commercial plans answer: segments of loop 2110, written by hand.

Days may be named by what they are to the date of service.
"""

from __future__ import annotations

from payers.sandbox.segments import (
    ADMISSION,
    BOTH,
    CALENDAR_YEAR,
    DAY,
    FAMILY,
    IN,
    OUT,
    REMAINING,
    coinsurance,
    copay,
    eb,
    entity,
    message,
    place,
    pot,
)

ADMINISTRATOR = "SBXBH"
UNREACHED = "SBXNO"
BEHAVIORAL = "MH^A6^A8^AI^BB^CF^CH^CJ"

PPO = (
    eb("1", "30", insurance="PR", plan="SANDBOX PPO 1500"),
    eb("1", BEHAVIORAL, insurance="PR", network=BOTH),
    *pot("C", "1500", "750", network=IN),
    *pot("C", "3000", "1500", level=FAMILY, network=IN),
    *pot("C", "3000", "3000", network=OUT),
    *pot("G", "6000", "4800", network=IN),
    *pot("G", "12000", "9600", level=FAMILY, network=IN),
    *pot("G", "12000", "12000", network=OUT),
    copay("30", "CF", authorization="N", network=IN),
    coinsurance(".4", "CF", authorization="N", network=OUT),
    copay("50", "CH^CJ", DAY, authorization="Y", network=IN),
    coinsurance(".4", "CH^CJ", authorization="Y", network=OUT),
    coinsurance(".2", "BB", authorization="Y", network=IN),
    message("PRECERTIFICATION REQUIRED FOR PARTIAL HOSPITALIZATION"),
    coinsurance(".4", "BB", authorization="Y", network=OUT),
    copay("250", "A7", ADMISSION, authorization="Y", network=IN),
    eb("P"),
    message("THIS IS NOT A GUARANTEE OF PAYMENT"),
)

HMO = (
    eb("1", "30", insurance="HM", plan="SANDBOX HMO"),
    eb("1", "MH^CH^BB", insurance="HM", network=IN),
    *pot("C", "500", "0", network=IN),
    *pot("G", "4000", "3100", network=IN),
    copay("25", "MH", authorization="N", network=IN),
    copay("60", "CH", authorization="N", network=IN),
    copay("60", "BB", authorization="N", network=IN),
    eb("I", "MH^CH^BB", network=OUT),
)

SILENT = (
    eb("1", "30", insurance="PR", plan="SANDBOX CHOICE"),
    *pot("C", "2000", "1850", network=IN),
    *pot("G", "7000", "6850", network=IN),
    copay("35", "98", network=IN),
)

CARVED_OUT = (
    eb("1", "30", insurance="PR", plan="SANDBOX EMPLOYER PLAN"),
    *pot("C", "1000", "400", network=IN),
    copay("35", "98", network=IN),
    eb("1", "MH^AI", network=BOTH),
    *entity("VN", "SANDBOX BEHAVIORAL HEALTH", ADMINISTRATOR, "8005550102"),
)

ADMINISTERED = (
    eb("1", "30", insurance="PR", plan="SANDBOX BEHAVIORAL PLAN"),
    eb("1", "MH^AI^CH^CJ^BB", network=BOTH),
    *pot("C", "1000", "400", network=IN),
    *pot("G", "5000", "3900", network=IN),
    copay("20", "CF", authorization="N", network=IN),
    copay("40", "CH^CJ", DAY, authorization="Y", network=IN),
    coinsurance(".1", "BB", authorization="Y", network=IN),
)

UNREACHED_CARVE_OUT = (
    eb("1", "30", insurance="PR", plan="SANDBOX EMPLOYER PLAN"),
    eb("U", "MH^AI"),
    *entity("Y2", "SANDBOX DISTANT BEHAVIORAL HEALTH", UNREACHED, "8005550103"),
)

ALTERNATIVES = (
    eb("1", "30", insurance="PR", plan="SANDBOX PPO 1500"),
    copay("20", "MH", network=IN),
    message("PRIMARY CARE OFFICE"),
    place("11"),
    copay("45", "MH", network=IN),
    message("SPECIALIST OFFICE"),
    place("11"),
    copay("90", "MH", network=IN),
    message("OUTPATIENT HOSPITAL"),
    place("22"),
    copay("0", "MH", network=IN),
    message("TELEHEALTH VISIT"),
    place("02"),
    place("10"),
)

LIMITED = (
    eb("1", "30", insurance="PR", plan="SANDBOX CHOICE PLUS"),
    eb("1", "MH^A8", network=BOTH),
    copay("30", "MH", authorization="N", network=IN),
    eb("F", "MH", period=CALENDAR_YEAR, unit="VS", quantity="30", network=IN),
    eb("F", "MH", period=REMAINING, unit="VS", quantity="22", network=IN),
    eb("F", "BB", network=IN),
    "HSD*DY*20***23*1",
)

BY_PROCEDURE = (
    eb("1", "30", insurance="PR", plan="SANDBOX OPEN ACCESS"),
    copay("65", per=DAY, authorization="Y", network=IN, procedure="HC:S9480"),
    coinsurance(".2", authorization="Y", network=IN, procedure="HC:H0015"),
    copay("110", per=DAY, authorization="Y", network=IN, procedure="HC:H0035"),
    copay("25", per="27", authorization="N", network=IN, procedure="HC:90837"),
    copay("30", "MH", network=IN),
)

EXCLUDED = (
    eb("1", "30", insurance="PR", plan="SANDBOX BASIC"),
    copay("30", "MH", authorization="N", network=IN),
    eb("I", "BB", network=BOTH),
)

PLAIN = (
    eb("1", "30", insurance="PR", plan="SANDBOX PPO 1500"),
    eb("1", "MH^CH", network=BOTH),
    *pot("C", "1500", "750", network=IN),
    copay("50", "CH", DAY, authorization="Y", network=IN),
)

"""The invented members of Medicare and Medicaid whose payer answers with benefits."""

from __future__ import annotations

from payers.sandbox.member import Member, person
from payers.sandbox.segments import CALENDAR_YEAR, REMAINING, coinsurance, copay, eb, entity, message

ENTITLED = (
    eb("1", insurance="MA"),
    "DTP*346*D8*20200101",
    eb("1", insurance="MB"),
    "DTP*346*D8*20200101",
)

PARTS = (
    *ENTITLED,
    eb("C", "30", insurance="MB", period=CALENDAR_YEAR, amount="283"),
    eb("C", "30", insurance="MB", period=REMAINING, amount="100"),
    coinsurance(".2", "MH", insurance="MB"),
)

QMB = (
    *ENTITLED,
    eb("1", "30", insurance="QM"),
    "DTP*291*RD8*{plan_start}-{plan_end}",
    eb("C", "30", insurance="QM", period=CALENDAR_YEAR, amount="0"),
    coinsurance("0", "MH", insurance="QM"),
)

ADVANTAGE = (
    *PARTS,
    eb("R", "30", insurance="HN", plan="SANDBOX ADVANTAGE HMO"),
    "REF*18*H9999 001",
    "DTP*291*RD8*{plan_start}-{plan_end}",
    *entity("PRP", "SANDBOX MEDICARE ADVANTAGE", "SBXMA", "8005550105"),
)

MANAGED = (
    eb("1", "30", insurance="MC", plan="SANDBOX MANAGED MEDICAL ASSISTANCE"),
    eb("1", "MH^AI", insurance="MC"),
    eb("MC", "30", insurance="HM", plan="SANDBOX COMMUNITY HEALTH PLAN"),
    *entity("Y2", "SANDBOX COMMUNITY HEALTH PLAN", "SBXMC", "8005550106"),
)

FEE_FOR_SERVICE = (
    eb("1", "30", insurance="MC", plan="SANDBOX FULL MEDICAID"),
    copay("2", "MH", authorization="N"),
    message("NO COPAYMENT BELOW TWENTY-ONE YEARS"),
)

PUBLIC = (
    Member(
        "medicare-parts",
        "Original Medicare, both parts: the Part B deductible is partly met.",
        "medicare",
        person("1EG4TE5MK70", "Berta", "Beispiel", "1948-01-15"),
        "intensive_outpatient",
        lines=PARTS,
        spans=(),
    ),
    Member(
        "qmb",
        "A Qualified Medicare Beneficiary, who owes nothing.",
        "medicare",
        person("1EG4TE5MK71", "Ernesto", "Ejemplo", "1950-03-22"),
        "partial_hospitalization",
        lines=QMB,
        spans=(),
    ),
    Member(
        "medicare-advantage",
        "In a Medicare Advantage plan, which is to be asked instead.",
        "medicare",
        person("1EG4TE5MK72", "Gerda", "Muster", "1952-11-02"),
        "outpatient",
        lines=ADVANTAGE,
        spans=(),
    ),
    Member(
        "medicaid",
        "Florida Medicaid, fee for service.",
        "florida-medicaid",
        person("SBX4000015", "Pepe", "Prueba", "1997-06-16"),
        "outpatient",
        lines=FEE_FOR_SERVICE,
    ),
    Member(
        "medicaid-managed-care",
        "Medicaid through a managed care plan, which is to be asked instead.",
        "florida-medicaid",
        person("SBX4000016", "Maria", "Modelo", "2001-09-09"),
        "intensive_outpatient",
        lines=MANAGED,
    ),
)

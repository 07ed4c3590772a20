"""The invented members of commercial plans whose payer answers with benefits."""

from __future__ import annotations

from dataclasses import replace

from payers.sandbox.benefits import (
    ADMINISTERED,
    ALTERNATIVES,
    BY_PROCEDURE,
    CARVED_OUT,
    EXCLUDED,
    HMO,
    LIMITED,
    PPO,
    SILENT,
    UNREACHED_CARVE_OUT,
)
from payers.sandbox.member import Member, person
from payers.sandbox.segments import eb, entity

_FATHER = person("SBX1000005", "Otto", "Muster", "1980-02-11", sex="male", group_number="SBXGRP1")

INSURED = (
    Member(
        "ppo-full",
        "Active PPO: every level of care in and out of network, deductible half met, authorization for some.",
        "cigna",
        person("SBX1000001", "Ana", "Prueba", "1990-05-17", sex="female", group_number="SBXGRP1"),
        "intensive_outpatient",
        lines=PPO,
    ),
    Member(
        "hmo-no-authorization",
        "Active HMO: no authorization needed, nothing covered out of network, deductible met.",
        "florida-blue",
        person("SBXH2000002", "Max", "Muster", "1985-03-09", sex="male"),
        "intensive_outpatient",
        lines=HMO,
    ),
    Member(
        "silent",
        "Active, and not a word on behavioral health: what it costs stays unknown.",
        "aetna",
        person("SBX3000003", "Erika", "Beispiel", "1978-11-30"),
        "intensive_outpatient",
        lines=SILENT,
    ),
    Member(
        "inactive",
        "Coverage is inactive.",
        "unitedhealthcare",
        person("SBX2000004", "Juan", "Inventado", "1969-07-04"),
        "intensive_outpatient",
        lines=(eb("6", "30", insurance="PR", plan="SANDBOX CHOICE PLUS"),),
        spans=("DTP*291*RD8*{ended_start}-{ended}",),
    ),
    Member(
        "future-coverage",
        "Called active, but the coverage begins after the date of service.",
        "cigna",
        person("SBX1000006", "Clara", "Ficticia", "1995-01-20"),
        "outpatient",
        lines=PPO,
        spans=("DTP*346*D8*{starts_later}",),
    ),
    Member(
        "ended-coverage",
        "Called active, but the coverage ended before the date of service.",
        "aetna",
        person("SBX3000007", "Hans", "Modelo", "1982-09-15"),
        "partial_hospitalization",
        lines=SILENT,
        spans=("DTP*291*RD8*{ended_start}-{ended}",),
    ),
    Member(
        "carve-out",
        "Behavioral benefits lie with an administrator (SBXBH), which answers when it is asked.",
        "unitedhealthcare",
        person("SBX2000008", "Lola", "Ejemplo", "1988-12-01"),
        "intensive_outpatient",
        lines=CARVED_OUT,
        administrator_lines=ADMINISTERED,
    ),
    Member(
        "carve-out-unreached",
        "Behavioral benefits lie with an administrator (SBXNO) that no connection reaches.",
        "aetna",
        person("SBX3000009", "Paul", "Platzhalter", "1973-06-25"),
        "intensive_outpatient",
        lines=UNREACHED_CARVE_OUT,
    ),
    Member(
        "dependent",
        "A child under its father's coverage.",
        "cigna",
        replace(
            person("SBX1000005", "Nina", "Muster", "2010-04-02", sex="female"),
            relationship="child",
            subscriber=_FATHER,
        ),
        "intensive_outpatient",
        lines=PPO,
    ),
    Member(
        "other-coverage",
        "Another payer comes first.",
        "florida-blue",
        person("SBXH2000010", "Sofia", "Supuesta", "1992-08-08"),
        "outpatient",
        lines=(
            *HMO,
            eb("R", "30"),
            *entity("PRP", "SANDBOX OTHER INSURANCE", "SBXOT", "8005550104"),
        ),
    ),
    Member(
        "alternatives",
        "Several copays for one visit, told apart by place and text; telehealth is free.",
        "cigna",
        person("SBX1000011", "Emil", "Erfunden", "1999-03-31"),
        "outpatient",
        lines=ALTERNATIVES,
    ),
    Member(
        "visit-limits",
        "Thirty visits a year of which twenty-two are left; twenty days of partial hospitalization.",
        "unitedhealthcare",
        person("SBX2000012", "Rosa", "Prueba", "1986-10-10"),
        "outpatient",
        lines=LIMITED,
    ),
    Member(
        "procedure-lines",
        "Cost sharing by procedure: S9480, H0015, H0035, 90837.",
        "aetna",
        person("SBX3000013", "Karl", "Muster", "1991-02-28"),
        "intensive_outpatient",
        lines=BY_PROCEDURE,
    ),
    Member(
        "not-covered",
        "Active, but partial hospitalization is excluded.",
        "unitedhealthcare",
        person("SBX2000014", "Ines", "Imaginaria", "1984-05-05"),
        "partial_hospitalization",
        lines=EXCLUDED,
    ),
)

"""The invented members whose inquiry is rejected, or answered about somebody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from payers.sandbox.benefits import PLAIN
from payers.sandbox.member import Member, Refusal, Trouble, person

NOT_FOUND = Refusal("2100C", "AAA*N**75*C")
UNABLE = Refusal("2000A", "AAA*Y**42*R")

_MISTAKEN = person("SBX1000027", "Anton", "Anders", "1990-01-01")
_CORRECTED = person("SBX3000029", "Celia", "Correcta", "1989-04-14")

REFUSED = (
    Member(
        "not-found",
        "The payer knows no such subscriber (AAA 75).",
        "aetna",
        person("SBX3000020", "Nadia", "Niemand", "1980-01-01"),
        "intensive_outpatient",
        refusal=NOT_FOUND,
    ),
    Member(
        "birth-date-mismatch",
        "The birth date is not the one on file (AAA 71).",
        "cigna",
        person("SBX1000021", "Dora", "Datum", "1981-01-01"),
        "intensive_outpatient",
        refusal=Refusal("2100C", "AAA*N**71*C"),
    ),
    Member(
        "provider-not-on-file",
        "The payer does not know the clinic (AAA 51); the reply ends before any member.",
        "florida-medicaid",
        person("SBX4000022", "Pablo", "Proveedor", "1982-01-01"),
        "outpatient",
        refusal=Refusal("2100B", "AAA*N**51*C"),
    ),
    Member(
        "unable-once",
        "The payer cannot answer at first (AAA 42), and can when it is asked again.",
        "unitedhealthcare",
        person("SBX2000023", "Olga", "Otravez", "1983-01-01"),
        "intensive_outpatient",
        lines=PLAIN,
        trouble=Trouble.UNABLE_ONCE,
    ),
    Member(
        "unable-always",
        "The payer cannot answer (AAA 42), however often it is asked.",
        "unitedhealthcare",
        person("SBX2000024", "Nora", "Nunca", "1984-01-01"),
        "intensive_outpatient",
        refusal=Refusal("2100A", "AAA*Y**42*R"),
    ),
    Member(
        "date-out-of-range",
        "The payer does not answer for that date of service (AAA 62).",
        "cigna",
        person("SBX1000025", "Zacarias", "Zeitraum", "1985-01-01"),
        "outpatient",
        refusal=Refusal("2100C", "AAA*N**62*C"),
    ),
    Member(
        "wrong-member",
        "The reply is about somebody with another birth date.",
        "cigna",
        _MISTAKEN,
        "intensive_outpatient",
        lines=PLAIN,
        states=replace(_MISTAKEN, birth_date=date(1961, 12, 31)),
    ),
    Member(
        "wrong-trace",
        "The reply carries another inquiry's trace number (X12 only: JSON carries none of ours).",
        "aetna",
        person("SBX3000028", "Teresa", "Traza", "1987-01-01"),
        "intensive_outpatient",
        lines=PLAIN,
        echoes_trace=False,
    ),
    Member(
        "corrected-id",
        "The same person under a corrected member id: the reply is used.",
        "aetna",
        _CORRECTED,
        "intensive_outpatient",
        lines=PLAIN,
        states=replace(_CORRECTED, member_id="SBX3000129"),
    ),
)

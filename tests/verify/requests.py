"""Random requests to the shipped rulebook: any payer, site and level, with much or little told."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.verify.desk import ANA, LUZ, TEO, desk, told

LEVELS = ("op", "iop", "php", "rtc", "ip")


def random_request(seed: int, payer: str | None = None) -> dict[str, Any]:
    """Return a request that is valid, the same for the same seed."""
    pick = Random(seed)
    rulebook, clinic = desk().rulebook, desk().clinic
    payer = payer or pick.choice([one for one in rulebook.payer_ids if one != "medigap"])
    plans = [None, *rulebook.identity(payer).plans]
    body: dict[str, Any] = {
        "payer": payer,
        "plan": pick.choice(plans),
        "member": ANA if payer == "medicare" else pick.choice((LUZ, TEO)),
        "site": pick.choice(list(clinic.sites)),
        "condition": pick.choice(("mental_health", "substance_use")),
        "modality": pick.choice(("in_person", "in_person", "telehealth")),
        "trace": True,
        "phases": [_phase(pick, index) for index in range(pick.choice((1, 1, 2)))],
    }
    body["phases"][0]["start_date"] = (
        f"202{pick.choice('567')}-{pick.randint(1, 12):02d}-{pick.randint(1, 28):02d}"
    )
    if payer == "medicare" and pick.random() < 0.4:
        second = pick.choice(
            [("medigap", p) for p in "abcdfgklmn"] + [("florida-medicaid", p) for p in ("qmb", "full")]
        )
        body["secondary"] = {"payer": second[0], "plan": second[1]}
    if pick.random() < 0.6:
        body["told_benefits"] = _told(pick, body["phases"])
    return body


def _phase(pick: Random, index: int) -> dict[str, Any]:
    level = pick.choice(LEVELS)
    phase: dict[str, Any] = {"level_of_care": level, "weeks": pick.randint(1, 12)}
    if level in ("op", "iop", "php"):
        phase["hours_per_day"] = pick.choice((1, 2, 3, 5))
    if level == "op":
        phase["clinician"] = pick.choice(("lcsw", "physician", "np", None))
        phase["service"] = pick.choice(("individual", "family", "group"))
    return phase


def _told(pick: Random, phases: list[dict[str, Any]]) -> dict[str, Any]:
    names = {
        "op": "outpatient",
        "iop": "intensive_outpatient",
        "php": "partial_hospitalization",
        "rtc": "residential",
        "ip": "inpatient",
    }
    level: dict[str, Any] = {"covered": pick.random() < 0.9}
    if pick.random() < 0.7:
        level["copay"] = {
            "amount": f"{pick.randint(0, 90)}.00",
            "per": pick.choice(("session", "day", "week")),
        }
    if pick.random() < 0.4:
        level["coinsurance"] = pick.choice(("0.10", "0.20", "0.125"))
    if pick.random() < 0.5:
        level["allowed_amount"] = f"{pick.randint(50, 600)}.00"
    if pick.random() < 0.4:
        level["deductible_applies"] = pick.random() < 0.5
    if pick.random() < 0.4:
        level["limit"] = pick.choice(
            (None, {"units": pick.randint(5, 60), "unit": "day", "period": "plan_year"})
        )
    facts: dict[str, Any] = {"levels": {names[phase["level_of_care"]]: level for phase in phases}}
    if pick.random() < 0.7:
        limit = pick.randint(0, 3000)
        pot = {"limit": f"{limit}.00", "met": f"{pick.randint(0, limit)}.00"}
        facts["deductible"] = {"individual": pot, "family": None}
    if pick.random() < 0.7:
        facts["out_of_pocket_max"] = {"individual": {"limit": "6000.00", "met": "0.00"}, "family": None}
    if pick.random() < 0.5:
        facts["active"] = pick.random() < 0.9
    return told("2026-11-20T15:02:00Z", **facts)

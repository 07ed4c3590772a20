"""A 271 of the sandbox in the shape `plans`: benefits by plan and kind, spelled out in words."""

from __future__ import annotations

from payers.sandbox import json_words as words
from payers.sandbox.as_json import Entry, Json, Segment, Sheet, read_sheet, without_blanks

STATUS, COINSURANCE, QUALIFIED = "12345678", "A", frozenset({"B", "C", "F", "G"})
LENGTH_OF_A_CPT_CODE = 5


def tell_plans(text: str) -> Json:
    """Return the JSON answer; a line of several service types becomes an entry for each."""
    sheet = read_sheet(text)
    payer, trace = sheet.first("A", "NM1"), sheet.trace
    return without_blanks(
        {
            "id": f"sandbox-{trace[2]}",
            "meta": {"subscriberTraceNumbers": [_trace(trace)] if trace[2] else []},
            "payerId": payer[9],
            "payer": {
                "name": {"organization": payer[3]},
                "type": "PAYER",
                "identification": payer[9],
                "contacts": _contacts(sheet.all("A", "PER")),
            },
            "provider": _provider(sheet),
            "subscriber": _subscriber(sheet),
            "dependent": _dependent(sheet),
            "plans": [{"benefits": _benefits(sheet.entries)}] if sheet.entries else [],
            "errors": [_error(*rejected) for rejected in sheet.rejected],
            "x12": text,
        }
    )


def _trace(trace: Segment) -> Json:
    kind = "REFERENCED_TRANSACTION" if trace[1] == "2" else "CURRENT_TRANSACTION"
    return {"type": kind, "referenceIdentification": trace[2], "originatingCompanyIdentifier": trace[3]}


def _error(loop: str, code: str, follow_up: str) -> Json:
    return {
        "code": code,
        "description": words.REJECTIONS[code],
        "followupAction": words.FOLLOW_UPS[follow_up],
        "location": words.LOCATIONS[loop],
    }


def _provider(sheet: Sheet) -> Json:
    name = sheet.first("B", "NM1")
    return without_blanks(
        {"name": without_blanks({"organization": name[3]}), "npi": name[9], "type": name[9] and "PROVIDER"}
    )


def _subscriber(sheet: Sheet) -> Json:
    group = sheet.first("C", "REF")
    changed = sheet.first("C", "INS")[4] == "25"
    return without_blanks(
        {
            "memberId": sheet.first("C", "NM1")[9],
            **_person(sheet, "C"),
            "additionalInformation": {"group": {"number": group[2], "name": group[3]}} if group[2] else {},
            "maintenance": {"indicator": "PAYER_INDICATED"} if changed else {},
        }
    )


def _dependent(sheet: Sheet) -> Json:
    relationship = sheet.first("D", "INS")[2]
    return without_blanks(
        {
            **_person(sheet, "D"),
            "relationToSubscriber": words.RELATIONSHIPS[relationship] if relationship else "",
        }
    )


def _person(sheet: Sheet, level: str) -> Json:
    name, birth = sheet.first(level, "NM1"), sheet.first(level, "DMG")
    person = without_blanks({"firstName": name[4], "lastName": name[3]})
    return {
        "name": {"person": person} if person else {},
        "dateOfBirth": _iso(birth[2]),
        "gender": words.SEXES[birth[3]],
        "dates": _dates(sheet.all(level, "DTP")),
    }


def _benefits(entries: list[Entry]) -> Json:
    """Return entries by kind; each names its plan itself, so the plan around them needs no name."""
    benefits: Json = {}
    for entry in entries:
        kind = "statuses" if entry.eb[1] in STATUS else words.CATEGORIES[entry.eb[1]]
        for service in entry.eb[3].split("^"):
            benefits.setdefault(kind, []).append(_entry(entry, service))
    return benefits


def _entry(entry: Entry, service: str) -> Json:
    eb = entry.eb
    told = {
        "status": words.STATUSES[eb[1]] if eb[1] in STATUS else "",
        "coverageLevel": words.COVERAGE_LEVELS[eb[2]],
        "insuranceType": words.INSURANCE_TYPES[eb[4]],
        "planCoverageDescription": eb[5],
        "amount": eb[7],
        "percent": eb[8],
        "priorAuthIndicator": words.AUTHORIZATIONS[eb[11]],
        "network": {"indicator": words.NETWORKS[eb[12]]} if eb[12] else {},
        "service": _service(service, eb[13]),
        "messages": [segment[1] for segment in entry.all("MSG")],
        "placesOfService": [{"code": segment[2]} for segment in entry.all("III")],
        "serviceLimits": [_limit(segment) for segment in entry.all("HSD")],
        "dates": _dates(entry.all("DTP")),
        "relatedEntities": [_entity(entry, segment) for segment in entry.all("NM1")],
        "additionalInformation": {"plan": {"number": entry.plan_number}} if entry.plan_number else {},
    }
    if eb[1] in QUALIFIED or eb[1] == COINSURANCE:
        told["timePeriod"] = words.PERIODS[eb[6]]
    if eb[1] in QUALIFIED and eb[9]:
        told["quantity"] = {"value": eb[10], "qualifier": words.QUANTITIES[eb[9]]}
    return without_blanks(told)


def _service(service: str, procedure: str) -> Json:
    if procedure:
        code = procedure.split(":")[1]
        is_cpt = code.isdigit() and len(code) == LENGTH_OF_A_CPT_CODE
        return {"system": "CPT" if is_cpt else "HCPCS", "value": code}
    return {"system": "STC", "value": service} if service else {}


def _limit(segment: Segment) -> Json:
    hsd = segment + [""] * (7 - len(segment))
    period = {"value": int(hsd[6] or 1), "qualifier": words.PERIODS[hsd[5]]} if hsd[5] else {}
    quantity = {"value": hsd[2], "qualifier": words.QUANTITIES[hsd[1]]}
    return {"delivery": without_blanks({"quantity": quantity, "period": period})}


def _entity(entry: Entry, name: Segment) -> Json:
    return without_blanks(
        {
            "type": words.ROLES[name[1]],
            "name": {"organization": name[3]},
            "payerId": name[9],
            "contacts": _contacts(entry.all("PER")),
        }
    )


def _contacts(pers: list[Segment]) -> list[Json]:
    return [without_blanks({"name": per[2], "phoneNumbers": [per[4]]}) for per in pers]


def _dates(dtps: list[Segment]) -> Json:
    """Return spans by name; a range is both its sides, a single day those that its qualifier says."""
    dates: Json = {}
    for dtp in dtps:
        name, sides = words.SPANS[dtp[1]]
        days = dtp[3].split("-") if dtp[2] == "RD8" else [dtp[3]] * len(sides)
        names = ("start", "end") if dtp[2] == "RD8" else sides
        dates.setdefault(name, {}).update(zip(names, map(_iso, days), strict=True))
    return dates


def _iso(day: str) -> str:
    return f"{day[:4]}-{day[4:6]}-{day[6:]}" if day else ""

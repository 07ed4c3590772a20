"""What the widget and the pages without a script are told: the form, an answer, a receipt, in a language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from schemas.counties import COUNTIES
from schemas.quick_check import AGE_GROUPS, ASKING_FOR, BEST_TIMES, CHANNELS, LEVELS, NOT_SURE, PLAN_TYPES
from service import directory
from service.clinic import Clinic
from service.explain import Locale
from service.quick_checks.answering import answer_question
from service.quick_checks.consent import consent_of
from service.quick_checks.saying import labels, phrase, sentence
from service.verify import Desk

EMERGENCY = ("988", "911")
NOBODY_HOLDS = ("self_pay",)


def tell_form(desk: Desk, locale: Locale) -> dict[str, Any]:
    """All that is needed to show the form: who the clinic is, what can be chosen, what is agreed to."""
    clinic = desk.clinic
    payers = [one for one in directory.list_payers(desk) if one["line_of_business"] not in NOBODY_HOLDS]
    return {
        "language": locale,
        "clinic": name_clinic(clinic),
        "sites": [{"id": one.id, "name": one.name, "county": one.county} for one in clinic.sites.values()],
        "payers": [{**one, "names": _names(desk, one)} for one in payers],
        "plan_types": _choices(locale, "plan_type", PLAN_TYPES),
        "levels": [_level(locale, one) for one in (*LEVELS, NOT_SURE)],
        "age_groups": _choices(locale, "age_group", AGE_GROUPS),
        "counties": [*COUNTIES],
        "asking_for": _choices(locale, "asking_for", ASKING_FOR),
        "channels": _choices(locale, "channel", CHANNELS),
        "best_times": _choices(locale, "best_time", BEST_TIMES),
        "consent": consent_of(clinic, locale),
        "emergency": emergency(locale),
        "disclaimer": phrase(locale, "page_disclaimer"),
        "response": response_of(clinic, locale),
        "labels": labels(locale),
    }


def tell_answer(desk: Desk, asked: Mapping[str, Any], locale: Locale, at: datetime) -> dict[str, Any]:
    """The answer to a valid question, with its sentences."""
    answer = answer_question(desk, asked, at)
    for one in answer["sentences"]:
        one["message"] = sentence(locale, one["code"], one["params"])
    answer["care"] = [{**_level(locale, one["level_of_care"]), **one} for one in answer["care"]]
    for one in answer["care"]:
        del one["id"]
    return {
        "language": locale,
        "clinic": name_clinic(desk.clinic),
        **answer,
        "disclaimer": phrase(locale, "page_disclaimer"),
        "emergency": emergency(locale),
    }


def tell_receipt(clinic: Clinic, reference: str, locale: Locale) -> dict[str, Any]:
    """What is answered to whoever left a contact: the same for everybody, but for the reference."""
    promised = clinic.promised_hours
    codes = ["next_keep_code", "next_we_confirm", *(["next_within"] if promised else []), "next_no_promise"]
    params = {"clinic": clinic.name, **({"hours": promised} if promised else {})}
    return {
        "language": locale,
        "reference": reference,
        "next": [
            {"code": code, "params": params, "message": sentence(locale, code, params)} for code in codes
        ],
        "clinic": name_clinic(clinic),
        "emergency": emergency(locale),
    }


def name_clinic(clinic: Clinic) -> dict[str, Any]:
    """Who the clinic is, and its telephone number."""
    return {"name": clinic.name, "phone": clinic.phone}


def emergency(locale: Locale) -> dict[str, Any]:
    """Whom to call when nothing can wait."""
    said = {name: phrase(locale, f"page_{name}") for name in ("crisis", "danger")}
    return {"message": said["crisis"], "danger": said["danger"], "numbers": [*EMERGENCY]}


def response_of(clinic: Clinic, locale: Locale) -> dict[str, Any] | None:
    """Within how many hours the clinic answers, where its profile promises it."""
    hours = clinic.promised_hours
    return (
        None
        if hours is None
        else {"hours": hours, "message": sentence(locale, "next_within", {"hours": hours})}
    )


def _names(desk: Desk, payer: Mapping[str, Any]) -> list[str]:
    found = directory.find_payer(desk, payer["id"]) or {}
    return list(dict.fromkeys([payer["name"], *found.get("aliases", ())]))


def _level(locale: Locale, level: str) -> dict[str, Any]:
    described = None if level == NOT_SURE else phrase(locale, f"care_about_{level}")
    return {"id": level, "name": phrase(locale, f"care_name_{level}"), "description": described}


def _choices(locale: Locale, name: str, ids: Iterable[str]) -> list[dict[str, str]]:
    return [{"id": one, "label": phrase(locale, f"page_{name}_{one}")} for one in ids]

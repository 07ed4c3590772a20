"""How codes become sentences: parameters by their names, parts that fall away, both languages."""

from __future__ import annotations

import time
from datetime import date, datetime
from typing import Any

import pytest
from babel.numbers import format_currency

from service.explain import say, words
from service.explain.catalogs import WORDS, catalog
from service.explain.phrases import Phrases
from service.explain.sentences import BadSentence, fill, parse


def filled(text: str, **params: Any) -> str:
    return fill(parse(text, lambda name: lambda value, params: str(value)), params)


def test_a_parameter_is_written_where_its_name_stands() -> None:
    assert filled("Call {name} first.", name="Ana") == "Call Ana first."


def test_a_part_falls_away_with_its_parameter() -> None:
    assert filled("Copay[, at most {most}].") == "Copay."
    assert filled("Copay[, at most {most}].", most=None) == "Copay."
    assert filled("Copay[, at most {most}].", most=5) == "Copay, at most 5."


def test_zero_is_there_and_false_is_not() -> None:
    assert filled("[{met} met]", met=0) == "0 met"
    assert filled("[{first}first]", first=False) == ""


def test_another_part_can_stand_in_for_one_that_falls_away() -> None:
    assert filled("[{limit}|unknown] left") == "unknown left"
    assert filled("[{a} and {b}|[only {a}][only {b}]]", b=2) == "only 2"
    assert filled("[{a} and {b}|[only {a}][only {b}]]", a=1, b=2) == "1 and 2"


def test_a_parameter_that_a_sentence_cannot_do_without_is_marked() -> None:
    assert filled("Call {name}.") == "Call …."


@pytest.mark.parametrize("text", ["[a", "a]", "[a|b", "a|b"])
def test_brackets_that_do_not_close_are_refused(text: str) -> None:
    with pytest.raises(BadSentence):
        filled(text)


def test_what_a_parameter_says_is_never_read_as_a_sentence() -> None:
    assert filled("Call {name}.", name="[{other}|x]") == "Call [{other}|x]."


@pytest.mark.parametrize(
    ("code", "params", "english", "spanish"),
    [
        (
            "coverage_changes",
            {"date": "2026-03-03", "level": "inpatient"},
            "On Tue Mar 3, 2026 the plan's answer on inpatient care changes.",
            "El mar 3 de marzo de 2026 cambia la respuesta del plan sobre la hospitalización.",
        ),
        (
            "collect_first_session",
            {"amount": "1127.74"},
            "Collect $1,127.74 on the first day.",
            "Cobre $1,127.74 el primer día.",
        ),
        (
            "prepare_concurrent_review",
            {"level": "intensive_outpatient"},
            "Have the concurrent review of the intensive outpatient program (IOP) ready.",
            "Tenga lista la revisión concurrente del programa ambulatorio intensivo (IOP).",
        ),
        (
            "setting_not_covered",
            {"setting": "freestanding", "settings": ["cmhc", "fqhc", "rhc"]},
            "The plan does not pay for this level of care at a freestanding program. It does at a"
            " community mental"
            " health center, a federally qualified health center (FQHC), or a rural health clinic (RHC).",
            "El plan no paga este nivel de atención en un programa independiente. Sí lo paga en un centro"
            " comunitario de salud mental, un centro de salud calificado a nivel federal (FQHC) o una"
            " clínica de"
            " salud rural (RHC).",
        ),
        (
            "hours_below_minimum",
            {"hours": "6", "minimum": 9, "level": "outpatient"},
            "The plan asks for at least 9 hours a week of this level of care; 6 hours a week would be"
            " outpatient"
            " care (OP).",
            "El plan exige al menos 9 horas por semana para este nivel de atención; con 6 horas por"
            " semana sería"
            " el tratamiento ambulatorio (OP).",
        ),
        (
            "copay",
            {"amount": "40.00", "per": "session", "max_units": 5},
            "Copay: $40.00 per session, at most 5 sessions.",
            "Copago: $40.00 por sesión, como máximo 5 sesiones.",
        ),
        (
            "coinsurance",
            {"rate": "0.125"},
            "Coinsurance: 12.5% of what deductible and copay leave of the allowed amount.",
            "Coseguro: 12.5% de lo que dejan el deducible y el copago del monto permitido.",
        ),
        (
            "deductible_stated",
            {"scope": "family", "limit": None, "met": None, "remaining": "1300.00"},
            "Deductible (family): amount unknown, $1,300.00 left.",
            "Deducible (familiar): monto por confirmar; restante: $1,300.00.",
        ),
        (
            "limit_used_unknown",
            {"units": 104, "unit": "unit", "period": "state_fiscal_year"},
            "How much of the limit of 104 units per state fiscal year (July to June) is already used"
            " is unknown:"
            " low and expected say nothing, high all of it.",
            "No se sabe cuánto del límite de 104 unidades por año fiscal del estado (de julio a junio)"
            " ya se ha"
            " usado: el mínimo y el esperado suponen que nada; el máximo, que todo.",
        ),
        (
            "age_not_covered",
            {"from": None, "below": 21},
            "The plan covers this level of care only for people under 21.",
            "El plan cubre este nivel de atención solo para personas menores de 21 años.",
        ),
        (
            "formula_share_of_allowed",
            {"deductible": True, "coinsurance": "0.20"},
            "There is no figure while the allowed amount is unknown. For each session: what is left of the"
            " deductible, then 20% of the allowed amount.",
            "No hay cifra mientras el monto permitido esté por confirmar. Por cada sesión: lo que quede del"
            " deducible y luego el 20% del monto permitido.",
        ),
        (
            "formula_share_of_allowed",
            {"deductible": False, "coinsurance": None},
            "There is no figure while the allowed amount is unknown. For each session: the copay.",
            "No hay cifra mientras el monto permitido esté por confirmar. Por cada sesión: el copago.",
        ),
        (
            "professional_services_separate",
            {"percent": 20},
            "Doctors and other professionals may bill their own services apart from the program; the"
            " patient pays"
            " 20% of those too.",
            "Los médicos y otros profesionales pueden cobrar sus servicios aparte del programa; el"
            " paciente paga"
            " también el 20% de ellos.",
        ),
        (
            "request_limit_exception",
            {"sessions": 1},
            "Request an exception to the limit: 1 session beyond it.",
            "Solicite una excepción al límite: 1 sesión por encima de él.",
        ),
    ],
)
def test_a_code_is_a_sentence_in_both_languages(
    code: str, params: dict[str, Any], english: str, spanish: str
) -> None:
    assert say("en")(code, params) == english
    assert say("es")(code, params) == spanish


def test_spanish_joins_a_preposition_to_the_article_of_a_name_alone() -> None:
    phrases = Phrases("es", catalog("es", WORDS), lambda name: lambda value, params: str(value))
    assert phrases("de {name}", {"name": "El Dorado"}) == "de El Dorado"
    assert phrases("cerca de {name}", {"name": "el centro"}) == "cerca del centro"


def test_a_value_that_is_not_what_its_place_asks_for_is_written_as_it_stands() -> None:
    english = words("en")
    assert english.date("soon") == "soon"
    assert english.money("a lot") == "a lot"
    assert english.rate("some") == "some"
    assert english.name("level", "another") == "another"


def test_a_date_is_written_in_words() -> None:
    assert words("en").date(date(2026, 3, 2)) == "Mon Mar 2, 2026"
    assert words("es").date("2026-03-04") == "mié 4 de marzo de 2026"
    assert words("es").short_date("2026-03-04") == "4 mar 2026"


def test_a_time_is_written_as_it_is_told() -> None:
    assert words("en").time(datetime(2026, 3, 2, 15, 2)).replace("\u202f", " ") == "3:02 PM"  # noqa: DTZ001


@pytest.mark.parametrize("amount", ["0.00", "25.55", "1234.50", "-3.10", "1234567.89"])
def test_money_is_written_as_babel_writes_it_in_both_languages(amount: str) -> None:
    for locale, place in (("en", "en_US"), ("es", "es_US")):
        assert words(locale).money(amount) == format_currency(amount, "USD", locale=place)


def test_sixty_sentences_take_far_less_than_a_millisecond() -> None:
    sentence = say("es")
    answer: list[tuple[str, dict[str, Any]]] = [
        ("allowed_amount_from_schedule", {"amount": "127.74", "code": "5851"}),
        ("deductible_stated", {"scope": "individual", "limit": "283.00", "met": "0.00", "remaining": None}),
        ("ask_copay", {"payer": "X", "date": "2026-03-02", "level": "inpatient", "hours": "9", "days": "3"}),
    ] * 20

    def render() -> float:
        started = time.perf_counter()
        for code, params in answer:
            sentence(code, params)
        return time.perf_counter() - started

    assert min(render() for _ in range(20)) < 0.001

"""What is said of a payer that was asked live: why nothing was heard, and what to look at in its reply."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from schemas.messages import add_messages
from schemas.model import Contact
from service.explain import LOCALES, Locale, say
from service.explain.page import Reader, print_verification
from service.hearing import ADMINISTRATOR, PAYER, Asked, Hearing, bring
from tests.explain.codes import find_uses, params_of
from tests.explain.desk import AT, answer, request
from tests.explain.reply_codes import FAILURES, LIVE, REJECTED
from tests.explain.test_answers import UNSPOKEN, sentences
from tests.payers.x12.build import changed, copay, eb, interchange, subscriber, transaction

IOP = "intensive_outpatient"
# One of everything that a live step can bring.
PARAMS: dict[str, Any] = {
    "payer": "Invented Health Plan",
    "level": IOP,
    "code": "75",
    "date": "2026-01-05",
    "name": "Invented Behavioral Care",
    "phone": "800-555-0101",
    "quote": "B 98 40.00",
    "units": 30,
    "unit": "visit",
}
LIVE_CODES = sorted({code for codes in LIVE.values() for code in codes})
NO_WORD_ON_COVERAGE = {"en": "says nothing about coverage", "es": "no dice nada sobre la cobertura"}
WHAT_ELSE_IT_RESTS_ON = {"en": "published, reported or told", "es": "publicado, informado o indicado"}


@pytest.mark.parametrize(
    ("code", "english", "spanish"),
    [
        (
            "payer_timed_out",
            "Invented Health Plan did not reply in time. This answer rests on what else is published,"
            " reported or told. Ask again in a few minutes, or call.",
            "Invented Health Plan no respondió a tiempo. Esta verificación se basa en lo demás que se"
            " haya publicado, informado o indicado. Consulte de nuevo en unos minutos o llame.",
        ),
        (
            "payer_reply_wrong_member",
            "The reply of Invented Health Plan is about somebody else, or does not say whom it is about:"
            " it was refused, and nothing of it is used. Report it to the privacy officer today. This"
            " answer rests on what else is published, reported or told. Call about this member.",
            "La respuesta de Invented Health Plan es sobre otra persona, o no dice sobre quién es: se"
            " rechazó y no se usa nada de ella. Repórtelo hoy al oficial de privacidad. Esta verificación"
            " se basa en lo demás que se haya publicado, informado o indicado. Llame para preguntar por"
            " este miembro.",
        ),
        (
            "rejected_fix_patient_data",
            "The payer replied that it does not find this person by what was given (code 75). That says"
            " nothing about coverage: compare name, birth date and member ID with the card, correct them"
            " and ask again, or call.",
            "El pagador respondió que no encuentra a esta persona con los datos indicados (código 75)."
            " Eso no dice nada sobre la cobertura: compare el nombre, la fecha de nacimiento y el número"
            " de identificación del miembro con la tarjeta, corríjalos y consulte de nuevo, o llame.",
        ),
        (
            "reply_corrects_member_id",
            "The payer's reply gives another member ID than the one asked with: compare the member ID"
            " with the card.",
            "La respuesta del pagador da otro número de identificación del miembro que el consultado:"
            " compare el número con la tarjeta.",
        ),
        (
            "reply_is_old",
            "The payer's reply is from Mon Jan 5, 2026, and coverage and what is met may have changed"
            " since: get a new one.",
            "La respuesta del pagador es del lun 5 de enero de 2026, y desde entonces pueden haber"
            " cambiado la cobertura y lo ya cumplido: obtenga una nueva.",
        ),
        (
            "reply_limit_partial",
            "The payer's reply speaks of a limit on this care and gives only a part of it (30 visits):"
            " ask for the limit, its period, and how much of it is left.",
            "La respuesta del pagador habla de un límite para esta atención y solo da una parte de él (30"
            " visitas): pregunte por el límite, su período y cuánto queda.",
        ),
        (
            "reply_hint_cost_share",
            "The payer's reply states a copay or coinsurance in more general terms (“B 98 40.00”). It is"
            " not counted for the intensive outpatient program (IOP): ask the payer whether it applies.",
            "La respuesta del pagador indica un copago o coseguro en términos más generales («B 98"
            " 40.00»). No se cuenta para el programa ambulatorio intensivo (IOP): pregunte al pagador si"
            " se aplica.",
        ),
        (
            "call_administrator",
            "Behavioral care is administered by Invented Health Plan: call 800-555-0101 about the"
            " intensive outpatient program (IOP).",
            "La atención de salud mental y consumo de sustancias la administra Invented Health Plan:"
            " llame al 800-555-0101 para preguntar por el programa ambulatorio intensivo (IOP).",
        ),
        (
            "pending_live",
            "Invented Health Plan is being asked right now. Until its reply is here, this answer rests on"
            " what is published and told: look again in a moment.",
            "Se está consultando a Invented Health Plan en este momento. Mientras llega su respuesta,"
            " esta verificación se basa en lo publicado y lo indicado: vuelva a verla en un momento.",
        ),
    ],
)
def test_a_live_step_is_a_sentence_in_both_languages(code: str, english: str, spanish: str) -> None:
    assert say("en")(code, PARAMS) == english
    assert say("es")(code, PARAMS) == spanish


@pytest.mark.parametrize(
    ("code", "english", "spanish"),
    [
        ("call_administrator", "call that company about", "llame a esa compañía para preguntar por"),
        ("reply_names_contact", "ask Invented Behavioral Care.", "pregunte a Invented Behavioral Care."),
    ],
)
def test_a_phone_that_nobody_gave_leaves_no_gap(code: str, english: str, spanish: str) -> None:
    silent = {**PARAMS, "phone": None}
    assert english in say("en")(code, silent)
    assert spanish in say("es")(code, silent)


@cache
def ways() -> dict[str, tuple[frozenset[str], ...]]:
    return params_of(find_uses())


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("code", [*LIVE_CODES, "ask_again_later", "call_administrator", "pending_live"])
def test_what_a_live_step_brings_is_all_that_its_sentence_needs(code: str, locale: Locale) -> None:
    for given in ways()[code]:
        assert UNSPOKEN.search(say(locale)(code, {name: PARAMS[name] for name in given})) is None


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("code", REJECTED)
def test_an_inquiry_that_was_refused_is_never_a_word_on_coverage(code: str, locale: Locale) -> None:
    sentence = say(locale)(code, PARAMS)
    assert NO_WORD_ON_COVERAGE[locale] in sentence
    assert f"({'code' if locale == 'en' else 'código'} 75)" in sentence


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("code", FAILURES)
def test_where_nothing_was_heard_it_is_said_what_the_answer_rests_on(code: str, locale: Locale) -> None:
    sentence = say(locale)(code, PARAMS)
    assert "Invented Health Plan" in sentence
    assert WHAT_ELSE_IT_RESTS_ON[locale] in sentence


def failed(code: str, administrator: Contact | None = None) -> Hearing:
    whom = PAYER if administrator is None else ADMINISTRATOR
    return (Asked(whom, "x12", "house", AT, failure=code, administrator=administrator),)


def unfit(made: dict[str, Any], locale: Locale) -> Iterator[str]:
    """Yield what an answer says that is not fit to be read, aloud or on the page."""
    yield from (text for text in sentences(add_messages(made, say(locale))) if UNSPOKEN.search(text))
    page = print_verification(made, Reader(locale))
    yield from (line for line in page.splitlines() if len(line) > 100 and "https://" not in line)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("code", FAILURES)
def test_an_answer_without_its_payer_can_be_read(code: str, locale: Locale) -> None:
    made = answer(request("cigna", network="in"), hearing=failed(code))
    assert code in {step["code"] for step in made["warnings"]}
    assert list(unfit(made, locale)) == []


def test_an_administrator_that_could_not_be_heard_is_named_itself() -> None:
    hearing = failed("payer_timed_out", Contact("Invented Behavioral Care"))
    page = print_verification(answer(request("cigna", network="in"), hearing=hearing), Reader("en"))
    assert "Invented Behavioral Care did not reply in time." in page


CARVED_OUT = ("EB*1**MH", "LS*2120", "NM1*VN*2*INVENTED BEHAVIORAL CARE*****PI*V0001", "LE*2120")
ODD_REPLY = (
    "EB*1**30",
    eb("B", "A8", period="27", amount="many", network="Y"),
    eb("A", "MH", rate="20", network="Y"),
    eb("B", "MH", amount="40", network="Y"),
    "MSG*PRECERTIFICATION IS REQUIRED",
    eb("B", "A8", period="27", amount="10", network="Y"),
    "MSG*OFFICE VISITS",
    eb("A", "A8", rate="0.1", network="Y"),
    "III*ZZ*02",
    eb("F", "A8", counted="VS", quantity="30", network="Y"),
    *CARVED_OUT,
)


def brought(*body: str) -> Hearing:
    """A reply about the invented person, of another member ID, that is weeks old."""
    text = interchange(transaction(subscriber(*body), answered="20260105"))
    return bring(changed(text, "19900517", "19570302"), "x12_271", AT)


@pytest.mark.parametrize("locale", LOCALES)
def test_an_answer_with_an_odd_reply_can_be_read(locale: Locale) -> None:
    made = answer(request("cigna", network="in"), hearing=brought(*ODD_REPLY))
    codes = {step["code"] for step in (*made["warnings"], *made["next_steps"])}
    assert codes >= {
        "call_administrator",
        "reply_amount_not_readable",
        "reply_corrects_member_id",
        "reply_hint_authorization",
        "reply_hint_place",
        "reply_is_old",
        "reply_limit_partial",
        "reply_other_level_named",
        "reply_percent_above_one",
        "reply_unit_not_stated",
    }
    assert list(unfit(made, locale)) == []


@pytest.mark.parametrize(
    ("locale", "source"),
    [
        ("en", "Eligibility reply of the payer"),
        ("es", "Respuesta de elegibilidad del pagador"),
    ],
)
def test_a_reply_is_a_source_with_a_name(locale: Locale, source: str) -> None:
    hearing = brought("EB*1**30", copay("40", "A8"))
    page = print_verification(answer(request("cigna", network="in"), hearing=hearing), Reader(locale))
    assert f"{source}; segment 14; " in page

"""Writes the eligibility inquiry (270), 005010X279A1: one patient, one interchange.

Values are put into the basic character set on the way out, so that no name can break the syntax and
no payer stumbles over an accent: capitals, no accents, a blank where a delimiter stood, cut to what
the element holds.
"""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime

from payers.x12.inquiry import VERSION, Inquiry270
from payers.x12.model import Party

ELEMENT, REPETITION, COMPONENT, TERMINATOR = "*", "^", ":", "~"
DELIMITERS = frozenset({ELEMENT, REPETITION, COMPONENT, TERMINATOR})
TRANSACTION = "0001"
HIGHEST_CONTROL_NUMBER = 999_999_999

# The most characters that an element holds.
LAST_NAME, FIRST_NAME, ID, TRACE, CODE = 60, 35, 80, 50, 2
PARTNER, QUALIFIER = 15, 2

# Letters and marks that do not come apart into a basic one and an accent.
SPELLED = str.maketrans(
    {"ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L"}
    | {"đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "TH"}
    | {"‘": "'", "’": "'", "ʼ": "'", "‐": "-", "‑": "-", "–": "-"}
)


def write_270(inquiry: Inquiry270) -> str:
    """Return the interchange that asks it; raises `ValueError` that names what is missing, never a value."""
    missing = _missing(inquiry)
    if missing or inquiry.at is None:
        raise ValueError(f"An inquiry cannot be written without: {', '.join(missing)}.")
    # X12 has no zones; universal time is the same for both sides.
    at = inquiry.at.astimezone(UTC)
    body = _transaction(inquiry, at)
    control = str(inquiry.control_number)
    sender, receiver = clean(inquiry.sender, PARTNER), clean(inquiry.receiver, PARTNER)
    group = ("HS", sender, receiver, f"{at:%Y%m%d}", f"{at:%H%M}", control, "X", VERSION)
    return "".join(
        (
            _interchange_header(inquiry, at),
            _segment("GS", *group),
            _segment("ST", "270", TRANSACTION, VERSION),
            *body,
            _segment("SE", str(len(body) + 2), TRANSACTION),
            _segment("GE", "1", control),
            _segment("IEA", "1", control.zfill(9)),
        )
    )


def clean(text: str, most: int) -> str:
    """Return a value as it travels: basic characters in capitals, no delimiters, at most `most` long."""
    apart = unicodedata.normalize("NFKD", text.translate(SPELLED)).upper()
    letters = (letter for letter in apart if not unicodedata.combining(letter))
    basic = "".join(
        letter if " " <= letter < "\x7f" and letter not in DELIMITERS else " " for letter in letters
    )
    return " ".join(basic.split())[:most].rstrip()


def _missing(inquiry: Inquiry270) -> list[str]:
    """Return the names of what an inquiry cannot do without, and does not have."""
    needed = {
        "npi": clean(inquiry.npi, ID),
        "payer_id": clean(inquiry.payer_id, ID),
        "date_of_service": inquiry.date_of_service,
        "service_types": inquiry.service_types,
        "trace": clean(inquiry.trace, TRACE),
        "sender": clean(inquiry.sender, PARTNER),
        "receiver": clean(inquiry.receiver, PARTNER),
        "control_number": 0 < inquiry.control_number <= HIGHEST_CONTROL_NUMBER,
        "at": inquiry.at is not None and inquiry.at.utcoffset() is not None,
    }
    return [name for name, value in needed.items() if not value]


def _interchange_header(inquiry: Inquiry270, at: datetime) -> str:
    """Return the ISA: fixed widths, so that it is 106 characters whatever is in it."""
    elements = (
        "ISA",
        "00",
        " " * 10,
        "00",
        " " * 10,
        clean(inquiry.sender_qualifier, QUALIFIER).ljust(QUALIFIER),
        clean(inquiry.sender, PARTNER).ljust(PARTNER),
        clean(inquiry.receiver_qualifier, QUALIFIER).ljust(QUALIFIER),
        clean(inquiry.receiver, PARTNER).ljust(PARTNER),
        f"{at:%y%m%d}",
        f"{at:%H%M}",
        REPETITION,
        "00501",
        f"{inquiry.control_number:09d}",
        "0",
        "T" if inquiry.test else "P",
        COMPONENT,
    )
    return ELEMENT.join(elements) + TERMINATOR


def _transaction(inquiry: Inquiry270, at: datetime) -> tuple[str, ...]:
    """Return the segments between ST and SE: payer, provider, subscriber and the dependent, if any."""
    payer = clean(inquiry.payer_name, LAST_NAME), clean(inquiry.payer_id, ID)
    provider = clean(inquiry.provider_name, LAST_NAME), clean(inquiry.npi, ID)
    return (
        _segment("BHT", "0022", "13", str(inquiry.control_number), f"{at:%Y%m%d}", f"{at:%H%M}"),
        _segment("HL", "1", "", "20", "1"),
        _segment("NM1", "PR", "2", payer[0], "", "", "", "", "PI", payer[1]),
        _segment("HL", "2", "1", "21", "1"),
        _segment("NM1", "1P", "2", provider[0], "", "", "", "", "XX", provider[1]),
        *_people(inquiry),
    )


def _people(inquiry: Inquiry270) -> tuple[str, ...]:
    """Return the levels of the subscriber and of the dependent; the question stands at the patient's."""
    if inquiry.dependent is None:
        return (
            _segment("HL", "3", "2", "22", "0"),
            _trace(inquiry),
            _subscriber(inquiry.subscriber),
            *_birth(inquiry),
            *_question(inquiry),
        )
    relationship = clean(inquiry.relationship or "", QUALIFIER)
    return (
        _segment("HL", "3", "2", "22", "1"),
        _subscriber(inquiry.subscriber),
        _segment("HL", "4", "3", "23", "0"),
        _trace(inquiry),
        _segment("NM1", "03", "1", *_names(inquiry.dependent)),
        *_birth(inquiry),
        *((_segment("INS", "N", relationship),) if relationship else ()),
        *_question(inquiry),
    )


def _trace(inquiry: Inquiry270) -> str:
    """Return the TRN: the number that the payer echoes, and who gave it.

    The originating company's id is `9` and nine digits by rule; the last nine of the clinic's NPI make
    it the same on every inquiry of a clinic, and no other's.
    """
    digits = "".join(letter for letter in inquiry.npi if letter in "0123456789")
    return _segment("TRN", "1", clean(inquiry.trace, TRACE), "9" + digits[-9:].zfill(9))


def _names(party: Party) -> tuple[str, str]:
    return clean(party.name, LAST_NAME), clean(party.first_name, FIRST_NAME)


def _subscriber(party: Party) -> str:
    names, member_id = _names(party), clean(party.id, ID)
    qualifier = (clean(party.id_qualifier, QUALIFIER) or "MI") if member_id else ""
    return _segment("NM1", "IL", "1", *names, "", "", "", qualifier, member_id)


def _birth(inquiry: Inquiry270) -> tuple[str, ...]:
    """Return the DMG of the patient, where there is anything to say in it."""
    born, sex = inquiry.patient.birth_date, clean(inquiry.sex, 1)
    if born is None and not sex:
        return ()
    return (_segment("DMG", "D8" if born else "", _day(born), sex),)


def _question(inquiry: Inquiry270) -> tuple[str, ...]:
    """Return the date of service and what is asked.

    Service types that are asked at once share one EQ: they are one question on one set of terms, and
    payers that look at the first EQ alone still see all of them.
    """
    codes = REPETITION.join(clean(code, CODE) for code in inquiry.service_types)
    return _segment("DTP", "291", "D8", _day(inquiry.date_of_service)), _segment("EQ", codes)


def _day(day: date | None) -> str:
    return day.isoformat().replace("-", "") if day else ""


def _segment(*elements: str) -> str:
    """Return a segment without the empty elements at its end."""
    return ELEMENT.join(elements).rstrip(ELEMENT) + TERMINATOR

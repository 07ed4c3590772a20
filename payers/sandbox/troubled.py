"""The invented members whose payer misbehaves on the way back."""

from __future__ import annotations

from payers.sandbox.benefits import PLAIN
from payers.sandbox.member import Member, Trouble, person

# key, what it shows, last name, trouble
_TROUBLES = (
    ("slow", "The answer takes three seconds.", "Langsam", Trouble.SLOW),
    ("hanging", "The payer takes the inquiry and never answers.", "Warten", Trouble.HANGING),
    ("drip", "The answer comes a byte a second.", "Tropfen", Trouble.DRIP),
    ("dying", "The connection is reset instead of an answer.", "Abbruch", Trouble.RESET),
    ("half-reply", "The connection ends in the middle of the answer.", "Mitad", Trouble.HALF),
    ("cut-off", "The answer arrives whole, but its text stops in the middle.", "Cortado", Trouble.CUT_OFF),
    ("garbage", "The answer is bytes without sense.", "Basura", Trouble.GARBAGE),
    ("web-page", "The answer is a web page, with status 200.", "Pagina", Trouble.WEB_PAGE),
    ("fault", "The payer's system fails with status 500.", "Fehler", Trouble.FAULT),
    (
        "throttled",
        "Too many inquiries (429) at first; a second later all is well.",
        "Gedraenge",
        Trouble.THROTTLED_ONCE,
    ),
    (
        "error-envelope",
        "Status 200, and in the envelope an error instead of an answer.",
        "Umschlag",
        Trouble.ENVELOPE,
    ),
)

TROUBLED = tuple(
    Member(
        key,
        shows,
        "cigna",
        person(f"SBX10000{number}", "Tomas", last_name, f"1970-01-{number - 29:02}"),
        "intensive_outpatient",
        lines=PLAIN,
        trouble=trouble,
    )
    for number, (key, shows, last_name, trouble) in enumerate(_TROUBLES, start=30)
)

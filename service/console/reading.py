"""In which language the reader of a page reads, and how a page is put together for them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from flask import render_template, request, session
from markupsafe import Markup, escape

from schemas.model import CHANNELS
from service.at_hand import office, sessions
from service.explain import LOCALES, Locale, words
from service.explain.catalogs import CONSOLE, catalog
from service.explain.page import Reader
from service.explain.phrases import Phrases
from service.security import cookies
from service.security.guard import client_of, current_session
from service.security.permissions import may
from service.security.sessions import SignedIn

_CITED = re.compile(r"\[([0-9]{1,4})\]")
_CHOSEN = "language"
WARNED_BEFORE = timedelta(minutes=2)
"""How long before a session ends a page says so: a figure of ours; half of a session that is shorter."""

MENU = (
    ("console.cases", "work_list"),
    ("console.morning", "morning_list"),
    ("console.batches", "batches"),
    ("console.clocks", "clocks"),
    ("console.verify", "verify"),
    ("console.audit", "audit_trail"),
    ("console.users", "staff"),
    ("console.keys", "keys"),
    ("console.accuracy_page", "accuracy"),
    ("console.webhooks", "webhooks"),
    ("console.rulebook", "rulebook"),
    ("console.memory_page", "memory"),
    ("console.clinic", "clinic"),
)


def language() -> Locale:
    """The language chosen on a page, else the first of the browser's that there is, else English."""
    chosen = request.args.get(_CHOSEN)
    if chosen in LOCALES:
        session[_CHOSEN] = chosen
    found = session.get(_CHOSEN) or request.accept_languages.best_match(LOCALES) or LOCALES[0]
    return next(locale for locale in LOCALES if locale == found)


def label(code: str, **params: Any) -> str:
    """A label of the console in the reader's language."""
    return _labels(language())(code, params)


def menu() -> list[tuple[str, str]]:
    """The pages that whoever is signed in may see, each with its label, in order of importance."""
    scopes = client_of(current_session()).scopes
    return [(endpoint, code) for endpoint, code in MENU if may(endpoint, scopes)]


def fault(code: str, nearest: str = "") -> str:
    """What is wrong with a field, as the end of a sentence; what has no words of its own cannot be used."""
    name = f"fault_{code}"
    known = catalog(language(), CONSOLE).gettext(name) != name
    return label(name if known else "fault_other", nearest=nearest or None)


def show(template: str, status: int = 200, **values: Any) -> tuple[str, int]:
    """A page, with what every page needs."""
    reader = Reader(language(), office().desk.clinic.zone)
    page = render_template(
        f"console/{template}",
        reader=reader,
        label=label,
        other_language=next(locale for locale in LOCALES if locale != reader.locale),
        linked=linked,
        csrf_token=cookies.csrf_token,
        menu=menu,
        **NAMES,
        **values,
    )
    return page, status


def _name(context: str) -> Callable[[str], str]:
    return lambda word: words(language()).name(context, word)


NAMES: Mapping[str, Any] = {
    "network_name": _name("network"),
    "condition_name": _name("condition"),
    "modality_name": _name("modality"),
    "relationship_name": lambda word: label(f"relationship_{word}"),
    "sex_name": lambda word: label(f"sex_{word}"),
    "site_name": str,
    "told_name": lambda word: label(f"told_{word}"),
    "told_choice": lambda word: label(f"choice_{word}"),
    "channels": CHANNELS,
}
"""What templates call things by."""


def is_part() -> bool:
    """Whether a part of a page that is open is asked for, not a page."""
    return request.headers.get("HX-Request") == "true"


def show_to_staff(template: str, status: int = 200, **values: Any) -> tuple[str, int]:
    """A page for somebody who is signed in."""
    signed_in = current_session()
    return show(template, status, signed_in=signed_in, lasting=lasting(signed_in), **values)


def lasting(signed_in: SignedIn) -> dict[str, Any]:
    """Whose session it is and how long it lasts: unused, and at the longest; seconds, for a script to count.

    `warn` is how long before its end the page says so, `until` the end in words.
    """
    now, zone = datetime.now(UTC), office().desk.clinic.zone
    return {
        "user": signed_in.user.id,
        "idle": int((signed_in.idle_ends_at - now).total_seconds()),
        "ends": int((signed_in.ends_at - now).total_seconds()),
        "warn": int(min(WARNED_BEFORE, sessions().policy.idle / 2).total_seconds()),
        "until": words(language()).time(signed_in.idle_ends_at.astimezone(zone)),
    }


def linked(text: str, room: str = "source") -> Markup:
    """A sentence whose numbers lead to sources and are described by them; `room` names their list."""
    mark = rf'<a class="cite" href="#{room}-\1" aria-describedby="{room}-\1">[\1]</a>'
    made = _CITED.sub(mark, str(escape(text)))
    return Markup(made)  # noqa: S704 (escaped before the links were put in)


@cache
def _labels(locale: Locale) -> Phrases:
    return Phrases(locale, catalog(locale, CONSOLE), lambda name: lambda value, params: str(value))

"""What a visitor agrees to before anything is kept: the text, word for word, and its version.

The clinic's profile may have a text of its own; else the catalog's holds. Whoever changes the catalog's text
changes `VERSION` with it, so that a case says which text was agreed to; the text itself is kept with it.
"""

from __future__ import annotations

from service.clinic import Clinic
from service.explain import Locale
from service.quick_checks.saying import phrase

VERSION = "openvob-1"


def consent_of(clinic: Clinic, locale: Locale) -> dict[str, str]:
    """The text that is shown now, in a language, and its version."""
    own = clinic.consent
    if own is not None:
        return {"version": own.version, "text": own.text[locale]}
    return {"version": VERSION, "text": phrase(locale, "consent_text", clinic=clinic.name)}

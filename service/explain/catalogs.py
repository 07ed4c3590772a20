"""Where sentences and words stand: gettext catalogs in `service/translations`, English and Spanish.

English is a catalog like any other: message ids are codes, never sentences. A compiled catalog (.mo) is
read if it is there and as new as its text (.po); otherwise the text is compiled in memory, so that a
checkout, an archive of one and an installed package all speak without a step by hand.
"""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import Literal, get_args

Locale = Literal["en", "es"]
LOCALES: tuple[Locale, ...] = get_args(Locale)
TRANSLATIONS = Path(__file__).resolve().parent.parent / "translations"

SENTENCES, WORDS, PAGE, CONSOLE, DOCUMENTS = "sentences", "words", "page", "console", "documents"
CASEWORK, WIDGET = "casework", "widget"
DOMAINS = (SENTENCES, WORDS, PAGE, CONSOLE, DOCUMENTS, CASEWORK, WIDGET)


@cache
def catalog(locale: Locale, domain: str) -> GNUTranslations:
    """Return a catalog, read once; raises `OSError` where it is not there in either form."""
    folder = TRANSLATIONS / locale / "LC_MESSAGES"
    text, compiled = folder / f"{domain}.po", folder / f"{domain}.mo"
    if _is_as_new(compiled, text):
        with compiled.open("rb") as file:
            return GNUTranslations(file)
    return GNUTranslations(compile_catalog(text))


def compile_catalog(text: Path) -> BytesIO:
    """Compile the text of a catalog in memory."""
    # Only where there is no compiled catalog: importing the compiler costs more than all catalogs do.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    made = BytesIO()
    with text.open("rb") as file:
        write_mo(made, read_po(file))
    made.seek(0)
    return made


def _is_as_new(compiled: Path, text: Path) -> bool:
    if not compiled.exists():
        return False
    return not text.exists() or compiled.stat().st_mtime >= text.stat().st_mtime

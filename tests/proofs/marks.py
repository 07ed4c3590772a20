"""People who carry marks in everything that is said of them, and the search that finds a mark in any form.

Every mark has one of two stems in it, or is a day of two years in which nobody else here was born. A stem
is looked for in each form that bytes may have on their way: cases, accents kept, taken apart or dropped,
escaped, in hexadecimal digits, in base64 at any offset.
"""

from __future__ import annotations

import base64
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from schemas.model import Person

PLAIN, SPANISH = "zqvrtm", "zqñúvrá"
FIRST_BIRTHDAY, BIRTHDAYS = date(1931, 1, 1), 730
AROUND = 40

_DAY = "(?:0[1-9]|[12][0-9]|3[01])"
_MONTH = "(?:0[1-9]|1[0-2])"
_YEAR = "193[12]"
# Digits, hexadecimal ones too, may stand beside one another by chance.
_BIRTHDAY = re.compile(
    f"(?<![0-9a-fA-F.])(?:{_YEAR}-{_MONTH}-{_DAY}|{_YEAR}{_MONTH}{_DAY}|{_MONTH}/{_DAY}/{_YEAR})(?![0-9a-fA-F])"
    f"|date\\({_YEAR}, ".encode()
)


@dataclass(frozen=True, slots=True)
class Marked:
    """Somebody of whom everything that can be said carries a mark; no two numbers are alike."""

    number: int

    @property
    def person(self) -> Person:
        """As a payer knows them."""
        last = f"{self._stem}{_letters(self.number)}"
        return Person(self.member_id, f"{self._stem}a", last, self.birth_date)

    @property
    def member_id(self) -> str:
        """The id on the card."""
        return f"{PLAIN.upper()}{self.number:06}"

    @property
    def birth_date(self) -> date:
        """A day in the marked years."""
        return FIRST_BIRTHDAY + timedelta(days=self.number % BIRTHDAYS)

    @property
    def word(self) -> str:
        """A word in visible ASCII that belongs to this person."""
        return f"{PLAIN}-{self.number}"

    @property
    def phrase(self) -> str:
        """What staff would write of this person, with accents."""
        return f"{SPANISH.title()} {PLAIN.upper()} {self.number}"

    @property
    def _stem(self) -> str:
        return (PLAIN.title(), PLAIN.upper(), SPANISH.title(), SPANISH.upper())[self.number % 4]

    def member(self, *, subscriber: bool = False) -> dict[str, Any]:
        """As a request names them, with the person whose policy it is where that is asked for."""
        person = self.person
        said: dict[str, Any] = {
            "member_id": person.member_id if self.number % 3 else str(person.member_id).lower(),
            "first_name": person.first_name,
            "last_name": person.last_name,
            "birth_date": self.birth_date.isoformat(),
            "group_number": f"{PLAIN.upper()}G{self.number}",
        }
        if subscriber:
            said["relationship"] = "spouse"
            said["subscriber"] = {
                "member_id": f"{PLAIN.upper()}S{self.number}",
                "last_name": self.person.last_name,
                "first_name": SPANISH,
            }
        return said

    def telling(self, at: str) -> dict[str, Any]:
        """What a representative said of them at a time, and who that was."""
        return {
            "told_by": {
                "channel": "phone",
                "representative": self.phrase,
                "reference": f"{PLAIN.upper()}-CALL-{self.number}",
                "at": at,
            },
            "active": True,
        }


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


@dataclass
class Searched:
    """Something that was looked through: how many bytes, and what was found in them and where."""

    size: int = 0
    hits: list[str] = field(default_factory=list)

    def search(self, data: bytes, where: str = "") -> None:
        """Look through some more."""
        self.size += len(data)
        self.hits += [f"{where or 'at'} {line}" for line in find_marks(data)]


def find_marks(data: bytes) -> list[str]:
    """Return every mark in some bytes, as its offset and what stands around it."""
    lowered = data.lower()
    places = {place for form in _FORMS for place in _places_of(form, lowered)}
    places |= {place for form in _BASE64 for place in _places_of(form, data)}
    places |= {match.start() for match in _BIRTHDAY.finditer(data)}
    return [f"{place}: {data[max(0, place - AROUND) : place + AROUND]!r}" for place in sorted(places)]


def _places_of(form: bytes, data: bytes) -> Iterator[int]:
    place = data.find(form)
    while place >= 0:
        yield place
        place = data.find(form, place + len(form))


def _spellings(stem: str) -> Iterator[str]:
    dropped = "".join(one for one in unicodedata.normalize("NFD", stem) if not unicodedata.combining(one))
    for word in dict.fromkeys((stem, unicodedata.normalize("NFD", stem), dropped)):
        yield from (word.lower(), word.upper(), word.title())


def _forms(word: str) -> Iterator[bytes]:
    """Yield a spelling in the forms that are told apart by no case of their letters."""
    yield word.encode("utf-16-le")
    yield json.dumps(word)[1:-1].encode()
    yield word.encode("unicode_escape")
    yield quote(word).encode()
    yield quote(word).replace("%", "=").encode()
    yield word.encode("ascii", "xmlcharrefreplace")
    for encoded in {word.encode(), word.encode("latin-1", "backslashreplace")}:
        yield encoded
        yield repr(encoded)[2:-1].encode()
        yield encoded.hex().encode()


def _in_base64(word: str) -> Iterator[bytes]:
    """Yield what base64 makes of a word, at each of its three offsets, without what its neighbors change."""
    for offset in range(3):
        whole = base64.b64encode(bytes(offset) + word.encode() + b"\x00" * 3)
        first = (0, 2, 3)[offset]
        last = (offset + len(word.encode())) * 8 // 6
        yield whole[first:last]
        yield whole[first:last].replace(b"+", b"-").replace(b"/", b"_")


_WORDS = [word for stem in (PLAIN, SPANISH) for word in _spellings(stem)]
_FORMS = frozenset(form.lower() for word in _WORDS for form in _forms(word))
_BASE64 = frozenset(form for word in _WORDS for form in _in_base64(word))

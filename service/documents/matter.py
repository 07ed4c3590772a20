"""What a document is made from, and the ways in which its fields are answered.

Nothing here asks or decides: it is a verification as it is shown, what was told, and the clinic's profile.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from schemas.model import Site
from service.clinic import Clinic
from service.documents.form import Cell
from service.explain.catalogs import DOCUMENTS, Locale, catalog
from service.explain.page import Reader
from service.explain.page.reader import cited
from service.explain.phrases import Phrases

Answer = Mapping[str, Any]
Write = Callable[[Any], str]
NOT_SAID = object()
"""Where something was told, nothing was told of this."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What one document is made from, and for whom it is written.

    Of its case: who approved a quote of it, whom one may speak to, which sides of the card there are.
    """

    shown: Answer
    tellings: Sequence[Answer]
    made_by: str
    clinic: Clinic
    reader: Reader
    approved_by: str | None = None
    contacts: Sequence[Answer] = ()
    pictures: Collection[str] = ()

    def label(self, code: str, **params: Any) -> str:
        """Return a label of documents; its parameters are written already."""
        return _labels(self.reader.locale)(code, params)

    @property
    def request(self) -> Answer:
        """What was asked, with all that was told."""
        request: Answer = self.shown["request"]
        return request

    @property
    def line(self) -> str:
        """The payer's line of business."""
        return str(self.shown["payer"]["line_of_business"])

    @property
    def site(self) -> Site | None:
        """The site asked about, or `None` where the profile does not have it any more."""
        return self.clinic.sites.get(self.shown["site"])

    def said(self, *path: str) -> Any:
        """Return what was told at a place: `None` if there is none, `NOT_SAID` if nobody spoke of it."""
        found: Any = self.request.get("told_benefits") or {}
        for name in path:
            if not isinstance(found, Mapping) or name not in found:
                return NOT_SAID
            found = found[name]
        return found

    def told(self, path: Sequence[str], write: Write = str) -> Cell:
        """Answer a field with what was told at a place; who was not told asks the plan."""
        value = self.said(*path)
        if value is NOT_SAID:
            return self.ask_plan()
        return answered(self.label("none") if value is None else write(value))

    def contact(self, relation: str, name: str) -> Cell:
        """Answer a field with what is known of a contact; what is not, the patient can say."""
        known = (one.get(name) for one in self.contacts if one["relation"] == relation)
        found = next((each for each in known if each), None)
        return answered(str(found)) if found else self.ask_patient()

    def ask_plan(self) -> Cell:
        """Nobody knows, and the plan can say."""
        return Cell("unknown", self.label("ask_plan"))

    def ask_patient(self) -> Cell:
        """It is not known here, and the patient can say."""
        return Cell("unknown", self.label("ask_patient"))

    def not_applicable(self) -> Cell:
        """The field is about something that this person or plan does not have."""
        return Cell("not_applicable", self.label("not_applicable"))

    def yes_or_no(self, value: bool) -> str:
        """Return a truth in a word."""
        return self.reader.words.name("answer", "true" if value else "false")

    def day(self, day: str) -> str:
        """Return a date as a form has it."""
        return self.reader.words.short_date(day)

    def local(self, at: str) -> datetime:
        """Return a moment as the clinic's clocks show it."""
        return datetime.fromisoformat(at).astimezone(self.reader.zone)

    def moment(self, at: str) -> str:
        """Return a moment as a form has it: the day and the time of day."""
        local = self.local(at)
        return f"{self.day(local.date().isoformat())}, {self.reader.words.time(local)}"

    def asks(self, pointer: str) -> bool:
        """Whether the answer's script still asks for this of what can be told."""
        return any(
            question["answers"] == f"/told_benefits/{pointer}" for question in self.shown["call_script"]
        )


def answered(text: str, citations: Sequence[int] = ()) -> Cell:
    """Answer a field with what is known, followed by the numbers of its sources."""
    return Cell("answered", cited(text, citations))


@cache
def _labels(locale: Locale) -> Phrases:
    return Phrases(locale, catalog(locale, DOCUMENTS), lambda name: lambda value, params: str(value))

"""The shape of cards.yaml: what stands on cards beside the names of payers, and whom it leads to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from schemas.faults import Fault, flatten
from schemas.file_fields import Day, Regex, Scalars, Table, Text, Word, code, https, items, key
from schemas.payer_file import SourceSchema, cited_sources

KINDS = (
    "administrator",
    "network",
    "home_plan",
    "behavioral_manager",
    "former_name",
    "brand",
    "unlisted_payer",
)


class CardContactSchema(Schema):
    """Whom the clinic asks, and where that stands."""

    name = Text(required=True)
    phone = Text()
    portal = https()
    source = Text(required=True)
    at = Text(required=True)


class _CardSchema(Schema):
    """One name on cards: by which words it is known, the payers it may lead to, and what to do."""

    id = key(required=True)
    name = Text(required=True)
    kind = Word(KINDS, required=True)
    words = items(Text())
    pattern = Regex()
    payers = items(key())
    says = code(required=True)
    params = Scalars()
    contact = fields.Nested(CardContactSchema)
    source = Text(required=True)
    at = Text(required=True)

    @validates_schema
    def check_known(self, data: Mapping[str, Any], **_: Any) -> None:
        """Refuse an entry that nothing on a card leads to."""
        if not ("words" in data or "pattern" in data):
            raise ValidationError("Must say words, a pattern, or both.")


CardSchema = _CardSchema.from_dict({"from": Day(required=True)}, name="CardSchema")
CardsFileSchema = Schema.from_dict(
    {
        "sources": Table(key(), fields.Nested(SourceSchema), required=True),
        "entries": items(fields.Nested(CardSchema), required=True),
    },
    name="CardsFileSchema",
)
_CARDS_FILE = CardsFileSchema()


def cards_file_faults(data: Any) -> list[Fault]:
    """Return what is wrong with the data of cards.yaml; an id given twice is wrong too."""
    return list(flatten(_CARDS_FILE.validate(data))) or [*_unknown_sources(data), *_repeated(data)]


def _unknown_sources(data: Mapping[str, Any]) -> list[Fault]:
    return [
        Fault(path, f"No source is called {source}; sources has: {', '.join(data['sources'])}.")
        for path, source in cited_sources(data)
        if source not in data["sources"]
    ]


def _repeated(data: Mapping[str, Any]) -> list[Fault]:
    ids = [card["id"] for card in data["entries"]]
    return [
        Fault(("entries", index, "id"), f"There is another entry called {one}.")
        for index, one in enumerate(ids)
        if one in ids[:index]
    ]

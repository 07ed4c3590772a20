"""The shape of the clinic's profile: its sites, their networks, rates and prices, and its connections.

Judges plain data: what YAML holds, with dates written `YYYY-MM-DD`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from marshmallow import Schema, ValidationError, fields, validates, validates_schema

from schemas.connection_file import ConnectionSchema, judge_connections
from schemas.faults import Fault, flatten
from schemas.file_fields import INDEX, Day, Flag, Pattern, Table, Text, Whole, Word, items, key, money
from schemas.model import CLINICIANS, LEVELS_OF_CARE, MODALITIES, NETWORKS, PROVIDER_TYPES
from schemas.reverification import ReverificationSchema

LANGUAGES = ("en", "es", "ht", "pt")
OTHER_PLANS = "other-plans"
# The prefix under which a provider's number becomes a card number, so that Luhn's check holds for it.
NPI_PREFIX = "80840"


class NetworkField(fields.Field[Any]):
    """A payer's network at a site: one word for all its plans, or a word for each plan that differs."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.word = Word(NETWORKS)
        self.by_plan = Table(key(), Word(NETWORKS))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        inner: fields.Field[Any] = self.by_plan if isinstance(value, dict) else self.word
        return inner.deserialize(value)


class AgesSchema(Schema):
    """Ages taken at a site: from (inclusive), below (exclusive)."""

    from_age = Whole(data_key="from")
    below = Whole(1)

    @validates_schema
    def check_order(self, ages: Mapping[str, Any], **_: Any) -> None:
        """Refuse ages that end before they begin."""
        if ages.get("from_age", 0) >= ages.get("below", float("inf")):
            raise ValidationError("Must run upwards: from is below the age it ends at.")


def _prices(**kwargs: Any) -> Table:
    return Table(Word(LEVELS_OF_CARE), money(), **kwargs)


class SiteSchema(Schema):
    """One of the clinic's places."""

    id = key(required=True)
    name = Text(required=True)
    npi = Text(required=True)
    provider_type = Word(PROVIDER_TYPES, required=True)
    county = Text()
    locality = Text()
    opps_wage_index = Pattern(INDEX, 'a quoted index, like "0.9488"')
    usual_clinician = Word(CLINICIANS)
    modalities = items(Word(MODALITIES))
    ages = fields.Nested(AgesSchema)
    languages = items(Word(LANGUAGES))
    closed_days = fields.List(Day())
    transport = Flag()
    meals = Flag()
    networks = Table(key(), NetworkField())
    contracted_rates = Table(key(), _prices())
    self_pay_rates = _prices()
    charges = _prices()

    @validates("npi")
    def check_npi(self, npi: str, **_: Any) -> None:
        """Refuse a number whose check digit is wrong."""
        if not is_npi(npi):
            raise ValidationError(
                "Must be an NPI: ten digits with a right check digit; compare it with NPPES."
            )


class ClinicIdentitySchema(Schema):
    """The clinic as a whole."""

    name = Text(required=True)
    time_zone = Text()
    phone = Text()

    @validates("time_zone")
    def check_time_zone(self, name: str, **_: Any) -> None:
        """Refuse a zone that nobody knows."""
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValidationError("Must be a time zone by its full name, like America/New_York.") from None


class ResponseSchema(Schema):
    """Within how many hours visitors of the website are answered, and who says so."""

    hours = Whole(1, required=True)
    source = Text(required=True)


class ConsentTextsSchema(Schema):
    """A text of the clinic's own that visitors of its website agree to, in each language."""

    version = Text(required=True)
    en = Text(required=True)
    es = Text(required=True)


class WidgetSchema(Schema):
    """What the clinic promises visitors of its website, and what they agree to."""

    response = fields.Nested(ResponseSchema)
    consent = fields.Nested(ConsentTextsSchema)


class ClinicFileSchema(Schema):
    """A clinic's profile."""

    clinic = fields.Nested(ClinicIdentitySchema, required=True)
    widget = fields.Nested(WidgetSchema)
    reverification = fields.Nested(ReverificationSchema)
    default_site = key()
    sites = items(fields.Nested(SiteSchema), required=True)
    connections = items(fields.Nested(ConnectionSchema))


CLINIC_FILE = ClinicFileSchema()


def judge_clinic(data: Any) -> Iterator[Fault]:
    """Yield every fault of a profile, as plain data."""
    if not isinstance(data, Mapping):
        yield Fault((), "Must be a mapping with the keys clinic and sites.")
        return
    yield from flatten(CLINIC_FILE.validate(data))
    yield from _judge_ids(data)
    yield from judge_connections(data.get("connections"))


def _judge_ids(data: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield faults of ids that no site can see alone."""
    sites = data.get("sites")
    ids: set[str] = set()
    for index, site in enumerate(sites if isinstance(sites, list) else []):
        site_id = site.get("id") if isinstance(site, dict) else None
        if isinstance(site_id, str):
            if site_id in ids:
                yield Fault(("sites", index, "id"), "Is given twice: each site needs an id of its own.")
            ids.add(site_id)
    default = data.get("default_site")
    if isinstance(default, str) and ids and default not in ids:
        yield Fault(("default_site",), f"Is not the id of a site; there are: {', '.join(sorted(ids))}.")


def is_npi(npi: str) -> bool:
    """Say whether a text is ten digits that pass Luhn's check under the prefix of provider numbers."""
    if len(npi) != 10 or not (npi.isascii() and npi.isdigit()):
        return False
    digits = [int(digit) for digit in reversed(NPI_PREFIX + npi)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0

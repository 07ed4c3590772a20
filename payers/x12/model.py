"""The words of an eligibility reply, whatever it came in: a 271, or a clearinghouse's JSON.

A reply is kept as its lines (one for each EB, and each service type of it), in the codes of the 271.
Codes stay raw: what they mean is decided where they are read. Empty text means that nothing was said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something odd about a reply: a code, where (a segment's number, a JSON pointer), parameters."""

    code: str
    at: int | str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


class Span(NamedTuple):
    """Days that a qualifier (DTP01) names, both inclusive; `None` where a side is open."""

    qualifier: str
    start: date | None
    end: date | None
    at: int | str


class Entity(NamedTuple):
    """Somebody a line refers to (loop 2120): role (NM101), name, id and its qualifier, phone, web address."""

    role: str
    name: str
    id: str
    id_qualifier: str
    phone: str
    url: str
    at: int | str


class Rejection(NamedTuple):
    """An AAA: the loop it stands in (`2000A` to `2110D`), its reason code and follow-up code."""

    loop: str
    code: str
    follow_up: str
    at: int | str


class Quantity(NamedTuple):
    """An HSD: so many (`VS`, `DY`, …) of something in so many periods (codes of EB06)."""

    unit: str
    quantity: str
    period: str
    periods: str
    at: int | str


class Message(NamedTuple):
    """A free text below a line."""

    text: str
    at: int | str


class Detail(NamedTuple):
    """What hangs below one EB, shared by all lines that it fans out to."""

    spans: tuple[Span, ...] = ()
    messages: tuple[Message, ...] = ()
    places: tuple[str, ...] = ()
    quantities: tuple[Quantity, ...] = ()
    entities: tuple[Entity, ...] = ()
    rejections: tuple[Rejection, ...] = ()


NO_DETAIL = Detail()


class Line(NamedTuple):
    """One benefit line: an EB with one of its service types, every element as it was sent.

    `at` is the number of its segment (ISA is 1), or a JSON pointer; lines of one EB share it, and are one
    accumulator. `procedure` is the code of EB13 without its qualifier and modifiers.
    """

    code: str
    coverage_level: str
    service_type: str
    insurance_type: str
    plan: str
    period: str
    amount: str
    percent: str
    quantity_type: str
    quantity: str
    authorization: str
    network: str
    procedure: str
    at: int | str
    detail: Detail = NO_DETAIL


@dataclass(frozen=True, slots=True)
class Party:
    """A payer, a provider or a person of a reply; never shown, for a person's part is health information."""

    name: str = field(default="", repr=False)
    first_name: str = field(default="", repr=False)
    id: str = field(default="", repr=False)
    id_qualifier: str = ""
    birth_date: date | None = field(default=None, repr=False)
    group_number: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Transaction:
    """What a payer answered about one patient.

    `patient` is `dependent` where there is one, else `subscriber`. `trace` is the payer's echo of the
    inquiry's trace number and `echoed` whether the payer marked it as ours. `spans` are the patient's own
    dates, outside of any line. `broken` says why it cannot be relied on, where it cannot.
    """

    payer: Party = Party()
    subscriber: Party = Party()
    dependent: Party | None = None
    trace: str = ""
    echoed: bool = False
    lines: tuple[Line, ...] = ()
    spans: tuple[Span, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    answered_on: date | None = None
    broken: str | None = None
    oddities: tuple[Oddity, ...] = ()

    @property
    def patient(self) -> str:
        """Whom the reply is about: `subscriber` or `dependent`."""
        return "subscriber" if self.dependent is None else "dependent"

    @property
    def person(self) -> Party:
        """The patient."""
        return self.subscriber if self.dependent is None else self.dependent


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one file or message held."""

    transactions: tuple[Transaction, ...]
    oddities: tuple[Oddity, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for in a reply: a level of care, and on what terms.

    Without a `date_of_service`, the reply's own: DTP 472, else the day it was answered.
    """

    level_of_care: str | None = None
    condition: str = "mental_health"
    network: str = "in"
    modality: str = "in_person"
    date_of_service: date | None = None

"""Numbers the citations of one answer, in the order in which they first appear, and writes values plainly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from schemas.fields import format_money
from schemas.model import Citation, Step

_ALREADY_PLAIN = frozenset({str, int, bool, type(None)})


class Sources:
    """The citations of one answer."""

    def __init__(self) -> None:
        self._numbers: dict[Citation, int] = {}
        # Comparing whole citations is slow and the same few come up in every session: look by identity first.
        self._seen: dict[int, int] = {}

    def cite(self, citations: Iterable[Citation]) -> list[int]:
        """Return the numbers of citations, each once."""
        numbers = [self._number(citation) for citation in citations]
        return numbers if len(numbers) < 2 else list(dict.fromkeys(numbers))

    def _number(self, citation: Citation) -> int:
        number = self._seen.get(id(citation))
        if number is None:
            number = self._numbers.setdefault(citation, len(self._numbers))
            self._seen[id(citation)] = number
        return number

    def listed(self) -> list[dict[str, Any]]:
        """Return every citation numbered so far, as it travels."""
        return [_listed(one) for one in self._numbers]

    def step(self, step: Step) -> dict[str, Any]:
        """Return a step as it travels, without its sentence."""
        return {"code": step.code, "params": plain(step.params), "citations": self.cite(step.citations)}

    def steps(self, steps: Iterable[Step]) -> list[dict[str, Any]]:
        """Return steps as they travel."""
        return [self.step(step) for step in steps]


def _listed(one: Citation) -> dict[str, Any]:
    listed = {
        "kind": one.kind,
        "title": one.title,
        "url": one.url,
        "locator": one.locator,
        "published": day(one.published),
        "retrieved": day(one.retrieved),
        "confidence": one.confidence,
    }
    if not one.local:
        return listed
    told = {"approved_by": one.approved_by, "holds_until": day(one.holds_until)} if one.approved_by else {}
    return {**listed, "local": True, **told}


def money(cents: int | None) -> str | None:
    """Return cents as dollars with two places, `None` as it is."""
    return None if cents is None else format_money(cents)


def day(value: date | None) -> str | None:
    """Return a date as it travels."""
    return None if value is None else value.isoformat()


def moment(value: datetime | None) -> str | None:
    """Return an aware time as it travels: RFC 3339 in UTC."""
    return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def plain(value: Any) -> Any:
    """Return a value as JSON can carry it; money in parameters is already written as dollars."""
    if value.__class__ in _ALREADY_PLAIN:
        return value
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot travel as JSON")

"""Follows loop 2110 of a 271: an EB with all that hangs below it, fanned out into lines.

An EB that names several service types becomes a line for each; they share everything else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from payers.x12 import codes
from payers.x12.model import NO_DETAIL, Detail, Entity, Line, Message, Oddity, Quantity, Rejection
from payers.x12.spans import read_span

SIZE = 14  # an EB and its thirteen elements
PADDING = [""] * SIZE
MISSING = [PADDING[stated:-1] for stated in range(SIZE)]  # by how many elements an EB has
SERVICE_TYPE, PROCEDURE = 2, 12  # where EB03 and EB13 stand among the elements
Elements = list[str]
# All that are known, and several times what the standard allows: an EB fans out to a product of both.
MOST_SERVICE_TYPES = 200
MOST_BELOW = 100
A_PERSON = "1"  # NM102: somebody whose name comes in two parts


class BenefitLoop:
    """The benefits of one patient while they are read."""

    def __init__(self, repetition: str, component: str, oddities: list[Oddity]) -> None:
        self._repetition, self._component = repetition, component
        self.oddities = oddities
        # Every EB by its number; what follows belongs to it until the next one, or the end of the loop.
        self.opened: dict[int, Elements] = {}
        self._below: dict[int, dict[str, list[Any]]] = {}
        self._rejected: list[Rejection] = []
        self.letter = ""

    def note(self, code: str, at: int, params: Mapping[str, Any]) -> None:
        """Note something odd about these benefits."""
        self.oddities.append(Oddity(code, at, params))

    def rejections(self) -> list[Rejection]:
        """Return what the payer rejected below single benefits."""
        return self._rejected

    def clear(self) -> None:
        """Begin anew, for another patient."""
        self.opened.clear()
        self._below, self._rejected = {}, []

    def lines(self) -> tuple[Line, ...]:
        """Turn the benefits read so far into lines: this is what reading a reply spends its time on."""
        lines: list[Line] = []
        make = tuple.__new__
        component, known, below = self._component, codes.SERVICE_TYPES, self._below
        for number, eb in self.opened.items():
            said: list[Any] = eb[1:SIZE]
            said += MISSING[len(said)]
            code, level, kind, insurance, _, period, _, _, of, _, asks, network, procedure = said
            if (
                code not in codes.BENEFITS
                or level not in codes.COVERAGE_LEVELS
                or insurance not in codes.INSURANCE_TYPES
                or period not in codes.PERIODS
                or of not in codes.QUANTITIES
                or asks not in codes.ANSWERS
                or network not in codes.ANSWERS
            ):
                self._note_unknown(said, number)
            if component in procedure:
                said[PROCEDURE] = procedure.split(component)[1]
            said.append(number)
            said.append(self._detail(below[number], number) if number in below else NO_DETAIL)
            if kind in known:
                lines.append(make(Line, said))
                continue
            for said[SERVICE_TYPE] in self._service_types(kind, number):
                lines.append(make(Line, said))
        return tuple(lines)

    def _service_types(self, text: str, number: int) -> Iterable[str]:
        parts = text.replace(self._component, self._repetition or self._component)
        kinds = dict.fromkeys(parts.split(self._repetition or self._component))
        if "" in kinds and len(kinds) > 1:
            del kinds[""]
        if len(kinds) > MOST_SERVICE_TYPES:
            self.note("too_many_service_types", number, {"most": MOST_SERVICE_TYPES})
            kinds = dict.fromkeys(list(kinds)[:MOST_SERVICE_TYPES])
        if not kinds.keys() <= codes.SERVICE_TYPES:
            unknown = next(kind for kind in kinds if kind not in codes.SERVICE_TYPES)
            self.note("unknown_code", number, {"element": "EB03", "code": unknown[:20]})
        return kinds

    def _note_unknown(self, said: Elements, number: int) -> None:
        for place, known in KNOWN.items():
            if said[place] not in known:
                self.note("unknown_code", number, {"element": f"EB{place + 1:02}", "code": said[place][:20]})

    def _add(self, name: str, value: Any) -> None:
        below = self._below.setdefault(next(reversed(self.opened)), {})
        below.setdefault(name, []).append(value)

    def _take_date(self, elements: Elements, number: int) -> None:
        span = read_span(elements[1], elements[2], elements[3], number)
        if span is None:
            self.note("date_not_readable", number, {})
        else:
            self._add("spans", span)

    def _take_message(self, elements: Elements, number: int) -> None:
        if elements[1]:
            self._add("messages", Message(elements[1], number))

    def _take_place(self, elements: Elements, number: int) -> None:
        if elements[1] == "ZZ" and elements[2]:
            self._add("places", elements[2])

    def _take_quantity(self, elements: Elements, number: int) -> None:
        self._add("quantities", Quantity(elements[1], elements[2], elements[5], elements[6], number))

    def _take_entity(self, elements: Elements, number: int) -> None:
        first = elements[4] if elements[2] == A_PERSON else ""
        name = f"{first} {elements[3]}".strip()
        self._add("entities", Entity(elements[1], name, elements[9], elements[8], "", "", number))

    def _take_contact(self, elements: Elements, number: int) -> None:
        entities = self._below.get(next(reversed(self.opened)), {}).get("entities")
        if not entities:
            return
        stated = dict(zip(elements[3:9:2], elements[4:9:2], strict=False))
        known = entities[-1]
        entities[-1] = known._replace(
            phone=known.phone or stated.get("TE", ""), url=known.url or stated.get("UR", "")
        )

    def _take_rejection(self, elements: Elements, number: int) -> None:
        rejection = Rejection(f"2110{self.letter}", elements[3], elements[4], number)
        self._rejected.append(rejection)
        self._add("rejections", rejection)

    def _detail(self, below: Mapping[str, list[Any]], number: int) -> Detail:
        if max(map(len, below.values())) > MOST_BELOW:
            self.note("too_much_below", number, {"most": MOST_BELOW})
        return Detail(**{name: tuple(values[:MOST_BELOW]) for name, values in below.items()})


KNOWN: Mapping[int, Any] = {
    0: codes.BENEFITS,
    1: codes.COVERAGE_LEVELS,
    3: codes.INSURANCE_TYPES,
    5: codes.PERIODS,
    8: codes.QUANTITIES,
    10: codes.ANSWERS,
    11: codes.ANSWERS,
}
# What may stand below an EB; a handler takes elements that are padded.
HANDLERS: Mapping[str, Callable[[BenefitLoop, Elements, int], None]] = {
    "DTP": BenefitLoop._take_date,
    "MSG": BenefitLoop._take_message,
    "III": BenefitLoop._take_place,
    "HSD": BenefitLoop._take_quantity,
    "NM1": BenefitLoop._take_entity,
    "PER": BenefitLoop._take_contact,
    "AAA": BenefitLoop._take_rejection,
}

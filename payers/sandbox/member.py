"""What the sandbox knows of one invented member: who it is, what is answered of it, and how."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from schemas.model import Person

PLAN_YEAR = "DTP*291*RD8*{plan_start}-{plan_end}"


class Trouble(StrEnum):
    """What goes wrong on the way back, where something does."""

    NONE = "none"
    SLOW = "slow"
    HANGING = "hanging"
    DRIP = "drip"
    RESET = "reset"
    HALF = "half"
    CUT_OFF = "cut_off"
    GARBAGE = "garbage"
    WEB_PAGE = "web_page"
    FAULT = "fault"
    ENVELOPE = "envelope"
    THROTTLED_ONCE = "throttled_once"
    UNABLE_ONCE = "unable_once"

    @property
    def passes(self) -> bool:
        """Whether it is gone when the same is asked again."""
        return self in (Trouble.THROTTLED_ONCE, Trouble.UNABLE_ONCE)

    @property
    def leaves_a_reply(self) -> bool:
        """Whether there is a 271 in the end."""
        return self.passes or self in (Trouble.NONE, Trouble.SLOW, Trouble.DRIP, Trouble.CUT_OFF)


class Refusal(NamedTuple):
    """An AAA segment, and the loop that it stands in (`2000A` to `2100D`)."""

    loop: str
    segment: str


@dataclass(frozen=True, slots=True)
class Member:
    """One invented member.

    `payer` is the rulebook payer it is meant for. `lines` are the segments of loop 2110, `spans` those
    DTP that hold for all of them; both may name days by what they are to the date of service
    (`{plan_start}`, …, see `reply.days_around`). `administrator_lines` is what the behavioral
    administrator answers instead. `states` is whom the reply is about, where that is somebody else.
    """

    key: str
    shows: str
    payer: str
    person: Person
    level_of_care: str
    condition: str = "mental_health"
    lines: tuple[str, ...] = ()
    spans: tuple[str, ...] = (PLAN_YEAR,)
    refusal: Refusal | None = None
    administrator_lines: tuple[str, ...] = ()
    states: Person | None = None
    echoes_trace: bool = True
    trouble: Trouble = Trouble.NONE

    @property
    def stated(self) -> Person:
        """Whom the reply is about."""
        return self.states or self.person


def person(
    member_id: str,
    first_name: str,
    last_name: str,
    born: str,
    *,
    sex: str | None = None,
    group_number: str | None = None,
) -> Person:
    """Return an invented person; `born` is an ISO date."""
    birth_date = date.fromisoformat(born)
    return Person(member_id, first_name, last_name, birth_date, sex=sex, group_number=group_number)

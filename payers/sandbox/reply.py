"""Writes the 271 that answers an inquiry about a member of the sandbox.

Delimiters are fixed, for what is made from this text in JSON is split by them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

from payers.sandbox.benefits import ADMINISTRATOR
from payers.sandbox.member import Member
from payers.x12.inquiry import VERSION, Inquiry270
from payers.x12.writer import clean
from schemas.model import Person

ECHO, OWN = "2", "1"
ANOTHER_TRACE = "SOMEBODYELSES"
NAMES: Mapping[str, str] = MappingProxyType({ADMINISTRATOR: "SANDBOX BEHAVIORAL HEALTH"})
SEXES: Mapping[str | None, str] = MappingProxyType({"female": "F", "male": "M"})
RELATIONSHIPS: Mapping[str, str] = MappingProxyType({"spouse": "01", "child": "19"})
OTHER_RELATIONSHIP = "G8"
# The member's identifying data differ from those asked with.
CHANGED = "INS*Y*18*001*25"


def days_around(on: date) -> dict[str, str]:
    """Return the days that a template may name, by what they are to a date of service."""
    next_month = (on.replace(day=1) + timedelta(days=32)).replace(day=1)
    days = {
        "date": on,
        "plan_start": date(on.year, 1, 1),
        "plan_end": date(on.year, 12, 31),
        "ended_start": date(on.year - 1, 1, 1),
        "ended": date(on.year - 1, 12, 31),
        "starts_later": next_month,
    }
    return {name: f"{day:%Y%m%d}" for name, day in days.items()}


def write_271(member: Member, inquiry: Inquiry270, at: datetime, trace_type: str = ECHO) -> str:
    """Return the interchange that answers; `at` is an aware time.

    `trace_type` is TRN01: `2` where the inquiry's trace is echoed, `1` where the number is the payer's own.
    """
    universal = at.astimezone(UTC)
    sender, receiver = clean(inquiry.receiver, 15) or "SANDBOX", clean(inquiry.sender, 15) or "INQUIRER"
    day, clock, control = f"{universal:%Y%m%d}", f"{universal:%H%M}", str(inquiry.control_number or 1)
    body = [
        f"BHT*0022*11*{control}*{day}*{clock}",
        *_source(member, inquiry),
        *_people(member, inquiry, trace_type, days_around(inquiry.date_of_service or universal.date())),
    ]
    segments = (
        f"ISA*00*{'':10}*00*{'':10}*ZZ*{sender:15}*ZZ*{receiver:15}*{day[2:]}*{clock}*^*00501"
        f"*{control:0>9}*0*T*:",
        f"GS*HB*{sender}*{receiver}*{day}*{clock}*{control}*X*{VERSION}",
        f"ST*271*0001*{VERSION}",
        *body,
        f"SE*{len(body) + 2}*0001",
        f"GE*1*{control}",
        f"IEA*1*{control:0>9}",
    )
    return "~".join(segments) + "~"


def _source(member: Member, inquiry: Inquiry270) -> Iterator[str]:
    """Yield the payer's and the clinic's levels; nothing follows the loop that is rejected."""
    payer_id = clean(inquiry.payer_id, 80) or "SANDBOX"
    refused = member.refusal.loop if member.refusal else ""
    yield f"HL*1**20*{0 if refused in ('2000A', '2100A') else 1}"
    yield from _aaa(member, "2000A")
    yield f"NM1*PR*2*{NAMES.get(payer_id, 'SANDBOX PAYER')}*****PI*{payer_id}"
    yield "PER*IC*PROVIDER SERVICES*TE*8005550100"
    yield from _aaa(member, "2100A")
    if refused not in ("2000A", "2100A"):
        yield f"HL*2*1*21*{0 if refused == '2100B' else 1}"
        yield f"NM1*1P*2*{clean(inquiry.provider_name, 60)}*****XX*{clean(inquiry.npi, 80)}"
        yield from _aaa(member, "2100B")


def _people(member: Member, inquiry: Inquiry270, trace_type: str, days: Mapping[str, str]) -> Iterator[str]:
    """Yield the subscriber's level, and the dependent's where the member is one."""
    if member.refusal and member.refusal.loop < "2100C":
        return
    person = member.stated
    trace = clean(inquiry.trace, 50) if member.echoes_trace else ANOTHER_TRACE
    tracing = f"TRN*{trace_type}*{trace}*9{inquiry.npi[-9:]:0>9}"
    if person.subscriber is None:
        yield from ("HL*3*2*22*0", tracing, _subscriber(person), *_group(person), *_aaa(member, "2100C"))
        yield from _birth(person)
        if person.member_id != member.person.member_id:
            yield CHANGED
    else:
        yield from ("HL*3*2*22*1", _subscriber(person.subscriber), *_group(person.subscriber))
        yield from (*_birth(person.subscriber), "HL*4*3*23*0", tracing, f"NM1*03*1*{_names(person)}")
        yield from (*_aaa(member, "2100D"), *_birth(person))
        yield f"INS*N*{RELATIONSHIPS.get(person.relationship, OTHER_RELATIONSHIP)}"
    if member.refusal is None:
        yield from (line.format_map(days) for line in (*member.spans, "DTP*472*D8*{date}", *member.lines))


def _aaa(member: Member, loop: str) -> tuple[str, ...]:
    refusal = member.refusal
    return (refusal.segment,) if refusal and refusal.loop == loop else ()


def _names(person: Person) -> str:
    return f"{clean(person.last_name or '', 60)}*{clean(person.first_name or '', 35)}"


def _subscriber(person: Person) -> str:
    return f"NM1*IL*1*{_names(person)}****MI*{clean(person.member_id or '', 80)}"


def _group(person: Person) -> tuple[str, ...]:
    return (f"REF*6P*{person.group_number}*SANDBOX GROUP",) if person.group_number else ()


def _birth(person: Person) -> tuple[str, ...]:
    if person.birth_date is None:
        return ()
    return (f"DMG*D8*{person.birth_date:%Y%m%d}*{SEXES.get(person.sex, '')}".rstrip("*"),)

"""Builds small 271s about people who do not exist, right in every count, and asks the reader about them.

Bodies are written with `*` between elements, `^` between repetitions and `:` between components; the
delimiters of the file are the interchange's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from payers.x12.describe import describe
from payers.x12.model import Wanted
from payers.x12.reader import read_271

ANSWERED = "20260701"
ON = date(2026, 7, 1)

# ISA, GS, ST and BHT, then the four segments of payer and clinic, then HL, TRN, NM1 and DMG of the patient.
FIRST = 13
ACTIVE = "EB*1**30"
FIRST_OF_LEVEL = FIRST + 1  # an active line stands before the lines that a level is asked about

PAYER = ("HL*1**20*1", "NM1*PR*2*INVENTED HEALTH PLAN*****PI*INV01")
CLINIC = ("HL*2*1*21*1", "NM1*1P*2*INVENTED CLINIC*****XX*1234567893")
SUBSCRIBER = ("NM1*IL*1*PRUEBA*ANA****MI*M000001", "DMG*D8*19900517*F")
DEPENDENT = ("NM1*03*1*PRUEBA*LUIS", "DMG*D8*20100517*M")
TRACE = "TRN*2*T0001*9INVENTED"


@dataclass(frozen=True)
class Delimiters:
    """The four characters that a file is cut with."""

    element: str = "*"
    repetition: str = "^"
    component: str = ":"
    terminator: str = "~"
    after: str = ""


PLAIN = Delimiters()


def subscriber(*body: str, traces: Sequence[str] = (TRACE,), own: Sequence[str] = ()) -> list[str]:
    """The segments of a transaction whose patient is the subscriber; `own` stands before the first EB."""
    return [*PAYER, *CLINIC, "HL*3*2*22*0", *traces, *SUBSCRIBER, *own, *body]


def dependent(
    *body: str, named: Sequence[str] = DEPENDENT, own: Sequence[str] = (), of_subscriber: Sequence[str] = ()
) -> list[str]:
    """The segments of a transaction whose patient is a dependent; `of_subscriber` is in loop 2000C."""
    above = [*PAYER, *CLINIC, "HL*3*2*22*1", *SUBSCRIBER, *of_subscriber]
    return [*above, "HL*4*3*23*0", TRACE, *named, *own, *body]


def transaction(segments: Iterable[str], control: str = "0001", answered: str = ANSWERED) -> list[str]:
    """One transaction set, from ST to SE."""
    body = [f"BHT*0022*11*R{control}*{answered}*1200", *segments]
    return [f"ST*271*{control}*005010X279A1", *body, f"SE*{len(body) + 2}*{control}"]


def interchange(*transactions: Sequence[str], cut: Delimiters = PLAIN) -> str:
    """One file of transaction sets, as text."""
    sets = [segment for each in transactions for segment in each]
    isa = "ISA*00*          *00*          *ZZ*INVENTEDPAYER  *ZZ*INVENTEDCLINIC *260701*1200*"
    header = isa.replace("*", cut.element) + cut.element.join(
        [cut.repetition, "00501", "000000007", "0", "T", cut.component]
    )
    group = "GS*HB*INVENTEDPAYER*INVENTEDCLINIC*20260701*1200*7*X*005010X279A1"
    rest = [group, *sets, f"GE*{len(transactions)}*7", "IEA*1*000000007"]
    table = str.maketrans({"*": cut.element, "^": cut.repetition, ":": cut.component})
    ending = cut.terminator + cut.after
    return "".join(segment + ending for segment in (header, *(one.translate(table) for one in rest)))


def eb(
    code: str,
    service_type: str = "",
    scope: str = "IND",
    *,
    part: str = "",
    period: str = "",
    amount: str = "",
    rate: str = "",
    counted: str = "",
    quantity: str = "",
    authorization: str = "",
    network: str = "",
    procedure: str = "",
) -> str:
    """An EB with its elements by name, as short as it can be."""
    elements = [code, scope, service_type, part, "", period, amount, rate, counted, quantity]
    return "*".join(["EB", *elements, authorization, network, procedure]).rstrip("*")


def copay(
    amount: str, service_type: str = "", network: str = "Y", period: str = "27", **elements: str
) -> str:
    """A copay per visit in network, unless said otherwise."""
    return eb("B", service_type, period=period, amount=amount, network=network, **elements)


def coinsurance(rate: str, service_type: str = "", network: str = "Y", **elements: str) -> str:
    """A coinsurance in network, unless said otherwise."""
    return eb("A", service_type, rate=rate, network=network, **elements)


def reply(*body: str, **options: Any) -> str:
    """A file with one transaction about a subscriber; options as of `subscriber`."""
    return interchange(transaction(subscriber(*body, **options)))


def changed(text: str, old: str, new: str) -> str:
    """`text` with the one `old` in it replaced by `new`."""
    assert text.count(old) == 1
    return text.replace(old, new)


def described(content: bytes | str, **wanted: Any) -> dict[str, Any]:
    """What the reader says of a whole file."""
    return dict(describe(read_271(content), Wanted(**wanted)))


def told(content: bytes | str, **wanted: Any) -> dict[str, Any]:
    """What the reader says of the only transaction of a file."""
    (only,) = described(content, **wanted)["transactions"]
    return dict(only)


def status(*body: str, own: Sequence[str] = (), **wanted: Any) -> str:
    """The status of a subscriber about whom `body` was answered."""
    return str(told(reply(*body, own=own), **wanted)["status"])


def told_level(*body: str, asked: str = "intensive_outpatient", **wanted: Any) -> dict[str, Any]:
    """The transaction of an active subscriber, asked for a level; `body` begins with segment 14."""
    return told(reply(ACTIVE, *body), level_of_care=asked, **wanted)


def level(*body: str, asked: str = "intensive_outpatient", **wanted: Any) -> dict[str, Any]:
    """What is said of a level to an active subscriber; `body` begins with segment 14."""
    return dict(told_level(*body, asked=asked, **wanted)["level"])


def pot(said: Mapping[str, Any], kind: str, scope: str = "individual") -> dict[str, Any] | None:
    """One accumulator of a level, `None` where nobody spoke of it."""
    found = (said[kind] or {}).get(scope)
    return None if found is None else dict(found)


def segments_of(entries: Iterable[Mapping[str, Any]]) -> list[int]:
    """Where the entries of a list stand in the file."""
    return [entry["segment"] for entry in entries]


def warned(one: Mapping[str, Any]) -> set[str]:
    """The codes of the warnings of a file, of a transaction or of both."""
    within = (warning for each in one.get("transactions", ()) for warning in each["warnings"])
    return {warning["code"] for warning in (*one["warnings"], *within)}


def warnings_of(one: Mapping[str, Any], code: str) -> list[dict[str, Any]]:
    """The warnings of one code, wherever they stand."""
    within = [warning for each in one.get("transactions", ()) for warning in each["warnings"]]
    return [warning for warning in (*one["warnings"], *within) if warning["code"] == code]


def hints_of(said: Mapping[str, Any], kind: str) -> list[int]:
    """Where the hints of one kind stand."""
    return segments_of(hint for hint in said["hints"] if hint["kind"] == kind)

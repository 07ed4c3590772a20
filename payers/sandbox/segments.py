"""How the segments of loop 2110 are written, so that no element is miscounted by hand.

Two rules keep the JSON shapes able to say the same: the coverage level is always stated, and a line
names a service type or a procedure, never both.
"""

from __future__ import annotations

INDIVIDUAL, FAMILY = "IND", "FAM"
CALENDAR_YEAR, REMAINING, VISIT, DAY, ADMISSION = "23", "29", "27", "7", "36"
IN, OUT, BOTH = "Y", "N", "W"


def eb(
    code: str,
    services: str = "",
    *,
    level: str = INDIVIDUAL,
    insurance: str = "",
    plan: str = "",
    period: str = "",
    amount: str = "",
    percent: str = "",
    unit: str = "",
    quantity: str = "",
    authorization: str = "",
    network: str = "",
    procedure: str = "",
) -> str:
    """Return an EB segment; `services` are codes joined by `^`, `procedure` is `HC:` and a code."""
    elements = (
        *("EB", code, level, services, insurance, plan, period, amount, percent),
        *(unit, quantity, authorization, network, procedure),
    )
    return "*".join(elements).rstrip("*")


def copay(amount: str, services: str = "", per: str = VISIT, **more: str) -> str:
    """Return a copay line."""
    return eb("B", services, period=per, amount=amount, **more)


def coinsurance(percent: str, services: str = "", **more: str) -> str:
    """Return a coinsurance line; `percent` is the patient's share as a fraction."""
    return eb("A", services, percent=percent, **more)


def pot(code: str, limit: str, remaining: str, *, level: str = INDIVIDUAL, **more: str) -> tuple[str, ...]:
    """Return a deductible (`C`) or out-of-pocket maximum (`G`) of the plan, and what is left of it."""
    return (
        eb(code, "30", level=level, period=CALENDAR_YEAR, amount=limit, **more),
        eb(code, "30", level=level, period=REMAINING, amount=remaining, **more),
    )


def message(text: str) -> str:
    """Return a free text for the line above."""
    return f"MSG*{text}"


def place(code: str) -> str:
    """Return a place of service for the line above."""
    return f"III*ZZ*{code}"


def entity(role: str, name: str, payer_id: str, phone: str) -> tuple[str, ...]:
    """Return an organization that the line above refers to (loop 2120)."""
    return (
        "LS*2120",
        f"NM1*{role}*2*{name}*****PI*{payer_id}",
        f"PER*IC**TE*{phone}",
        "LE*2120",
    )

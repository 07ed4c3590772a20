"""Remittance advice of invented people and payers, put together for tests."""

from __future__ import annotations

from collections.abc import Iterable

PARTIES = "*ZZ*INVENTEDPAYER  *ZZ*INVENTEDCLINIC "
ISA = f"ISA*00*          *00*          {PARTIES}*261215*0900*^*00501*000000001*0*T*:~"
PAID_ON = "20261215"


def claim(
    number: str,
    *lines: str,
    status: str = "1",
    charge: str = "600",
    paid: str = "332",
    patient: str = "83",
    control: str = "PCN1",
) -> str:
    """A claim with its lines; the person in it is nobody."""
    head = f"CLP*{number}*{status}*{charge}*{paid}*{patient}*12*{control}*13~"
    return head + "NM1*QC*1*PRUEBA*ANA****MI*W123456789~" + "".join(lines)


def line(
    day: str = "20261201",
    *,
    procedure: str = "HC:H0015",
    charge: str = "600",
    paid: str = "332",
    adjustments: Iterable[str] = ("CO*45*185", "PR*2*83"),
    allowed: str | None = "415",
    more: str = "",
) -> str:
    """A service line: 600.00 charged, 415.00 allowed, 20 % of it the patient's."""
    cas = "".join(f"CAS*{one}~" for one in adjustments)
    amount = f"AMT*B6*{allowed}~" if allowed is not None else ""
    dated = f"DTM*472*{day}~" if day else ""
    return f"SVC*{procedure}*{charge}*{paid}**1~{dated}{cas}{amount}{more}"


def remittance(*claims: str, paid_on: str = PAID_ON, trace: str = "EFT1", version: str = "X221A1") -> str:
    """A whole file with one 835 in it."""
    return (
        f"{ISA}GS*HP*INVENTEDPAYER*INVENTEDCLINIC*20261215*0900*1*X*005010{version}~ST*835*0001~"
        f"BPR*I*332*C*ACH*CCP*01*999999999*DA*1*1512345678**01*999999998*DA*2*{paid_on}~"
        f"TRN*1*{trace}*1512345678~DTM*405*20261215~N1*PR*INVENTED PAYER~REF*2U*60054~"
        f"N1*PE*INVENTED CLINIC*XX*1000000004~LX*1~{''.join(claims)}PLB*1000000004*20261231*WO:1*-5~"
        "SE*30*0001~GE*1*1~IEA*1*000000001~"
    )

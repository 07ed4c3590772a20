"""The 271 that the benches read: 60 EB among 97 segments, from beside the checkout or else of our own."""

from __future__ import annotations

from itertools import cycle, islice

from bench.asked import ROOT

SAMPLE = ROOT.parent / "shared" / "samples" / "271_5010_authored_b60.edi"
PARTNERS = "ZZ*INVENTEDPAYER  *ZZ*INVENTEDCLINIC "
ISA = f"ISA*00*          *00*          *{PARTNERS}*260701*1200*^*00501*000000007*0*T*:"
HEAD = (
    ISA,
    "GS*HB*INVENTEDPAYER*INVENTEDCLINIC*20260701*1200*7*X*005010X279A1",
    "ST*271*0001*005010X279A1",
    "BHT*0022*11*REQ0001*20260701*1200",
    "HL*1**20*1",
    "NM1*PR*2*INVENTED HEALTH PLAN*****PI*INV01",
    "PER*IC*PROVIDER SERVICES*TE*8005550100",
    "HL*2*1*21*1",
    "NM1*1P*2*INVENTED CLINIC*****XX*1234567893",
    "HL*3*2*22*0",
    "TRN*2*T0001*9123456789",
    "NM1*IL*1*PRUEBA*ANA****MI*M000001",
    "REF*6P*G0001*INVENTED GROUP",
    "N4*ANYTOWN*FL*33101",
    "DMG*D8*19900517*F",
    "DTP*346*D8*20260101",
)
TAIL = ("SE*93*0001", "GE*1*7", "IEA*1*000000007")
ACTIVE = (
    "EB*1**30*PR*INVENTED GOLD",
    "EB*1*IND*1^33^35^47^48^50^86^88^98^AL^MH^UC",
    "EB*1*IND*MH^A4^A6^A7^A8^AI^AJ^AK^CE^CF^CG",
)
POTS = tuple(
    f"EB*{kind}*{scope}*30***{period}*{amount}*****{network}"
    for network in "YN"
    for scope in ("IND", "FAM")
    for kind, limit in (("C", 1500), ("G", 3000))
    for period, amount in (("23", limit), ("29", limit - 250))
)
SHARES = tuple(
    f"EB*B*IND*{kind}***27*{amount}*****Y"
    for amount, kind in enumerate(
        islice(cycle(("98", "MH", "A6", "A8", "CF", "CG", "CI", "CJ", "BB", "A7", "AI", "UC", "86")), 25), 20
    )
)
NOTED = ("EB*A*IND*A8*****.2***Y*Y", "MSG*PRECERTIFICATION REQUIRED FOR INTENSIVE OUTPATIENT")
LIMITED = ("EB*F*IND*A6***23***VS*30**Y", "HSD*VS*30***23*1")
NAMED = ("EB*1*IND*AI*********W", "LS*2120", "NM1*VN*2*INVENTED MANAGER*****PI*INV02", "LE*2120")
PLACED = ("EB*B*IND****26*150*****Y*HC:H0015", "III*ZZ*22")
LAST = ("EB*P", "MSG*THIS IS NOT A GUARANTEE OF PAYMENT")


def own_reply() -> str:
    """Return a 271 about somebody who does not exist, of the same make-up as the sample."""
    body = (*ACTIVE, *POTS, *SHARES, *NOTED * 8, *LIMITED * 4, *NAMED, *PLACED * 2, *LAST)
    return "".join(f"{segment}~" for segment in (*HEAD, *body, *TAIL))


def read_sample() -> str:
    """Return the sample, or our own reply where it is not there."""
    return SAMPLE.read_text(encoding="ascii") if SAMPLE.exists() else own_reply()


def repeat(text: str, times: int) -> str:
    """Return an interchange with its one transaction repeated, under other control numbers."""
    segments = text.split("~")
    first = next(place for place, segment in enumerate(segments) if segment.startswith("ST*"))
    last = next(place for place, segment in enumerate(segments) if segment.startswith("SE*"))
    kind, _, *version = segments[first].split("*")[1:]
    count = segments[last].split("*")[1]
    body = "~".join(segments[first + 1 : last])
    group = segments[last + 1].split("*")
    return "~".join(
        (
            *segments[:first],
            *(
                f"{'*'.join(('ST', kind, f'{number:04}', *version))}~{body}~SE*{count}*{number:04}"
                for number in range(1, times + 1)
            ),
            f"GE*{times}*{group[2]}",
            *segments[last + 2 :],
        )
    )

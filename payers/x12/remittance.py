"""Reads 835 files (005010X221A1): every remittance advice in them, claim by claim, exactly or not at all.

What cannot be read of a claim is noted with the number of its segment, and the claim is left out: an
amount that is not sure is worse than none. Names are passed over and never kept. What holds no 835 raises
`UnreadableReply`; no input raises anything else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import islice

from payers.errors import UnreadableReply
from payers.x12.amounts import read_cents
from payers.x12.model import Oddity
from payers.x12.remittance_codes import ALLOWED, CLAIM_STATUSES, GROUPS
from payers.x12.remittance_model import Adjustment, Claim, Remittance, ServiceLine
from payers.x12.segments import MOST_BYTES, Segment, Splitter, decode
from payers.x12.spans import DATE_OF_SERVICE, read_day

KIND = "835"
VERSION = "005010X221A1"
# DTM01 of a line that runs over days, and of a claim.
LINE_SPAN = ("150", "151")
CLAIM_STARTS, CLAIM_ENDS = "232", "233"
PAYER = "PR"
REVENUE = "NU"  # SVC01 is a revenue code
A_TRIPLE = 3
BEGINNINGS = frozenset(("ISA", "GS", "ST"))
MOST_ODDITIES = 1000


def read_835(content: bytes | str) -> tuple[Remittance, ...]:
    """Read a whole file of at most ten million bytes; raises `UnreadableReply`."""
    if len(content) > MOST_BYTES:
        raise UnreadableReply("too_large", MOST_BYTES)
    found = tuple(_remittances((decode(content),)))
    if not found:
        raise UnreadableReply("not_a_remittance")
    return found


def is_x12(content: bytes) -> bool:
    """Say whether a file looks like X12 of any kind, by how it begins."""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"ISA")


def _remittances(pieces: tuple[str, ...]) -> Iterator[Remittance]:
    odd: list[Oddity] = []  # of the file, until the next transaction takes them
    splitter = Splitter(odd)
    reader: _Reader | None = None
    for batch in splitter.batches(pieces):
        for number, segment in enumerate(batch, splitter.number + 1):
            tag = segment[0]
            if tag in BEGINNINGS and reader is not None:
                yield reader.end(is_cut_off=True)
                reader = None
            if tag == "GS" and _at(segment, 8) != VERSION:
                odd.append(Oddity("other_version", number))
            elif tag == "ST" and _at(segment, 1) == KIND:
                reader = _Reader(splitter.delimiters.component, odd)
                odd.clear()
            elif reader is not None and tag == "SE":
                yield reader.end(is_cut_off=False)
                reader = None
            elif reader is not None:
                reader.take(segment, number)
    if reader is not None:
        yield reader.end(is_cut_off=True)


class _Line:
    """A service line while it is read."""

    def __init__(self, segment: Segment, component: str, at: int) -> None:
        parts = _at(segment, 1).split(component) if component else [_at(segment, 1)]
        is_revenue = parts[0] == REVENUE
        self.procedure = "" if is_revenue else _at(parts, 1)
        self.modifiers = () if is_revenue else tuple(one for one in islice(parts, 2, 6) if one)
        self.revenue = _at(parts, 1) if is_revenue else _at(segment, 4)
        self.units = _at(segment, 5)
        self.charge, self.paid = _money(_at(segment, 2)), _money(_at(segment, 3))
        self.days: set[date] = set()
        self.allowed: int | None = None
        self.adjustments: list[Adjustment] = []
        self.at = at


class _Claim:
    """A claim while it is read; `faults` is how many things of it could not be."""

    def __init__(self, segment: Segment, at: int) -> None:
        self.segment, self.at = segment, at
        self.starts: date | None = None
        self.ends: date | None = None
        self.adjustments: list[Adjustment] = []
        self.lines: list[_Line] = []
        self.faults = 0


class _Reader:
    """One transaction while it is read."""

    def __init__(self, component: str, oddities: list[Oddity]) -> None:
        self._component, self._oddities = component, list(oddities)
        self._payer = self._payer_id = self._trace = ""
        self._paid_on: date | None = None
        self._total: int | None = None
        self._claim: _Claim | None = None
        self._claims: list[Claim] = []
        self._plb = 0
        self._in_payer = False

    def take(self, segment: Segment, number: int) -> None:
        """Take one segment."""
        handler = HANDLERS.get(segment[0])
        if handler is not None:
            handler(self, segment, number)

    def end(self, *, is_cut_off: bool) -> Remittance:
        """Return what was read; of one that is cut off the last claim is left out, for it may lack lines."""
        if is_cut_off:
            self._note("cut_off", self._claim.at if self._claim is not None else None)
            self._claim = None
        self._close()
        return Remittance(
            payer_name=self._payer,
            payer_id=self._payer_id,
            trace=self._trace,
            paid_on=self._paid_on,
            total=self._total,
            claims=tuple(self._claims),
            provider_adjustments=self._plb,
            is_cut_off=is_cut_off,
            oddities=tuple(self._oddities),
        )

    def _note(self, code: str, at: int | None) -> None:
        if len(self._oddities) < MOST_ODDITIES:
            self._oddities.append(Oddity(code, at))

    def _fault(self, code: str, at: int) -> None:
        """Note what makes the claim at hand unusable."""
        self._note(code, at)
        if self._claim is not None:
            self._claim.faults += 1

    def _take_payment(self, segment: Segment, number: int) -> None:
        self._total, self._paid_on = _money(_at(segment, 2)), read_day(_at(segment, 16))
        if self._paid_on is None:
            self._note("payment_without_day", number)

    def _take_trace(self, segment: Segment, number: int) -> None:
        self._trace = self._trace or _at(segment, 2)

    def _take_party(self, segment: Segment, number: int) -> None:
        self._in_payer = _at(segment, 1) == PAYER and self._claim is None
        if self._in_payer:
            self._payer, self._payer_id = _at(segment, 2), _at(segment, 4)

    def _take_reference(self, segment: Segment, number: int) -> None:
        if self._in_payer and _at(segment, 1) == "2U" and not self._payer_id:
            self._payer_id = _at(segment, 2)

    def _take_claim(self, segment: Segment, number: int) -> None:
        self._close()
        self._in_payer = False
        self._claim = _Claim(segment, number)
        if _at(segment, 2) not in CLAIM_STATUSES:
            self._note("unknown_claim_status", number)

    def _take_line(self, segment: Segment, number: int) -> None:
        if self._claim is not None:
            self._claim.lines.append(_Line(segment, self._component, number))

    def _take_adjustments(self, segment: Segment, number: int) -> None:
        claim = self._claim
        if claim is None:
            return
        group = _at(segment, 1)
        if group not in GROUPS:
            self._note("unknown_group", number)
        into = claim.lines[-1].adjustments if claim.lines else claim.adjustments
        for place in range(2, len(segment), A_TRIPLE):
            reason, amount = segment[place], _money(_at(segment, place + 1))
            if not reason and amount is None and not _at(segment, place + 1):
                continue
            if not reason or amount is None:
                self._fault("adjustment_not_readable", number)
            else:
                into.append(Adjustment(group, reason, amount))

    def _take_day(self, segment: Segment, number: int) -> None:
        claim, what, day = self._claim, _at(segment, 1), read_day(_at(segment, 2))
        if claim is None:
            return
        if claim.lines and what in (DATE_OF_SERVICE, *LINE_SPAN):
            if day is None:
                self._fault("day_not_readable", number)
            else:
                claim.lines[-1].days.add(day)
        elif what == CLAIM_STARTS:
            claim.starts = day
        elif what == CLAIM_ENDS:
            claim.ends = day

    def _take_amount(self, segment: Segment, number: int) -> None:
        if self._claim is None or not self._claim.lines or _at(segment, 1) != ALLOWED:
            return
        amount = _money(_at(segment, 2))
        if amount is None:
            self._fault("amount_not_readable", number)
        self._claim.lines[-1].allowed = amount

    def _take_provider_adjustment(self, segment: Segment, number: int) -> None:
        self._close()
        self._plb += 1

    def _close(self) -> None:
        """Finish the claim at hand; one that cannot be read whole is left out."""
        held, self._claim = self._claim, None
        if held is None:
            return
        claim = self._finished(held)
        if claim is None:
            self._note("claim_left_out", held.at)
            return
        every = (*claim.adjustments, *(one for line in claim.lines for one in line.adjustments))
        if claim.charge != claim.paid + sum(one.amount for one in every):
            self._note("claim_out_of_balance", held.at)
        self._claims.append(claim)

    def _finished(self, held: _Claim) -> Claim | None:
        charge, paid, patient = (_money(_at(held.segment, place) or "0") for place in (3, 4, 5))
        lines = [self._line(one, held) for one in held.lines]
        read = tuple(one for one in lines if one is not None)
        if charge is None or paid is None or patient is None or held.faults or len(read) < len(lines):
            return None
        return Claim(
            number=_at(held.segment, 1).strip(),
            status=_at(held.segment, 2),
            charge=charge,
            paid=paid,
            patient=patient,
            filing=_at(held.segment, 6),
            control=_at(held.segment, 7),
            starts=held.starts,
            ends=held.ends,
            adjustments=tuple(held.adjustments),
            lines=read,
            at=held.at,
        )

    def _line(self, line: _Line, claim: _Claim) -> ServiceLine | None:
        if line.charge is None or line.paid is None:
            self._note("amount_not_readable", line.at)
            return None
        days = line.days or ({claim.starts} if claim.starts and claim.ends in (None, claim.starts) else set())
        return ServiceLine(
            procedure=line.procedure,
            modifiers=line.modifiers,
            revenue=line.revenue,
            charge=line.charge,
            paid=line.paid,
            units=line.units,
            on=next(iter(days)) if len(days) == 1 else None,
            stated_allowed=line.allowed,
            adjustments=tuple(line.adjustments),
            at=line.at,
        )


def _money(text: str) -> int | None:
    """Return an amount, which may be negative, as cents."""
    cents = read_cents(text.removeprefix("-"))
    return cents if cents is None or not text.startswith("-") else -cents


def _at(parts: list[str], place: int) -> str:
    return parts[place] if place < len(parts) else ""


HANDLERS: Mapping[str, Callable[[_Reader, Segment, int], None]] = {
    "BPR": _Reader._take_payment,
    "TRN": _Reader._take_trace,
    "N1": _Reader._take_party,
    "REF": _Reader._take_reference,
    "CLP": _Reader._take_claim,
    "CAS": _Reader._take_adjustments,
    "SVC": _Reader._take_line,
    "DTM": _Reader._take_day,
    "AMT": _Reader._take_amount,
    "PLB": _Reader._take_provider_adjustment,
}

"""What was told or agreed and can hardly be so: warned of, never changed."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.model import INTENSIVE_OUTPATIENT, PARTIAL_HOSPITALIZATION, Accumulator, Step
from service.engine.brief import NO_NETWORK, View
from service.engine.charges import ChargeMaker
from service.engine.episode import LaidPhase
from service.engine.money import dollars
from service.engine.script import COMMERCIAL_LINES

# Judgement, not a rule: it catches an amount that was meant for a month, or for an hour.
LOWEST_DAY, HIGHEST_DAY = 10_000, 150_000
PROGRAM_LEVELS = (INTENSIVE_OUTPATIENT, PARTIAL_HOSPITALIZATION)
# From then on individual bronze and catastrophic plans may go above it, and a card does not say which.
EXCEPTED_LINE, EXCEPTED_FROM = "marketplace", 2027
_SILENT = Accumulator()


def find_implausible(view: View, laid: tuple[LaidPhase, ...], maker: ChargeMaker) -> tuple[Step, ...]:
    """Warn of an out-of-pocket maximum above the legal one, and of a program day far from any seen."""
    return (*_above_the_law(view, laid), *_unusual_days(view, laid, maker))


def _above_the_law(view: View, laid: tuple[LaidPhase, ...]) -> Iterator[Step]:
    on = laid[0].dates[0]
    line = view.brief.payer.line_of_business
    if view.network != "in" or (line == EXCEPTED_LINE and on.year >= EXCEPTED_FROM):
        return
    benefits = view.benefits_on(on)
    pots, highest = benefits.networks.get(view.network, NO_NETWORK).out_of_pocket_max, benefits.legal_maximum
    for scope, pot, law in (
        ("individual", pots.individual or _SILENT, highest.individual or _SILENT),
        ("family", pots.family or _SILENT, highest.family or _SILENT),
    ):
        limit, legal = pot.limit, law.limit
        if limit is None or legal is None or limit.value is None or legal.value is None:
            continue
        for_this_year = legal.through is None or on <= legal.through
        if limit.citation.kind != "published" and for_this_year and limit.value > legal.value:
            params = {"scope": scope, "limit": dollars(limit.value), "highest": dollars(legal.value)}
            yield Step("above_legal_maximum", params, (limit.citation, legal.citation))


def _unusual_days(view: View, laid: tuple[LaidPhase, ...], maker: ChargeMaker) -> Iterator[Step]:
    if view.brief.payer.line_of_business not in COMMERCIAL_LINES:
        return
    for each in laid:
        price, level = maker.stretches(each)[0].price, each.phase.level_of_care
        amount = price.base.expected
        spoken = any(citation.kind in ("told", "profile") for citation in price.citations)
        usual = amount is None or LOWEST_DAY <= amount <= HIGHEST_DAY
        if level in PROGRAM_LEVELS and spoken and amount is not None and not usual:
            params = {
                "amount": dollars(amount),
                "level": level,
                "lowest": dollars(LOWEST_DAY),
                "highest": dollars(HIGHEST_DAY),
            }
            yield Step("day_rate_unusual", params, price.citations)

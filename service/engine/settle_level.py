"""Settles what several witnesses say of one level of care, and which of two facts to believe."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from schemas.model import AuthorizationTerms, Copay, Fact, LevelBenefits

T = TypeVar("T")
# Told and reported authorization facts: the more cautious wins.
CAUTION = {"required": 3, "notification": 2, "not_required": 1}
NO_LEVEL = LevelBenefits()
GROUP = "group"


def weight(fact: Fact[Any]) -> tuple[int, date]:
    """Order facts that speak of the member: this procedure, this level, a service type; then the newer."""
    return 2 if fact.by_procedure else 0 if fact.inferred else 1, fact.as_of or date.min


def choose(published: Fact[T] | None, reported: Fact[T] | None, told: Fact[T] | None) -> Fact[T] | None:
    """Return the fact to believe; of two that weigh the same, what a person was told."""
    if reported is None and told is None:
        return published
    if reported is None or told is None:
        return told or reported
    return reported if weight(reported) > weight(told) else told


def choose_coverage(
    published: Fact[bool] | None, reported: Fact[bool] | None, told: Fact[bool] | None
) -> Fact[bool] | None:
    """As `choose`, but an inferred "covered" never beats a published "not covered"."""
    chosen = choose(published, reported, told)
    refused = published is not None and not published.value
    return published if refused and chosen is not None and chosen.value and chosen.inferred else chosen


def choose_authorization(
    published: Fact[str] | None, reported: Fact[str] | None, told: Fact[str] | None
) -> Fact[str] | None:
    """As `choose`, but between told and reported the more cautious wins.

    What names no status counts as not said, and only a fact about the level itself beats a published one.
    """
    said = [fact for fact in (told, reported) if fact is not None and fact.value in CAUTION]
    own = [fact for fact in said if not fact.inferred]
    if not own and published is not None:
        return published
    return max(own or said, key=lambda fact: CAUTION[fact.value], default=None)


def settle_level(published: LevelBenefits, reported: LevelBenefits, told: LevelBenefits) -> LevelBenefits:
    """Settle one level; what only a rulebook can say (fees, rules, notes) is the published part."""
    if reported is NO_LEVEL and told is NO_LEVEL:
        return published
    share = _share_witness(published, reported, told)
    return replace(
        published,
        covered=choose_coverage(published.covered, reported.covered, told.covered),
        prior_authorization=choose_authorization(
            published.prior_authorization, reported.prior_authorization, told.prior_authorization
        ),
        authorization=_settle_terms(published.authorization, reported.authorization, told.authorization),
        copay=share.copay,
        coinsurance=share.coinsurance,
        limits=_settle_limits(published, reported, told),
        **_settle_plain(published, reported, told),
    )


def _settle_plain(published: LevelBenefits, reported: LevelBenefits, told: LevelBenefits) -> dict[str, Any]:
    return {
        name: choose(getattr(published, name), getattr(reported, name), getattr(told, name))
        for name in _PLAIN_FIELDS
    }


_PLAIN_FIELDS = (
    "authorization_hint",
    "coinsurance_max",
    "deductible_applies",
    "then",
    "allowed_amount",
    "referral_required",
    "exclusions",
    "billing",
)


def _share_witness(published: LevelBenefits, reported: LevelBenefits, told: LevelBenefits) -> LevelBenefits:
    """Return the witness whose copay and coinsurance are believed: both parts come from one."""
    speaking = [level for level in (told, reported) if level.copay or level.coinsurance]
    if not speaking:
        return published
    chosen = max(speaking, key=lambda level: max(weight(fact) for fact in share_facts(level)))
    if all(fact.value is None for fact in share_facts(chosen)):
        # "There is no copay" says nothing of a coinsurance, nor the other way round.
        return replace(
            chosen,
            copay=chosen.copay or published.copay,
            coinsurance=chosen.coinsurance or published.coinsurance,
        )
    # A witness that states one part of the share and not the other means that there is no other.
    citation = share_facts(chosen)[0].citation
    no_copay: tuple[Fact[Copay | None], ...] = (Fact(None, citation),)
    no_coinsurance: tuple[Fact[Decimal | None], ...] = (Fact(None, citation),)
    return replace(chosen, copay=chosen.copay or no_copay, coinsurance=chosen.coinsurance or no_coinsurance)


def for_visit(level: LevelBenefits, service: str) -> LevelBenefits:
    """Return a level's benefits with the share of a kind of visit, where a plan publishes one of its own.

    A share that was told or reported holds for every visit of the level.
    """
    own = (*level.group_copay, *level.group_coinsurance)
    spoken = any(fact.citation.kind != "published" for fact in share_facts(level))
    if service != GROUP or not own or spoken:
        return level
    return replace(level, copay=level.group_copay, coinsurance=level.group_coinsurance)


def share_facts(level: LevelBenefits) -> list[Fact[Any]]:
    """Return every copay and coinsurance that a level states."""
    return [*level.copay, *level.coinsurance]


def _settle_limits(
    published: LevelBenefits, reported: LevelBenefits, told: LevelBenefits
) -> tuple[Fact[Any], ...]:
    speaking = [level.limits for level in (told, reported) if level.limits]
    return max(speaking, key=lambda limits: max(map(weight, limits))) if speaking else published.limits


def _settle_terms(
    published: AuthorizationTerms, reported: AuthorizationTerms, told: AuthorizationTerms
) -> AuthorizationTerms:
    facts = {
        name: choose(getattr(published, name), getattr(reported, name), getattr(told, name))
        for name in AuthorizationTerms.__dataclass_fields__
        if name != "unit"
    }
    return AuthorizationTerms(unit=told.unit or reported.unit or published.unit, **facts)

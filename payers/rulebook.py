"""The rulebook: every payer's published rules, and what they say on a date.

A rulebook is made of files and never changes; its digest names it, and its files make it again.
What was worked out once is kept on the object, for it stays true as long as the rulebook does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from payers.dated import Context, in_force
from payers.entries import cite, read_entries
from payers.errors import UnknownPayer
from payers.identity import PayerIdentity, read_identity
from payers.layers import lay_files, split_layers
from payers.names import nearest
from payers.plan_library import PlanLibrary, build_library
from payers.plan_rules import PlanRules, compile_rules
from payers.published import Asked, build_benefits
from payers.rule_files import (
    SHIPPED,
    RuleData,
    digest_of,
    digest_of_all,
    lay_data,
    load_layers,
    read_layers,
    tables_of_plans,
)
from payers.rule_reading import COORDINATION, LIBRARY, PROGRAMS, SERVICES, plans_table, tables_of
from schemas.model import Benefits, Citation, Fact, Payer, Period, Site

AgeOn = Callable[[date], int | None]
Hours = tuple[int, int | None]


class Subject(NamedTuple):
    """What a published answer hangs on, but for time and age."""

    payer_id: str
    plan_id: str | None
    provider_type: str | None
    locality: str | None
    county: str | None
    network: str | None
    condition: str | None
    modality: str | None


class Moment(NamedTuple):
    """A stretch of time and a band of ages in which nothing published changes."""

    stretch: int
    band: int | None


@dataclass(frozen=True)
class Rulebook:
    """Published rules by payer. `digest` names the whole, `digests` each file, `files` makes it again.

    `layers` is what each layer says by itself, by the digest of its files.
    """

    digest: str
    digests: Mapping[str, str] = field(repr=False, compare=False)
    files: Mapping[str, bytes] = field(repr=False, compare=False)
    data: RuleData = field(repr=False, compare=False)
    layers: Mapping[str, RuleData] = field(default_factory=dict, repr=False, compare=False)
    _rules: dict[tuple[str, str | None], PlanRules] = field(default_factory=dict, repr=False, compare=False)
    _identities: dict[str, PayerIdentity] = field(default_factory=dict, repr=False, compare=False)
    _library: list[PlanLibrary] = field(default_factory=list, repr=False, compare=False)
    _moments: dict[Subject, dict[Moment, Benefits]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def payer_ids(self) -> tuple[str, ...]:
        """Ids of all payers, in order."""
        return tuple(sorted(self.data.payers))

    @property
    def looked_up(self) -> date | None:
        """The day on which a source was last looked up, or `None` where there is no source."""
        files = (*self.data.payers.values(), *self.data.programs.values())
        sources = (one for file in files for one in file.get("sources", {}).values())
        return max((date.fromisoformat(str(one["retrieved"])) for one in sources), default=None)

    def identity(self, payer_id: str) -> PayerIdentity:
        """Return who a payer is; raises `UnknownPayer` with the nearest ids."""
        if payer_id not in self._identities:
            if payer_id not in self.data.payers:
                raise UnknownPayer(payer_id, nearest(self.payer_ids, payer_id))
            rows = chain(*tables_of_plans(self.data, payer_id))
            self._identities[payer_id] = read_identity(self.data.payers[payer_id], rows)
        return self._identities[payer_id]

    def payer(self, payer_id: str) -> Payer:
        """Return a payer; raises `UnknownPayer` with the nearest ids."""
        return self.identity(payer_id).payer

    def _known_plan(self, payer_id: str, plan_id: str | None) -> str | None:
        identity = self.identity(payer_id)
        plan = identity.find_plan(plan_id) if plan_id is not None else None
        return plan.id if plan is not None else None

    @property
    def library(self) -> PlanLibrary:
        """Every plan of every payer, to be searched."""
        if not self._library:
            identities = [self.identity(payer_id) for payer_id in self.payer_ids]
            plans = [
                (one.payer.id, one.payer.name, plan) for one in identities for plan in one.plans.values()
            ]
            tables = {one: list(chain(*tables_of_plans(self.data, one))) for one in self.payer_ids}
            self._library.append(build_library(plans, tables))
        return self._library[0]

    def cite_designs(self, rows: Sequence[Mapping[str, str]]) -> tuple[Citation, ...]:
        """Return where rows of the plan library stand, each place once."""
        sources = self.data.library.get("sources", {})
        return tuple(dict.fromkeys(cite(sources, row["source"], row["at"]) for row in rows))

    def files_of(self, payer_id: str) -> tuple[str, ...]:
        """Return the names of the files that a payer's answers are made from; raises `UnknownPayer`."""
        self.identity(payer_id)
        payer = self.data.payers[payer_id]
        designs = (plans_table(payer_id), LIBRARY) if tables_of_plans(self.data, payer_id) else ()
        above = (*designs, f"{PROGRAMS}{payer['payer'].get('program')}.yaml", SERVICES)
        prefixes = [layer.prefix for layer in split_layers(self.files)]
        own, *shared = ([prefix + name for prefix in prefixes] for name in (f"{payer_id}.yaml", *above))
        names = (*own, *dict.fromkeys(tables_of(payer)), *chain(*shared))
        return tuple(name for name in names if name in self.files)

    @property
    def files_of_order(self) -> tuple[str, ...]:
        """Names of the files that say which coverage pays first."""
        return (COORDINATION,) if COORDINATION in self.files else ()

    def rules(self, payer_id: str, plan_id: str | None) -> PlanRules:
        """Return what is published for a plan; of an unknown plan, what holds for all plans of the payer."""
        key = (payer_id, self._known_plan(payer_id, plan_id))
        if key not in self._rules:
            self._rules[key] = compile_rules(self.data, *key)
        return self._rules[key]

    def published(
        self,
        payer_id: str,
        plan_id: str | None,
        *,
        site: Site,
        condition: str | None,
        modality: str | None,
        age_on: AgeOn,
        dates: Sequence[date],
        network: str | None = None,
    ) -> tuple[Period, ...]:
        """Return the published witness from the first to the last of the dates, a period per change.

        `age_on` gives the member's age on a date (`None`: not known). `network` is the one asked about:
        facts of the whole that hang on it are told for it; both networks are in each `Benefits`.
        """
        if not dates:
            return ()
        rules = self.rules(payer_id, plan_id)
        subject = Subject(
            payer_id,
            self._known_plan(payer_id, plan_id),
            site.provider_type or None,
            site.locality,
            site.county,
            network,
            condition,
            modality,
        )
        periods: list[Period] = []
        for day in _turns(rules, age_on, min(dates), max(dates)):
            moment = Moment(rules.stretch_of(day), rules.band_of(age_on(day)))
            benefits = self._benefits(rules, subject, moment)
            if not periods or periods[-1].benefits is not benefits:
                periods.append(Period(day, benefits))
        return tuple(periods)

    def _benefits(self, rules: PlanRules, subject: Subject, moment: Moment) -> Benefits:
        """Return what is published at a moment; moments that say the same share one object."""
        kept = self._moments.setdefault(subject, {})
        if moment not in kept:
            context = Context(
                provider_type=subject.provider_type,
                condition=subject.condition,
                modality=subject.modality,
                network=subject.network,
                age=rules.age_in(moment.band),
                locality=subject.locality,
            )
            made = build_benefits(Asked(rules, rules.day_in(moment.stretch), context, subject.county))
            kept[moment] = next((known for known in tuple(kept.values()) if known == made), made)
        return kept[moment]

    def hours_bands(self, on: date) -> Mapping[str, Fact[Hours]]:
        """Return, by level of care, the hours a week that make it that level: from, and below."""
        services = self.data.services
        bands = {}
        for level, fields in services.get("levels", {}).items():
            entries = read_entries(("hours_per_week",), fields["hours_per_week"], services["sources"])
            if (fact := in_force(entries, on, Context())) is not None:
                band = fact.value
                bands[level] = Fact((band.from_age or 0, band.below), fact.citation, through=fact.through)
        return bands

    def order_rules(self, on: date) -> Mapping[str, Fact[Any]]:
        """Return, by name, the rules in force on a date that say which coverage pays first."""
        shared = self.data.coordination
        found = {}
        for name, values in shared.get("rules", {}).items():
            fact = in_force(read_entries((name,), values, shared["sources"]), on, Context())
            if fact is not None and fact.value is not False:
                found[name] = fact
        return found


def load_rulebook(
    path: Path | None = None, cache_dir: Path | None = None, overlays: Sequence[Path] = ()
) -> Rulebook:
    """Return the rulebook in a directory (default: the one shipped), with other directories laid over it.

    Raises `RulebookError`.
    """
    return load_rulebook_from_files(read_layers(path or SHIPPED, overlays), cache_dir)


def load_rulebook_from_files(
    files: Mapping[str, bytes], cache_dir: Path | None = None, beside: Rulebook | None = None
) -> Rulebook:
    """Return the rulebook that these files, of all its layers, make; raises `RulebookError`.

    A layer that the rulebook `beside` has too is shared with it.
    """
    digests = {name: digest_of(content) for name, content in files.items()}
    loaded = load_layers(files, cache_dir, beside.layers if beside is not None else {})
    data = loaded[0][2]
    for layer, _, above in loaded[1:]:
        data = lay_data(data, above, layer)
    layers = {digest: known for _, digest, known in loaded}
    return Rulebook(digest_of_all(digests), digests, dict(files), data, layers)


def lay_over(
    base: Rulebook, sets: Sequence[tuple[str, Mapping[str, bytes]]], cache_dir: Path | None
) -> Rulebook:
    """Return a rulebook with sets of files laid over it, each with its name; raises `RulebookError`."""
    return load_rulebook_from_files(lay_files(base.files, sets), cache_dir, base) if sets else base


def _turns(rules: PlanRules, age_on: AgeOn, first: date, last: date) -> list[date]:
    """Return the first date and every later one, up to the last, on which something may change."""
    changes = rules.changes[rules.stretch_of(first) : rules.stretch_of(last)]
    return sorted({first, *changes, *_birthdays(rules.ages, age_on, first, last)})


def _birthdays(ages: Sequence[int], age_on: AgeOn, first: date, last: date) -> list[date]:
    """Return the days in a span on which the member reaches one of the ages."""
    youngest, oldest = age_on(first), age_on(last)
    if youngest is None or oldest is None:
        return []
    return [_day_of_age(age, age_on, first, last) for age in ages if youngest < age <= oldest]


def _day_of_age(age: int, age_on: AgeOn, first: date, last: date) -> date:
    """Return the first day of a span on which the age is reached, by halving."""
    low, high = first.toordinal(), last.toordinal()
    while high - low > 1:
        middle = (low + high) // 2
        reached = age_on(date.fromordinal(middle))
        low, high = (low, middle) if reached is not None and reached >= age else (middle, high)
    return date.fromordinal(high)

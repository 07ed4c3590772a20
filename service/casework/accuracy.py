"""How good estimates were: the patient's amount of each session, and of whole episodes, once it was paid.

Pure. By payer, level of care and certainty. Within so many per cent is meant of what the patient really
owed; of nothing, only nothing is within. Fewer than `ENOUGH` sessions are too few to say anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

ENOUGH = 10
TEN_DOLLARS = 1_000
PER_CENTS = (5, 10)


@dataclass(frozen=True, slots=True)
class Sample:
    """One session that was compared; amounts in cents, `causes` by what they moved."""

    case_id: str
    verification_id: str
    payer: str
    level: str
    certainty: str
    expected: int
    actual: int
    denied: bool
    causes: Mapping[str, int]
    sessions: int = 0
    episode: int | None = None


@dataclass(slots=True)
class Errors:
    """Differences gathered: how many were within what, and how far off they were."""

    differences: list[int] = field(default_factory=list)
    within: dict[str, int] = field(default_factory=dict)

    def add(self, expected: int, actual: int) -> None:
        """Add one amount that was expected, and what it was."""
        off = actual - expected
        self.differences.append(off)
        for per_cent in PER_CENTS:
            self._count(f"within_{per_cent}_percent", abs(off) * 100 <= per_cent * actual or off == 0)
        self._count("within_10_dollars", abs(off) <= TEN_DOLLARS)

    def shown(self) -> dict[str, Any]:
        """What there is to say of them: shares in per mille, amounts in cents; null of too few."""
        number = len(self.differences)
        names = [*(f"within_{one}_percent" for one in PER_CENTS), "within_10_dollars"]
        if number < ENOUGH:
            return {"n": number, "enough": False, **dict.fromkeys([*names, "median_error", "bias"])}
        return {
            "n": number,
            "enough": True,
            **{name: rounded(1000 * self.within[name], number) for name in names},
            "median_error": median([abs(one) for one in self.differences]),
            "bias": rounded(sum(self.differences), number),
        }

    def _count(self, name: str, is_within: bool) -> None:
        self.within[name] = self.within.get(name, 0) + is_within


@dataclass(slots=True)
class Group:
    """The sessions and the whole episodes of one payer, level and certainty."""

    sessions: Errors = field(default_factory=Errors)
    episodes: Errors = field(default_factory=Errors)
    denied: int = 0
    causes: dict[str, list[int]] = field(default_factory=dict)


@dataclass(slots=True)
class Episode:
    """The sessions of one estimate that were compared so far."""

    first: Sample
    number: int = 0
    actual: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether every session of the estimate was paid or denied."""
        return self.first.episode is not None and self.number == self.first.sessions > 0


def measure(samples: Iterable[Sample]) -> dict[tuple[str, str, str], Group]:
    """Gather samples by payer, level and certainty; those of one case come together.

    An episode stands with the level of its first session.
    """
    groups: dict[tuple[str, str, str], Group] = {}
    case_id, episodes = "", dict[str, Episode]()
    for sample in samples:
        if sample.case_id != case_id:
            _close(groups, episodes)
            case_id, episodes = sample.case_id, {}
        group = groups.setdefault(_name(sample), Group())
        group.sessions.add(sample.expected, sample.actual)
        group.denied += sample.denied
        for cause, amount in sample.causes.items():
            group.causes.setdefault(cause, []).append(amount)
        episode = episodes.setdefault(sample.verification_id, Episode(sample))
        episode.number += 1
        episode.actual += sample.actual
    _close(groups, episodes)
    return dict(sorted(groups.items()))


def median(amounts: list[int]) -> int:
    """The middle of some amounts; between two of them, half-up to the cent."""
    ordered, half = sorted(amounts), len(amounts) // 2
    return ordered[half] if len(ordered) % 2 else rounded(ordered[half - 1] + ordered[half], 2)


def rounded(total: int, number: int) -> int:
    """A mean, rounded half-up, away from nothing where it is negative."""
    sign = -1 if total < 0 else 1
    return sign * ((2 * abs(total) + number) // (2 * number))


def _close(groups: dict[tuple[str, str, str], Group], episodes: Mapping[str, Episode]) -> None:
    for episode in episodes.values():
        if episode.is_complete:
            whole = groups[_name(episode.first)]
            whole.episodes.add(episode.first.episode or 0, episode.actual)


def _name(sample: Sample) -> tuple[str, str, str]:
    return sample.payer, sample.level, sample.certainty

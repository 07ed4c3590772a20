"""Reads told benefits, one telling or several, into one witness.

Where a level was told one of copay and coinsurance, the other is none; a bare "no copay" says nothing
of coinsurance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, tzinfo
from functools import reduce
from typing import Any

from schemas.merge import merge_facts
from schemas.model import Benefits, Fact, LevelBenefits
from schemas.problem import Complaints, read_shape
from schemas.tellings import Told, build_telling
from schemas.told import TOLD_BENEFITS


def read_told(data: Any, zone: tzinfo = UTC) -> Benefits:
    """Read one telling as it travels; `zone` is the clinic's, whose calendar dates the facts.

    Raises `BadRequest` with every error, pointers beginning at the telling.
    """
    return read_tellings([data], zone, roots=[""])


def read_tellings(
    tellings: Sequence[Any], zone: tzinfo = UTC, roots: Sequence[str] | None = None
) -> Benefits:
    """Read several tellings and merge them, the newest fact standing; raises `BadRequest` as `read_told`."""
    complaints = Complaints()
    valid = []
    for index, telling in enumerate(tellings):
        complaints.root = roots[index] if roots else f"/{index}"
        valid.append(read_shape(TOLD_BENEFITS, telling, complaints))
        check_told("", valid[-1], complaints)
    complaints.raise_any()
    return build_tellings(valid, zone)


def check_told(pointer: str, told: Told, complaints: Complaints) -> None:
    """Check what no field of a telling can see alone."""
    start, end = told.get("coverage_start"), told.get("coverage_end")
    if start is not None and end is not None and end < start:
        complaints.add(
            f"{pointer}/coverage_end", "ends_before_start", "must not be before coverage_start; check both"
        )


def build_tellings(tellings: Sequence[Told], zone: tzinfo) -> Benefits:
    """Build one witness from valid tellings, in the order of their times whatever order they came in."""
    in_order = sorted(tellings, key=lambda told: told["told_by"]["at"])
    return merge_told([build_telling(told, zone) for told in in_order])


def merge_told(benefits_in_order: Sequence[Benefits]) -> Benefits:
    """Merge tellings, oldest first: the newest fact of each field stands, then the other share is implied."""
    merged = reduce(merge_facts, benefits_in_order) if benefits_in_order else Benefits(witness="told")
    if not any(network.levels for network in merged.networks.values()):
        return merged
    networks = {
        name: replace(network, levels={level: _imply(said) for level, said in network.levels.items()})
        for name, network in merged.networks.items()
    }
    return replace(merged, networks=networks)


def _imply(level: LevelBenefits) -> LevelBenefits:
    """Where one share was stated as an amount and the other not at all, the other is none."""
    copay, coinsurance = level.copay, level.coinsurance
    if copay and not coinsurance and copay[0].value is not None:
        return replace(level, coinsurance=(_none_beside(copay[0]),))
    if coinsurance and not copay and coinsurance[0].value is not None:
        return replace(level, copay=(_none_beside(coinsurance[0]),))
    return level


def _none_beside(stated: Fact[Any]) -> Fact[Any]:
    return replace(stated, value=None)

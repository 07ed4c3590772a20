"""Parity flags: where a commercial plan is stricter for behavioral care than for medical care.

A flag is a prompt for a person to ask, never a legal finding.
"""

from __future__ import annotations

from schemas.model import INPATIENT, RESIDENTIAL, Benefits, LevelBenefits, Step
from service.engine.script import COMMERCIAL_LINES


def flag_parity(
    line_of_business: str, benefits: Benefits, level: str, benefit: LevelBenefits
) -> tuple[Step, ...]:
    """Compare a level with the medical facts of its classification."""
    classification = "inpatient" if level in (RESIDENTIAL, INPATIENT) else "outpatient"
    medical = benefits.medical.get(classification)
    if line_of_business not in COMMERCIAL_LINES:
        return ()
    # A limit that a plan files is looked into before anybody is told of it: it often is a leftover.
    filed = (note for note in benefit.notes if note.code == "filed_limit")
    flags = [Step("parity_filed_limit", {"level": level, **note.params}, note.citations) for note in filed]
    if medical is None:
        return tuple(flags)
    limits = [fact for fact in benefit.limits if fact.value is not None]
    if limits and medical.limited is not None and not medical.limited.value:
        cited = (limits[0].citation, medical.limited.citation)
        flags.append(Step("parity_limit", {"level": level, "classification": classification}, cited))
    own, other = benefit.prior_authorization, medical.prior_authorization
    if own is not None and other is not None and own.value == "required" and other.value == "not_required":
        cited = (own.citation, other.citation)
        flags.append(Step("parity_authorization", {"level": level, "classification": classification}, cited))
    return tuple(flags)

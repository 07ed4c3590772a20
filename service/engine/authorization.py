"""Whether prior authorization is needed, whom to ask, by when, and when an answer is due."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar

from schemas.model import (
    AuthorizationTerms,
    Benefits,
    Citation,
    Clock,
    Contact,
    Fact,
    LevelBenefits,
    PriorAuthorization,
    Step,
)
from service.engine.brief import Brief, View
from service.engine.calendar import clock_end, latest_submission, start_of_day
from service.engine.confirm import confirm_reasons, noted
from service.engine.episode import LaidPhase
from service.engine.self_pay import authorize_alone, pays_alone

T = TypeVar("T")
# A remark on a clock is told with its length, each unit under its own name.
_CLOCK_PARAMS = {"calendar_days": "days", "business_days": "business_days", "hours": "hours"}


class Deadlines(NamedTuple):
    """By when to ask, whether that is too late already, and when an answer is due."""

    submit_by: date | None = None
    late: bool = False
    standard: date | None = None
    expedited: datetime | None = None


def authorize(view: View, laid: LaidPhase) -> PriorAuthorization:
    """Return the authorization answer of a phase; its care starts on the phase's first session."""
    starts = laid.dates[0]
    if pays_alone(view.brief):
        return authorize_alone(view, laid.phase.level_of_care, starts)
    benefits, benefit = view.benefits_on(starts), view.level_on(starts, laid.phase.level_of_care)
    fact, hint = benefit.prior_authorization, benefit.authorization_hint
    status = fact.value if fact is not None and not fact.others else "undetermined"
    asked = status in ("required", "notification") or (
        status == "undetermined" and (fact or hint) is not None
    )
    deadlines = _deadlines(view.brief, benefit.authorization, starts) if asked else Deadlines()
    terms = benefit.authorization
    reasons = (
        *_reasons(fact, hint, view.brief.today, starts),
        *_about_clock(fact, terms.standard),
        *benefit.authorization_notes,
    )
    return PriorAuthorization(
        status=status,
        reasons=reasons,
        contact=_contact(benefits, benefit),
        submit_by=deadlines.submit_by,
        late=deadlines.late,
        decision_due_standard=deadlines.standard,
        decision_due_expedited=deadlines.expedited,
        initial_units=_value(terms.initial_units),
        unit=terms.unit,
        review_every_days=_value(terms.review_every_days),
        retro_allowed=_value(terms.retro_allowed),
        criteria=_value(terms.criteria) or (),
        documents=_value(terms.documents) or (),
        citations=_citations(fact or hint, terms, asked),
    )


def _value(fact: Fact[T] | None) -> T | None:
    return fact.value if fact is not None else None


def _reasons(fact: Fact[str] | None, hint: Fact[str] | None, today: date, starts: date) -> tuple[Step, ...]:
    if fact is not None and fact.others:
        # Sources that disagree on this answer nothing; the plan has to.
        everybody = (fact.citation, *(other.citation for other in fact.others))
        return (Step("authorization_disputed", {}, everybody), *noted(fact))
    if fact is not None:
        status = Step(f"authorization_{fact.value}", {}, (fact.citation,))
        return (status, *noted(fact), *confirm_reasons(fact, today, starts))
    if hint is not None:
        return (Step(f"hint_{hint.value}", {}, (hint.citation,)), *confirm_reasons(hint, today, starts))
    return (Step("authorization_not_published"),)


def _about_clock(fact: Fact[str] | None, standard: Fact[Clock] | None) -> tuple[Step, ...]:
    """Return what a source remarks on the payer's clock, unless nothing has to be asked for."""
    if standard is None or standard.note is None or (fact is not None and fact.value == "not_required"):
        return ()
    clock = standard.value
    params = {_CLOCK_PARAMS[clock.unit]: clock.n, "more": clock.extension}
    return (Step(standard.note, params, (standard.citation,)),)


def _contact(benefits: Benefits, benefit: LevelBenefits) -> Contact | None:
    fact = benefit.authorization.contact
    if fact is not None and fact.citation.kind != "published":
        return fact.value
    administrator = benefits.administrator
    if administrator is None or administrator.value is None:
        return _value(fact) or _value(benefits.contact)
    # A carve-out that someone told or reported decides, whatever the payer's own line is.
    if administrator.citation.kind != "published" or fact is None:
        return administrator.value
    return fact.value


def _citations(fact: Fact[str] | None, terms: AuthorizationTerms, asked: bool) -> tuple[Citation, ...]:
    facts: list[Fact[Any] | None] = [fact, terms.contact, terms.criteria, terms.documents]
    if asked:
        facts += [terms.standard, terms.expedited]
    return tuple(dict.fromkeys(each.citation for each in facts if each is not None))


def _deadlines(brief: Brief, terms: AuthorizationTerms, starts: date) -> Deadlines:
    """Count back from the start by the payer's own clock, and forward from the submission."""
    standard, expedited = terms.standard, terms.expedited
    submit_by, late = None, False
    if standard is not None:
        submit_by = latest_submission(starts, standard.value, brief.zone, brief.holidays, brief.today)
        late = submit_by is None
        submit_by = submit_by or brief.today
    submitted = terms.submitted_at.value if terms.submitted_at is not None else None
    begins = submitted or (start_of_day(submit_by, brief.zone) if submit_by is not None else None)
    if begins is None:
        return Deadlines()
    due = clock_end(begins, standard.value, brief.zone, brief.holidays) if standard is not None else None
    fast = clock_end(begins, expedited.value, brief.zone, brief.holidays) if expedited is not None else None
    return Deadlines(
        submit_by=submit_by,
        late=late and submitted is None,
        standard=due.astimezone(brief.zone).date() if due is not None else None,
        expedited=fast,
    )

"""What the request at hand does with the clinic's memory: proposes, lists, decides; each is written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from schemas.problem import BadRequest, FieldError
from service import local_rules
from service.at_hand import caller, clinic_day, office
from service.noting import note
from service.record import right_now
from service.remembered import can_be_remembered
from service.rulesets import change_memory, note_memory
from service.security.guard import current_client
from service.store import local_rules as kept
from service.store import verifications
from service.store.local_rules import APPROVED, PROPOSED, REJECTED, WITHDRAWN, LocalRule
from service.store.pages import Page
from service.store.session import Session, transaction
from service.store.verifications import Verification

DECISIONS = {"approve": APPROVED, "reject": REJECTED, "withdraw": WITHDRAWN}
FROM = {APPROVED: (PROPOSED,), REJECTED: (PROPOSED,), WITHDRAWN: (PROPOSED, APPROVED)}


class NotHere(Exception):
    """There is no such rule, or no such verification."""


class NotNow(Exception):
    """Something else was decided of this rule already, or it answers no more."""


class SamePerson(Exception):
    """Whoever proposed a rule does not approve it, and no program does."""


def find(verification_id: str) -> Verification:
    """The verification that something is proposed out of; raises `NotHere`."""
    with transaction(office().store) as session:
        found = verifications.get(session, verification_id, caller().reach)
        if found is None:
            raise NotHere
        note(session, "verification.read", found.id)
    return found


def draft(found: Verification, asked: Mapping[str, Any]) -> list[LocalRule]:
    """What is proposed out of a verification, not yet kept; raises `BadRequest`."""
    desk, days = office().desk, office().settings.memory_days
    by = (caller().id, caller().name)
    rules = local_rules.draft(desk, found, asked, by=by, days=days, at=right_now())
    unsound = [
        FieldError(f"/facts/{index}", "not_valid", f"facts[{index}] cannot be a rule as it was told.")
        for index, rule in enumerate(rules)
        if not can_be_remembered(rule, desk.rulebook)
    ]
    if unsound:
        raise BadRequest(unsound)
    return rules


def keep(session: Session, rules: Sequence[LocalRule]) -> None:
    """Keep what is proposed."""
    kept.add(session, rules)
    for rule in rules:
        note(session, "local_rule.propose", rule.id)


def list_rules(status: str | None, page: Page) -> tuple[Sequence[LocalRule], str | None]:
    """A page of rules, newest first; nothing in them says of whom anything was told."""
    with transaction(office().store) as session:
        return kept.page_of(session, status, page)


def decide(rule_id: str, decision: str) -> LocalRule:
    """Decide on a rule, in every process at once; raises `NotHere`, `NotNow`, `SamePerson`."""
    here, status, now = office(), DECISIONS[decision], right_now()
    zone = here.desk.clinic.zone
    with transaction(here.store) as session:
        change_memory(session)
        rule = kept.get(session, rule_id)
        if rule is None:
            raise NotHere
        if rule.status not in FROM[status]:
            raise NotNow
        if status == APPROVED:
            _check_approval(rule)
        decided = kept.decide(session, rule, status, caller().name, now)
        note(session, f"local_rule.{decision}", rule.id)
        if APPROVED in (status, rule.status):
            note_memory(session, here.desk.rulebook, zone, now)
    return decided


def _check_approval(rule: LocalRule) -> None:
    client = current_client()
    if not client.user or client.id == rule.proposer_id or client.name == rule.proposed_by:
        raise SamePerson
    if rule.holds_until < clinic_day():
        raise NotNow

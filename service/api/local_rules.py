"""The clinic's memory: what was told of plans, proposed as rules, approved by a second person; it expires."""

from __future__ import annotations

from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from schemas.local_rule import LOCAL_RULE, LOCAL_RULES_MADE, NEW_LOCAL_RULES
from service import local_rules as memory
from service import memory_at_hand
from service.api.describe import COOKIE, creation, operation
from service.api.exchange import json_body, listing, loaded, page, query, reply
from service.api.once import Made, once
from service.api.problems import Refused
from service.api.results import list_of
from service.api.shapes import LOCAL_RULES_QUERY
from service.at_hand import clinic_day

local_rules = Blueprint("local_rules", __name__, url_prefix="/v1/local-rules", description=__doc__ or "")
LOCAL_RULES = list_of("LocalRuleListSchema", LOCAL_RULE)


@local_rules.route("", methods=["POST"])
@local_rules.doc(
    **creation(
        "proposeLocalRules",
        "Propose to remember what was told of a plan",
        LOCAL_RULES_MADE,
        body=NEW_LOCAL_RULES,
        refuses=(404,),
    )
)
def create() -> Response:
    """A proposal for each told fact, without the member; a second person approves it, or does not."""
    return once(_made)


@local_rules.route("", methods=["GET"])
@local_rules.doc(
    **operation("listLocalRules", "List what the clinic remembers", LOCAL_RULES, query=LOCAL_RULES_QUERY)
)
def index() -> Response:
    """Newest first. An approved rule that answers no more is shown as expired."""
    asked = query(LOCAL_RULES_QUERY)
    found, following = memory_at_hand.list_rules(asked.get("status"), page(asked))
    today = clinic_day()
    return listing([memory.shown(rule, today) for rule in found], following)


@local_rules.route("/<uuid:rule_id>/approve", methods=["POST"])
@local_rules.doc(
    **operation(
        "approveLocalRule",
        "Approve what somebody else proposed",
        LOCAL_RULE,
        refuses=(403, 404, 409),
        is_recorded=True,
        security=COOKIE,
    )
)
def approve(rule_id: UUID) -> Response:
    """From the next request on it answers, in every process, until it expires."""
    return _decided(rule_id, "approve")


@local_rules.route("/<uuid:rule_id>/reject", methods=["POST"])
@local_rules.doc(
    **operation(
        "rejectLocalRule",
        "Reject a proposal",
        LOCAL_RULE,
        refuses=(404, 409),
        is_recorded=True,
        security=COOKIE,
    )
)
def reject(rule_id: UUID) -> Response:
    """It never answers; it stays in the list."""
    return _decided(rule_id, "reject")


@local_rules.route("/<uuid:rule_id>/withdraw", methods=["POST"])
@local_rules.doc(
    **operation(
        "withdrawLocalRule",
        "Withdraw a proposal, or an approved rule",
        LOCAL_RULE,
        refuses=(404, 409),
        is_recorded=True,
    )
)
def withdraw(rule_id: UUID) -> Response:
    """From the next request on it answers no more; what it answered stays as it was."""
    return _decided(rule_id, "withdraw")


def _made() -> Made:
    asked = loaded(NEW_LOCAL_RULES, json_body())
    try:
        found = memory_at_hand.find(asked["verification_id"])
    except memory_at_hand.NotHere:
        raise Refused("not_found", "There is no verification with this id.") from None
    rules, today = memory_at_hand.draft(found, asked), clinic_day()
    body = {"items": [memory.shown(rule, today) for rule in rules]}
    return Made(body, "/v1/local-rules", lambda session: memory_at_hand.keep(session, rules))


def _decided(rule_id: UUID, decision: str) -> Response:
    try:
        rule = memory_at_hand.decide(str(rule_id), decision)
    except memory_at_hand.NotHere:
        raise Refused("not_found", "There is no rule with this id.") from None
    except memory_at_hand.NotNow:
        message = "Something else was decided of this rule already, or it has expired."
        raise Refused("conflict", message) from None
    except memory_at_hand.SamePerson:
        message = "A second person approves: somebody of the staff who did not propose it."
        raise Refused("not_allowed", message) from None
    return reply(memory.shown(rule, clinic_day()))

"""How the clinic's memory travels: what is proposed out of a verification, and a rule as it is."""

from __future__ import annotations

from marshmallow import fields

from schemas.fields import Day, Moment
from schemas.model import CHANNELS, CONDITIONS, LEVELS_OF_CARE, MODALITIES, NETWORKS
from schemas.shapes import Choice, Items, Part, Shape, Text
from schemas.shapes import about as described

FIELDS = (
    "covered",
    "prior_authorization",
    "referral_required",
    "copay",
    "coinsurance",
    "deductible_applies",
    "authorization_contact",
    "initial_units",
    "review_every_days",
)
"""What is remembered of a plan's level of care: nothing that is one member's, no id and no amount met."""

STATUSES = ("proposed", "approved", "rejected", "withdrawn", "expired")
MOST = 60
LONGEST_PLAN = 120


class ToldFactSchema(Shape):
    """One told value: of which level of care, which field, and in or out of network."""

    level_of_care = Choice(LEVELS_OF_CARE, required=True)
    field = Choice(FIELDS, required=True)
    network = Choice(NETWORKS, load_default="in")


class NewLocalRulesSchema(Shape):
    """What to propose, of what was told for a verification; nothing of its member is kept."""

    verification_id = Text(36, required=True)
    plan = Text(
        LONGEST_PLAN,
        metadata=described(
            "Which plan it holds for, or what you call a group's plan; the verification's, if not given."
        ),
    )
    facts = Items(Part(ToldFactSchema()), least=1, most=MOST, required=True)


class LocalRuleSchema(Shape):
    """A rule of the clinic's own out of what it was told; an approved one answers until it expires."""

    id = Text(36, required=True)
    status = Choice(STATUSES, required=True)
    payer = Text(80, required=True)
    plan = Text(200, required=True)
    level_of_care = Choice(LEVELS_OF_CARE, required=True)
    field = Choice(FIELDS, required=True)
    network = Choice(NETWORKS, required=True)
    condition = Choice(CONDITIONS, required=True)
    modality = Choice(MODALITIES, required=True)
    value = fields.Raw(
        required=True, allow_none=True, metadata=described("As it was told; null: there is none.")
    )
    told_on = Day(required=True)
    channel = Choice(CHANNELS, required=True)
    holds_from = Day(required=True, metadata=described("The first day of care that it speaks of."))
    holds_through = Day(required=True, metadata=described("The last day of care that it speaks of."))
    expires_after = Day(required=True, metadata=described("The last day on which it answers."))
    proposed_at = Moment(required=True)
    proposed_by = Text(100, required=True)
    decided_at = Moment(required=True, allow_none=True)
    decided_by = Text(100, required=True, allow_none=True)


class LocalRulesMadeSchema(Shape):
    """What was proposed, a rule for each fact."""

    items = Items(Part(LocalRuleSchema()), most=MOST, required=True)


NEW_LOCAL_RULES = NewLocalRulesSchema()
LOCAL_RULE = LocalRuleSchema()
LOCAL_RULES_MADE = LocalRulesMadeSchema()

"""What the API takes to look plans up, and how it answers: their designs, as printed and as read."""

from __future__ import annotations

from schemas.fields import Day, Money, Rate
from schemas.model import CONDITIONS, COPAY_UNITS, LEVELS_OF_CARE, NETWORKS, PROVIDER_TYPES
from schemas.plan_entries import SHARES
from schemas.plan_file import MARKETS, METALS
from schemas.rule_fields import AUTHORIZATION_HINTS
from schemas.shapes import Choice, Flag, Items, Part, Shape, Text, Whole
from service.api.results import MANY, list_of
from service.api.shapes import Line, Number, PayersQuery

FIRST_YEAR, LAST_YEAR = 2000, 2100


class PlansQuery(PayersQuery):
    """Which plans of a payer."""

    query = Line(120, "Beginnings of words of a plan's id, name, alias or issuer; or an id of a card.")
    issuer = Line(120, "Part of the issuer's name.")
    metal = Choice(METALS)
    year = Number(FIRST_YEAR, LAST_YEAR, metadata={"description": "A year with a design in the library."})


class AllPlansQuery(PlansQuery):
    """Which plans of all payers."""

    payer = Line(80, "A payer's id.")


class PlanLineSchema(Shape):
    """A plan of a payer, and the years that the library has a design for."""

    id = Text(200, required=True)
    payer = Text(80, required=True)
    name = Text(300, required=True)
    aliases = Items(Text(200), most=MANY, required=True)
    issuer = Text(200, required=True, allow_none=True)
    market = Choice(MARKETS, required=True, allow_none=True)
    metal = Choice(METALS, required=True, allow_none=True)
    plan_type = Text(80, required=True, allow_none=True)
    years = Items(Whole(2000, 2100), most=100, required=True)


class PlanCopaySchema(Shape):
    """A fixed amount, and what it is due for."""

    amount = Money(required=True)
    per = Choice(COPAY_UNITS, required=True)
    max_units = Whole(1, MANY, required=True, allow_none=True)


class PlanShareSchema(Shape):
    """A share as the plan prints it, and as it is read; several copays or coinsurances are alternatives."""

    of = Choice((*SHARES, "group_visit"), required=True)
    levels = Items(Choice(LEVELS_OF_CARE), most=len(LEVELS_OF_CARE), required=True)
    printed = Text(200, required=True)
    covered = Flag(required=True)
    copays = Items(Part(PlanCopaySchema()), most=10, required=True)
    coinsurances = Items(Rate(), most=10, required=True)
    deductible_applies = Flag(required=True, allow_none=True)
    changes_after = Whole(1, MANY, required=True, allow_none=True)


class PlanSourceSchema(Shape):
    """Where a row of the library comes from."""

    title = Text(400, required=True)
    url = Text(1000, required=True, allow_none=True)
    locator = Text(600, required=True)
    retrieved = Day(required=True, allow_none=True)
    confidence = Choice(("primary", "secondary"), required=True)


class PlanAmountsSchema(Shape):
    """Limits of the plan: `null` where there is none, left out where the document does not say."""

    deductible = Money(allow_none=True)
    deductible_family = Money(allow_none=True)
    out_of_pocket_max = Money(allow_none=True)
    out_of_pocket_max_family = Money(allow_none=True)


class FiledLimitsSchema(Shape):
    """Limits of visits or days as filed; to be asked about, never a reason to refuse."""

    limit_outpatient = Text(40)
    limit_inpatient = Text(40)


class PlanDesignSchema(Shape):
    """What a document says of a plan, a year and a network; what it leaves out is unknown, never zero."""

    class Meta(Shape.Meta):
        """`from` is a keyword of Python, so it is declared here."""

        include = {"from": Day(required=True)}  # noqa: RUF012 (marshmallow's own way)

    year = Whole(2000, 2100, required=True)
    through = Day(required=True)
    network = Choice(NETWORKS, required=True)
    conditions = Items(Choice(CONDITIONS), most=2, required=True)
    provider_types = Items(Choice(PROVIDER_TYPES), most=len(PROVIDER_TYPES), required=True)
    deductible_covers = Choice(("medical", "medical_and_drugs"), required=True, allow_none=True)
    amounts = Part(PlanAmountsSchema(), required=True)
    shares = Items(Part(PlanShareSchema()), most=10, required=True)
    filed_limits = Part(FiledLimitsSchema(), required=True)
    authorization_hint = Choice(AUTHORIZATION_HINTS, required=True, allow_none=True)
    notes = Items(Text(80), most=20, required=True)
    source = Part(PlanSourceSchema(), required=True)


class PlanSchema(PlanLineSchema):
    """A plan with every design that the library has of it."""

    designs = Items(Part(PlanDesignSchema()), most=MANY, required=True)


PLANS_QUERY = PlansQuery()
ALL_PLANS_QUERY = AllPlansQuery()
PLAN_LIST = list_of("PlanListSchema", PlanLineSchema(), Text(200, required=True, allow_none=True))
DESIGN_LIST = list_of("PlanDesignListSchema", PlanSchema(), Text(300, required=True, allow_none=True))

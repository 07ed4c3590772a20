"""How told benefits travel: what a representative, portal, card, letter or the patient said.

**Absent is not null.** A key that is not there was not said; an explicit `null` was said: there is
none. Where null would mean nothing it is refused. Only `told_by` is required. `schemas.benefits` turns
what is valid here into the words of `schemas.model`.
"""

from __future__ import annotations

from schemas.fields import Day, Moment, Money, MonthDay, Rate
from schemas.model import (
    AUTHORIZATION_STATUSES,
    CHANNELS,
    COPAY_UNITS,
    INPATIENT,
    LEVELS_OF_CARE,
    LIMIT_PERIODS,
    LIMIT_UNITS,
    LINES_OF_BUSINESS,
    NETWORKS,
    OUTPATIENT,
)
from schemas.shapes import Choice, Flag, Items, OneOrMany, Part, Shape, Text, Whole, about

FUNDINGS = ("self_funded", "fully_insured")
COBRA_STATUSES = ("eligible", "elected", "grace_period", "ended")


class ToldBySchema(Shape):
    """The record of the call, or of what was read."""

    channel = Choice(CHANNELS, required=True)
    representative = Text(120, allow_none=True)
    reference = Text(80, allow_none=True)
    at = Moment(required=True)


class ToldPotSchema(Shape):
    """One pot of a deductible or out-of-pocket maximum; a limit of null: there is none."""

    limit = Money(allow_none=True, metadata=about("Null: there is no limit."))
    met = Money()
    remaining = Money()


class ToldPotsSchema(Shape):
    """The individual and the family pot; null: there is none."""

    individual = Part(ToldPotSchema(), allow_none=True)
    family = Part(ToldPotSchema(), allow_none=True)


class ToldContactSchema(Shape):
    """Whom to call or write to."""

    name = Text(120)
    phone = Text(40)
    portal = Text(300)
    id = Text(40)


class ToldCoverageSchema(Shape):
    """Another coverage of the same person."""

    name = Text(120, required=True)
    kind = Text(40)
    primary = Flag()
    phone = Text(40)
    member_id = Text(40)


class ToldPlanSchema(Shape):
    """The plan that stands in for Medicare or Medicaid itself."""

    name = Text(120, required=True)
    phone = Text(40)
    member_id = Text(40)


class ToldShareOfCostSchema(Shape):
    """A monthly share of cost, and whether this month's bills have reached it; `met` null: nobody knows."""

    amount = Money()
    met = Flag(allow_none=True)


class ToldClaimsSchema(Shape):
    """Where claims go, and by when."""

    payer_id = Text(40)
    address = Text(300)
    timely_filing_days = Whole(1, 3650)
    assignment_of_benefits = Flag()


class ToldCobraSchema(Shape):
    """Continued coverage after a job ended, and the day its premium is paid through."""

    status = Choice(COBRA_STATUSES, required=True)
    paid_through = Day(allow_none=True)


class ToldAuthorizationSchema(Shape):
    """How an authorization is asked for, and what came of it."""

    name = Text(120)
    phone = Text(40)
    portal = Text(300)
    criteria = OneOrMany(80, most=20)
    documents = Items(Text(200), most=40)
    initial_units = Whole(0, 1000)
    unit = Choice(LIMIT_UNITS)
    review_every_days = Whole(1, 366)
    retro_allowed = Flag()
    submitted_at = Moment()
    number = Text(60)


class ToldCopaySchema(Shape):
    """A fixed amount per session, day, week or admission; `max_units` null: every time."""

    amount = Money(required=True)
    per = Choice(COPAY_UNITS, load_default="session")
    max_units = Whole(1, 1000, load_default=None)


class ToldThenSchema(Shape):
    """What the cost share turns into after some sessions."""

    after_units = Whole(1, 1000, required=True)
    copay = Part(ToldCopaySchema(), load_default=None)
    coinsurance = Rate(load_default=None)
    deductible_applies = Flag(load_default=True)


class ToldLimitSchema(Shape):
    """A limit of visits, days, hours or units in a period, and what is used of it."""

    units = Whole(0, 100_000, required=True)
    unit = Choice(LIMIT_UNITS, load_default="session")
    period = Choice(LIMIT_PERIODS, load_default="plan_year")
    used = Whole(0, 100_000)
    exceedable = Flag(load_default=False)


class ToldBillingSchema(Shape):
    """The codes the payer wants on the claim."""

    codes = Items(Text(10), most=20)
    revenue_codes = Items(Text(10), most=20)
    bill_type = Text(10, allow_none=True)
    place_of_service = Items(Text(10), most=20)
    modifiers = Items(Text(10), most=20)
    condition_code = Text(10, allow_none=True)


class ToldLevelSchema(Shape):
    """What was said of one level of care."""

    covered = Flag()
    prior_authorization = Choice(AUTHORIZATION_STATUSES)
    authorization = Part(ToldAuthorizationSchema())
    copay = Part(ToldCopaySchema(), allow_none=True)
    coinsurance = Rate(allow_none=True)
    coinsurance_max = Money()
    deductible_applies = Flag()
    then = Part(ToldThenSchema(), allow_none=True)
    allowed_amount = Money()
    rate_basis = Text(120)
    limit = Part(ToldLimitSchema(), allow_none=True)
    referral_required = Flag()
    exclusions = Text(1000, allow_none=True)
    billing = Part(ToldBillingSchema())


ToldLevelsSchema = Shape.from_dict(
    {level: Part(ToldLevelSchema()) for level in LEVELS_OF_CARE}, name="ToldLevelsSchema"
)


class ToldMedicalSchema(Shape):
    """Medical facts of one classification, to hold behavioral ones against."""

    limited = Flag()
    prior_authorization = Choice(AUTHORIZATION_STATUSES)


ToldMedicalsSchema = Shape.from_dict(
    {kind: Part(ToldMedicalSchema()) for kind in (OUTPATIENT, INPATIENT)}, name="ToldMedicalsSchema"
)


class ToldNetworkSchema(Shape):
    """What was said of care outside the network."""

    deductible = Part(ToldPotsSchema(), allow_none=True)
    out_of_pocket_max = Part(ToldPotsSchema(), allow_none=True)
    levels = Part(ToldLevelsSchema())


class ToldBenefitsSchema(Shape):
    """Everything one telling may say; each key is optional but `told_by`."""

    told_by = Part(ToldBySchema(), required=True)
    active = Flag()
    coverage_start = Day(allow_none=True)
    coverage_end = Day(allow_none=True)
    plan_year_start = MonthDay()
    plan_name = Text(160)
    plan_type = Text(40)
    line_of_business = Choice(LINES_OF_BUSINESS)
    exchange = Flag()
    funding = Choice(FUNDINGS)
    network_status = Choice(NETWORKS)
    gap_exception = Flag()
    deductible = Part(ToldPotsSchema(), allow_none=True)
    deductible_carries_over = Flag()
    out_of_pocket_max = Part(ToldPotsSchema(), allow_none=True)
    out_of_pocket_includes_deductible = Flag(metadata=about("False only warns: estimates count it in."))
    administrator = Part(ToldContactSchema(), allow_none=True)
    other_coverage = Part(ToldCoverageSchema(), allow_none=True)
    medicare_advantage = Part(
        ToldPlanSchema(), allow_none=True, metadata=about("The plan that stands in for Medicare, if any.")
    )
    managed_care_plan = Part(
        ToldPlanSchema(), allow_none=True, metadata=about("The plan that stands in for Medicaid, if any.")
    )
    qmb = Flag(metadata=about("Qualified Medicare Beneficiary: may not be billed."))
    share_of_cost = Part(
        ToldShareOfCostSchema(),
        allow_none=True,
        metadata=about("Medically Needy: of the month of the telling. Null: there is none."),
    )
    cobra = Part(ToldCobraSchema(), allow_none=True)
    claims = Part(ToldClaimsSchema())
    levels = Part(ToldLevelsSchema())
    medical = Part(ToldMedicalsSchema())
    out_of_network = Part(
        ToldNetworkSchema(), allow_none=True, metadata=about("Null: no benefits outside the network.")
    )


TOLD_BENEFITS = ToldBenefitsSchema()

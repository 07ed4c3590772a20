"""The words of the project as frozen dataclasses: what is asked, what witnesses say, what is decided.

Money is whole cents (`Cents`), rates are exact decimals, dates are the clinic's calendar dates,
times are aware UTC. `None` where a `Fact` could stand means that nobody said anything;
`Fact(None)` means that somebody said there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Cents = int

OUTPATIENT = "outpatient"
INTENSIVE_OUTPATIENT = "intensive_outpatient"
PARTIAL_HOSPITALIZATION = "partial_hospitalization"
RESIDENTIAL = "residential"
INPATIENT = "inpatient"
LEVELS_OF_CARE = (OUTPATIENT, INTENSIVE_OUTPATIENT, PARTIAL_HOSPITALIZATION, RESIDENTIAL, INPATIENT)
LEVEL_ALIASES = MappingProxyType(
    {
        "op": OUTPATIENT,
        "1": OUTPATIENT,
        "iop": INTENSIVE_OUTPATIENT,
        "2.1": INTENSIVE_OUTPATIENT,
        "php": PARTIAL_HOSPITALIZATION,
        "2.5": PARTIAL_HOSPITALIZATION,
        "rtc": RESIDENTIAL,
        "3.1": RESIDENTIAL,
        "3.3": RESIDENTIAL,
        "3.5": RESIDENTIAL,
        "3.7": RESIDENTIAL,
        "ip": INPATIENT,
        "4": INPATIENT,
    }
)

PROVIDER_TYPES = (
    "cmhc",
    "hospital_outpatient",
    "freestanding",
    "fqhc",
    "rhc",
    "otp",
    "professional",
)
CONDITIONS = ("mental_health", "substance_use")
MODALITIES = ("in_person", "telehealth", "hybrid")
NETWORKS = ("in", "out")
SERVICES = ("evaluation", "individual", "family", "group")
CLINICIANS = ("physician", "psychologist", "np", "lcsw", "lmft", "mhc")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# Nobody insures: the patient pays the clinic's own price.
SELF_PAY = "self_pay"
LINES_OF_BUSINESS = (
    "medicare",
    "medicare_advantage",
    "medigap",
    "medicaid",
    "marketplace",
    "commercial",
    "tricare",
    "fehb",
    SELF_PAY,
)
COPAY_UNITS = ("session", "day", "week", "admission")
LIMIT_UNITS = ("session", "visit", "day", "hour", "unit")
LIMIT_PERIODS = ("plan_year", "calendar_year", "state_fiscal_year", "month", "day", "lifetime")
AUTHORIZATION_STATUSES = ("required", "notification", "not_required")
CONFIDENCES = (PRIMARY, SECONDARY, TOLD) = ("primary", "secondary", "told")
CHANNELS = ("phone", "portal", "card", "letter", "patient")
RELATIONSHIPS = ("self", "spouse", "child", "other")
# How somebody holds a coverage, why somebody has Medicare, and who has custody of a child.
COVERAGE_BASES = ("active_employment", "retiree", "cobra", "individual")
ENTITLEMENTS = ("age", "disability", "esrd")
CUSTODIES = ("sole", "joint", "spouse", "none")
PARENTS = ("together", "apart")
INJURIES = ("none", "workers_compensation", "no_fault", "liability")


# --- what is known, and how we know it ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a value comes from.

    `kind` is `published` (rulebook), `reported` (a payer's reply), `told` (a call), `profile`
    (the clinic's own file) or `request` (the caller). `confidence` is `primary` or `secondary`.
    What is published may be `local`: laid over the rulebook by the clinic itself. It may be what the clinic
    was `told` of the plan, `approved_by` a second person; that answers no longer than it `holds_until`.
    """

    kind: str
    title: str
    url: str | None = None
    locator: str | None = None
    published: date | None = None
    retrieved: date | None = None
    confidence: str = "primary"
    local: bool = False
    approved_by: str | None = None
    holds_until: date | None = None


@dataclass(frozen=True, slots=True)
class Fact(Generic[T]):
    """A value with its citation.

    `as_of` is the day it was told or reported; `through` the last day it was published for (later
    it is carried forward, and named so); `inferred` marks what rests on less than the level's own
    code, `by_procedure` what was said of the very procedure that is billed; `note` names a reason code
    that the source gives for the value; `others` is what other sources say of the same thing, each kept
    beside the value that is believed.
    """

    value: T
    citation: Citation
    as_of: date | None = None
    through: date | None = None
    inferred: bool = False
    note: str | None = None
    by_procedure: bool = False
    others: tuple[Fact[T], ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One line of an explanation: a code, its parameters, and the citations it rests on."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to call or write to."""

    name: str
    phone: str | None = None
    portal: str | None = None
    id: str | None = None


# --- what a witness says: Benefits --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Accumulator:
    """One pot, individual or family: its limit, what is met, what remains (cents)."""

    limit: Fact[Cents | None] | None = None
    met: Fact[Cents] | None = None
    remaining: Fact[Cents] | None = None


@dataclass(frozen=True, slots=True)
class Accumulators:
    """The individual and the family pot of one deductible or out-of-pocket maximum."""

    individual: Accumulator | None = None
    family: Accumulator | None = None


@dataclass(frozen=True, slots=True)
class Copay:
    """A fixed amount per `session`, `day`, `week` or `admission`, at most `max_units` times."""

    amount: Cents
    per: str = "session"
    max_units: int | None = None


@dataclass(frozen=True, slots=True)
class Then:
    """What a cost share turns into after `after_units` sessions."""

    after_units: int
    copay: Copay | None = None
    coinsurance: Decimal | None = None
    deductible_applies: bool = True


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of visits, days or units in a period.

    `used` is `None` when nobody said. `exceedable` says that an authorization can lift it for this
    member, so that sessions beyond it are never finally refused.
    """

    units: int
    unit: str = "session"
    period: str = "plan_year"
    used: int | None = None
    exceedable: bool = False


@dataclass(frozen=True, slots=True)
class Fee:
    """One row of a published fee schedule, in force at the site on a date.

    An outpatient row names the `service` and the minutes it stands for; a program-day row the
    number of services a day. `unit_minutes` is set where the fee is per unit of time, and
    `units_per_day` caps the units payable on one day.
    """

    code: str
    amount: Fact[Cents]
    modifier: str | None = None
    service: str | None = None
    minutes_from: int | None = None
    minutes_to: int | None = None
    services_from: int | None = None
    services_to: int | None = None
    unit_minutes: int | None = None
    units_per_day: int | None = None
    telehealth: bool | None = None
    wage_adjusted: bool = False
    limit: Fact[Limit] | None = None


@dataclass(frozen=True, slots=True)
class WageIndex:
    """The range of wage indexes for a site whose own is not known: the area's, and the highest."""

    area: Fact[Decimal]
    upper: Fact[Decimal] | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """How long a payer may take: `n` `calendar_days`, `business_days` or `hours`."""

    n: int
    unit: str
    extension: int | None = None


@dataclass(frozen=True, slots=True)
class AgeBand:
    """Ages from `from_age` (inclusive) to below `below` (exclusive)."""

    from_age: int | None = None
    below: int | None = None


@dataclass(frozen=True, slots=True)
class Certification:
    """Who certifies the need for the program, for how many hours a week, and how often again."""

    by: str
    hours_per_week: int | None = None
    recertify_days: int | None = None


@dataclass(frozen=True, slots=True)
class Billing:
    """The codes a payer wants on the claim for a level of care."""

    codes: tuple[str, ...] = ()
    revenue_codes: tuple[str, ...] = ()
    bill_type: str | None = None
    place_of_service: tuple[str, ...] = ()
    modifiers: tuple[str, ...] = ()
    condition_code: str | None = None


@dataclass(frozen=True, slots=True)
class ProgramRules:
    """What must hold of the site, the hours and the member for a level to be a benefit at all."""

    provider_types: Fact[tuple[str, ...]] | None = None
    minimum_hours_per_week: Fact[int] | None = None
    modalities: Fact[tuple[str, ...]] | None = None
    conditions: Fact[tuple[str, ...]] | None = None
    ages: Fact[AgeBand] | None = None


@dataclass(frozen=True, slots=True)
class AuthorizationTerms:
    """How an authorization is asked for and what comes of it, as far as anyone said."""

    contact: Fact[Contact] | None = None
    criteria: Fact[tuple[str, ...]] | None = None
    documents: Fact[tuple[str, ...]] | None = None
    standard: Fact[Clock] | None = None
    expedited: Fact[Clock] | None = None
    initial_units: Fact[int] | None = None
    unit: str | None = None
    review_every_days: Fact[int] | None = None
    retro_allowed: Fact[bool] | None = None
    submitted_at: Fact[datetime] | None = None
    number: Fact[str] | None = None


@dataclass(frozen=True, slots=True)
class LevelBenefits:
    """What one witness says of one level of care, in one network.

    `copay` and `coinsurance` hold alternatives that nothing tells apart; empty means nobody said. Those of
    a group visit are there where a plan prices it differently.
    """

    covered: Fact[bool] | None = None
    prior_authorization: Fact[str] | None = None
    authorization_hint: Fact[str] | None = None
    authorization: AuthorizationTerms = AuthorizationTerms()
    copay: tuple[Fact[Copay | None], ...] = ()
    coinsurance: tuple[Fact[Decimal | None], ...] = ()
    group_copay: tuple[Fact[Copay | None], ...] = ()
    group_coinsurance: tuple[Fact[Decimal | None], ...] = ()
    coinsurance_max: Fact[Cents] | None = None
    deductible_applies: Fact[bool] | None = None
    then: Fact[Then | None] | None = None
    allowed_amount: Fact[Cents] | None = None
    fees: tuple[Fee, ...] = ()
    clinician_rates: Fact[Mapping[str, Decimal]] | None = None
    facility_fee: Fact[bool] | None = None
    wage_index: WageIndex | None = None
    limits: tuple[Fact[Limit | None], ...] = ()
    referral_required: Fact[bool] | None = None
    exclusions: Fact[str | None] | None = None
    rules: ProgramRules = ProgramRules()
    certification: Fact[Certification] | None = None
    billing: Fact[Billing] | None = None
    notes: tuple[Step, ...] = ()
    coverage_notes: tuple[Step, ...] = ()
    authorization_notes: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class MedicalBenefits:
    """A plan's medical facts of one classification, to hold behavioral ones against (parity)."""

    limited: Fact[bool] | None = None
    prior_authorization: Fact[str] | None = None


@dataclass(frozen=True, slots=True)
class NetworkBenefits:
    """Everything a witness says for one network, `in` or `out`."""

    deductible: Accumulators = Accumulators()
    out_of_pocket_max: Accumulators = Accumulators()
    levels: Mapping[str, LevelBenefits] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SecondaryRule:
    """What a coverage pays of the share that a primary payer left, as shares of its parts.

    `kind` is `supplement` (Medigap), `zero_share` (QMB), `medicaid`, `premium_only` or
    `coordination`. Amounts are fractions of the primary's deductible and coinsurance.
    """

    kind: str
    coinsurance: Fact[Decimal] | None = None
    deductible: Fact[Decimal] | None = None
    office_visit_copay: Fact[Cents] | None = None
    yearly_limit: Fact[Cents] | None = None
    citation: Citation | None = None


@dataclass(frozen=True, slots=True)
class OtherCoverage:
    """Another coverage of the same person, and whether it pays first."""

    name: str
    kind: str | None = None
    primary: bool | None = None
    phone: str | None = None
    member_id: str | None = None


@dataclass(frozen=True, slots=True)
class ShareOfCost:
    """What a member's bills must come to in a month before Medicaid pays, and whether they do."""

    amount: Cents | None = None
    met: bool | None = None


@dataclass(frozen=True, slots=True)
class Claims:
    """Where claims go, and by when."""

    payer_id: str | None = None
    address: str | None = None
    timely_filing_days: int | None = None
    assignment_of_benefits: bool | None = None


@dataclass(frozen=True, slots=True)
class Benefits:
    """One witness's answer (`published`, `reported` or `told`); each field a `Fact`, or `None`."""

    witness: str
    networks: Mapping[str, NetworkBenefits] = field(default_factory=dict)
    active: Fact[bool] | None = None
    coverage_start: Fact[date | None] | None = None
    coverage_end: Fact[date | None] | None = None
    plan_year_start: Fact[tuple[int, int]] | None = None
    plan_name: Fact[str] | None = None
    plan_type: Fact[str] | None = None
    funding: Fact[str] | None = None
    network_status: Fact[str] | None = None
    cobra: Fact[Mapping[str, Any] | None] | None = None
    administrator: Fact[Contact | None] | None = None
    other_coverage: Fact[OtherCoverage | None] | None = None
    medicare_advantage: Fact[OtherCoverage | None] | None = None
    managed_care_plan: Fact[OtherCoverage | None] | None = None
    qmb: Fact[bool] | None = None
    share_of_cost: Fact[ShareOfCost | None] | None = None
    claims: Fact[Claims] | None = None
    balance_billing: Fact[bool] | None = None
    copay_is_all: Fact[bool] | None = None
    medical: Mapping[str, MedicalBenefits] = field(default_factory=dict)
    legal_maximum: Accumulators = Accumulators()
    secondary: SecondaryRule | None = None
    contact: Fact[Contact] | None = None
    ask_first: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Period:
    """What is published from a date on, until the next period begins."""

    starts: date
    benefits: Benefits


# --- what is asked: Inquiry ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Person:
    """A member or a subscriber. Protected health information: never logged, never in an error."""

    member_id: str | None
    first_name: str | None
    last_name: str | None
    birth_date: date | None
    sex: str | None = None
    relationship: str = "self"
    group_number: str | None = None
    subscriber: Person | None = None


@dataclass(frozen=True, slots=True)
class Phase:
    """One stretch of care at one level. `minutes_per_day` is hours of treatment in minutes."""

    level_of_care: str
    start_date: date | None
    weeks: int
    days_per_week: int
    minutes_per_day: int
    weekdays: tuple[str, ...] = ()
    service: str = "individual"
    clinician: str | None = None
    include_evaluation: bool = False
    services_per_day: int | None = None


@dataclass(frozen=True, slots=True)
class Payer:
    """A payer's identity: what it is called, its line of business, its plans."""

    id: str
    name: str
    line_of_business: str


@dataclass(frozen=True, slots=True)
class Site:
    """One of the clinic's places, as far as rules and prices need it."""

    id: str
    name: str
    npi: str
    provider_type: str
    county: str | None = None
    locality: str | None = None
    wage_index: Fact[Decimal] | None = None
    usual_clinician: str | None = None
    networks: Mapping[str, str] = field(default_factory=dict)
    contracted_rates: Mapping[str, Fact[Cents]] = field(default_factory=dict)
    self_pay_rates: Mapping[str, Fact[Cents]] = field(default_factory=dict)
    charges: Mapping[str, Fact[Cents]] = field(default_factory=dict)
    closed_days: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Secondary:
    """A second coverage: its payer and plan, and what was told of it."""

    payer: str
    plan: str | None = None
    member_id: str | None = None
    told: Benefits | None = None


@dataclass(frozen=True, slots=True)
class HeldCoverage:
    """One of a person's coverages, as far as the order in which they pay hangs on it; `None`: not said.

    `relationship` is the member's to the subscriber, whose `birthday` is month and day. `custody` and
    `court_order` speak of the subscriber as a parent: `spouse` is married to whoever has custody.
    `employees` is from (inclusive) to below (exclusive). `place` is where it was said to pay, from 1.
    """

    payer: Payer
    plan: str | None = None
    relationship: str | None = None
    birthday: tuple[int, int] | None = None
    custody: str | None = None
    court_order: bool | None = None
    basis: str | None = None
    employees: tuple[int, int | None] | None = None
    since: date | None = None
    entitlement: str | None = None
    esrd_start: date | None = None
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Inquiry:
    """The question: payer, plan, member, site, condition, modality, network, phases of care."""

    payer: str
    member: Person
    phases: tuple[Phase, ...]
    site: str
    plan: str | None = None
    network: str | None = None
    condition: str = "mental_health"
    modality: str = "in_person"
    secondary: Secondary | None = None
    coverages: tuple[HeldCoverage, ...] = ()
    parents: str | None = None
    injury: str | None = None
    told: Benefits | None = None
    payer_reply: str | None = field(default=None, repr=False)
    live: bool = True
    trace: bool = False
    as_of: date | None = None
    case_id: str | None = None
    external_id: str | None = None


# --- what is decided: Determination -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whether this member was confirmed: `active`, `inactive` or `undetermined`, and by whom."""

    status: str
    basis: str
    coverage_start: date | None = None
    coverage_end: date | None = None
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class LimitState:
    """A limit with what is used and what remains of it."""

    limit: Limit
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """`covered`, `not_covered` or `undetermined`, with every reason."""

    status: str
    reasons: tuple[Step, ...] = ()
    limits: tuple[LimitState, ...] = ()


@dataclass(frozen=True, slots=True)
class PriorAuthorization:
    """`required`, `notification`, `not_required` or `undetermined`, and how to go about it."""

    status: str
    reasons: tuple[Step, ...] = ()
    contact: Contact | None = None
    submit_by: date | None = None
    late: bool = False
    decision_due_standard: date | None = None
    decision_due_expedited: datetime | None = None
    initial_units: int | None = None
    unit: str | None = None
    review_every_days: int | None = None
    retro_allowed: bool | None = None
    criteria: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class PhaseAnswer:
    """Coverage, authorization and billing of one phase."""

    level_of_care: str
    start_date: date
    end_date: date
    sessions: int
    coverage: Coverage
    prior_authorization: PriorAuthorization
    billing: Fact[Billing] | None = None


@dataclass(frozen=True, slots=True)
class Assumption:
    """An input nobody knows, and by how many cents it moves the range (`None`: not computable)."""

    code: str
    params: Mapping[str, Any]
    moves: Cents | None
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class PhaseCost:
    """What one phase costs (cents); `None` where an amount is not known."""

    level_of_care: str
    sessions: int
    allowed: Cents | None
    patient: Cents | None
    plan: Cents | None
    secondary: Cents | None
    write_off: Cents | None
    typical_session: Cents | None


@dataclass(frozen=True, slots=True)
class WeekCost:
    """What one calendar week costs (cents), and what is left in the pots at its end."""

    week_of: date
    sessions: int
    patient: Cents | None
    plan: Cents | None
    secondary: Cents | None
    write_off: Cents | None
    deductible_remaining: Cents | None
    out_of_pocket_remaining: Cents | None


@dataclass(frozen=True, slots=True)
class SessionCost:
    """One session's line of the trace: each step of the arithmetic with the facts it rests on."""

    date: date
    phase: int
    covered: bool
    allowed: Cents | None
    deductible: Cents | None
    copay: Cents | None
    coinsurance: Cents | None
    share: Cents | None
    patient: Cents | None
    plan: Cents | None
    secondary: Cents | None
    write_off: Cents | None
    deductible_remaining: Cents | None
    out_of_pocket_remaining: Cents | None
    reason: str | None = None
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Estimate:
    """Low, expected and high cost to the patient (cents), and everything they are made of."""

    certainty: str
    low: Cents | None
    expected: Cents | None
    high: Cents | None
    total_allowed: Cents | None
    plan_pays: Cents | None
    secondary_pays: Cents | None
    write_off: Cents | None
    balance_billing: Cents | None
    self_pay: Cents | None
    sessions: int
    first_session: Cents | None
    typical_session: Cents | None
    last_session: Cents | None
    by_phase: tuple[PhaseCost, ...]
    by_week: tuple[WeekCost, ...]
    trace: tuple[SessionCost, ...]
    assumptions: tuple[Assumption, ...]
    formula: Step | None = None
    self_pay_comparison: Cents | None = None


@dataclass(frozen=True, slots=True)
class Collect:
    """What may be collected and when: `allowed` is `yes`, `no` or `ask`."""

    amount: Cents | None
    when: date | None
    allowed: str
    reasons: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two witnesses who differ, both kept, and which of them was believed."""

    about: str
    values: tuple[tuple[str, Any, tuple[Citation, ...]], ...]
    settled: Any


@dataclass(frozen=True, slots=True)
class NextStep:
    """Something to do, by a date inside the episode where it has one."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    by: date | None = None
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One question, and where its answer goes; `needed` where an answer hangs on it."""

    code: str
    params: Mapping[str, Any]
    answers: str
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """A coverage in the order of payment, by its index among those asked about.

    `pays` is false where another stands in its place; two that pay are priced.
    """

    coverage: int
    payer: Payer
    plan: str | None
    pays: bool
    is_priced: bool


@dataclass(frozen=True, slots=True)
class Coordination:
    """Which coverage pays first: `settled`, or `ask` with what has to be asked; `step` says it in short."""

    step: Step
    status: str
    order: tuple[Place, ...] = ()
    reasons: tuple[Step, ...] = ()
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Determination:
    """The verdict: eligibility, coverage and authorization by phase, the estimate, what to do."""

    network: str
    eligibility: Eligibility
    phases: tuple[PhaseAnswer, ...]
    estimate: Estimate
    collect: Collect
    steps: tuple[Step, ...]
    disagreements: tuple[Disagreement, ...]
    warnings: tuple[Step, ...]
    parity_flags: tuple[Step, ...]
    next_steps: tuple[NextStep, ...]
    call_script: tuple[Question, ...]
    accumulators: Mapping[str, Accumulators]
    accumulators_as_of: date | None
    administrator: Fact[Contact | None] | None
    other_payers: tuple[Fact[OtherCoverage], ...]
    coordination: Coordination | None
    contact: Fact[Contact] | None

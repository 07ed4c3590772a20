"""The words of a remittance advice (835): what a payer paid for which claim, line by line, in whole cents.

Nobody is named here: the names in an 835 are passed over while it is read. `number` is the only thing that
says whose claim it is, and is the clinic's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from payers.x12.model import Oddity
from payers.x12.remittance_codes import (
    CAPITATED,
    COINSURANCE,
    CONTRACTUAL,
    COPAY,
    COST_SHARES,
    DEDUCTIBLE,
    DENIED,
    DUPLICATE,
    NOT_PRIMARY,
    OFF_THE_PAYMENT,
    PATIENT,
    PRIMARY,
    REVERSED,
)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Why so much of a charge was not paid: a group, a reason, an amount."""

    group: str
    reason: str
    amount: int


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One service of a claim; `on` is its day, `None` where it has none or several.

    `stated_allowed` is what the payer says it allows (AMT*B6). `at` is the number of its segment.
    """

    procedure: str
    modifiers: tuple[str, ...]
    revenue: str
    charge: int
    paid: int
    units: str
    on: date | None
    stated_allowed: int | None
    adjustments: tuple[Adjustment, ...]
    at: int

    @property
    def allowed(self) -> int:
        """What the payer allows, as it says, or else what is left of the charge without what it does not."""
        return self.derived_allowed if self.stated_allowed is None else self.stated_allowed

    @property
    def derived_allowed(self) -> int:
        """The charge less contractual reductions, and less what the patient owes beyond cost sharing."""
        return self.charge - sum(one.amount for one in self.adjustments if _is_not_allowed(one))

    @property
    def patient(self) -> int:
        """Everything that the payer says the patient owes."""
        return sum(one.amount for one in self.adjustments if one.group == PATIENT)

    @property
    def deductible(self) -> int:
        """What the patient owes as deductible."""
        return self._share(DEDUCTIBLE)

    @property
    def coinsurance(self) -> int:
        """What the patient owes as coinsurance."""
        return self._share(COINSURANCE)

    @property
    def copay(self) -> int:
        """What the patient owes as copay."""
        return self._share(COPAY)

    @property
    def is_unpaid(self) -> bool:
        """Whether nothing of it is covered: nothing was paid, and the patient owes no share of a benefit."""
        shares = self.deductible or self.coinsurance or self.copay
        return self.charge > 0 and self.paid == 0 and not shares

    @property
    def is_duplicate(self) -> bool:
        """Whether it was refused as one that the payer had already."""
        return any(one.reason == DUPLICATE for one in self.adjustments)

    @property
    def is_capitated(self) -> bool:
        """Whether it is paid by the head, and not by the service."""
        return any(one.reason == CAPITATED for one in self.adjustments)

    @property
    def is_balanced(self) -> bool:
        """Whether the charge is what was paid and what was not, as it has to be."""
        return self.charge == self.paid + sum(one.amount for one in self.adjustments)

    def _share(self, reason: str) -> int:
        return sum(one.amount for one in self.adjustments if one.group == PATIENT and one.reason == reason)


def _is_not_allowed(one: Adjustment) -> bool:
    if one.group == PATIENT:
        return one.reason not in COST_SHARES
    return one.group in CONTRACTUAL and one.reason not in OFF_THE_PAYMENT


@dataclass(frozen=True, slots=True)
class Claim:
    """What was decided of one claim. `number` is the clinic's (CLP01), `control` the payer's (CLP07)."""

    number: str
    status: str
    charge: int
    paid: int
    patient: int
    filing: str
    control: str
    starts: date | None
    ends: date | None
    adjustments: tuple[Adjustment, ...]
    lines: tuple[ServiceLine, ...]
    at: int

    @property
    def is_primary(self) -> bool:
        """Whether the payer came first; what a later one pays is not compared."""
        return self.status in PRIMARY

    @property
    def is_secondary(self) -> bool:
        """Whether another payer came before this one."""
        return self.status in NOT_PRIMARY

    @property
    def is_denied(self) -> bool:
        """Whether the claim as a whole was denied."""
        return self.status == DENIED

    @property
    def is_reversal(self) -> bool:
        """Whether it takes back what was decided before."""
        return self.status == REVERSED


@dataclass(frozen=True, slots=True)
class Remittance:
    """One 835: a payment and the claims in it, and what was odd about it.

    `provider_adjustments` counts the PLB segments, which are of no claim. `is_cut_off` where it has no end.
    """

    payer_name: str
    payer_id: str
    trace: str
    paid_on: date | None
    total: int | None
    claims: tuple[Claim, ...]
    provider_adjustments: int
    is_cut_off: bool
    oddities: tuple[Oddity, ...]

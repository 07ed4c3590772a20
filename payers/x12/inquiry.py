"""An eligibility inquiry (270) about one patient, in the words of its elements."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from payers.x12.model import Party

VERSION = "005010X279A1"


@dataclass(frozen=True, slots=True)
class Inquiry270:
    """What one 270 asks about one patient, and from whom to whom it goes.

    The patient is `dependent` where there is one, else `subscriber`; `relationship` (INS02, such as `01`
    or `19`) is the dependent's to the subscriber, `sex` (DMG03: `F`, `M`, `U` or empty) the patient's.
    `sender` and `receiver` are the interchange's, `at` is an aware time and travels to the minute.
    What a 270 of somebody else leaves out is empty or `None`.
    """

    payer_name: str
    payer_id: str
    provider_name: str
    npi: str
    subscriber: Party = field(repr=False)
    dependent: Party | None = field(repr=False)
    relationship: str | None = field(repr=False)
    sex: str = field(repr=False)
    service_types: tuple[str, ...]
    date_of_service: date | None
    trace: str
    control_number: int
    sender: str
    receiver: str
    sender_qualifier: str
    receiver_qualifier: str
    test: bool
    at: datetime | None

    @property
    def patient(self) -> Party:
        """The person whose benefits are asked about."""
        return self.subscriber if self.dependent is None else self.dependent

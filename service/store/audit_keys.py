"""With which keys lines of the audit trail are vouched for, and from when to when each of them may be.

A link is of the newest data key, and never of an earlier one after a later one. An event is of the key
that its writer had: one that was just replaced may still be it, one that was retired may not. When a key
is retired the end of the chain is sealed with its successor, so that nobody makes the chain up to there
anew with a key that came to light.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.security.crypto import Remnant, Voucher
from service.store.data_keys import Era, eras, newest_kid
from service.store.session import Session, first_id

# Clocks differ, and what was written before is committed a little later.
GRACE = timedelta(minutes=1)


@dataclass(slots=True)
class Keys:
    """The keys of the trail, oldest first, and how far along them the links have come."""

    eras: list[Era]
    at: int = 0

    @property
    def anchors(self) -> list[tuple[int, bytes]]:
        """The ends that the chain had when keys were retired: each has to be in it still."""
        return [(era.last_number, era.last_link) for era in self.eras if era.last_number]

    def find(self, fits: Callable[[Voucher], bool]) -> int | None:
        """The place of the key that fits, or `None`; the one of now is tried first."""
        others = [place for place in range(len(self.eras)) if place != self.at]
        return next((place for place in (self.at, *others) if fits(self.eras[place].remnant)), None)

    def follow(self, place: int) -> bool:
        """Go on to the key of a link; `False` where that would be back."""
        if place < self.at:
            return False
        self.at = place
        return True

    def may_be_of(self, place: int, event_id: str, at: datetime) -> bool:
        """Whether an event of this id and moment may be of a key, by the time that the key had."""
        retired_at = self.eras[place].retired_at
        if retired_at is None:
            return True
        return at <= retired_at + GRACE and event_id < first_id(retired_at, GRACE)


def keys_of(session: Session) -> Keys:
    """The keys of the whole trail."""
    return Keys(eras(session))


def newest_key(session: Session) -> Remnant | None:
    """The key that links are made with now, or `None` where it is not here."""
    newest = newest_kid(session)
    return next((one for one in session.vault.remnants() if one.kid == newest), None)

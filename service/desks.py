"""Desks of the past: put together again, from what the store kept, a few at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from payers.rulebook import Rulebook, load_rulebook_from_files
from service import rulesets
from service.clinic import Clinic, load_clinic_from_bytes
from service.store import rulebooks
from service.store.session import Session
from service.verify import Desk

KEPT = 4
PROFILE_NAME = "clinic.yaml"


@dataclass(frozen=True, slots=True)
class Desks:
    """What answered once. A layer of rules that `base` has too is shared with it."""

    base: Rulebook
    cache_path: Path
    _kept: dict[tuple[str, str], Desk] = field(default_factory=dict, repr=False)

    def of(self, session: Session, rulebook_digest: str, profile_digest: str) -> Desk | None:
        """The desk that answered from these two, or `None` where one of them was never kept."""
        found = self._kept.get((rulebook_digest, profile_digest))
        if found is None:
            rules = rulesets.kept_files(session, rulebook_digest)
            clinic = self._clinic(session, profile_digest)
            if rules is None or clinic is None:
                return None
            found = Desk(load_rulebook_from_files(rules, self.cache_path, self.base), clinic)
            if len(self._kept) >= KEPT:
                self._kept.clear()
            self._kept[rulebook_digest, profile_digest] = found
        return found

    @staticmethod
    def _clinic(session: Session, digest: str) -> Clinic | None:
        profile = rulebooks.files_of(session, digest)
        return None if profile is None else clinic_from(profile)


def clinic_from(files: Mapping[str, bytes]) -> Clinic:
    """The clinic's profile as it was kept."""
    return load_clinic_from_bytes(files[PROFILE_NAME])

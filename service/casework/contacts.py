"""Whom a clinic may speak to, and what has to be asked before it does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from service.casework.file import CONTACT, CaseFile
from service.engine.calendar import age_on

OF_AGE = 18
Data = Mapping[str, Any]


def cautions(file: CaseFile) -> Iterator[str]:
    """Yield the codes of what stands in the way of speaking or writing to somebody of this case."""
    contacts = [record.data for record in file.of_kind(CONTACT)]
    if is_minor(file) and not any(_decides(one) and has_consent(one) for one in contacts):
        yield "minor_without_consent"
    if has_other_policyholder(file):
        yield "letters_reach_the_policyholder"
    if any(one.get("do_not_contact") for one in contacts):
        yield "somebody_is_not_to_be_contacted"
    if any(_was_revoked(one) for one in contacts):
        yield "consent_was_revoked"


def is_minor(file: CaseFile) -> bool:
    """Whether the patient is not of age on the first day of care."""
    if file.latest is None:
        return False
    born = file.latest.request["member"].get("birth_date")
    return born is not None and age_on(date.fromisoformat(born), file.latest.start_date) < OF_AGE


def has_other_policyholder(file: CaseFile) -> bool:
    """Whether the policy is somebody else's: what a payer writes goes to that person."""
    if any(record.data["relation"] == "policyholder" for record in file.of_kind(CONTACT)):
        return True
    return file.latest is not None and file.latest.request["member"].get("relationship", "self") != "self"


def has_consent(contact: Data) -> bool:
    """Whether a consent of this person still holds."""
    return any("revoked_on" not in consent for consent in contact.get("consents", ()))


def _decides(contact: Data) -> bool:
    return contact["relation"] == "guardian" or contact.get("authority") not in (None, "none", "own")


def _was_revoked(contact: Data) -> bool:
    consents: Sequence[Data] = contact.get("consents", ())
    return bool(consents) and not has_consent(contact)

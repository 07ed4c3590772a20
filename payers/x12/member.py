"""Whether a reply is about the member who was asked about.

A reply with another inquiry's trace, or about somebody born on another day, is never used. Payers correct
member ids and write names their own way, so those only warn.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from payers.base import Ask
from payers.errors import UnreadableReply, WrongMember
from payers.x12.model import Party, Reading, Transaction
from payers.x12.status import rejects_patient
from schemas.model import Person, Step


def find_transaction(reading: Reading, ask: Ask, trace: str, steps: list[Step]) -> Transaction:
    """Return the transaction that answers an inquiry; adds a step for what is odd about its member.

    `trace` is that of the inquiry, empty where there was none, as with a reply from a portal. Raises
    `WrongMember`, or `UnreadableReply` where the answer is not complete.
    """
    wrong: WrongMember | None = None
    for transaction in _likeliest_first(reading.transactions, trace):
        try:
            noted = _check(transaction, ask.inquiry.member, trace)
        except WrongMember as error:
            wrong = wrong or error
            continue
        if transaction.broken is not None:
            raise UnreadableReply("truncated")
        steps += [Step(code) for code in noted]
        return transaction
    raise wrong or UnreadableReply("not_an_answer")


def _likeliest_first(transactions: Sequence[Transaction], trace: str) -> list[Transaction]:
    return sorted(transactions, key=lambda one: not trace or one.trace != trace)


def _check(transaction: Transaction, member: Person, trace: str) -> list[str]:
    """Return the codes of what is odd; raises `WrongMember`."""
    traced = bool(trace) and transaction.trace == trace
    if trace and transaction.echoed and not traced:
        raise WrongMember("trace")
    if transaction.broken is not None:
        return []
    if any(map(rejects_patient, transaction.rejections)):
        _check_rejected(transaction, member, traced)
        return []
    person, noted = transaction.person, []
    born = person.birth_date
    if born is not None and member.birth_date is not None and born != member.birth_date:
        raise WrongMember("birth_date")
    named = _is_named_alike(person, member)
    if not traced:
        if born is None or not (person.name or person.first_name):
            raise WrongMember("nobody")
        if not named:
            raise WrongMember("name")
        if trace:
            noted.append("reply_without_trace")
    elif person.name and not named:
        noted.append("reply_names_differ")
    if _has_other_id(transaction, member):
        noted.append("reply_corrects_member_id")
    return noted


def _check_rejected(transaction: Transaction, member: Person, traced: bool) -> None:
    """A rejection repeats what was asked, if anything; without a trace that has to be the member."""
    person = transaction.person
    if traced or not (person.name and person.birth_date and member.birth_date):
        return
    if person.birth_date != member.birth_date and not _is_named_alike(person, member):
        raise WrongMember("name")


def _is_named_alike(person: Party, member: Person) -> bool:
    """Say whether names agree; payers cut long ones, and drop accents, blanks and hyphens."""
    pairs = ((person.name, member.last_name), (person.first_name, member.first_name))
    return all(_agree(letters(said or ""), letters(asked or "")) for said, asked in pairs)


def _agree(said: str, asked: str) -> bool:
    return said == asked or (
        bool(said) and bool(asked) and (said.startswith(asked) or asked.startswith(said))
    )


def letters(name: str) -> str:
    """Return the letters of a name in capitals, without accents."""
    plain = unicodedata.normalize("NFKD", name).upper()
    return "".join(letter for letter in plain if letter.isalpha())


def _has_other_id(transaction: Transaction, member: Person) -> bool:
    subscriber = member.subscriber
    asked = {_plain(member.member_id), _plain(subscriber.member_id if subscriber else None)} - {""}
    said = {_plain(transaction.person.id), _plain(transaction.subscriber.id)} - {""}
    return bool(asked and said) and not asked & said


def _plain(member_id: str | None) -> str:
    return "".join(character for character in (member_id or "").upper() if character.isalnum())

"""What can go wrong when a payer is asked. No message ever holds data of a member.

A payer's "no" is an answer and none of these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar


class PayerError(Exception):
    """The payer's answer could not be had."""


class ReasonedError(PayerError):
    """A failure of a kind that has several reasons; `reason` is the code of one, a key of `REASONS`."""

    REASONS: ClassVar[Mapping[str, str]] = MappingProxyType({})

    def __init__(self, reason: str) -> None:
        super().__init__(self.REASONS[reason])
        self.reason = reason


class UnknownPayer(PayerError):
    """No payer has this id."""

    def __init__(self, payer_id: str, nearest: Sequence[str] = ()) -> None:
        hint = f"; the nearest are {', '.join(nearest)}" if nearest else ""
        super().__init__(f"No payer is called {payer_id!r}{hint}.")
        self.payer_id = payer_id
        self.nearest = tuple(nearest)


class MissingIdentifiers(PayerError):
    """The payer cannot find a member by what was given; `fields` names what it needs."""

    def __init__(self, channel: str, fields: Sequence[str]) -> None:
        super().__init__(f"The {channel} channel needs more of the member: {', '.join(fields)}.")
        self.fields = tuple(fields)


class PayerUnreachable(ReasonedError):
    """The payer did not answer in time, or not at all; asking again later may help."""

    REASONS: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "timed_out": "The payer did not answer in time.",
            "no_connection": "The connection to the payer could not be made, or broke.",
            "not_trusted": "The payer's certificate is not valid, so nothing was sent.",
            "busy": "As many inquiries as may be are with this payer already.",
            "resting": "The payer failed several times in a row, and is not asked for a while.",
            "throttled": "The payer asks to be asked less often.",
            "failing": "The payer's system reports a fault of its own.",
        }
    )


class PayerRefused(ReasonedError):
    """The payer answered that it does not talk to us; asking the same again does not help."""

    REASONS: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "credentials": "The payer does not accept the credentials of this connection.",
            "envelope": "The payer does not accept the envelope that the inquiry came in.",
            "inquiry": "The payer does not accept the inquiry as it was put.",
            "address": "There is nobody at the address of this connection who answers inquiries.",
        }
    )


class UnreadableReply(ReasonedError):
    """The payer's reply is not what its channel speaks; `at` is the byte or place that shows it."""

    REASONS: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "empty": "The reply is empty.",
            "not_x12": "The reply is not X12: it does not begin with ISA.",
            "not_json": "The reply is not JSON.",
            "not_an_answer": "The reply has none of the parts of an eligibility answer.",
            "html": "The reply is a web page.",
            "truncated": "The reply ends before it is complete.",
            "too_large": "The reply is larger than ten million bytes.",
            "not_a_remittance": "The file holds no remittance advice (835).",
            "syntax_rejected": "The payer answers that it could not read the inquiry.",
        }
    )

    def __init__(self, reason: str, at: int | None = None) -> None:
        super().__init__(reason)
        self.at = at

    def __str__(self) -> str:
        return super().__str__() + (f" (byte {self.at})" if self.at is not None else "")


class WrongMember(ReasonedError):
    """The payer's reply is about somebody else, so nothing of it is used; `reason` says what differs."""

    REASONS: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "trace": "The reply carries another inquiry's trace number.",
            "birth_date": "The reply is about somebody with another birth date.",
            "name": "The reply is about somebody with another name.",
            "nobody": "The reply does not say whom it is about.",
        }
    )


class RulebookError(Exception):
    """The rulebook cannot be used; the message names files and lines."""

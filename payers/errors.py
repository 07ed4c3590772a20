"""What can go wrong when a payer is asked. No message ever holds data of a member.

A payer's "no" is an answer and none of these.
"""

from __future__ import annotations

from collections.abc import Sequence


class PayerError(Exception):
    """The payer's answer could not be had."""


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


class PayerUnreachable(PayerError):
    """The payer did not answer in time, or not at all; asking again later may help."""


class PayerRefused(PayerError):
    """The payer answered that it does not talk to us: credentials, enrolment, a malformed question."""


class UnreadableReply(PayerError):
    """The payer's reply is not what its channel speaks."""


class RulebookError(Exception):
    """The rulebook cannot be used; the message names files and lines."""

"""Asks the payer's live channel, keeps what was heard word for word, and reads it.

Asking touches the network and a clock; reading touches neither, so that an answer can be worked out again
from what was kept. A payer that cannot be reached leaves a step that says so: the answer degrades, it does
not fail.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from payers.base import Ask, Heard, Reply
from payers.connections import Connection
from payers.errors import (
    MissingIdentifiers,
    PayerError,
    PayerRefused,
    PayerUnreachable,
    UnknownPayer,
    WrongMember,
)
from payers.switchboard import Switchboard, adapter_name, read_again
from schemas.merge import merge_facts
from schemas.model import Benefits, Contact, LevelBenefits, NetworkBenefits, Step
from service.observe.metrics import count_call, note_breakers
from service.observe.traces import CHANNEL, CONNECTION, OUTCOME, span

logger = logging.getLogger(__name__)

PAYER, ADMINISTRATOR = "payer", "administrator"
# What a reply that was brought by hand is read with.
BROUGHT = {"x12_271": "x12"}
TRACE_LENGTH = 16
# What asking everybody may take in all; a connection's own seconds are at most as many.
SECONDS = 15.0
LEAST_SECONDS = 1.0
ADAPTER_FAILED = "payer_adapter_failed"
CANNOT_ANSWER_NOW = "rejected_retry_later"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question that was put to the payer or to an administrator, and what came of it.

    `adapter` says what the replies are read with; without a `connection` they were brought by hand.
    `failure` is the code of a step where nothing was heard that can be used.
    """

    whom: str
    adapter: str
    connection: str | None
    at: datetime
    heard: tuple[Heard, ...] = ()
    failure: str | None = None
    administrator: Contact | None = None

    @property
    def was_brought(self) -> bool:
        """Whether the clinic got these replies elsewhere, and asked nobody."""
        return self.connection is None and bool(self.heard)


Hearing = tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Reported:
    """The reported witness (`None`: nothing heard), what there is to say of it, whether it fell short.

    `has_administrator` tells that whoever administers behavioral care was heard too.
    """

    benefits: Benefits | None = None
    steps: tuple[Step, ...] = ()
    is_degraded: bool = False
    has_administrator: bool = False


def bring(text: str, form: str, at: datetime) -> Hearing:
    """Return a hearing of a reply that the clinic got elsewhere, such as from a payer's portal."""
    return (Asked(PAYER, BROUGHT[form], None, at, (Heard(text, "", at),)),)


def listen(switchboard: Switchboard, ask: Ask) -> Hearing:
    """Ask the payer, and the administrator that its reply names where there is a connection to it.

    Without a connection to the payer nobody is asked. Raises nothing of what can go wrong on the way.
    """
    connection = switchboard.connection_to(ask.payer.id)
    if connection is None:
        return ()
    began = time.monotonic()
    asked, reply = _ask(switchboard, connection, ask, PAYER)
    administrator = _administrator(reply)
    other = switchboard.connection_to_administrator(administrator.id if administrator else None)
    if administrator is None or other is None:
        return (asked,)
    left = max(0.0, SECONDS - (time.monotonic() - began))
    if left < LEAST_SECONDS:
        late = Asked(ADMINISTRATOR, adapter_name(other), other.id, asked.at, administrator=administrator)
        return (asked, replace(late, failure="payer_timed_out"))
    second = replace(ask, administrator=administrator, trace=new_trace(), within=left)
    return (asked, _ask(switchboard, other, second, ADMINISTRATOR)[0])


def interrupt(switchboard: Switchboard, payer_id: str, at: datetime) -> Hearing:
    """Return the hearing of a question whose asking ended before its answer came."""
    connection = switchboard.connection_to(payer_id)
    name, line = (adapter_name(connection), connection.id) if connection else ("", None)
    return (Asked(PAYER, name, line, at, failure="payer_interrupted"),)


def new_trace() -> str:
    """Return a trace number that no other inquiry has."""
    return uuid4().hex[:TRACE_LENGTH].upper()


def _ask(switchboard: Switchboard, connection: Connection, ask: Ask, whom: str) -> tuple[Asked, Reply | None]:
    where = {CONNECTION: connection.id, CHANNEL: connection.channel}
    with span("payer.check", where) as going_on:
        asked, reply = _put(switchboard, connection, ask, whom)
        going_on.say({OUTCOME: asked.failure or "answered"})
    count_call(connection.id, connection.channel, asked.failure)
    note_breakers(switchboard.states())
    return asked, reply


def _put(switchboard: Switchboard, connection: Connection, ask: Ask, whom: str) -> tuple[Asked, Reply | None]:
    at = ask.asked_at or datetime.now(UTC)
    asked = Asked(whom, adapter_name(connection), connection.id, at, administrator=ask.administrator)
    try:
        reply = switchboard.adapter(connection).check(ask)
    except WrongMember as error:
        # Somebody else's data came to us: that is for a person to look into, today.
        logger.error("connection %s: a reply about another member (%s)", connection.id, error.reason)
        return replace(asked, failure=_code(error)), None
    except PayerError as error:
        return replace(asked, failure=_code(error)), None
    except Exception as error:  # an adapter's own fault is no reason to leave the caller without an answer
        logger.error("connection %s: its adapter failed with %s", connection.id, type(error).__name__)
        return replace(asked, failure=ADAPTER_FAILED), None
    return replace(asked, heard=reply.heard), reply


def _code(error: PayerError) -> str:
    """Return the code of the step that tells of a failure."""
    if isinstance(error, PayerUnreachable):
        return f"payer_{error.reason}"
    if isinstance(error, PayerRefused):
        return f"payer_refused_{error.reason}"
    return next((code for kind, code in CODES.items() if isinstance(error, kind)), "payer_reply_unreadable")


CODES: Mapping[type[PayerError], str] = {
    WrongMember: "payer_reply_wrong_member",
    MissingIdentifiers: "payer_needs_identifiers",
    UnknownPayer: "payer_refused_address",
}


def _administrator(reply: Reply | None) -> Contact | None:
    fact = reply.periods[0].benefits.administrator if reply is not None and reply.periods else None
    return fact.value if fact is not None else None


def read_hearing(hearing: Hearing, ask: Ask) -> Reported:
    """Return what all that was heard says together; the same hearing and question say the same, for ever."""
    benefits: Benefits | None = None
    steps: list[Step] = []
    degraded = has_administrator = False
    for asked in hearing:
        failure, reply = asked.failure, None
        if failure is None:
            try:
                reply = read_again(
                    asked.adapter, asked.heard, replace(ask, administrator=asked.administrator)
                )
            except PayerError as error:
                failure = _code(error)
            except ValueError:  # the adapter that these replies came over is not installed any more
                failure = ADAPTER_FAILED
        if reply is None or not reply.periods:
            name = asked.administrator.name if asked.administrator is not None else ask.payer.name
            steps.append(Step(failure or ADAPTER_FAILED, {"payer": name}))
            degraded = True
            continue
        steps += reply.warnings
        has_administrator = has_administrator or asked.whom == ADMINISTRATOR
        degraded = degraded or any(step.code == CANNOT_ANSWER_NOW for step in reply.warnings)
        own = reply.periods[0].benefits
        benefits = own if benefits is None else _with_administrator(benefits, own)
    once = {(step.code, str(step.params)): step for step in steps}
    return Reported(benefits, tuple(once.values()), degraded, has_administrator)


def _with_administrator(payer: Benefits, administrator: Benefits) -> Benefits:
    """Put what an administrator reports of care over what the payer does; the membership is the payer's."""
    networks = {
        name: _merge_network(payer.networks.get(name, NetworkBenefits()), own)
        for name, own in administrator.networks.items()
    }
    return replace(payer, networks={**payer.networks, **networks})


def _merge_network(payer: NetworkBenefits, administrator: NetworkBenefits) -> NetworkBenefits:
    merged = merge_facts(payer, administrator)
    levels = dict(merged.levels)
    for name, own in administrator.levels.items():
        if own.copay or own.coinsurance:  # both parts of a share come from one witness
            levels[name] = replace(
                levels.get(name, LevelBenefits()), copay=own.copay, coinsurance=own.coinsurance
            )
    return replace(merged, levels=levels)


def dump_hearing(hearing: Hearing) -> list[dict[str, Any]]:
    """Write a hearing as it is kept."""
    return [
        {
            "whom": one.whom,
            "adapter": one.adapter,
            "connection": one.connection,
            "at": one.at.isoformat(),
            "heard": [
                {"text": each.text, "trace": each.trace, "at": each.at.isoformat()} for each in one.heard
            ],
            "failure": one.failure,
            "administrator": _dump_contact(one.administrator),
        }
        for one in hearing
    ]


def load_hearing(kept: Sequence[Mapping[str, Any]]) -> Hearing:
    """Read a hearing as it was kept."""
    return tuple(
        Asked(
            whom=one["whom"],
            adapter=one["adapter"],
            connection=one["connection"],
            at=datetime.fromisoformat(one["at"]),
            heard=tuple(
                Heard(each["text"], each["trace"], datetime.fromisoformat(each["at"]))
                for each in one["heard"]
            ),
            failure=one["failure"],
            administrator=Contact(**one["administrator"]) if one["administrator"] else None,
        )
        for one in kept
    )


def _dump_contact(contact: Contact | None) -> dict[str, Any] | None:
    if contact is None:
        return None
    return {"name": contact.name, "phone": contact.phone, "portal": contact.portal, "id": contact.id}

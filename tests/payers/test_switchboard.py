"""Which line leads to whom, and that what was heard is read again without one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import responses

from payers.adapters.clearinghouse import ClearinghouseAdapter
from payers.adapters.x12 import X12Adapter
from payers.base import Heard
from payers.connections import Connection, Credentials
from payers.core import Envelope, wrap_reply_mime
from payers.errors import UnreadableReply
from payers.switchboard import Switchboard, adapter_name, read_again
from tests.payers.bad_days import URL, answering
from tests.payers.scenarios import ASKED_AT, CREDENTIALS, IN_NETWORK, PAYER, PAYER_ID, TRACE

CORE = Connection("core", "x12", URL, payers={PAYER.id: PAYER_ID}, sender="CENTER", receiver=PAYER_ID)
HOUSE = Connection(
    "house",
    "clearinghouse",
    "https://house.example/check",
    "plans",
    payers={"another": "A1"},
    administrators=("V1",),
)


def board(*connections: Connection) -> Switchboard:
    return Switchboard(connections, lambda _: CREDENTIALS)


def test_a_payer_is_reached_by_the_connection_that_names_it() -> None:
    lines = board(CORE, HOUSE)
    assert lines.connection_to(PAYER.id) is CORE
    assert lines.connection_to("another") is HOUSE
    assert lines.connection_to("nobody") is None


def test_an_administrator_is_reached_by_the_id_that_replies_give_it() -> None:
    lines = board(CORE, HOUSE)
    assert lines.connection_to_administrator("V1") is HOUSE
    for unknown in ("V2", "", None, PAYER.id):
        assert lines.connection_to_administrator(unknown) is None


def test_without_connections_nobody_is_reached() -> None:
    assert Switchboard().connection_to(PAYER.id) is None


def test_an_adapter_is_opened_when_it_is_first_needed_and_once() -> None:
    asked: list[str] = []

    def credentials(connection_id: str) -> Credentials:
        asked.append(connection_id)
        return CREDENTIALS

    lines = Switchboard((CORE, HOUSE), credentials)
    assert asked == []
    assert lines.adapter(CORE) is lines.adapter(CORE)
    assert isinstance(lines.adapter(CORE), X12Adapter)
    assert asked == ["core"]
    assert isinstance(lines.adapter(HOUSE), ClearinghouseAdapter)
    assert asked == ["core", "house"]


def test_many_who_ask_at_once_share_one_adapter() -> None:
    lines = board(CORE)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: lines.adapter(CORE), range(32)))
    assert len({id(one) for one in found}) == 1


def test_an_adapter_is_found_by_the_class_that_is_named_else_by_the_channel() -> None:
    assert adapter_name(CORE) == "x12"
    assert adapter_name(replace(CORE, adapter="our.room:Door")) == "our.room:Door"


def test_what_was_heard_is_read_again_as_it_was_read_then() -> None:
    spoken = wrap_reply_mime(Envelope(IN_NETWORK.text(), "payload-1", ASKED_AT, PAYER_ID, "CENTER"))
    with answering(spoken):
        reply = board(CORE).adapter(CORE).check(IN_NETWORK.ask())
    assert reply.periods[0].benefits.active is not None
    with responses.RequestsMock():  # whoever calls now is refused
        assert read_again("x12", reply.heard, IN_NETWORK.ask()) == reply


def test_what_cannot_be_read_again_is_said_as_it_was_then() -> None:
    with pytest.raises(UnreadableReply):
        read_again("x12", (Heard("no reply at all", TRACE, ASKED_AT),), IN_NETWORK.ask())


def test_an_adapter_that_is_not_there_any_more_cannot_read_again() -> None:
    with pytest.raises(ValueError, match=r"gone\.away:Door"):
        read_again("gone.away:Door", (Heard(IN_NETWORK.text(), TRACE, ASKED_AT),), IN_NETWORK.ask())


def test_nothing_that_was_heard_is_shown() -> None:
    assert "Quatschmann" not in repr(Heard(IN_NETWORK.text(), TRACE, ASKED_AT))

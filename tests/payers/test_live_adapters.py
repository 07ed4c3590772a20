"""The live channels, each in all its forms, held against the compliance suite."""

from __future__ import annotations

import json

import pytest

from payers.adapters.clearinghouse import ClearinghouseAdapter
from payers.adapters.x12 import X12Adapter
from payers.core import Envelope, wrap_reply_mime, wrap_reply_soap
from payers.sandbox.as_benefits import tell_benefits
from payers.sandbox.as_plans import tell_plans
from payers.switchboard import Switchboard, adapter_name, read_again
from tests.payers import elsewhere
from tests.payers.bad_days import URL, answering
from tests.payers.compliance import CREDENTIALS, Connect, LiveCompliance, Speak, invented_connection
from tests.payers.elsewhere import ElsewhereAdapter
from tests.payers.scenarios import ASKED_AT, IN_NETWORK, PAYER_ID

JSON = {"Content-Type": "application/json"}


def envelope_of(text: str) -> Envelope:
    """The envelope that a 271 comes back in."""
    return Envelope(text, "payload-1", ASKED_AT, PAYER_ID, "CENTER")


class TestX12Mime(LiveCompliance):
    @pytest.fixture
    def connect(self) -> Connect:
        return lambda **terms: X12Adapter(invented_connection("x12", "mime", **terms), CREDENTIALS)

    @pytest.fixture
    def speak(self) -> Speak:
        return lambda text: wrap_reply_mime(envelope_of(text))


class TestX12Soap(LiveCompliance):
    @pytest.fixture
    def connect(self) -> Connect:
        return lambda **terms: X12Adapter(invented_connection("x12", "soap", **terms), CREDENTIALS)

    @pytest.fixture
    def speak(self) -> Speak:
        return lambda text: wrap_reply_soap(envelope_of(text))


class TestClearinghousePlans(LiveCompliance):
    @pytest.fixture
    def connect(self) -> Connect:
        return lambda **terms: ClearinghouseAdapter(
            invented_connection("clearinghouse", "plans", **terms), CREDENTIALS
        )

    @pytest.fixture
    def speak(self) -> Speak:
        return lambda text: (JSON, json.dumps(tell_plans(text)).encode())


class TestClearinghouseBenefitsInformation(LiveCompliance):
    @pytest.fixture
    def connect(self) -> Connect:
        return lambda **terms: ClearinghouseAdapter(
            invented_connection("clearinghouse", "benefits_information", **terms), CREDENTIALS
        )

    @pytest.fixture
    def speak(self) -> Speak:
        return lambda text: (JSON, json.dumps(tell_benefits(text, "000000001")).encode())


class TestElsewhere(LiveCompliance):
    @pytest.fixture
    def connect(self) -> Connect:
        return lambda **terms: ElsewhereAdapter(invented_connection("elsewhere", **terms), CREDENTIALS)

    @pytest.fixture
    def speak(self) -> Speak:
        return elsewhere.speak


def test_an_adapter_outside_of_the_project_is_found_by_its_name_in_a_connection() -> None:
    named = "tests.payers.elsewhere:ElsewhereAdapter"
    connection = invented_connection("elsewhere", url=URL, adapter=named)
    board = Switchboard((connection,), lambda _: CREDENTIALS)
    with answering(elsewhere.speak(IN_NETWORK.text())):
        reply = board.adapter(connection).check(IN_NETWORK.ask())
    assert read_again(adapter_name(connection), reply.heard, IN_NETWORK.ask()) == reply

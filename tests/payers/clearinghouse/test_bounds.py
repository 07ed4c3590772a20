"""What keeps any JSON reply in linear time: bounds on what multiplies."""

from __future__ import annotations

import json
from typing import Any

import pytest

from payers.clearinghouse.document import LONGEST_NAME
from payers.clearinghouse.reading import read_reply
from payers.x12.benefit_loop import MOST_BELOW, MOST_SERVICE_TYPES
from payers.x12.model import Transaction
from tests.payers.clearinghouse.replies import active, benefit, flat_reply, plans_reply


def read(document: dict[str, Any]) -> Transaction:
    (only,) = read_reply(json.dumps(document)).transactions
    return only


@pytest.mark.parametrize("more", [0, 1])
def test_a_benefit_fans_out_to_so_many_service_types_and_says_where_there_are_more(more: int) -> None:
    codes = [f"X{number}" for number in range(MOST_SERVICE_TYPES + more)]
    only = read(flat_reply(active(serviceTypeCodes=codes)))
    assert [line.service_type for line in only.lines] == codes[:MOST_SERVICE_TYPES]
    assert [one.code for one in only.oddities] == ["too_many_service_types"] * more


@pytest.mark.parametrize("more", [0, 1])
def test_so_much_is_kept_below_a_benefit_and_what_is_more_is_told(more: int) -> None:
    texts = [{"description": f"{number}"} for number in range(MOST_BELOW + more)]
    only = read(flat_reply(active(additionalInformation=texts)))
    assert [one.text for one in only.lines[0].detail.messages] == [str(n) for n in range(MOST_BELOW)]
    assert [(one.code, one.at) for one in only.oddities] == [
        ("too_much_below", "/benefitsInformation/0"),
    ] * more


def test_of_a_name_that_no_reply_has_only_the_beginning_is_kept() -> None:
    name = "K" * 5_000
    only = read(plans_reply(**{name: [benefit(), benefit("A8")]}))
    line = only.lines[-1]
    assert line.code == "K" * LONGEST_NAME
    assert line.at == f"/plans/0/benefits/{'K' * LONGEST_NAME}/1"

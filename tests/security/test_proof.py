"""Proof of work works once, for its step and its site, for a while, and for nobody who is too fast."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from altcha import Challenge, Payload, Solution, solve_challenge

from service.security import proof
from service.security.crypto import make_vault
from service.security.proof import BadProof, TooFast

AT = datetime(2026, 11, 22, 15, tzinfo=UTC)
LATER = AT + timedelta(seconds=10)
OLD, NEW = bytes(32), bytes([1]) * 32
VAULT = make_vault(OLD)
SITE = "a site"


@pytest.fixture(autouse=True)
def _easy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("COST", 1), ("FEWEST_TRIES", 1), ("MOST_TRIES", 20)):
        monkeypatch.setattr(proof, name, value)


def solved(posed: dict[str, Any]) -> str:
    """What a browser sends that worked."""
    challenge = Challenge.from_dict(posed)
    solution = solve_challenge(challenge)
    assert solution
    return Payload(challenge, solution).to_base64()


def pose(step: str = "contact", site: str = SITE) -> dict[str, Any]:
    with time_machine.travel(AT, tick=False):
        return proof.pose(VAULT, site, step, AT)


def read(sent: str, at: datetime = LATER, step: str = "contact", vault: Any = VAULT) -> proof.Proof:
    with time_machine.travel(at, tick=False):
        return proof.read_proof(vault, SITE, step, sent, at)


def test_a_solved_challenge_is_known_by_its_own_name() -> None:
    first, second = solved(pose()), solved(pose())
    assert read(first) == read(first) != read(second)


def test_it_is_good_while_another_data_key_takes_over() -> None:
    assert read(solved(pose()), vault=make_vault(NEW, OLD))
    with pytest.raises(BadProof):
        read(solved(pose()), vault=make_vault(NEW))


@pytest.mark.parametrize("sent", ["", "x", "é", "e30=", "bnVsbA==", "W10=", "eyJjaGFsbGVuZ2UiOiAxfQ=="])
def test_what_is_no_proof_is_refused(sent: str) -> None:
    with pytest.raises(BadProof):
        read(sent)


def test_a_challenge_of_another_step_site_or_hour_is_refused() -> None:
    for sent in (solved(pose("check")), solved(pose(site="another"))):
        with pytest.raises(BadProof):
            read(sent)
    with pytest.raises(BadProof):
        read(solved(pose()), at=AT + timedelta(minutes=16))


def test_a_challenge_that_was_made_easier_or_not_solved_is_refused() -> None:
    posed = pose()
    easier = {**posed, "parameters": {**posed["parameters"], "keyPrefix": "00"}}
    with pytest.raises(BadProof):
        read(solved(easier))
    with pytest.raises(BadProof):
        read(Payload(Challenge.from_dict(posed), Solution(3, "00" * 32)).to_base64())


def test_whoever_is_faster_than_a_person_is_told_how_long_to_wait() -> None:
    sent = solved(pose())
    with pytest.raises(TooFast) as fast:
        read(sent, at=AT + timedelta(seconds=1))
    assert fast.value.wait == 2
    assert read(sent, at=AT + timedelta(seconds=3))


def test_a_token_of_a_page_is_held_to_the_same() -> None:
    token = proof.make_token(VAULT, SITE, "check", AT)
    assert proof.read_token(VAULT, SITE, "check", token, LATER).name in token
    for site, step, sent, at in (
        (SITE, "contact", token, LATER),
        ("another", "check", token, LATER),
        (SITE, "check", token[:-1] + ("0" if token[-1] != "0" else "1"), LATER),
        (SITE, "check", "9" + token, LATER),
        (SITE, "check", "é", LATER),
        (SITE, "check", "", LATER),
        (SITE, "check", token, AT + timedelta(hours=3)),
    ):
        with pytest.raises(BadProof):
            proof.read_token(VAULT, site, step, sent, at)
    with pytest.raises(TooFast):
        proof.read_token(VAULT, SITE, "check", token, AT)

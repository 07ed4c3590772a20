"""What was stated of a session: the same is one, the newer stands, a reversal takes away, nothing is lost."""

from __future__ import annotations

from typing import Any

from service.casework.paid import FILE, REMITTANCE, TYPED, Session, Stated, added_up, as_actual, status_of


def stated(allowed: int = 41_500, patient: int = 8_300, **more: Any) -> Stated:
    said = {"allowed": allowed, "patient": patient, "deductible": 0, "copay": 0, "coinsurance": patient}
    return Stated(
        **{"source": REMITTANCE, "key": "H0015|0", "control": "PCN1", "on": "2026-12-15"} | more, amounts=said
    )


def after(*all_stated: Stated) -> tuple[dict[str, Any], list[str]]:
    """A session after some statements, each taken from what was kept of those before."""
    data: dict[str, Any] | None = None
    outcomes = []
    for one in all_stated:
        session = Session(data)
        outcomes.append(session.take(one))
        data = session.data()
    assert data is not None
    return data, outcomes


def test_the_same_statement_twice_is_one() -> None:
    data, outcomes = after(stated(), stated())
    assert outcomes == ["kept", "unchanged"]
    assert added_up(data["lines"])["allowed"] == 41_500
    assert data["history"] == []


def test_several_services_of_a_day_add_up() -> None:
    data, _ = after(stated(), stated(10_000, 2_000, key="90837|0"))
    assert (added_up(data["lines"])["allowed"], as_actual(data).patient) == (51_500, 10_300)


def test_a_newer_remittance_stands_in_the_place_of_the_older_whichever_is_read_first() -> None:
    older, newer = stated(), stated(40_000, 8_000, control="PCN2", on="2027-01-10")
    for statements, expected in (((older, newer), "replaced"), ((newer, older), "older")):
        data, outcomes = after(*statements)
        assert outcomes == ["kept", expected]
        assert added_up(data["lines"])["allowed"] == 40_000
        assert [line["allowed"] for line in data["history"]] == ["415.00"]


def test_a_reversal_takes_away_and_the_older_statement_does_not_come_back() -> None:
    back = stated(is_reversal=True, on="2027-01-10")
    data, outcomes = after(stated(), back, stated(), back)
    assert outcomes == ["kept", "reversed", "unchanged", "unchanged"]
    assert status_of(data) == "reversed"
    data, outcomes = after(back, stated())
    assert outcomes == ["nothing_to_reverse", "older"]
    assert status_of(data) == "reversed"


def test_a_correction_follows_a_reversal() -> None:
    data, outcomes = after(
        stated(),
        stated(is_reversal=True, on="2027-01-10"),
        stated(40_000, 8_000, control="PCN2", on="2027-01-10"),
    )
    assert outcomes == ["kept", "reversed", "kept"]
    assert as_actual(data).allowed == 40_000


def test_a_file_gives_way_to_a_remittance_and_a_person_to_nobody() -> None:
    in_file = stated(30_000, 6_000, source=FILE, key="", control="", on="")
    data, outcomes = after(in_file, stated(), in_file)
    assert outcomes == ["kept", "replaced", "unchanged"]
    data, outcomes = after(stated(), in_file)
    assert outcomes == ["kept", "remittance_stands"]
    typed = stated(39_000, 7_800, source=TYPED, key="", control="", on="")
    data, outcomes = after(
        stated(), typed, stated(40_000, 8_000, source=TYPED, key="", control="", on=""), typed
    )
    assert outcomes == ["kept", "replaced", "replaced", "replaced"]
    assert as_actual(data).allowed == 39_000


def test_a_session_is_denied_where_every_line_of_it_is() -> None:
    refused = stated(0, 0, key="90837|0", denied=True)
    assert status_of(after(refused)[0]) == "denied"
    assert status_of(after(refused, stated())[0]) == "paid"


def test_what_a_line_does_not_state_is_not_known_of_the_session() -> None:
    bare = Stated(TYPED, amounts={"allowed": 41_500, "patient": 8_300})
    assert added_up(after(bare)[0]["lines"])["deductible"] is None

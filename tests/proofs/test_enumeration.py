"""A small run of the proof that nobody is told who is insured, and the statistic it rests on."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.office import Office
from tests.proofs.enumeration import KNOWN, UNKNOWN, compare, make_known, open_service, probe


def test_known_and_unknown_members_have_answers_of_one_shape(tmp_path: Path) -> None:
    app, key = open_service(tmp_path)
    try:
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {key}"
        make_known(client, 6)
        found = probe(client, 12)
    finally:
        office: Office = app.extensions["office"]
        office.sealer.stop()
        office.store.close()
    assert found.are_alike
    assert [len(found.seconds[which]) for which in (KNOWN, UNKNOWN)] == [6, 6]


def test_the_ranks_of_two_samples_are_compared_as_by_hand() -> None:
    # U = 0 of 9; the spread of 3 and 3 without ties is sqrt(3 * 3 * 7 / 12) = 2.2913.
    apart = compare([1, 2, 3], [4, 5, 6])
    assert apart.auc == 0
    assert apart.z == pytest.approx(-4.5 / 2.29129, abs=1e-4)
    assert apart.p == pytest.approx(0.0495, abs=1e-4)
    same = compare([1, 2, 3], [1, 2, 3])
    assert (same.z, same.auc, same.p) == (0, 0.5, 1)
    assert compare([1, 1], [1, 1]).p == 1
    slower = compare([x + 0.5 for x in range(200)], [float(x) for x in range(100)] * 2)
    assert slower.p < 0.001

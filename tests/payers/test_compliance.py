"""The compliance suite itself: adapters that break a promise fail the test of that promise, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

# Imported here, so that what is run inside finds the same classes.
import tests.payers.broken  # noqa: F401
from payers.registry import ADAPTERS, find_adapter
from tests.payers.promises import SUBJECTS

pytest_plugins = ["pytester"]

HELD_AGAINST_THE_SUITE = """
import pytest
from tests.payers import broken, elsewhere
from tests.payers.compliance import CREDENTIALS, LiveCompliance, invented_connection

class TestBroken(LiveCompliance):
    @pytest.fixture
    def connect(self):
        return lambda **terms: broken.{name}(invented_connection("elsewhere", **terms), CREDENTIALS)

    @pytest.fixture
    def speak(self):
        return elsewhere.speak
"""
ON_A_BAD_DAY = "test_a_bad_day_is_one_of_our_errors_and_in_time"
SEEN = "test_a_member_is_seen_by_the_payer_alone"
SEEN_ON_A_BAD_DAY = "test_a_member_is_not_seen_on_a_bad_day_either"
SEEN_OVER_SOCKETS = "test_a_member_is_not_seen_over_real_sockets_either"
GUESSES = "test_it_guesses_nothing"
TELLS = "test_it_tells_what_the_payer_said"
SOMEBODY_ELSE = "test_a_reply_about_somebody_else_is_never_used"
# Days that take their time are left to those tests that are about time.
QUICK = "not loopback and not at_once"


def failed_tests(pytester: pytest.Pytester, name: str, chosen: str) -> set[str]:
    """Hold a broken adapter against the chosen tests of the suite, and return those that failed."""
    pytester.makepyfile(HELD_AGAINST_THE_SUITE.format(name=name))
    plugins = ("-p", "no:cacheprovider", "-p", "no:xdist")
    result = pytester.runpytest_inprocess(*plugins, "--import-mode=importlib", "--tb=no", "-rf", "-k", chosen)
    outcomes = result.parseoutcomes()
    assert "errors" not in outcomes
    assert outcomes["passed"] > 0
    return set(re.findall(r"^FAILED .*::TestBroken::(\w+)", result.stdout.str(), re.MULTILINE))


@pytest.mark.parametrize(
    ("name", "chosen", "tests"),
    [
        ("NamesTheMemberInErrors", QUICK, {SEEN_ON_A_BAD_DAY}),
        ("LogsTheMember", QUICK, {SEEN, SEEN_ON_A_BAD_DAY, SEEN_OVER_SOCKETS}),
        ("PrintsTheReply", QUICK, {SEEN, SEEN_ON_A_BAD_DAY, SEEN_OVER_SOCKETS}),
        (
            "WarnsWithAName",
            QUICK,
            {SEEN, SEEN_OVER_SOCKETS, "test_its_answer_holds_no_identifier_of_the_member"},
        ),
        ("GuessesACapability", QUICK, {GUESSES, "test_it_keeps_silent_on_what_it_cannot_tell"}),
        ("DeclaresMoreThanItTells", QUICK, {TELLS}),
        (
            "TakesARejectionForInactive",
            QUICK,
            {GUESSES, "test_a_payers_no_is_an_answer_that_says_what_to_do"},
        ),
        ("BelievesAnyReply", QUICK, {SOMEBODY_ELSE}),
        ("KeepsWhatIsSaidOfOthers", QUICK, {"test_another_question_is_not_answered_by_what_was_kept"}),
        ("CitesNothing", QUICK, {"test_every_fact_is_reported_and_names_its_place_and_day"}),
        ("ReadsByItsConnection", QUICK, {"test_a_reply_that_was_kept_is_read_again_without_a_connection"}),
        (
            "LetsTheLibraryRaise",
            "not loopback",
            {
                ON_A_BAD_DAY,
                "test_what_cannot_be_had_is_one_of_our_errors_and_names_no_member",
                "test_one_more_than_may_be_under_way_is_turned_away_at_once",
            },
        ),
        ("WaitsAsLongAsItTakes", "in_time and (loopback_silence or loopback_reset)", {ON_A_BAD_DAY}),
        ("WaitsForEachByte", "in_time and (loopback_body_drips or loopback_reset)", {ON_A_BAD_DAY}),
    ],
)
def test_a_broken_promise_fails_its_test_and_no_other(
    pytester: pytest.Pytester, name: str, chosen: str, tests: set[str]
) -> None:
    assert failed_tests(pytester, name, chosen) == tests


def test_the_guide_says_of_each_channel_what_it_declares() -> None:
    guide = Path(__file__).parents[2] / "docs" / "adding-an-adapter.md"
    rows = [line.strip("| ").split(" | ") for line in guide.read_text(encoding="utf-8").splitlines()]
    (channels,) = [row[2:] for row in rows if row[0] == "subject"]
    table = {row[0].strip("`"): row[2:] for row in rows if row[0].strip("`") in SUBJECTS}
    assert [name.strip("`") for name in channels] == list(ADAPTERS)
    assert table == {
        subject: ["yes" if subject in find_adapter(one).capabilities.tells else "no" for one in ADAPTERS]
        for subject in SUBJECTS
    }

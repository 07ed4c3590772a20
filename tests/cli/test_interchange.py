"""X12 from the command line: what a 271 says, the 270 for a request, an answer from a reply at hand."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine
from pyx12.x12file import X12Reader

from payers.sandbox.profile import write_connections
from payers.x12.inquiry_reader import read_270
from service.config import HOUSE
from tests.cli.conftest import Run
from tests.verify.desk import NOW
from tests.verify.lines import about, brought, nobody_called, reply_text

# They lead to a sandbox that nobody started; a clearinghouse calls the payers as it likes.
CONNECTIONS = (
    write_connections("http://127.0.0.1:9")
    .replace("60054", "C0001")
    .replace("keep_seconds: 0", "keep_seconds: 0\n    seconds: 1")
)

pytestmark = pytest.mark.usefixtures("in_november")


@pytest.fixture(name="in_november")
def _in_november() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def reply(tmp_path: Path) -> Path:
    """A 271 in a file, of whom every level of care is answered."""
    file = tmp_path / "reply.edi"
    file.write_text(reply_text("ppo-full"), encoding="utf-8")
    return file


@pytest.fixture
def connected(instance: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A profile with connections."""
    profile = tmp_path / "clinic.yaml"
    example = (HOUSE / "clinic.example.yaml").read_text("utf-8")
    profile.write_text(f"{example}\n{CONNECTIONS}", "utf-8")
    monkeypatch.setenv("OPENVOB_CLINIC_PROFILE", str(profile))


def said_of(run: Run, reply: Path, *options: str) -> dict[str, Any]:
    done = run("read-271", str(reply), "--json", *options)
    assert (done.exit_code, done.stderr) == (0, "")
    [transaction] = json.loads(done.stdout)["transactions"]
    said: dict[str, Any] = transaction
    return said


# --- vob read-271


def test_a_271_is_said_on_a_page(run: Run, reply: Path) -> None:
    done = run("read-271", str(reply), "--level-of-care", "iop")
    assert (done.exit_code, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "1. SANDBOX PAYER (SANDBOX), trace SANDBOX"
    assert lines[1] == "   subscriber: active"
    assert lines[2].startswith("   plan: name SANDBOX PPO 1500, ")
    assert "   intensive_outpatient, network in: covered, inferred" in lines
    assert "     prior authorization: required" in lines
    assert [line for line in lines if line.startswith("     copay: amount 50.00, per day")]
    assert "     deductible, individual: limit 1500.00, remaining 750.00, met 750.00" in lines


def test_the_page_holds_nothing_that_names_the_member(run: Run, reply: Path) -> None:
    page = run("read-271", str(reply), "--level-of-care", "iop").stdout.lower()
    for mark in ("prueba", "ana ", "sbx1000001", "19900517", "1990-05-17"):
        assert mark not in page


def test_a_rejection_is_said_with_what_to_do_about_it(run: Run) -> None:
    done = run("read-271", "-", given=reply_text("not-found"))
    assert done.exit_code == 0
    assert "   subscriber: undetermined" in done.stdout.splitlines()[1]
    assert "rejected in 2100C: 75 " in done.stdout
    assert "fix_patient_data" in done.stdout


def test_it_stands_in_a_file_or_on_standard_input(run: Run, reply: Path) -> None:
    piped = run("read-271", "-", given=reply.read_text("utf-8"))
    assert piped.stdout == run("read-271", str(reply)).stdout
    assert piped.exit_code == 0


def test_everything_is_there_as_json(run: Run, reply: Path) -> None:
    said = said_of(run, reply, "--level-of-care", "iop", "--network", "in")
    assert (said["status"], said["patient"], said["trace"]) == ("active", "subscriber", "SANDBOX")
    assert said["payer"]["name"] == "SANDBOX PAYER"
    assert said["level"]["copays"][0]["amount"] == "50.00"
    assert said["level"]["deductible"]["individual"]["remaining"] == "750.00"
    assert len(said["benefits"]) > 20


def test_without_a_level_of_care_none_is_said(run: Run, reply: Path) -> None:
    assert said_of(run, reply)["level"] is None


@pytest.mark.parametrize("named", ["php", "2.5", "partial_hospitalization"])
def test_a_level_of_care_goes_by_any_of_its_names(run: Run, reply: Path, named: str) -> None:
    level = said_of(run, reply, "--level-of-care", named)["level"]
    assert (level["level_of_care"], level["inferred"]) == ("partial_hospitalization", False)
    assert level["coinsurances"][0]["rate"] == "0.20"


@pytest.mark.parametrize(
    ("network", "kind", "expected"), [("in", "copays", "50.00"), ("out", "coinsurances", "0.40")]
)
def test_the_network_asked_about_is_the_one_answered(
    run: Run, reply: Path, network: str, kind: str, expected: str
) -> None:
    [share] = said_of(run, reply, "--level-of-care", "iop", "--network", network)["level"][kind]
    assert expected in share.values()


def test_the_condition_decides_which_service_types_speak(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "reply.edi"
    file.write_text(reply_text("procedure-lines"), encoding="utf-8")
    found = [
        said_of(run, file, "--level-of-care", "iop", "--condition", condition)["level"]
        for condition in ("mental_health", "substance_use")
    ]
    assert [len(level["copays"]) for level in found] == [1, 0]
    assert found[0]["copays"][0]["procedure"] == "S9480"
    assert found[1]["coinsurances"][0]["procedure"] == "H0015"


def test_the_modality_decides_which_places_count(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "reply.edi"
    file.write_text(reply_text("alternatives"), encoding="utf-8")
    found = {
        modality: [
            share["amount"]
            for share in said_of(run, file, "--level-of-care", "op", "--modality", modality)["level"][
                "copays"
            ]
        ]
        for modality in ("in_person", "telehealth")
    }
    assert found == {"in_person": ["20.00", "45.00", "90.00"], "telehealth": ["0.00"]}


def test_the_date_of_service_decides_whether_coverage_holds(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "reply.edi"
    file.write_text(reply_text("future-coverage"), encoding="utf-8")
    found = {
        day: said_of(run, file, "--date-of-service", day)["status"] for day in ("2026-11-30", "2026-12-01")
    }
    assert found == {"2026-11-30": "inactive", "2026-12-01": "active"}
    # Its own date of service is in November.
    assert said_of(run, file)["status"] == "inactive"


@pytest.mark.parametrize("content", ["", "Good morning", "<html></html>", "ISA*00*"])
def test_what_is_no_271_is_no_answer_and_says_why(run: Run, content: str) -> None:
    done = run("read-271", "-", given=content)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("vob: The reply ")


def test_bytes_without_sense_are_no_answer(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "noise"
    file.write_bytes(bytes(range(256)))
    done = run("read-271", str(file))
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("vob: ")


def test_half_a_271_says_that_it_is_broken(run: Run, reply: Path) -> None:
    text = reply.read_text("utf-8")
    done = run("read-271", "-", given=text[: len(text) // 2])
    assert done.exit_code == 0
    assert "! " in done.stdout


@pytest.mark.parametrize(
    "options",
    [
        ("--level-of-care", "spa"),
        ("--condition", "bad_mood"),
        ("--network", "sideways"),
        ("--modality", "by_pigeon"),
        ("--date-of-service", "soon"),
        ("--weather", "fine"),
    ],
)
def test_options_that_are_none_are_bad_input(run: Run, reply: Path, options: tuple[str, str]) -> None:
    done = run("read-271", str(reply), *options)
    assert (done.exit_code, done.stdout) == (2, "")


def test_a_file_that_is_not_there_is_bad_input(run: Run) -> None:
    assert run("read-271", "no-such-file.edi").exit_code == 2
    assert run("write-270", "no-such-file.json").exit_code == 2


# --- vob write-270


def written_by(run: Run, body: dict[str, Any], *options: str) -> list[str]:
    done = run("write-270", "-", *options, given=body)
    assert (done.exit_code, done.stderr) == (0, "")
    return [line for line in done.stdout.splitlines() if line]


def test_a_270_is_written_that_a_reader_of_somebody_elses_takes(run: Run) -> None:
    texts = written_by(run, about("not-covered"))
    assert len(texts) > 1
    for text in texts:
        reader = X12Reader(io.StringIO(text))
        assert sum(1 for _ in reader) == text.count("~")
        assert reader.pop_errors() == []


def test_it_asks_about_the_member_the_day_and_the_care_of_the_request(run: Run) -> None:
    texts = written_by(run, about("not-covered"))
    inquiries = [inquiry for text in texts for inquiry in read_270(text)]
    for inquiry in inquiries:
        assert (inquiry.subscriber.id, inquiry.subscriber.name) == ("SBX2000014", "IMAGINARIA")
        assert (inquiry.payer_id, inquiry.date_of_service) == ("87726", date(2026, 11, 23))
        assert (inquiry.npi, inquiry.test) == ("1234567893", True)
    assert len({inquiry.trace for inquiry in inquiries}) == len(inquiries)
    asked = {code for inquiry in inquiries for code in inquiry.service_types}
    assert asked == {"BB", "MH"}


@pytest.mark.parametrize("named", ["99999", "TEST PAYER 1"])
def test_an_id_as_the_payer_is_called_in_x12_is_taken_as_it_is(run: Run, named: str) -> None:
    [text, *_] = written_by(run, about("ppo-full"), "--payer", named)
    assert f"*PI*{named}~" in text


def test_a_payer_of_the_rulebook_is_asked_instead_of_the_requests_own(run: Run) -> None:
    [text, *_] = written_by(run, about("ppo-full"), "--payer", "florida-medicaid")
    assert "*PI*77027~" in text


def test_where_nobody_knows_the_payers_id_it_says_how_to_give_it(run: Run) -> None:
    done = run("write-270", "-", given=about("hmo-no-authorization"))
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("vob: ")
    assert "florida-blue" in done.stderr
    assert "--payer" in done.stderr


@pytest.mark.usefixtures("connected")
def test_a_connection_knows_the_payers_id_and_the_parties(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with nobody_called(monkeypatch):
        [text, *_] = written_by(run, about("ppo-full"))
    [inquiry] = read_270(text)
    assert (inquiry.payer_id, inquiry.sender, inquiry.receiver) == ("62308", "EXAMPLECLINIC", "SANDBOX")
    assert text[text.index("ISA") :].split("*")[6].strip() == "EXAMPLECLINIC"


@pytest.mark.usefixtures("connected")
def test_what_a_clearinghouse_calls_a_payer_is_no_id_in_x12(run: Run) -> None:
    # Aetna's id is the rulebook's, and nobody says what Florida Blue's is.
    [text, *_] = written_by(run, about("silent"))
    assert "*PI*60054~" in text
    assert "*PI*C0001~" not in text
    assert run("write-270", "-", given=about("hmo-no-authorization")).exit_code == 1


def test_a_bad_request_is_bad_input_with_every_error(run: Run) -> None:
    done = run("write-270", "-", given={**about("ppo-full"), "payer": "nobody", "site": "nowhere"})
    assert (done.exit_code, done.stdout) == (2, "")
    assert [line.split("  ")[:2] for line in done.stderr.splitlines()] == [
        ["/payer", "unknown_payer"],
        ["/site", "unknown_site"],
    ]
    assert run("write-270", "-", given="{").exit_code == 2
    assert run("write-270", "-", given=[1]).exit_code == 2


# --- vob verify --reply


def test_a_request_is_answered_from_a_reply_in_a_file(run: Run, reply: Path) -> None:
    done = run("verify", "-", "--reply", str(reply), "--json", given=about("ppo-full"))
    assert (done.exit_code, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert (answer["status"], answer["eligibility"]["basis"]) == ("complete", "reported")
    assert answer["request"] == about("ppo-full")
    assert "ISA*" not in done.stdout


def test_it_is_the_same_as_a_reply_that_the_request_brings(run: Run, reply: Path) -> None:
    body = about("ppo-full", payer_reply=brought("ppo-full"))
    inside = run("verify", "-", "--json", given=body)
    assert (
        inside.stdout == run("verify", "-", "--reply", str(reply), "--json", given=about("ppo-full")).stdout
    )


def test_a_page_says_that_membership_was_reported(run: Run, reply: Path) -> None:
    page = run("verify", "-", "--reply", str(reply), given=about("ppo-full")).stdout
    assert "MEMBERSHIP NOT CONFIRMED" not in page
    assert "MEMBERSHIP NOT CONFIRMED" in run("verify", "-", given=about("ppo-full")).stdout


@pytest.mark.usefixtures("connected")
def test_with_a_reply_at_hand_nobody_is_asked(run: Run, reply: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with nobody_called(monkeypatch):
        done = run("verify", "-", "--reply", str(reply), "--json", given=about("ppo-full"))
    assert json.loads(done.stdout)["status"] == "complete"


@pytest.mark.usefixtures("connected")
def test_without_one_a_payer_that_is_not_there_degrades_the_answer(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in ("USER", "PASSWORD"):
        monkeypatch.setenv(f"OPENVOB_CONNECTION_SANDBOX_MIME_{part}", "sandbox")
    done = run("verify", "-", "--json", given=about("ppo-full"))
    assert done.exit_code == 0
    answer = json.loads(done.stdout)
    assert (answer["status"], answer["warnings"][0]["code"]) == ("degraded", "payer_no_connection")


@pytest.mark.parametrize(
    ("key", "code"), [("alternatives", "reply_of_another_member"), ("cut-off", "reply_not_readable")]
)
def test_a_reply_that_cannot_be_used_is_bad_input(run: Run, tmp_path: Path, key: str, code: str) -> None:
    file = tmp_path / "other.edi"
    file.write_text(reply_text(key), encoding="utf-8")
    done = run("verify", "-", "--reply", str(file), given=about("ppo-full"))
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.startswith(f"/payer_reply/content  {code}  ")


def test_a_reply_in_latin_letters_is_read(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "latin.edi"
    file.write_bytes(reply_text("ppo-full").replace("PRUEBA", "PRUÉBA").encode("latin-1"))
    done = run("verify", "-", "--reply", str(file), "--json", given=about("ppo-full"))
    assert done.exit_code == 0
    assert json.loads(done.stdout)["eligibility"]["basis"] == "reported"


def test_the_reply_has_to_be_there(run: Run) -> None:
    assert run("verify", "-", "--reply", "no-such-file.edi", given=about("ppo-full")).exit_code == 2

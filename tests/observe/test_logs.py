"""Log lines: what is kept of whoever speaks, and that one request leaves one line."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from service.config import SettingError, Settings
from service.observe.access import observe
from service.observe.logs import ALLOWED, Line, StandardError, set_up_logging
from service.observe.metrics import LOG_KEYS_DROPPED, LOG_LINES_LOST
from tests.observe.watching import Lines

NAME = "Zquintana"
OURS, FOREIGN = "service.somewhere", "urllib3.connectionpool"


def written(
    name: str, level: int, msg: Any, *args: Any, exc_info: Any = None, **beside: Any
) -> dict[str, Any]:
    """The line that a logger would leave."""
    record = logging.getLogger(name).makeRecord(
        name, level, __file__, 1, msg, args, exc_info, extra=beside, sinfo="a stack"
    )
    line = Line("json").format(record)
    assert "\n" not in line
    read: dict[str, Any] = json.loads(line)
    return read


# --- one line


def test_a_line_says_when_in_utc_how_grave_who_and_what() -> None:
    record = logging.makeLogRecord({"name": OURS, "levelname": "ERROR", "levelno": 40, "msg": "gone"})
    record.created = datetime(2026, 11, 24, 15, 2, 3, 250_000, UTC).timestamp()
    assert json.loads(Line("json").format(record)) == {
        "time": "2026-11-24T15:02:03.250Z",
        "level": "error",
        "logger": OURS,
        "event": "gone",
    }


def test_only_allowed_keys_stand_beside_it_and_what_is_dropped_is_counted() -> None:
    before = LOG_KEYS_DROPPED._value.get()
    allowed = dict.fromkeys(ALLOWED, "x")
    line = written(OURS, logging.INFO, "said", **allowed, member=NAME, event=NAME, body={"last_name": NAME})
    assert {key: line[key] for key in ALLOWED} == allowed
    assert line.keys() == ALLOWED | {"time", "level", "logger", "event"}
    assert line["event"] == "said"
    assert LOG_KEYS_DROPPED._value.get() - before == 3


def test_an_allowed_key_holds_plain_values_only() -> None:
    assert "reason" not in written(OURS, logging.INFO, "said", reason={"last_name": NAME})


def test_nothing_that_others_put_beside_their_message_is_kept() -> None:
    line = written(FOREIGN, logging.INFO, "said", reason=NAME, place=NAME, count=NAME)
    assert line.keys() == {"time", "level", "logger"}


@pytest.mark.parametrize("name", ["service", OURS, "payers.http", "schemas.model"])
def test_what_our_own_loggers_say_is_kept_with_its_parameters(name: str) -> None:
    assert written(name, logging.INFO, "connection %s: %s", "a", "busy")["event"] == "connection a: busy"


@pytest.mark.parametrize("name", [FOREIGN, "sqlalchemy.engine", "werkzeug", "servicemesh", "root"])
def test_of_what_others_say_in_passing_only_who_spoke_is_kept(name: str) -> None:
    line = written(name, logging.INFO, "GET %s", NAME)
    assert line.keys() == {"time", "level", "logger"}
    assert (line["level"], line["logger"]) == ("info", name)


def test_of_a_warning_of_others_the_text_in_their_source_is_kept() -> None:
    assert written(FOREIGN, logging.WARNING, "Retrying after %s", NAME)["event"] == "Retrying after %s"
    joined = written(FOREIGN, logging.ERROR, "in two " "parts %s", NAME)  # fmt: skip
    assert joined["event"] == "in two parts %s"


@pytest.mark.parametrize("said", [f"no such member: {NAME}", ValueError(NAME), {"last_name": NAME}, [NAME]])
def test_a_warning_of_others_that_was_put_together_while_running_is_not_kept(said: Any) -> None:
    line = written(FOREIGN, logging.WARNING, said)
    assert line.keys() == {"time", "level", "logger"}


@pytest.mark.parametrize("name", [OURS, FOREIGN])
def test_of_an_exception_its_type_and_its_places_are_kept_and_never_its_message(name: str) -> None:
    def fail() -> None:
        raise KeyError(NAME)

    try:
        fail()
    except KeyError:
        line = written(name, logging.ERROR, "it failed", exc_info=sys.exc_info())
    assert line["reason"] == "KeyError"
    here = "tests/observe/test_logs.py:"
    assert [place.partition(here)[2].partition(" ")[2] for place in line["place"]] == [
        "test_of_an_exception_its_type_and_its_places_are_kept_and_never_its_message",
        "fail",
    ]
    assert NAME not in str(line)


def test_for_people_the_same_is_written_plainly() -> None:
    record = logging.makeLogRecord(
        {"name": OURS, "levelname": "INFO", "msg": "done", "count": 3, "who": NAME}
    )
    plain = Line("plain").format(record)
    assert "done" in plain
    assert "count=3" in plain
    assert NAME not in plain
    foreign = logging.makeLogRecord({"name": FOREIGN, "levelno": 20, "levelname": "INFO", "msg": NAME})
    assert FOREIGN in Line("plain").format(foreign)
    assert NAME not in Line("plain").format(foreign)


# --- the way out


def test_a_line_that_cannot_be_written_is_counted_and_its_parameters_are_not_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = LOG_LINES_LOST._value.get()
    record = logging.makeLogRecord({"name": OURS, "levelno": 30, "msg": "%d times", "args": (NAME,)})
    StandardError().handle(record)
    assert LOG_LINES_LOST._value.get() - before == 1
    assert capsys.readouterr().err == ""


def test_set_up_twice_every_line_is_written_once(settings: Settings, lines: Lines) -> None:
    set_up_logging(settings)
    set_up_logging(settings)
    logging.getLogger(OURS).info("once")
    logging.getLogger(OURS).debug("never")
    assert [line["event"] for line in lines()] == ["once"]


def test_what_a_server_would_write_by_itself_goes_the_same_way(settings: Settings, lines: Lines) -> None:
    spoken = logging.getLogger("gunicorn.error")
    spoken.addHandler(logging.StreamHandler(sys.stderr))
    spoken.propagate = False
    set_up_logging(settings)
    spoken.error("Error handling request %s", f"/?{NAME}")
    assert [line["event"] for line in lines()] == ["Error handling request %s"]


@pytest.mark.parametrize(("is_terminal", "form"), [(True, "plain"), (False, "json")])
def test_without_a_setting_a_terminal_gets_plain_lines_and_all_else_gets_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, is_terminal: bool, form: str
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: is_terminal)
    set_up_logging(Settings.from_env({}))
    logging.getLogger(OURS).info("said")
    assert capsys.readouterr().err.startswith("{") is (form == "json")


def test_the_level_is_a_setting(lines: Lines) -> None:
    given = {"OPENVOB_LOG_LEVEL": "Warning", "OPENVOB_LOG_FORMAT": "json"}
    set_up_logging(Settings.from_env(given))
    logging.getLogger(OURS).info("left out")
    logging.getLogger(OURS).warning("kept")
    assert [line["event"] for line in lines()] == ["kept"]


@pytest.mark.parametrize("variable", ["OPENVOB_LOG_LEVEL", "OPENVOB_LOG_FORMAT", "OPENVOB_METRICS_OPEN"])
def test_a_setting_that_is_none_of_its_choices_is_refused_by_name(variable: str) -> None:
    with pytest.raises(SettingError, match=f"^{variable} must be one of: [a-z, ]+$"):
        Settings.from_env({variable: "sometimes"})


# --- one request, one line


def test_a_request_leaves_one_line_with_the_rule_of_its_address(client: FlaskClient, lines: Lines) -> None:
    lines()
    client.get("/v1/payers/medicare")
    [line] = lines()
    assert (line["event"], line["level"], line["logger"]) == ("request", "info", "service.observe.access")
    assert (line["method"], line["route"], line["status"]) == ("GET", "/v1/payers/<payer_id>", 200)
    assert 0 < line["milliseconds"] < 10_000
    assert line["client"]


def test_who_is_refused_leaves_a_line_without_a_client(app: Flask, client: FlaskClient, lines: Lines) -> None:
    lines()
    app.test_client().get("/v1/cases")
    [line] = lines()
    assert (line["route"], line["status"]) == ("/v1/cases", 401)
    assert "client" not in line


def test_of_an_address_that_is_not_there_nothing_is_repeated(client: FlaskClient, lines: Lines) -> None:
    lines()
    client.open(f"/v1/{NAME}?name={NAME}", method=NAME.upper(), headers={"X-Name": NAME})
    [line] = lines()
    assert (line["method"], line["route"], line["status"]) == ("other", "none", 404)
    assert NAME.lower() not in str(line).lower()


def test_a_request_that_has_an_id_is_logged_with_it(settings: Settings, lines: Lines) -> None:
    app = Flask("named")
    observe(app, settings)

    @app.get("/")
    def home() -> str:
        g.request_id = "7f3a"
        return "home"

    app.test_client().get("/")
    assert [line["request_id"] for line in lines()] == ["7f3a"]


def test_watching_an_application_twice_leaves_one_line_a_request(settings: Settings, lines: Lines) -> None:
    app = Flask("watched")
    observe(app, settings)
    observe(app, settings)
    app.test_client().get("/")
    assert len(lines()) == 1
    assert sum(isinstance(one, StandardError) for one in logging.getLogger().handlers) == 1

"""Spans say how long what took, by rules, ids and outcomes, and nothing of a member."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from flask.testing import FlaskClient
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from service.config import SettingError, Settings
from service.observe import traces
from tests.observe.test_sentinel import MARKS, PERSON
from tests.verify.lines import about

V1 = "/v1/verifications"


@pytest.fixture
def spans(client: FlaskClient) -> Iterator[InMemorySpanExporter]:
    """What was sent to a collector, were there one."""
    sent = InMemorySpanExporter()
    traces.set_up_tracing(Settings.from_env({}), sent)
    yield sent
    traces._tracers.clear()


def finished(spans: InMemorySpanExporter, name: str) -> list[ReadableSpan]:
    return [span for span in spans.get_finished_spans() if span.name == name]


def test_a_request_is_a_span_with_its_rule_and_never_its_address(
    client: FlaskClient, spans: InMemorySpanExporter
) -> None:
    answer = client.get("/v1/payers/medicare?limit=1")
    (span,) = finished(spans, "request")
    assert dict(span.attributes or {}) == {
        "http.request.method": "GET",
        "http.route": "/v1/payers/<payer_id>",
        "http.response.status_code": answer.status_code,
        "request_id": answer.headers["X-Request-Id"],
    }


@pytest.mark.usefixtures("new_lines")
@pytest.mark.parametrize(("whom", "outcome"), [("ppo-full", "answered"), ("fault", "payer_failing")])
def test_asking_a_payer_is_a_span_inside_it_with_what_came_of_it(
    client: FlaskClient, spans: InMemorySpanExporter, whom: str, outcome: str
) -> None:
    assert client.post(V1, json=about(whom)).status_code == 201
    (request,), (check, *_) = finished(spans, "request"), finished(spans, "payer.check")
    attributes = dict(check.attributes or {})
    assert set(attributes) == {"connection", "channel", "outcome"}
    assert attributes["outcome"] == outcome
    assert check.parent is not None
    assert request.context is not None
    assert check.parent.span_id == request.context.span_id


def test_it_belongs_to_the_trace_that_the_caller_names(
    client: FlaskClient, spans: InMemorySpanExporter
) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    client.get("/v1/payers", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
    (span,) = finished(spans, "request")
    assert span.context is not None
    assert f"{span.context.trace_id:032x}" == trace


def test_what_a_caller_puts_beside_its_trace_goes_to_no_collector(
    client: FlaskClient, spans: InMemorySpanExporter
) -> None:
    told = {
        "traceparent": f"00-{'a' * 32}-{'b' * 16}-01",
        "tracestate": "who=Zquintana",
        "baggage": "who=Zqana",
    }
    client.get("/v1/payers", headers=told)
    (span,) = finished(spans, "request")
    assert f"{span.context.trace_id:x}" == "a" * 32
    assert not span.context.trace_state
    assert "zq" not in span.to_json().lower()


@pytest.mark.usefixtures("new_lines")
def test_nothing_of_a_member_is_in_any_span(
    client: FlaskClient, spans: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.post(V1, json=about("ppo-full", member=PERSON))
    client.get("/Zquintana/1931-07-19?name=Zqana", headers={"traceparent": "Zquintana"})
    client.open("/v1/payers/zquintana", method="ZQANA")

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError(str(PERSON))

    monkeypatch.setattr("service.record.verify", fail)
    assert client.post(V1, json=about("ppo-full", member=PERSON, live=False)).status_code == 500
    told = "".join(span.to_json() for span in spans.get_finished_spans()).lower()
    assert "http.route" in told
    assert [mark for mark in MARKS if mark in told] == []


def test_what_is_not_allowed_is_left_out_and_a_fault_says_its_kind_alone(spans: InMemorySpanExporter) -> None:
    with pytest.raises(ZeroDivisionError), traces.span("job", {"member": "Zquintana", "outcome": "done"}):
        raise ZeroDivisionError("Zquintana")
    (span,) = finished(spans, "job")
    assert dict(span.attributes or {}) == {"outcome": "done"}
    assert span.status.description == "ZeroDivisionError"
    assert span.events == ()


def test_without_a_collector_nothing_is_timed_and_nothing_imported() -> None:
    code = (
        "import sys; import service.app; from service.observe.traces import span\n"
        "with span('job', {}): pass\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_spans_reach_a_collector_over_http() -> None:
    got: list[tuple[str, bytes]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Collector)
    Thread(target=server.serve_forever, daemon=True).start()
    code = (
        "from service.config import Settings; from service.observe import traces\n"
        "traces.set_up_tracing(Settings.from_env())\n"
        "with traces.span('job', {'outcome': 'done'}): pass"
    )
    address = f"http://127.0.0.1:{server.server_port}/v1/traces"
    environment = {"OPENVOB_TRACES_ENDPOINT": address, "PYTHONPATH": "."}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    server.shutdown()
    server.server_close()
    ((path, body),) = got
    assert path == "/v1/traces"
    assert b"openvob" in body
    assert b"outcome" in body


def test_an_address_of_a_collector_that_is_none_is_refused() -> None:
    with pytest.raises(SettingError, match="OPENVOB_TRACES_ENDPOINT must begin with https:// or http://"):
        Settings.from_env({"OPENVOB_TRACES_ENDPOINT": "collector:4318"})

"""Spans: how long a request took and whom it waited for, sent to a collector where one is named.

A span holds the rule that an address matched, ids of connections, channels and outcomes: never an address,
a body, or what an exception says. The library is imported only where a collector is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from service.config import Settings

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Span as LibrarySpan
    from opentelemetry.trace import Tracer

METHOD, ROUTE, STATUS = "http.request.method", "http.route", "http.response.status_code"
REQUEST_ID, CONNECTION, CHANNEL, OUTCOME = "request_id", "connection", "channel", "outcome"
TRACEPARENT = "traceparent"
ALLOWED = frozenset({METHOD, ROUTE, STATUS, REQUEST_ID, CONNECTION, CHANNEL, OUTCOME})
"""The attributes that a span may have."""

SERVICE = "openvob"
_tracers: list[Tracer] = []


class Span(Protocol):
    """What can be said of something that goes on."""

    def say(self, attributes: Mapping[str, str | int]) -> None:
        """Add attributes; what is not allowed is left out."""


class _Nothing:
    def say(self, attributes: Mapping[str, str | int]) -> None:
        pass


NOTHING: Span = _Nothing()


def set_up_tracing(settings: Settings, exporter: SpanExporter | None = None) -> None:
    """Send spans to the collector that the settings name, or to an exporter; once for each process."""
    if _tracers or (settings.traces_endpoint is None and exporter is None):
        return
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor

    # Of the machine nothing is told but the name of the service.
    provider = TracerProvider(resource=Resource({"service.name": SERVICE}))
    if exporter is not None:
        provider.add_span_processor(SimpleSpanProcessor(exporter))
    else:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=settings.traces_endpoint)))
    _tracers.append(provider.get_tracer(SERVICE))


def is_tracing() -> bool:
    """Whether spans go anywhere in this process."""
    return bool(_tracers)


@contextmanager
def span(
    name: str, attributes: Mapping[str, str | int], headers: Mapping[str, str] | None = None
) -> Iterator[Span]:
    """Time what goes on inside; `headers` may say which trace of the caller's it belongs to (W3C)."""
    if not _tracers:
        yield NOTHING
        return
    from opentelemetry.trace import Status, StatusCode
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    # What the caller put beside its trace (`tracestate`) may be anything, and would go to the collector.
    told = {} if headers is None else {TRACEPARENT: headers.get(TRACEPARENT, "")}
    context = TraceContextTextMapPropagator().extract(told) if told else None
    with _tracers[0].start_as_current_span(
        name, context=context, record_exception=False, set_status_on_exception=False
    ) as going_on:
        said = _Said(going_on)
        said.say(attributes)
        try:
            yield said
        except BaseException as error:
            going_on.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


class _Said:
    def __init__(self, going_on: LibrarySpan) -> None:
        self._span = going_on

    def say(self, attributes: Mapping[str, str | int]) -> None:
        """Add attributes; what is not allowed is left out."""
        for name, value in attributes.items():
            if name in ALLOWED:
                self._span.set_attribute(name, value)

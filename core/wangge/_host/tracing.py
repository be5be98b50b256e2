"""Traces for operators: off unless an address is set; spans name what was done, never with whom or what."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any, Protocol

from sqlalchemy import event
from sqlalchemy.engine import Engine

from wangge.errors import ConfigurationError


class Span(Protocol):
    """What may be told of a span; no value that a caller wrote is told."""

    def set_attribute(self, key: str, value: str | int | float | bool) -> None:
        """Tell a fact."""
        ...


class _Silence:
    """A span that goes nowhere."""

    def set_attribute(self, key: str, value: str | int | float | bool) -> None:
        """Drop the fact."""


SILENCE = _Silence()


class Tracing:
    """Spans of one server process, sent to an OpenTelemetry collector over OTLP/HTTP.

    Args:
        provider: an OpenTelemetry `TracerProvider`; None switches tracing off, at the cost of one comparison.
    """

    def __init__(self, provider: Any | None = None) -> None:  # of a package that may not be installed
        self._provider = provider
        self._tracer = provider.get_tracer("wangge", version("wangge")) if provider is not None else None

    @property
    def on(self) -> bool:
        """Whether spans are made."""
        return self._tracer is not None

    @contextmanager
    def request(self, name: str, heads: Mapping[str, str]) -> Iterator[Span]:
        """Span a request, as a part of the trace that its `traceparent` names."""
        if self._tracer is None:
            yield SILENCE
            return
        from opentelemetry.trace import SpanKind
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        given = {key: heads[key] for key in TRACE_CONTEXT if key in heads}
        parent = TraceContextTextMapPropagator().extract(given)
        with self._tracer.start_as_current_span(
            name, context=parent, kind=SpanKind.SERVER, record_exception=False, set_status_on_exception=False
        ) as span:
            yield span

    @contextmanager
    def step(self, name: str, **facts: str | int | float | bool) -> Iterator[Span]:
        """Span a step of the request at hand. An exception is not recorded: its text may hold a value."""
        if self._tracer is None:
            yield SILENCE
            return
        with self._tracer.start_as_current_span(
            name, attributes=facts, record_exception=False, set_status_on_exception=False
        ) as span:
            yield span

    def follow(self, engine: Engine, system: str, namespace: str) -> None:
        """Span each statement that SQLAlchemy runs on an engine: what kind it is, not its text."""
        if self._tracer is None:
            return
        tracer, where = self._tracer, {"db.system.name": system, "db.namespace": namespace}

        def begin(_conn: Any, _cursor: Any, statement: str, _values: Any, context: Any, _many: bool) -> None:
            facts = {**where, "db.operation.name": _verb(statement)}
            context.wangge_span = tracer.start_span("statement", attributes=facts)

        def end(_conn: Any, _cursor: Any, _statement: str, _values: Any, context: Any, _many: bool) -> None:
            span = getattr(context, "wangge_span", None)
            if span is not None:
                span.end()

        def broken(failure: Any) -> None:  # an ExceptionContext
            span = getattr(failure.execution_context, "wangge_span", None)
            if span is not None:
                span.end()

        event.listen(engine, "before_cursor_execute", begin)
        event.listen(engine, "after_cursor_execute", end)
        event.listen(engine, "handle_error", broken)

    def close(self) -> None:
        """Send what is still to be sent."""
        if self._provider is not None:
            self._provider.shutdown()


TRACE_CONTEXT = ("traceparent", "tracestate")
_VERBS = {"SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "SAVEPOINT", "RELEASE"}


def tracing_to(endpoint: str | None) -> Tracing:
    """Return tracing to a collector such as `http://127.0.0.1:4318/v1/traces`; None switches it off.

    Sampling, headers and the service's name follow OpenTelemetry's own variables (`OTEL_TRACES_SAMPLER`,
    `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_SERVICE_NAME`).

    Raises:
        ConfigurationError: when the packages for it are not installed.
    """
    if endpoint is None:
        return Tracing()
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as missing:
        raise ConfigurationError(
            "WANGGE_TRACES_ENDPOINT needs the packages of `wangge[tracing]`: install them, or unset it."
        ) from missing
    named = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": "wangge"}
    provider = TracerProvider(resource=Resource.create(named))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    return Tracing(provider)


def _verb(statement: str) -> str:
    verb = statement.lstrip().partition(" ")[0].upper()
    return verb if verb in _VERBS else "OTHER"

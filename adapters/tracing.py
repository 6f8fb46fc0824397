"""Traces for operators: spans of requests, acts and jobs, sent by OTLP over HTTP to a collector (OpenTelemetry).

A span names a route, an act or a job, how it ended and how many SQL statements it sent; never what somebody typed, an
address, a dossier or a person. The id of the request leads from a span to the lines of the log. What a client says of
its own traces is not read: anybody could choose which requests are kept.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any, Protocol

from flask import Response, g, request
from opentelemetry import trace as telemetry
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from sqlalchemy import Engine, event

from engine.errors import Refusal
from engine.store.sql.driver import HEARERS
from engine.trace_settings import TraceSettings

NOT_TRACED = ("/healthz", "/readyz", "/metrics")
"""Probes, of which there are several a minute for as long as the process lives."""
_KINDS = {"request": telemetry.SpanKind.SERVER, "job": telemetry.SpanKind.CONSUMER}
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class Wrappable(Protocol):
    """The application, which is LeanFlask."""

    def wrap(self, middleware: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None: ...
    def after_request(self, hook: Callable[[Response], Response]) -> Any: ...


class Tracing:
    """The spans of one process. Its ``span`` is what the engine knows (``engine.ports.Trace``)."""

    def __init__(self, processor: SpanProcessor, process: str, share: int = 100) -> None:
        """``process`` is web or worker; of ``share`` in a hundred requests and jobs a trace is kept."""
        told = {"service.name": f"motcua-{process}", "service.namespace": "motcua"}
        told["service.version"] = version("motcua")
        sampler = ParentBased(TraceIdRatioBased(share / 100))
        self._provider = TracerProvider(sampler=sampler, resource=Resource.create(told))
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("motcua")
        self._said = _Said()

    @contextmanager
    def span(self, kind: str, name: str) -> Iterator[None]:
        """A span around a block. An exception is told by its kind, a refusal by its code; their words are not."""
        before = self._said.statements
        with self._tracer.start_as_current_span(
            f"{kind} {name}", kind=_kind(kind), record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield
            except Refusal as refusal:
                span.set_attribute("motcua.refused", refusal.code)
                raise
            except Exception as error:
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(telemetry.StatusCode.ERROR)
                raise
            finally:
                span.set_attribute("motcua.statements", self._said.statements - before)

    def listen(self, database: Engine) -> None:
        """Counts the statements that are sent to this database, through SQLAlchemy or past it."""
        event.listen(database, "before_cursor_execute", lambda *_: self._said.one_more())
        HEARERS.append(self._said.one_more)

    def close(self) -> None:
        """Sends what waits. The end of a process does the same."""
        self._provider.shutdown()
        if self._said.one_more in HEARERS:
            HEARERS.remove(self._said.one_more)


def tracing_from(settings: TraceSettings, process: str) -> Tracing:
    """Sends spans in batches, from a thread of its own: a collector that is away holds up no request."""
    return Tracing(BatchSpanProcessor(OTLPSpanExporter(endpoint=settings.url)), process, settings.share)


def trace_requests(app: Wrappable, tracing: Tracing) -> None:
    """Puts a span around every request but probes, from the first byte that the program sees to its answer."""

    def around(inner: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
        def traced(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            if environ.get("PATH_INFO", "") in NOT_TRACED:
                return inner(environ, start_response)
            with tracing.span("request", _method(environ.get("REQUEST_METHOD", ""))):
                return inner(environ, start_response)

        return traced

    app.wrap(around)

    @app.after_request
    def tell(response: Response) -> Response:
        span = telemetry.get_current_span()
        if span.is_recording():
            _tell(span, response)
        return response


def _tell(span: telemetry.Span, response: Response) -> None:
    method, route = _method(request.method), request.url_rule.rule if request.url_rule is not None else "-"
    span.update_name(f"{method} {route}")
    span.set_attribute("http.request.method", method)
    span.set_attribute("http.route", route)
    span.set_attribute("http.response.status_code", response.status_code)
    span.set_attribute("motcua.request", g.get("request_id", ""))
    if refused := g.get("refusal"):
        span.set_attribute("motcua.refused", refused)
    if response.status_code >= 500:
        span.set_status(telemetry.StatusCode.ERROR)


def _method(told: str) -> str:
    return told if told in _METHODS else "OTHER"


def _kind(kind: str) -> telemetry.SpanKind:
    return _KINDS.get(kind, telemetry.SpanKind.INTERNAL)


class _Said(threading.local):
    """How many statements this thread has sent."""

    statements = 0

    def one_more(self) -> None:
        self.statements += 1

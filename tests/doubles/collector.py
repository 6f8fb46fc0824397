"""A collector of traces as OpenTelemetry's are: takes OTLP over HTTP on the loopback interface, and keeps the spans."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

PATIENCE = 30.0  # seconds


class Collector:
    """What arrived: spans as ``(service, name, attributes)``, in the order of their coming."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.spans: list[tuple[str, str, dict[str, Any]]] = []

    def take(self, body: bytes) -> None:
        """Keeps the spans of one export."""
        told = ExportTraceServiceRequest.FromString(body)
        for resource in told.resource_spans:
            service = _attributes(resource.resource.attributes)["service.name"]
            for scope in resource.scope_spans:
                self.spans += [(service, span.name, _attributes(span.attributes)) for span in scope.spans]

    def wait_for(self, holds: Callable[[set[str]], bool]) -> set[str]:
        """The names that came, once they satisfy ``holds`` or the patience is over."""
        latest = time.monotonic() + PATIENCE
        while not holds(found := {name for _, name, _ in self.spans}) and time.monotonic() < latest:
            time.sleep(0.05)
        return found


@contextmanager
def collector() -> Iterator[Collector]:
    """A collector that listens while the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            one.take(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    one = Collector(f"http://127.0.0.1:{server.server_port}/v1/traces")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield one
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _attributes(given: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in given}

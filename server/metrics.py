"""Prometheus metrics: counters of requests, durations, acts and refusals, and gauges of the backlog at each scrape."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)


class Metrics:
    """The counters of one application. With PROMETHEUS_MULTIPROC_DIR set, all processes of a machine are added up."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "motcua_http_requests", "HTTP requests", ("route", "method", "status"), registry=self.registry
        )
        self.durations = Histogram(
            "motcua_http_request_seconds", "Seconds a request took", ("route",), buckets=BUCKETS, registry=self.registry
        )
        self._answers: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self.acts = Counter("motcua_acts", "Acts carried out", ("act",), registry=self.registry)
        self.refusals = Counter("motcua_refusals", "Requests refused", ("code",), registry=self.registry)
        self.violations = Counter(
            "motcua_policy_violations",
            "What pages asked for against their policy",
            ("directive",),
            registry=self.registry,
        )

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """Counts a request that was answered."""
        kept = self._answers.get((route, method, status))
        if kept is None:
            kept = self.requests.labels(route, method, str(status)), self.durations.labels(route)
            self._answers[route, method, status] = kept
        number, duration = kept
        number.inc()
        duration.observe(seconds)

    def exposition(self, waiting: Callable[[], dict[str, float]]) -> bytes:
        """The text format of Prometheus. ``waiting`` queries the backlog; missing gauges are left out."""
        counted = self.registry
        if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
            counted = CollectorRegistry()
            multiprocess.MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
        gauges = CollectorRegistry()
        gauges.register(_Waiting(waiting))
        return generate_latest(counted) + generate_latest(gauges)


class _Waiting(Collector):
    def __init__(self, waiting: Callable[[], dict[str, float]]) -> None:
        self._waiting = waiting

    def collect(self) -> Iterable[Metric]:
        for name, value in self._waiting().items():
            yield GaugeMetricFamily(f"motcua_{name}", _MEANING[name], value=value)

    def describe(self) -> list[Any]:
        return []  # the gauges are known at a scrape only


_MEANING = {
    "outbox_waiting": "Notices waiting to be sent (counted up to 10,000)",
    "outbox_parked": "Notices given up after repeated failures (counted up to 10,000)",
    "queue_age_seconds": "How long the oldest notice that could be sent has been waiting",
    "clocks_due": "Clocks that are due and have not fired (counted up to 10,000)",
    "clock_lag_seconds": "How long the oldest due clock has been waiting",
    "intake_overdue": "Online filings that wait longer than the limit of intake allows (counted up to 10,000)",
    "recounts_waiting": "Publications about working time after which dossiers are still being counted anew",
    "calendar_days_left": "Days until the first published calendar ends",
}

"""Traces: a span for each request, act and job, with its statements; none of what people typed; nothing when off."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import urllib3

from api.app import create_app
from cli.compose import compose, compose_tracing
from engine.jobs.queue import Bell
from engine.ports import span_of
from engine.setting_values import WrongSetting
from engine.settings import settings_from
from engine.store.sql.driver import HEARERS
from server.context import Served
from server.lean_flask import LeanFlask
from server.limits import Limits
from server.metrics import Metrics
from tests.doubles.process import free_port
from tests.faults.child import Child
from tests.installation.caller import Caller
from tests.installation.installation import Installation
from tests.installation.runtime import environment_over, runtime_over
from tests.installation.served import ServedInstallation
from tests.installation.trial_content import TRIAL, filing
from tests.redis_server import redis_server
from tests.spoken import spoken

pytest.importorskip("opentelemetry.sdk", reason="the extra `tracing` is not installed: run bin/setup test")

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from adapters.tracing import Tracing, trace_requests
from tests.doubles.collector import collector

PERSONAL = ("Đào", "079300012345", "0901234567", "dao@example.org", "Lê Lợi", "vay vốn", "Nguyễn", "counter")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with TRIAL.copy(request.param, tmp_path, f"traced_{os.getpid()}") as made:
        yield made


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LeanFlask, Tracing, InMemorySpanExporter]]:
    """An application with spans around it, made once; each test gives it a runtime of its own."""
    folder, exporter = tmp_path_factory.mktemp("traced"), InMemorySpanExporter()
    tracing = Tracing(SimpleSpanProcessor(exporter), "web")
    app = create_app(runtime_over(f"sqlite:///{folder / 'none.sqlite'}", folder))
    trace_requests(app, tracing)
    yield app, tracing, exporter
    tracing.close()


@pytest.fixture
def served(
    url: str, tmp_path: Path, traced: tuple[LeanFlask, Tracing, InMemorySpanExporter]
) -> Iterator[ServedInstallation]:
    app, tracing, exporter = traced
    runtime = replace(runtime_over(url, tmp_path), trace=tracing)
    tracing.listen(runtime.database)
    app.extensions["motcua"] = Served(runtime, None, Limits(runtime.settings), Metrics())
    installation = ServedInstallation(runtime, app)
    exporter.clear()
    yield installation
    installation.close()
    HEARERS.clear()


@pytest.fixture
def kept(traced: tuple[LeanFlask, Tracing, InMemorySpanExporter]) -> InMemorySpanExporter:
    return traced[2]


@pytest.fixture
def alone() -> InMemorySpanExporter:
    return InMemorySpanExporter()


def of(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


def test_an_act_has_a_span_within_that_of_its_request(served: ServedInstallation, kept: InMemorySpanExporter) -> None:
    code = served.filed()["code"]
    version = served.version_of(code)
    kept.clear()
    with spoken(served.runtime.database) as statements:
        path, body = f"/api/v1/dossiers/{code}/actions", {"action": "forward"}
        answer = served.person("counter").post(path, body, version=version)
    assert answer.status_code == 200
    act, request = kept.get_finished_spans()
    assert (act.name, request.name) == ("act perform_action", "POST /api/v1/dossiers/<code>/actions")
    assert act.parent is not None and request.context is not None and act.parent.span_id == request.context.span_id
    assert of(request)["http.response.status_code"] == 200
    assert of(request)["motcua.request"] == answer.headers["X-Request-Id"]
    assert 0 < of(act)["motcua.statements"] <= of(request)["motcua.statements"] == len(statements)


def test_nothing_that_people_typed_is_in_a_span(served: ServedInstallation, kept: InMemorySpanExporter) -> None:
    dossier = served.filed()
    served.act("counter", dossier["code"], "forward", note="Nguyễn Thị Đào gọi 0901234567")
    served.anyone().get(f"/api/v1/lookup/{dossier['code']}", query_string={"q": "Nguyễn Thị Đào"})
    served.person("counter").get("/api/v1/dossiers", query_string={"q": "Nguyễn Thị Đào"})
    everything = "\n".join(span.to_json() for span in kept.get_finished_spans())
    assert "act perform_action" in everything
    found = [word for word in (*PERSONAL, dossier["code"], dossier["link_token"], "26740") if word in everything]
    assert found == []


def test_a_refusal_is_told_by_its_code_alone(served: ServedInstallation, kept: InMemorySpanExporter) -> None:
    code = served.filed()["code"]
    kept.clear()
    path = f"/api/v1/dossiers/{code}/actions"
    answer = served.person("counter").post(path, {"action": "forward"}, version=99)
    act, request = kept.get_finished_spans()
    assert of(act)["motcua.refused"] == of(request)["motcua.refused"] == answer.json["code"]
    assert act.events == request.events == ()
    assert act.status.description is None


def test_a_fault_is_told_by_its_kind_alone(alone: InMemorySpanExporter) -> None:
    tracing = Tracing(SimpleSpanProcessor(alone), "worker")
    with pytest.raises(ValueError, match="Nguyễn"), span_of(tracing, "job", "sweep_clocks"):
        raise ValueError("Nguyễn Văn A")
    tracing.close()
    [span] = alone.get_finished_spans()
    assert (span.name, of(span)["error.type"], span.events) == ("job sweep_clocks", "ValueError", ())
    assert "Nguyễn" not in span.to_json()


def test_probes_have_none(served: ServedInstallation, kept: InMemorySpanExporter) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        served.anyone().get(path)
    assert kept.get_finished_spans() == ()


def test_what_a_client_says_of_its_own_traces_is_not_read(
    served: ServedInstallation, kept: InMemorySpanExporter
) -> None:
    given = {"traceparent": "00-" + "a" * 32 + "-" + "b" * 16 + "-01"}
    Caller(served.app, None, served.document).get("/api/v1/procedures", headers=given)
    [span] = kept.get_finished_spans()
    assert span.parent is None


def test_a_share_of_the_requests_is_kept_whole_or_not_at_all(alone: InMemorySpanExporter) -> None:
    tracing = Tracing(SimpleSpanProcessor(alone), "web", share=20)
    for _ in range(500):
        with tracing.span("request", "GET"), tracing.span("act", "forward"):
            pass
    tracing.close()
    requests = sum(span.name == "request GET" for span in alone.get_finished_spans())
    assert 0 < requests < 250  # a hundred are expected
    assert len(alone.get_finished_spans()) == 2 * requests


def test_without_the_setting_nothing_is_loaded_or_counted(tmp_path: Path) -> None:
    settings = settings_from(environment_over(TRIAL.sqlite(tmp_path), tmp_path))
    assert compose_tracing(settings, "web") is None
    runtime = compose(settings)
    assert (runtime.trace, HEARERS) == (None, [])
    # redis imports the interface of OpenTelemetry by itself where it is installed, but not this.
    asked = "import sys, cli.worker; print({'adapters.tracing', 'opentelemetry.exporter'} & {*sys.modules})"
    run = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"


def test_a_missing_library_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment = environment_over("sqlite://", tmp_path, MOTCUA_TRACES_URL="http://127.0.0.1:4318/v1/traces")
    monkeypatch.setitem(sys.modules, "adapters.tracing", None)
    environment["DATABASE_URL"] = f"sqlite:///{tmp_path}/x.sqlite"
    with pytest.raises(WrongSetting, match=r"requirements/tracing\.lock"):
        compose_tracing(settings_from(environment), "web")


def test_web_and_worker_send_them_to_a_collector(tmp_path: Path) -> None:
    """The processes themselves: forks of gunicorn send their spans, also the last ones before they end."""
    with collector() as there, redis_server() as redis:
        url, port = TRIAL.sqlite(tmp_path), free_port()
        environment = environment_over(url, tmp_path, REDIS_URL=redis.url, MOTCUA_TRACES_URL=there.address)
        environment["OTEL_BSP_SCHEDULE_DELAY"] = "200"  # milliseconds
        token = Installation(runtime_over(url, tmp_path)).token_of("counter")
        serve = ["serve", "--port", str(port), "--workers", "1", "--threads", "2"]
        web = Child("web", serve, environment, tmp_path / "web.log")
        worker = Child("worker", ["worker"], environment, tmp_path / "worker.log")
        try:
            web.start()
            worker.start()
            _file(port, token)
            worker.wait_until_it_listens()
            Bell(redis.url)()
            there.wait_for(lambda names: any(name.startswith("job ") for name in names))
        finally:
            for one in (web, worker):
                one.ask_to_stop()
            ended = [one.exit_code() for one in (web, worker)]
        names = there.wait_for(lambda names: "act file_dossier" in names)
    assert ended == [0, 0]
    assert {"POST /api/v1/dossiers", "act file_dossier", "job drain_outbox"} <= names
    assert {service for service, _, _ in there.spans} == {"motcua-web", "motcua-worker"}


def _file(port: int, token: str) -> None:
    http, latest = urllib3.PoolManager(retries=False, timeout=10), time.monotonic() + 60
    while True:
        try:
            answer = http.request(
                "POST",
                f"http://127.0.0.1:{port}/api/v1/dossiers",
                json=filing(),
                headers={"Authorization": f"Bearer {token}", "Idempotency-Key": "a-filing-that-is-traced"},
            )
        except urllib3.exceptions.HTTPError:
            assert time.monotonic() < latest
            time.sleep(0.1)
        else:
            assert answer.status == 201, answer.data
            return

"""What is for operators answers them alone, and a line of the log tells of its own request alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from api.unparsable import unparsable
from cli.serve import proxy_warnings
from engine.settings import settings_from
from tests.installation.served import ServedInstallation, served_copy

INTERNAL = ("/metrics", "/readyz", "/docs", "/docs/swagger-ui.css")


def get(installation: ServedInstallation, path: str, address: str, **headers: str) -> Any:
    return installation.app.test_client().get(path, environ_base={"REMOTE_ADDR": address}, headers=headers)


@pytest.mark.parametrize("path", INTERNAL)
def test_it_answers_this_machine_and_exists_for_nobody_else(installation: ServedInstallation, path: str) -> None:
    assert get(installation, path, "127.0.0.1").status_code == 200
    assert get(installation, path, "::1").status_code == 200
    assert get(installation, path, "::ffff:127.0.0.1").status_code == 200
    absent = get(installation, "/nothing-at-all", "203.0.113.7")
    for address in ("203.0.113.7", "10.0.0.1", "2001:db8::1", ""):
        refused = get(installation, path, address)
        assert (refused.status_code, refused.json["code"]) == (404, absent.json["code"])


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_a_proxy_that_the_settings_do_not_know_is_not_this_machine(
    installation: ServedInstallation, header: str
) -> None:
    assert get(installation, "/metrics", "127.0.0.1", **{header: "127.0.0.1"}).status_code == 404


def test_behind_a_known_proxy_the_address_of_the_caller_counts(tmp_path: Path) -> None:
    installation = served_copy(tmp_path, MOTCUA_PROXY_HOPS="1", MOTCUA_INTERNAL_FROM="10.1.0.0/16, ::1/128")
    for forwarded, status in (("10.1.2.3", 200), ("203.0.113.7", 404), ("10.1.2.3, 203.0.113.7", 404)):
        assert get(installation, "/metrics", "127.0.0.1", **{"X-Forwarded-For": forwarded}).status_code == status
    installation.close()


def test_the_rest_is_public(installation: ServedInstallation) -> None:
    assert get(installation, "/healthz", "203.0.113.7").status_code == 200
    assert get(installation, "/api/v1/openapi.json", "203.0.113.7").status_code == 200
    assert get(installation, "/", "203.0.113.7").headers["Location"] == "/api/v1/openapi.json"


@pytest.mark.parametrize(
    ("environment", "host", "server", "words"),
    [
        ({}, "127.0.0.1", "gunicorn", []),
        ({"MOTCUA_PUBLIC_URL": "https://a.vn", "MOTCUA_PROXY_HOPS": "1"}, "0.0.0.0", "gunicorn", []),  # noqa: S104 - text
        ({"MOTCUA_PUBLIC_URL": "https://a.vn"}, "127.0.0.1", "gunicorn", ["MOTCUA_PROXY_HOPS is 0"]),
        ({}, "0.0.0.0", "gunicorn", ["in clear", "slow clients"]),  # noqa: S104 - text
        ({}, "127.0.0.1", "granian", ["buffer", "underscore"]),
    ],
)
def test_the_contract_with_the_proxy_is_checked_at_the_start(
    tmp_path: Path, environment: dict[str, str], host: str, server: str, words: list[str]
) -> None:
    settings = settings_from({"MOTCUA_DATA": str(tmp_path), "MOTCUA_SECRET_KEYS": "k" * 40, **environment})
    found = proxy_warnings(settings, host, server)
    assert len(found) == len(words)
    assert all(word in warning for word, warning in zip(words, found, strict=True))


def test_an_unknown_proxy_is_told_once(installation: ServedInstallation) -> None:
    with capture_logs() as lines:
        for _ in range(3):
            get(installation, "/healthz", "127.0.0.1", **{"X-Forwarded-For": "203.0.113.7"})
    assert [line["event"] for line in lines].count("proxy-unknown") == 1


@pytest.mark.parametrize(
    ("typed", "logged"),
    [("H79.26740-1_a", "H79.26740-1_a"), ("Nguyễn Văn A", None), ("a@vn.vn", None), ("9" * 65, None)],
)
def test_only_what_can_be_a_code_is_logged_as_one(
    installation: ServedInstallation, typed: str, logged: str | None
) -> None:
    with capture_logs() as lines:
        assert installation.person("counter").get(f"/api/v1/dossiers/{typed}").json["code"] == "not-found"
    assert [line["dossier"] for line in lines if line["event"] == "request"] == [logged]


def test_a_line_carries_nobody_from_the_request_before(installation: ServedInstallation) -> None:
    """Web threads live on: what one request told of itself must be gone when the next line is written."""
    lines: list[dict[str, Any]] = []

    def keep(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
        lines.append(dict(event))
        raise structlog.DropEvent

    before = structlog.get_config()["processors"]
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, keep])
    try:
        for after in (
            lambda: installation.anyone().get("/api/v1/procedures"),
            lambda: installation.anyone().get("/nothing"),
            lambda: unparsable(400, "Bad Request"),
        ):
            installation.person("counter").get("/api/v1/me")
            assert lines[-1]["actor"].startswith("staff:")
            after()
            assert "actor" not in lines[-1], lines[-1]
    finally:
        structlog.configure(processors=before)

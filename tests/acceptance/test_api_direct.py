"""What is answered before Flask is answered as Flask answers it: byte for byte, with the same log lines and metrics."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from flask import Response
from werkzeug.exceptions import HTTPException, NotFound

from server import direct, lean_flask
from server.lean_flask import LeanFlask
from tests.installation.served import ServedInstallation, open_installation
from tests.installation.trial_content import TRIAL
from web.app import register_pages

Environ = dict[str, Any]
BOTH = ("1", "0")


@pytest.fixture
def twins(tmp_path: Path) -> Iterator[tuple[ServedInstallation, ServedInstallation]]:
    """Two installations that are alike: one answers hot operations before Flask, the other does not."""
    made = []
    for way in BOTH:
        folder = tmp_path / way
        folder.mkdir()
        url = TRIAL.sqlite(folder)
        made.append(open_installation(url, folder, pages=register_pages, MOTCUA_FAST_PATH=way))
    yield made[0], made[1]
    for one in made:
        one.close()


@pytest.fixture
def directly(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that were answered before Flask."""
    paths: list[str] = []

    def noted(app: Any, environ: Environ, *more: Any) -> Any:
        paths.append(environ["PATH_INFO"])
        return answer(app, environ, *more)

    answer = direct.answer_directly
    monkeypatch.setattr(lean_flask, "answer_directly", noted)
    return paths


def _ask(installation: ServedInstallation, environ: Environ, body: bytes) -> dict[str, Any]:
    """One request, and all that is told about it but the time it took and the moment."""
    said: list[Any] = []
    start: Any = lambda *told: said.append(told)  # noqa: E731 - its type is Werkzeug's own
    whole = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "localhost",
        "HTTP_X_REQUEST_ID": "told-by-the-test",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        **environ,
    }
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        answer = b"".join(installation.app({name: value for name, value in whole.items() if value is not None}, start))
    for line in lines:
        line.pop("ms", None)
        line.pop("exc_info", None)
    return {"status": said[0][0], "headers": said[0][1], "body": answer, "log": lines}


def _counted(installation: ServedInstallation) -> dict[Any, float]:
    metrics = installation.app.extensions["motcua"].metrics
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in metrics.registry.collect()
        for sample in family.samples
        if not sample.name.endswith(("_sum", "_bucket", "_created"))
    }


def _requests(one: ServedInstallation, code: str, link: str) -> list[tuple[str, Environ, bytes]]:
    """Good, bad and hostile requests, in the order in which they are sent."""
    act: Environ = {
        "PATH_INFO": f"/api/v1/dossiers/{code}/actions",
        "CONTENT_TYPE": "application/json",
        "HTTP_AUTHORIZATION": f"Bearer {one.token_of('counter')}",
        "HTTP_IF_MATCH": '"2"',
        "HTTP_IDEMPOTENCY_KEY": "k1",
    }
    status: Environ = {"REQUEST_METHOD": "GET", "PATH_INFO": f"/api/v1/status/{link}", "CONTENT_LENGTH": None}
    forward, admin = b'{"action":"forward"}', f"Bearer {one.token_of('admin')}"
    bodies: tuple[bytes, ...] = (
        b"",
        b"[]",
        b"null",
        b"{",
        b'{"action":1}',
        b'{"action":"forward","action":"forward"}',
        b'{"x":1}',
    )
    bodies += (b'{"action":"forward","reason":"' + b"x" * 5000 + b'"}', b'{"action":"\xff"}', b'{"action":"a\\u0000"}')
    bodies += (
        b'{"action":"forward","version":' + b"9" * 30 + b"}",
        b"[" * 100,
        b'{"action":"fly"}',
        b"{}" + b" " * 1_000_001,
    )
    changes: list[Environ] = [
        {"HTTP_AUTHORIZATION": None},
        {"HTTP_AUTHORIZATION": "Basic eDp5"},
        {"HTTP_AUTHORIZATION": "Bearer " + "a" * 40},
        {"HTTP_AUTHORIZATION": admin},
        {"HTTP_IF_MATCH": None},
        {"HTTP_IF_MATCH": '"1"'},
        {"HTTP_IF_MATCH": "*"},
        {"HTTP_IF_MATCH": 'W/"2"'},
        {"HTTP_IDEMPOTENCY_KEY": ""},
        {"HTTP_IDEMPOTENCY_KEY": "a b"},
        {"HTTP_IDEMPOTENCY_KEY": "k" * 300},
        {"CONTENT_TYPE": None},
        {"CONTENT_TYPE": "text/plain"},
        {"CONTENT_TYPE": "application/json; charset=utf-8"},
        {"CONTENT_TYPE": "multipart/form-data; boundary=x"},
        {"HTTP_CONTENT_ENCODING": "gzip"},
        {"CONTENT_LENGTH": None},
        {"CONTENT_LENGTH": "-1"},
        {"CONTENT_LENGTH": "x"},
        {"CONTENT_LENGTH": "99999999999"},
        {"CONTENT_LENGTH": None, "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True},
        {"CONTENT_LENGTH": "500", "wsgi.input_terminated": True},
        {"QUERY_STRING": "x=1"},
        {"QUERY_STRING": "x=1&x=2"},
        {"QUERY_STRING": "="},
        {"QUERY_STRING": "x=%FF"},
        {"QUERY_STRING": "%"},
        {"QUERY_STRING": "x=%00"},
        {"QUERY_STRING": "x=" + "1" * 5000},
        {"HTTP_X_LONG": "x" * 3000},
        {"HTTP_HOST": "LOCALHOST"},
        {"HTTP_HOST": "bad host"},
        {"HTTP_HOST": "địa-chỉ.vn".encode().decode("latin-1")},
        {"HTTP_HOST": None},
        {"SCRIPT_NAME": "/below"},
        {"HTTP_ACCEPT_LANGUAGE": "en"},
        {"HTTP_X_FORWARDED_FOR": "203.0.113.9"},
        {"REQUEST_METHOD": "GET"},
        {"REQUEST_METHOD": "HEAD"},
        {"REQUEST_METHOD": "OPTIONS"},
        {"REQUEST_METHOD": "post"},
        {"REQUEST_METHOD": "BREW"},
        {"HTTP_X_HTTP_METHOD_OVERRIDE": "GET"},
        *({"PATH_INFO": act["PATH_INFO"] + end} for end in ("/", "//", "%20", "\x00", "\n", "/x", "é")),
        *({"PATH_INFO": f"/api/v1/dossiers/{odd}/actions"} for odd in ("", "..", "a/b", "nobody", "a" * 2000, "a b")),
        {"PATH_INFO": act["PATH_INFO"].replace("/api", "//api")},
    ]
    wanted = [("bad body", act, body) for body in bodies] + [
        ("odd", act | {"HTTP_IDEMPOTENCY_KEY": f"odd-{number}"} | change, forward)
        for number, change in enumerate(changes)
    ]
    wanted += [
        ("good", act | {"HTTP_IDEMPOTENCY_KEY": "g1"}, forward),
        ("again", act | {"HTTP_IDEMPOTENCY_KEY": "g1"}, forward),
    ]
    later = act | {"HTTP_IF_MATCH": '"3"', "HTTP_IDEMPOTENCY_KEY": None}
    wanted += [("later", later, b'{"action":"%s"}' % action) for action in (b"forward", b"submit", b"ask")]
    wanted += [("key reused", act | {"HTTP_IDEMPOTENCY_KEY": "g1"}, b'{"action":"refuse"}'), ("stale", act, forward)]
    wanted += [("status", status | change, b"") for change in ({}, {"QUERY_STRING": "x=1"}, {"REQUEST_METHOD": "HEAD"})]
    wanted += [("no link", status | {"PATH_INFO": f"/api/v1/status/{odd}"}, b"") for odd in ("a", "a" * 43, "a" * 300)]
    return wanted


def test_an_answer_is_the_same_before_flask_and_by_it(
    twins: tuple[ServedInstallation, ServedInstallation], directly: list[str]
) -> None:
    filed = [one.filed() for one in twins]
    assert filed[0]["code"] == filed[1]["code"]
    statuses = set()
    asked = zip(
        *(_requests(one, told["code"], told["link_token"]) for one, told in zip(twins, filed, strict=True)), strict=True
    )
    for (name, mine, body), (_, theirs, _) in asked:
        before, by = _ask(twins[0], mine, body), _ask(twins[1], theirs, body)
        assert _without_link(before, filed[0]) == _without_link(by, filed[1]), (name, mine, body[:80])
        statuses.add(int(before["status"][:3]))
    assert statuses >= {200, 400, 401, 403, 404, 405, 409, 412, 413, 414, 415, 422, 428, 431}
    assert _counted(twins[0]) == _counted(twins[1])
    assert len(directly) > 50, "the requests were not answered before Flask"
    assert len(set(directly)) < 12


def _without_link(told: dict[str, Any], filed: dict[str, Any]) -> dict[str, Any]:
    return told | {"body": told["body"].replace(filed["link_token"].encode(), b"LINK")}


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (ZeroDivisionError("of ours"), "500"),
        (NotFound(), "404"),
        (HTTPException(response=Response("{}", 418, mimetype="application/json")), "418"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_a_view_raises_is_told_the_same(
    twins: tuple[ServedInstallation, ServedInstallation],
    monkeypatch: pytest.MonkeyPatch,
    fault: Exception,
    status: str,
) -> None:
    def fail(*_: object) -> None:
        raise fault

    monkeypatch.setattr("api.actions.act", fail)
    answers = []
    for one in twins:
        told = one.filed()
        good = next(asked for asked in _requests(one, told["code"], told["link_token"]) if asked[0] == "good")
        answers.append(_ask(one, *good[1:]))
    assert answers[0] == answers[1]
    assert answers[0]["status"].startswith(status)


@pytest.mark.parametrize("way", BOTH)
def test_a_hot_route_is_the_one_that_flask_finds(tmp_path: Path, way: str) -> None:
    app: Any = open_installation(TRIAL.sqlite(tmp_path), tmp_path, MOTCUA_FAST_PATH=way).app
    assert isinstance(app, LeanFlask)
    assert app.fast_path is (way == "1")
    assert {route.rule.endpoint for route in app.hot} == {"actions.take_action", "status.by_link"}
    for route in app.hot:
        path = route.rule.rule.replace("<code>", "H79.26740-1").replace("<token>", "a" * 43)
        rule, values = app.url_map.bind("localhost").match(path, route.method, return_rule=True)
        found = route.address.fullmatch(path)
        assert rule is route.rule and found and found.groupdict() == values
        assert app.is_short(route.method, path)
        assert not app.is_short("PUT", path) and not app.is_short(route.method, path + "/x")

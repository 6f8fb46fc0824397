"""Flask comes by what the application overrides, and answers as it would without."""

from __future__ import annotations

import pytest
from flask import Flask, Response, request, session

from server.lean_flask import LeanFlask


def _app(kind: type[Flask]) -> Flask:
    app = kind("asked", static_folder=None)
    app.url_map.strict_slashes = True

    @app.route("/things/<int:number>", methods=["GET", "POST"])
    def things(number: int) -> dict[str, object]:
        return {"number": number, "from": request.remote_addr, "scheme": request.scheme, "url": request.url}

    app.add_url_rule("/folders/", view_func=lambda: "folders")
    return app


@pytest.mark.parametrize("host", ["localhost", "example.vn:8000", "địa-chỉ.vn", "a_b", ""])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/things/3?x=1"),
        ("POST", "/things/3"),
        ("PUT", "/things/3"),
        ("GET", "/things/x"),
        ("GET", "/things//3"),
        ("GET", "/folders?x=1"),  # redirected
        ("GET", "/%E1%BB%87"),
    ],
)
def test_an_address_is_matched_as_by_flask(method: str, path: str, host: str) -> None:
    def asked(kind: type[Flask]) -> Response:
        return _app(kind).test_client().open(path, method=method, headers={"Host": host})

    lean, plain = asked(LeanFlask), asked(Flask)
    assert (lean.status_code, lean.data, lean.headers) == (plain.status_code, plain.data, plain.headers)


def test_flask_comes_by_what_is_overridden(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    for name in ("ensure_sync", "create_url_adapter"):

        def noted(app: LeanFlask, given: object, name: str = name, before: object = getattr(LeanFlask, name)) -> object:
            called.append(name)
            return before(app, given)  # type: ignore[operator]  # a method of one argument

        monkeypatch.setattr(LeanFlask, name, noted)
    assert _app(LeanFlask).test_client().get("/things/1").status_code == 200
    assert set(called) == {"ensure_sync", "create_url_adapter"}


def test_there_are_no_sessions() -> None:
    app = _app(LeanFlask)
    app.secret_key = "with which Flask would keep them"
    with app.test_request_context("/things/1"), pytest.raises(RuntimeError, match="session"):
        session["kept"] = 1


@pytest.mark.parametrize(("hops", "believed"), [(0, "127.0.0.1"), (1, "203.0.113.9")])
def test_a_proxy_is_believed_as_often_as_there_are_some(hops: int, believed: str) -> None:
    app = LeanFlask("asked", static_folder=None)
    app.add_url_rule("/", view_func=lambda: str(request.remote_addr))
    if hops:
        app.stand_behind_proxies(hops)
    said = app.test_client().get("/", headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.9"})
    assert said.text == believed

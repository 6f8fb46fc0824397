"""Only plain operations are answered before Flask."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Blueprint, Flask

from server.answer import Answer
from server.direct import asked, direct_routes


def _app(rule: str = "/things/<name>", *, hooked: bool = False, beside: str = "") -> Flask:
    app, things = Flask("asked", static_folder=None), Blueprint("things", "things")
    things.add_url_rule(rule, "take", lambda **_: "", methods=["POST"])
    if hooked:
        things.before_request(lambda: None)
    app.register_blueprint(things)
    if beside:
        app.add_url_rule(beside, "beside", lambda **_: "", methods=["POST"])
    return app


def _nested() -> Flask:
    app, outer, things = Flask("asked", static_folder=None), Blueprint("all", "all"), Blueprint("things", "things")
    things.add_url_rule("/things/<name>", "take", lambda **_: "", methods=["POST"])
    outer.register_blueprint(things)
    outer.before_request(lambda: None)
    app.register_blueprint(outer)
    return app


def _routes(app: Flask) -> Any:
    views = dict.fromkeys(("things.take", "all.things.take"), lambda **_: Answer(200, b""))
    return direct_routes(app, views)


@pytest.mark.parametrize(
    "app",
    [
        _app("/things/<int:name>"),
        _app(hooked=True),
        _nested(),
        _app(beside="/things/new"),
        _app(beside="/things/<int:b>"),
    ],
    ids=["converter", "hook", "hook around", "address within", "address beside"],
)
def test_an_operation_that_needs_more_of_flask_stops_the_start(app: Flask) -> None:
    with pytest.raises(ValueError, match=r"things\.take"):
        _routes(app)


@pytest.mark.parametrize(
    ("changed", "values"),
    [
        ({}, {"name": "a-1._B"}),
        ({"HTTP_HOST": "example.vn:8000"}, {"name": "a-1._B"}),
        ({"HTTP_HOST": "EXAMPLE.vn"}, None),
        ({"HTTP_HOST": ""}, None),
        ({"SCRIPT_NAME": "/below"}, None),
        ({"REQUEST_METHOD": "OPTIONS"}, None),
        ({"PATH_INFO": "/things/a b"}, None),
        ({"PATH_INFO": "/things/a/"}, None),
        ({"PATH_INFO": "/things/"}, None),
        ({"PATH_INFO": "/things/a\n"}, None),
        ({"PATH_INFO": "//things/a"}, None),
    ],
)
def test_only_a_plain_request_is_taken(changed: dict[str, str], values: dict[str, str] | None) -> None:
    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": "/things/a-1._B", "HTTP_HOST": "localhost", "SCRIPT_NAME": ""}
    found = asked(_routes(_app()), environ | changed)
    assert (found.values if found else None) == values


def test_an_address_means_its_own_characters() -> None:
    routes = _routes(_app("/things.v1/<name>", beside="/things/new"))
    environ = {"REQUEST_METHOD": "POST", "HTTP_HOST": "localhost"}
    assert asked(routes, {**environ, "PATH_INFO": "/things.v1/a"})
    assert asked(routes, {**environ, "PATH_INFO": "/things-v1/a"}) is None

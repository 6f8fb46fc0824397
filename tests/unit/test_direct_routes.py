"""Only plain operations are answered before Flask."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Blueprint, Flask

from server.answer import Answer
from server.direct import asked, direct_routes


def _app(rule: str = "/things/<name>", *, hooked: bool = False) -> Flask:
    app, things = Flask("asked", static_folder=None), Blueprint("things", "things")
    things.add_url_rule(rule, "take", lambda **_: "", methods=["POST"])
    if hooked:
        things.before_request(lambda: None)
    app.register_blueprint(things)
    return app


def _routes(app: Flask) -> Any:
    return direct_routes(app, {"things.take": lambda **_: Answer(200, b"")})


@pytest.mark.parametrize("app", [_app("/things/<int:name>"), _app(hooked=True)], ids=["converter", "hook"])
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

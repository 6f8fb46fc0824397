"""Answers hot operations before Flask: by the same hooks, view and refusals, in fewer calls.

Flask finds a route for every request, asks for a session, tells signals, and takes whatever a view may return. None of
this does anything for an operation of the API, and it is a tenth of what an act costs the web process
(docs/adr/0022). So what is plainly a request to one of a few operations is answered here: its hooks are those that are
registered with Flask, its view is the declared one, and an exception goes to Flask's own handlers. Whatever is not
plain goes on to Flask unread: another method, or a path or host with a rare character.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, cast

from flask import Flask
from flask.ctx import RequestContext
from flask.sessions import NullSession
from werkzeug.routing import Rule

from server.answer import JSON, Answer

View = Callable[..., Answer]
PLAIN_HOST = re.compile(r"[a-z0-9.\-]{1,253}(:\d{1,5})?")
"""A host that needs no IDNA."""
_PARAMETER, _ANY_PARAMETER = re.compile(r"<(\w+)>"), re.compile("<[^>]+>")
_NONE = NullSession()


class _Headers:
    """The headers of an answer, as far as hooks use Werkzeug's."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self.pairs = pairs

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.pairs)

    def __setitem__(self, name: str, value: str) -> None:
        self.pairs = [(known, kept) for known, kept in self.pairs if known.lower() != name.lower()]
        self.pairs.append((name, value))

    def add(self, name: str, value: str) -> None:
        self.pairs.append((name, value))


class _Done:
    """A whole answer of JSON, as far as hooks use Flask's response. Werkzeug's takes eighty calls to make and send."""

    __slots__ = ("body", "headers")
    status_code = 200
    mimetype = JSON

    def __init__(self, answer: Answer) -> None:
        self.body = answer.body
        self.headers = _Headers([*answer.headers.items(), ("Content-Length", str(len(answer.body)))])

    def __call__(self, _environ: object, start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", self.headers.pairs)
        return (self.body,)


@dataclass(frozen=True, slots=True)
class DirectRoute:
    """One operation that is answered directly: its route in Flask, the pattern of its plain addresses, its view."""

    rule: Rule
    method: str
    address: re.Pattern[str]
    view: View


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to a direct route, with the values in its path."""

    route: DirectRoute
    values: dict[str, str]


def direct_routes(app: Flask, views: Mapping[str, View]) -> tuple[DirectRoute, ...]:
    """The routes of these views, by endpoint.

    Raises ValueError for one with converters or with hooks of its own, and for one of whose addresses Flask would give
    some to another route.
    """
    return tuple(_route(app, rule, views[rule.endpoint]) for rule in app.url_map.iter_rules() if rule.endpoint in views)


def _route(app: Flask, rule: Rule, view: View) -> DirectRoute:
    parts = _PARAMETER.split(rule.rule)
    within = set(accumulate(rule.endpoint.split(".")[:-1], "{}.{}".format))
    own = (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs, app.error_handler_spec)
    (method,) = (rule.methods or set()) - {"OPTIONS", "HEAD"}
    patterns = (f"(?P<{part}>[A-Za-z0-9._\\-]+)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
    found = DirectRoute(rule, method, re.compile("".join(patterns)), view)
    hooked = app.url_value_preprocessors or any(within & hooks.keys() for hooks in own)
    if any("<" in part for part in parts) or hooked or _shared(app, found):
        raise ValueError(f"{rule.endpoint} cannot be answered directly")
    return found


def _shared(app: Flask, route: DirectRoute) -> bool:
    """Whether an address of this route is one of another route too, so that only Flask knows whose it is."""
    others = (one for one in app.url_map.iter_rules() if one is not route.rule and route.method in (one.methods or ()))
    return any(route.address.fullmatch(_ANY_PARAMETER.sub("x", one.rule)) for one in others)


def asked(routes: Iterable[DirectRoute], environ: Mapping[str, Any]) -> Asked | None:
    """What a request asks of one of the routes; None where it asks something else, or not plainly."""
    method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
    for route in routes:
        if method == route.method and (found := route.address.fullmatch(path)):
            plain = PLAIN_HOST.fullmatch(environ.get("HTTP_HOST", "")) and not environ.get("SCRIPT_NAME")
            return Asked(route, found.groupdict()) if plain else None
    return None


def answer_directly(app: Flask, environ: dict[str, Any], start_response: Any, what: Asked) -> Iterable[bytes]:
    """Answers as ``Flask.wsgi_app`` does."""
    request = app.request_class(environ)
    request.url_rule, request.view_args = what.route.rule, what.values
    context, error = RequestContext(app, environ, request, _NONE), None
    try:
        context.push()
        try:
            response = _response(app, what)
        except Exception as failed:
            error, response = failed, app.handle_exception(failed)
        return cast(Iterable[bytes], response(environ, start_response))
    finally:
        context.pop(error)


def _response(app: Flask, what: Asked) -> Any:
    try:
        said = _said_before(app)
        if said is None:
            answer = what.route.view(**what.values)
            plain = answer.status == 200 and answer.headers.get("Content-Type") == JSON
            response: Any = _Done(answer) if plain else answer.response()
        else:
            response = app.make_response(said)
    except Exception as refused:
        response = app.make_response(app.handle_user_exception(refused))
    for hook in reversed(app.after_request_funcs.get(None, ())):
        response = hook(response)
    return response


def _said_before(app: Flask) -> Any:
    """What a hook answers instead of the view; None where all let the request pass."""
    for hook in app.before_request_funcs.get(None, ()):
        if (said := hook()) is not None:
            return said
    return None

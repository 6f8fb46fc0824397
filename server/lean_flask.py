"""Flask without the features that this application does not use: coroutines, sessions, host names in routes.

A few hot operations are answered before Flask (``server.direct``).

Each of them costs every request some calls for nothing (docs/performance.md). Flask documents all that is overridden
here as made for it: ``session_interface``, ``ensure_sync``, ``create_url_adapter``, and ``wsgi_app`` as the place for
middleware. tests/unit/test_lean_flask.py fails when Flask no longer calls them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import NullSession, SessionInterface
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import MapAdapter

from server.direct import PLAIN_HOST, DirectRoute, answer_directly, asked


class _NoSessions(SessionInterface):
    """No session cookies: each request carries a token."""

    def open_session(self, app: Flask, request: Request) -> NullSession:
        return _NONE

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Never called: a null session is not saved."""


_NONE = NullSession()


class LeanFlask(Flask):
    """Flask for an application whose views and hooks are plain functions."""

    session_interface = _NoSessions()
    unparsable: Callable[[int, str], bytes]
    """Called by the web server: the whole response to bytes that are no HTTP request, from status and reason."""

    hot: tuple[DirectRoute, ...] = ()
    """The routes of hot operations."""
    fast_path = True
    """Whether they are answered before Flask."""

    def is_short(self, method: str, path: str) -> bool:
        """Called by the web server: whether such a request is answered in a moment, so that it need not queue."""
        return any(method == route.method and route.address.fullmatch(path) for route in self.hot)

    def wsgi_app(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answers a request, by itself or by Flask."""
        what = asked(self.hot, environ) if self.fast_path else None
        if what is None or "werkzeug.debug.preserve_context" in environ:  # a test wants Flask's context afterwards
            return super().wsgi_app(environ, start_response)
        return answer_directly(self, environ, start_response, what)

    def stand_behind_proxies(self, hops: int) -> None:
        """Trusts ``hops`` proxies for the client's address, scheme and host."""
        self.wrap(lambda inner: ProxyFix(inner, x_for=hops, x_proto=hops, x_host=hops))

    def wrap(self, middleware: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        """Lets every request pass through what ``middleware`` makes of the application so far."""
        # Flask's own documentation wraps the application so; to a type checker a method is replaced.
        self.wsgi_app = middleware(self.wsgi_app)  # type: ignore[method-assign]

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """The matcher of the path. No route names a host, so a plain host is taken as it is, without IDNA."""
        if request is not None and request.url_rule is not None:
            return None  # the route is known
        if request is None or not PLAIN_HOST.fullmatch(request.host):
            return super().create_url_adapter(request)
        environ = request.environ
        path = environ.get("PATH_INFO", "").encode("latin-1").decode(errors="replace")
        script, query = environ.get("SCRIPT_NAME", ""), environ.get("QUERY_STRING", "")
        return MapAdapter(
            self.url_map, request.host, script, "", environ["wsgi.url_scheme"], path, request.method, query
        )

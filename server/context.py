"""The surroundings of a request: the application's parts, the request's id and language, a connection for queries.

The package ``server`` holds the part of HTTP that JSON and pages share: identity, limits, idempotency, logs, health.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from flask import Request, current_app, g
from flask.globals import request_ctx
from sqlalchemy import Connection

from engine.rules.procedure.permissions import Actor
from engine.store.actors import Claim
from engine.store.sql.kept_connections import Unbegun
from engine.transaction import Runtime
from server.limits import Limits
from server.metrics import Metrics

RenderForm = Callable[[str, Mapping[str, Any]], bytes]
"""Renders a form as PDF, from its number (``01`` … ``07``) and its data."""


@dataclass(frozen=True, slots=True)
class Served:
    """The parts that an application is built from, and the caches that live as long as it does."""

    runtime: Runtime
    render_form: RenderForm | None
    limits: Limits
    metrics: Metrics
    identities: dict[str, tuple[Actor, Claim]] = field(default_factory=dict)
    """The cache of ``server.identity``: actors by the hash of their token."""
    told: set[str] = field(default_factory=set)
    """Events that are logged once a process, and were."""


def served() -> Served:
    """The parts of the current application."""
    return cast(Served, current_app.extensions["motcua"])


def this_request() -> Request:
    """The request itself: Flask's ``request`` is a proxy, which looks for it again at every attribute."""
    return request_ctx.request


def runtime() -> Runtime:
    """The runtime of this process."""
    return served().runtime


LANGUAGES = ("vi", "en")


def request_id() -> str:
    """The id under which this request is logged; empty outside a request that has one."""
    return cast(str, g.get("request_id", ""))


def language() -> str:
    """``en`` or ``vi`` (the default): what a page's visitor chose, else by Accept-Language."""
    known = g.get("language")
    if known is None:
        known = g.language = this_request().accept_languages.best_match(LANGUAGES) or "vi"
    return cast(str, known)


@contextmanager
def reading_connection() -> Iterator[Connection]:
    """A connection for queries. On PostgreSQL each statement runs by itself, without BEGIN and ROLLBACK."""
    database = runtime().database
    if database.dialect.name == "postgresql":
        with Unbegun(database) as connection:
            yield connection
        return
    with database.connect().execution_options(motcua_read_only=True) as connection:
        yield connection

"""What one request has at hand: the process's runtime, who asks, the request's id, and a way to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from flask import current_app, g, request

from api.limits import Limits
from api.metrics import Metrics
from engine.rules.procedure.permissions import Actor
from engine.store.actors import Claim
from engine.transaction import Runtime, UnitOfWork

RenderForm = Callable[[str, Mapping[str, Any]], bytes]
"""Makes the PDF of a form: its number (``01`` … ``07``) and the data that stand in it."""


@dataclass(frozen=True, slots=True)
class Api:
    """What the application was made with."""

    runtime: Runtime
    render_form: RenderForm | None
    limits: Limits
    metrics: Metrics
    known: dict[str, tuple[Actor, Claim]] = field(default_factory=dict)  # by the token's hash, see ``api.access``


def api() -> Api:
    return cast(Api, current_app.extensions["motcua"])


def runtime() -> Runtime:
    return api().runtime


def actor() -> Actor:
    """Who asks: set by the operation's access rule before the view runs; asked for anew where it rests on a claim."""
    if g.get("claim") is not None:
        g.actor_anew()
    return cast(Actor, g.actor)


def claimed_actor() -> tuple[Actor, Claim | None]:
    """Who asks, and what that still rests on: for ``in_transaction`` alone, which finds out whether it stands."""
    return cast(Actor, g.actor), g.get("claim")


def request_id() -> str:
    return cast(str, g.get("request_id", ""))


def language() -> str:
    """``en`` or ``vi`` (the default) by Accept-Language."""
    return request.accept_languages.best_match(("vi", "en")) or "vi"


@contextmanager
def reading(as_actor: Actor | None = None) -> Iterator[UnitOfWork]:
    """A unit of work for questions: nothing written through it lasts."""
    running = runtime()
    # Before the connection is taken: who waits for a second one while holding the first can wait for ever.
    who = as_actor if as_actor is not None else actor()
    with reading_connection() as connection:
        yield UnitOfWork(running, connection, who, running.now(), request_id())


@contextmanager
def reading_connection() -> Iterator[Any]:
    """A connection for questions. On PostgreSQL each statement stands for itself, without BEGIN and ROLLBACK."""
    database = runtime().database
    options: dict[str, Any] = (
        {"motcua_unbegun": True} if database.dialect.name == "postgresql" else {"motcua_read_only": True}
    )
    with database.connect().execution_options(**options) as connection:
        yield connection

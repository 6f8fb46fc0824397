"""An installation over a filled database: acts done as a person of its staff, and what all kinds of it share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, select

from engine.acts.perform_action import perform_action
from engine.rules.procedure.permissions import SYSTEM_ACTOR, Actor
from engine.security.citizen_link import receipt_code
from engine.store.actors import actor_of_person
from engine.store.dossiers import dossiers
from engine.store.people import people
from engine.transaction import Runtime, UnitOfWork, in_transaction
from tests.installation.people import LONG, number_of, tokens_of

T = TypeVar("T")


class Installation:
    """A runtime, and the people who were employed in its database."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self._tokens: dict[str, str] = {}

    @property
    def database(self) -> Engine:
        return self.runtime.database

    def close(self) -> None:
        """Closes every connection."""
        self.database.dispose()

    def reading(self) -> Connection:
        """A connection that only reads, so that it waits for nobody."""
        return self.database.connect().execution_options(motcua_read_only=True)

    def actor(self, name: str) -> Actor:
        """A person by username, with the posts of today; ``system`` for the system itself."""
        if name == "system":
            return SYSTEM_ACTOR
        with self.reading() as connection:
            person = connection.execute(select(people.c.id).where(people.c.username == name)).scalar_one()
            found = actor_of_person(connection, person)
        assert found is not None
        return found

    def try_act(self, who: str | Actor, act: Callable[..., T], *arguments: Any, **named: Any) -> T:
        """Runs ``act(unit, …)`` in a transaction as somebody."""
        actor = self.actor(who) if isinstance(who, str) else who
        if (
            actor.kind == "citizen" and act is perform_action
        ):  # who has the receipt in hand, unless a test says otherwise
            named.setdefault("receipt_code", self.receipt_of(arguments[0]))
        return in_transaction(self.runtime, actor, lambda unit: act(unit, *arguments, **named))

    def receipt_of(self, code: str) -> str:
        """The receipt code of a dossier."""
        with self.reading() as connection:
            nonce = connection.execute(select(dossiers.c.link_nonce).where(dossiers.c.code == code)).scalar_one()
        return receipt_code(self.runtime.settings.secret_keys[0], nonce)

    def token_of(self, name: str, lasting: dt.timedelta = LONG) -> str:
        """The access token of a person, issued at the first call."""

        def issue(unit: UnitOfWork) -> str:
            return tokens_of(unit, {name: number_of(unit, name)}, lasting)[name]

        if name not in self._tokens:
            self._tokens[name] = self.try_act("system", issue)
        return self._tokens[name]

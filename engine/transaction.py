"""One click, one transaction: the only place that begins and commits, and that asks what time it is.

``in_transaction(runtime, actor, act)`` runs ``act(unit_of_work)``; all it wrote becomes durable together, or none of
it. Only after the commit is the worker rung. When PostgreSQL answers that two transactions collided (SQLSTATE 40001,
40P01) the whole act is run again.

On PostgreSQL an act that reads one dossier and writes at its end, as most do, needs no transaction around it: the
reading is one statement and the writing another, which compares the version that was read (docs/adr/0010). If somebody
was quicker, the act is run again with the dossier locked, and that run says who it was. ``unit.begin()`` opens a
transaction for an act that writes in between.
"""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoFreeConnection

from engine.catalogue import Catalogue
from engine.clock import civil_day, utc_now
from engine.errors import Conflict, Refusal
from engine.ports import Files, Signer
from engine.rules.procedure.permissions import Actor
from engine.settings import Settings
from engine.store.actors import Claim, claim_stands
from engine.store.sql.writes import PendingWrites

T = TypeVar("T")
ATTEMPTS = 8
COLLISIONS = frozenset({"40001", "40P01"})
MISSED = frozenset({"22012", "23505"})
"""How a writing fails that comes too late: a row is no longer as it was read, or the journal entry is there already."""


class ActorChanged(Exception):
    """Who acts was known from before, and is no longer so: nothing was done; find out anew and try again."""


class Busy(Conflict):
    """Others kept changing the same rows; nothing was changed."""

    code = "busy"
    status = 503
    vi = "Hệ thống đang bận, chưa có gì thay đổi. Xin thử lại."
    en = "The system is busy and nothing was changed. Please try again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """What a process has at hand: made once at start by ``cli``, ``wsgi`` or the worker."""

    database: Engine
    settings: Settings
    catalogue: Catalogue
    files: Files
    signer: Signer
    ring: Callable[[], None] = lambda: None  # wakes the worker; must never raise
    now: Callable[[], dt.datetime] = utc_now


@dataclass(slots=True)
class UnitOfWork:
    """What one act has at hand. ``after_commit`` runs once everything is durable.

    Rows put into ``writes`` are pending until the end, or until ``begin``, ``flush`` or ``reader`` sends them.
    Reading an attribute does nothing. While the unit is not ``begun``, each statement runs by itself.
    """

    runtime: Runtime
    bare_connection: Connection
    actor: Actor
    now: dt.datetime
    writes: PendingWrites = field(default_factory=PendingWrites)
    after_commit: list[Callable[[], Any]] = field(default_factory=list)
    rings: bool = False  # the outbox has grown: wake the worker after the commit
    begun: bool = True
    read_only: bool = False  # for queries: nothing is begun, locked or written
    unlocked: bool = False  # a dossier was read without a lock; its version tells at the end whether that was right
    claim: Claim | None = None  # on what it rests that ``actor`` acts; None once that was found to stand

    @property
    def today(self) -> dt.date:
        """The civil day in Viet Nam."""
        return civil_day(self.now)

    def begin(self) -> Connection:
        """The connection inside a transaction, which begins now if none has; pending writes are flushed to it."""
        if self.read_only:
            raise RuntimeError("a unit of work for queries begins no transaction")
        if not self.begun:
            self.bare_connection.exec_driver_sql("BEGIN")
            self.begun = True
        self.flush()
        return self.bare_connection

    def flush(self) -> None:
        """Sends the pending writes to the database, so that what is read next sees them."""
        self.writes.flush(self.bare_connection)

    def reader(self) -> Connection:
        """The connection for reading what the dossier's version guards. It begins nothing, unless writes are pending:
        these have to be flushed before anything is read, and a flush needs a transaction."""
        return self.begin() if self.writes else self.bare_connection

    def prove(self) -> None:
        """Finds out whether who acts is still as it was claimed, unless that was seen already. Raises ActorChanged."""
        claim, self.claim = self.claim, None
        if claim and not claim_stands(self.bare_connection, claim, self.now):
            raise ActorChanged()

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What is done within is undone, and nothing else, when an exception leaves it."""
        with self.begin().begin_nested():
            try:
                yield
                self.writes.flush(self.bare_connection)
            except BaseException:
                self.writes.forget()
                raise

    @property
    def catalogue(self) -> Catalogue:
        return self.runtime.catalogue

    @property
    def settings(self) -> Settings:
        return self.runtime.settings


def in_transaction(
    runtime: Runtime,
    actor: Actor,
    act: Callable[[UnitOfWork], T],
    *,
    now: dt.datetime | None = None,
    claim: Claim | None = None,
) -> T:
    """Runs ``act`` in one transaction and returns its answer. Refusals roll back and pass through. Raises Busy.

    With a ``claim`` the actor is known from before; nothing is done, nor refused, before that was found to stand, be it
    in the act's own reading. Raises ActorChanged when it does not.
    """
    locked = runtime.database.dialect.name != "postgresql"
    for attempt in range(ATTEMPTS):
        try:
            return _once(runtime, actor, act, now, claim, locked)
        except _Overtaken:
            locked = True
        except NoFreeConnection as error:
            raise Busy() from error
        except DBAPIError as error:
            if _waited_in_vain(error):
                raise Busy() from error
            if not _collided(error):
                raise
            time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 — spreads retries, no secret
    raise Busy()


class _Overtaken(Exception):
    """Somebody changed what the act had read without a lock."""


def _once(
    runtime: Runtime,
    actor: Actor,
    act: Callable[[UnitOfWork], T],
    now: dt.datetime | None,
    claim: Claim | None,
    locked: bool,
) -> T:
    with runtime.database.connect().execution_options(motcua_unbegun=not locked) as connection:
        transaction = connection.begin()
        unit = UnitOfWork(runtime, connection, actor, now or runtime.now(), begun=locked, claim=claim)
        try:
            with _proven(unit):
                answer = act(unit)
            unit.writes.flush(connection, standing_alone=not unit.begun)
        except BaseException as error:
            transaction.rollback()
            if (unit.unlocked or not unit.begun) and (unit.writes.missed or _sqlstate(error) in MISSED):
                raise _Overtaken from error
            raise
        transaction.commit()
    for later in unit.after_commit:
        later()
    if unit.rings:
        runtime.ring()
    return answer


@contextmanager
def _proven(unit: UnitOfWork) -> Iterator[None]:
    """Neither the end nor a refusal comes before it is known that the actor is who acts."""
    try:
        yield
    except Refusal:
        unit.prove()
        raise
    unit.prove()


def _waited_in_vain(error: DBAPIError) -> bool:
    """SQLite had another writer for as long as its busy timeout; waiting as long again helps nobody."""
    return isinstance(error, OperationalError) and getattr(error.orig, "sqlite_errorname", "") == "SQLITE_BUSY"


def _collided(error: DBAPIError) -> bool:
    return _sqlstate(error) in COLLISIONS


def _sqlstate(error: BaseException) -> str | None:
    return getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None

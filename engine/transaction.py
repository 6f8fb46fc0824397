"""The unit of work: every act runs here, in one transaction. Only this file begins, commits and takes an act's time.

``in_transaction(runtime, actor, act)`` runs ``act(unit_of_work)``; all that it wrote becomes durable together, or none
of it. The worker is woken only after the commit. When PostgreSQL reports that two transactions collided (SQLSTATE
40001, 40P01), the whole act is retried.

On PostgreSQL an act that reads one dossier and writes at its end, as most do, needs no transaction around it. The read
is one statement; the write is another and compares the version that was read (docs/adr/0010). If the dossier has
changed in between, the act is retried with the dossier locked, and that run refuses if it must, naming who acted first.
``unit.begin()`` opens a transaction for an act that writes in between.
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
from engine.connection_ports import FilingSource, Gateway, PopulationData
from engine.errors import Conflict, Refusal
from engine.ports import Files, IdentityProvider, NoScanner, Scanner, Signer, Trace
from engine.remote_signing import RemoteSigning
from engine.rules.filings.form import FilingForm
from engine.rules.payments.accounts import Accounts
from engine.rules.payments.wire import Wire
from engine.rules.procedure.permissions import Actor
from engine.settings import Settings
from engine.store.actors import Claim, claim_stands
from engine.store.sql.kept_connections import Unbegun
from engine.store.sql.writes import PendingWrites

T = TypeVar("T")
ATTEMPTS = 8
COLLISIONS = frozenset({"40001", "40P01"})
MISSED = frozenset({"22012", "23505"})
"""The SQLSTATEs of a late write: the row has changed since it was read, or the journal entry exists already."""


class ActorChanged(Exception):
    """The cached actor is stale. Nothing was written; resolve the actor again and retry."""


class Busy(Conflict):
    """Every retry collided, or the database had no free connection or lock in time. Nothing was written."""

    code = "busy"
    status = 503
    vi = "Hệ thống đang bận, chưa có gì thay đổi. Xin thử lại."
    en = "The system is busy and nothing was changed. Please try again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """The services of one process: made once at start by ``cli``, ``wsgi`` or the worker."""

    database: Engine
    settings: Settings
    catalogue: Catalogue
    files: Files
    signer: Signer
    ring: Callable[[], None] = lambda: None  # wakes the worker; must never raise
    now: Callable[[], dt.datetime] = utc_now
    scanner: Scanner = field(default_factory=NoScanner)
    check_receiver: Callable[[str], None] = lambda url: None
    """Raises InvalidInput when a webhook's URL leads where no notice may go; it looks the name up."""
    provider: IdentityProvider | None = None
    accounts: Accounts = field(default_factory=Accounts)
    wire: Wire | None = None
    """What the payment gateway's and the bank's messages mean; None where neither is connected."""
    gateway: Gateway | None = None
    population: PopulationData | None = None
    filing_form: FilingForm | None = None
    """How another system writes the filings that it takes; None where none is connected."""
    filing_source: FilingSource | None = None
    remote: RemoteSigning | None = None
    """The provider of remote signing; None where there is none."""
    trace: Trace | None = None
    """The traces of this process; None where none are kept."""


@dataclass(slots=True)
class UnitOfWork:
    """The argument of every act: its connection, actor, time and pending writes.

    Rows put into ``writes`` are pending until the end, or until ``begin``, ``flush`` or ``reader`` sends them.
    The callables in ``after_commit`` run once everything is durable. Reading an attribute has no side effect. While
    the unit is not ``begun``, each statement is its own transaction.
    """

    runtime: Runtime
    bare_connection: Connection
    actor: Actor
    now: dt.datetime
    writes: PendingWrites = field(default_factory=PendingWrites)
    after_commit: list[Callable[[], Any]] = field(default_factory=list)
    rings: bool = False  # the outbox has grown: the worker is woken after the commit
    begun: bool = True
    read_only: bool = False  # for queries: nothing is begun, locked or written
    unlocked: bool = False  # a dossier was read without a lock; the write compares its version
    claim: Claim | None = None  # the evidence for a cached ``actor``; None once it was checked

    @property
    def today(self) -> dt.date:
        """The civil day in Viet Nam at ``now``."""
        return civil_day(self.now)

    def begin(self) -> Connection:
        """The connection inside a transaction, which begins now if none has; pending writes are flushed first.

        Raises RuntimeError in a unit of work for queries.
        """
        if self.read_only:
            raise RuntimeError("a unit of work for queries begins no transaction")
        if not self.begun:
            self.bare_connection.exec_driver_sql("BEGIN")
            self.begun = True
        self.flush()
        return self.bare_connection

    def flush(self) -> None:
        """Sends the pending writes to the database, so that the next read sees them."""
        self.writes.flush(self.bare_connection)

    def reader(self) -> Connection:
        """The connection for reads that the dossier's version guards.

        It begins a transaction only when writes are pending: they are flushed before the read, and need one.
        """
        return self.begin() if self.writes else self.bare_connection

    def prove(self) -> None:
        """Checks the claim about a cached actor, once. Raises ActorChanged if it is stale."""
        claim, self.claim = self.claim, None
        if claim and not claim_stands(self.bare_connection, claim, self.now):
            raise ActorChanged()

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A SAVEPOINT: an exception that leaves the block undoes the block's writes and nothing else."""
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

    ``claim`` is the evidence for a cached actor. It is checked by the act's own read or at the act's end, before
    anything is committed or refused. Raises ActorChanged when it is stale.
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
    """Another transaction changed rows that the act had read without a lock."""


def _once(
    runtime: Runtime,
    actor: Actor,
    act: Callable[[UnitOfWork], T],
    now: dt.datetime | None,
    claim: Claim | None,
    locked: bool,
) -> T:
    with runtime.database.connect() if locked else Unbegun(runtime.database) as connection:
        transaction = connection.begin() if locked else _Unbegun(connection)
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


class _Unbegun:
    """The transaction of an act that may never begin one."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def commit(self) -> None:
        if self._connection.in_transaction():
            self._connection.commit()

    def rollback(self) -> None:
        if self._connection.in_transaction():
            self._connection.rollback()


@contextmanager
def _proven(unit: UnitOfWork) -> Iterator[None]:
    """Checks the actor's claim before the act ends or a refusal leaves it."""
    try:
        yield
    except Refusal:
        unit.prove()
        raise
    unit.prove()


def _waited_in_vain(error: DBAPIError) -> bool:
    """Whether SQLite's busy timeout ran out because of another writer: a retry would only wait as long again."""
    return isinstance(error, OperationalError) and getattr(error.orig, "sqlite_errorname", "") == "SQLITE_BUSY"


def _collided(error: DBAPIError) -> bool:
    return _sqlstate(error) in COLLISIONS


def _sqlstate(error: BaseException) -> str | None:
    return getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None

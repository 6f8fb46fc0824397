"""The tables of checkpoints: the checkpoints, the order of the leaves, and the subtree hashes kept for proofs.

The order of the Merkle tree (docs/journal.md) is that of ``journal_runs``: in a run, consecutive entries of one dossier
are consecutive leaves. An entry gets its leaf in the first checkpoint after its commit, whatever order transactions
commit in, so the tree grows at its end only. A trigger fills ``journal_uncovered`` in the entry's own transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Integer,
    LargeBinary,
    Row,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    delete,
    exists,
    func,
    insert,
    select,
    text,
)

from engine.store.detached import detached_months
from engine.store.journal import journal
from engine.store.rows import CheckpointRow, UncoveredEntry
from engine.store.sql.schema import BigId, Moment, metadata

TILE = 8
"""Only inner nodes at heights 8, 16, 24 … are stored: one for 256 nodes below; the others are cheap to recompute."""

checkpoints = Table(
    "checkpoints",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("size", BigId, nullable=False),
    Column("root", String(64), nullable=False),
    Column("next_key", String(64), nullable=False),  # the public key that signs the next one
    Column("line", Text, nullable=False),  # the signed text, as it is published
    Column("edge", Text, nullable=False),  # rules.journal.merkle.Edge: the right edge, from which the tree grows
    CheckConstraint("number >= 1", name="number"),
)

journal_runs = Table(
    "journal_runs",
    metadata,
    Column("first_leaf", BigId, primary_key=True, autoincrement=False),
    Column("dossier_id", BigId, nullable=False),
    Column("first_number", Integer, nullable=False),
    Column("length", Integer, nullable=False),
    UniqueConstraint("dossier_id", "first_number"),
    CheckConstraint("length >= 1", name="length"),
)

journal_tiles = Table(
    "journal_tiles",
    metadata,
    Column("height", SmallInteger, primary_key=True, autoincrement=False),
    Column("position", BigId, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
)

journal_uncovered = Table(
    "journal_uncovered",
    metadata,
    Column("dossier_id", BigId, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
)
"""The entries that no checkpoint covers yet."""

_ONE_AT_A_TIME = 7_021_955_301  # any number that no other lock of this database uses


_OFF = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin", "jit")


def go_by_index(connection: Connection) -> None:
    """Makes PostgreSQL use indexes until the transaction ends.

    Its statistics lack fresh rows, and by them the planner would read the whole journal for a handful of leaves.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(*(func.set_config(name, "off", True) for name in _OFF)))


def take_turns(connection: Connection) -> None:
    """Takes the lock that admits one maker of checkpoints until the transaction ends. SQLite has one writer anyhow."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))


def last_checkpoint(connection: Connection) -> CheckpointRow | None:
    """The newest checkpoint, or None."""
    newest = select(checkpoints).order_by(checkpoints.c.number.desc()).limit(1)
    return cast(CheckpointRow | None, connection.execute(newest).first())


def checkpoint_numbered(connection: Connection, number: int) -> CheckpointRow | None:
    """One checkpoint, or None."""
    this = select(checkpoints).where(checkpoints.c.number == number)
    return cast(CheckpointRow | None, connection.execute(this).first())


def lines_after(connection: Connection, number: int, limit: int) -> Sequence[Row[int, str]]:
    """(number, line) of the checkpoints after ``number``, in order."""
    following = select(checkpoints.c.number, checkpoints.c.line).where(checkpoints.c.number > number)
    return connection.execute(following.order_by(checkpoints.c.number).limit(limit)).all()


def uncovered_entries(connection: Connection, limit: int) -> Sequence[UncoveredEntry]:
    """About ``limit`` entries to cover: (dossier_id, start, top, number, hash) in the order of (dossier, number).

    For each dossier these are the entries from ``start``, the first that is in no run, to ``top``. If the journal lacks
    all of them, there is one row whose ``number`` is None.
    """
    queue, runs = journal_uncovered, journal_runs
    batch = select(queue).order_by(queue.c.dossier_id, queue.c.number).limit(limit).subquery()
    grouped = select(batch.c.dossier_id, func.max(batch.c.number).label("top")).group_by(batch.c.dossier_id)
    tops = grouped.subquery()
    covered = select(func.max(runs.c.first_number + runs.c.length)).where(runs.c.dossier_id == tops.c.dossier_id)
    spans = select(tops, func.coalesce(covered.scalar_subquery(), 1).label("start")).subquery()
    inside = and_(
        journal.c.dossier_id == spans.c.dossier_id,
        journal.c.number >= spans.c.start,
        journal.c.number <= spans.c.top,
    )
    statement = select(spans.c.dossier_id, spans.c.start, spans.c.top, journal.c.number, journal.c.hash)
    statement = statement.select_from(spans.outerjoin(journal, inside))
    found = connection.execute(statement.order_by(spans.c.dossier_id, journal.c.number)).all()
    return cast(Sequence[UncoveredEntry], found)


def forget_covered(connection: Connection, from_leaf: int, last_dossier: int) -> None:
    """Deletes covered entries from ``journal_uncovered``: those of runs that begin at ``from_leaf`` or later.

    ``last_dossier`` is the highest dossier id in these runs; it bounds the rows to look at.
    """
    queue, runs = journal_uncovered, journal_runs
    inside = and_(
        runs.c.first_leaf >= from_leaf,
        runs.c.dossier_id == queue.c.dossier_id,
        queue.c.number >= runs.c.first_number,
        queue.c.number < runs.c.first_number + runs.c.length,
    )
    connection.execute(delete(queue).where(queue.c.dossier_id <= last_dossier, exists().where(inside)))


class Coverage(NamedTuple):
    """Counts at one moment: entries of the journal, also of detached months, those that await a checkpoint, those in
    runs, and those that the last checkpoint signed."""

    entries: int
    waiting: int
    in_runs: int
    signed: int

    @property
    def hidden(self) -> int:
        """The number of entries that no checkpoint covers and none will cover; negative when entries are gone."""
        return self.entries - self.waiting - self.in_runs


def coverage(connection: Connection) -> Coverage:
    """The counts, by one statement and so of one moment."""
    queue = journal_uncovered
    same = and_(queue.c.dossier_id == journal.c.dossier_id, queue.c.number == journal.c.number)
    signed = select(checkpoints.c.size).order_by(checkpoints.c.number.desc()).limit(1)
    detached = select(func.coalesce(func.sum(detached_months.c.rows), 0)).where(detached_months.c.source == "journal")
    counts = (
        select(select(func.count()).select_from(journal).scalar_subquery() + detached.scalar_subquery()),
        select(func.count()).select_from(journal_uncovered.join(journal, same)),
        select(func.coalesce(func.sum(journal_runs.c.length), 0)),
        select(func.coalesce(signed.scalar_subquery(), 0)),
    )
    return Coverage(*map(int, connection.execute(select(*(one.scalar_subquery() for one in counts))).one()))


def list_hidden(connection: Connection) -> None:
    """Puts every entry that is in no run and on no list back on the list."""
    runs, queue = journal_runs, journal_uncovered
    ends = select(runs.c.dossier_id, func.max(runs.c.first_number + runs.c.length).label("next")).group_by(
        runs.c.dossier_id
    )
    end = ends.subquery()
    same = and_(queue.c.dossier_id == journal.c.dossier_id, queue.c.number == journal.c.number)
    hidden = (
        select(journal.c.dossier_id, journal.c.number)
        .select_from(journal.outerjoin(end, end.c.dossier_id == journal.c.dossier_id))
        .where(journal.c.number >= func.coalesce(end.c.next, 1), ~exists().where(same))
    )
    connection.execute(insert(queue).from_select(["dossier_id", "number"], hidden))


def covered_or_waiting(
    connection: Connection, dossier_ids: Collection[int]
) -> tuple[dict[int, list[tuple[int, int]]], dict[int, set[int]]]:
    """By dossier: the runs as (first number, length) in order, and the numbers of entries that await a checkpoint."""
    runs, queue = journal_runs, journal_uncovered
    covered: dict[int, list[tuple[int, int]]] = {}
    columns: tuple[Any, ...] = (runs.c.dossier_id, runs.c.first_number, runs.c.length)
    found = select(*columns).where(runs.c.dossier_id.in_(dossier_ids)).order_by(*columns)
    for dossier, first, length in connection.execute(found):
        covered.setdefault(dossier, []).append((first, length))
    waiting: dict[int, set[int]] = {}
    for dossier, number in connection.execute(select(queue).where(queue.c.dossier_id.in_(dossier_ids))):
        waiting.setdefault(dossier, set()).add(number)
    return covered, waiting


def entries_of_leaves(
    connection: Connection, start: int, end: int, *columns: Column[str]
) -> Sequence[Row[*tuple[Any, ...]]]:
    """(leaf, columns of the journal …) of the leaves in [start, end), in order; entries that are gone give no row."""
    runs = journal_runs
    leaf = (runs.c.first_leaf + journal.c.number - runs.c.first_number).label("leaf")
    first = select(func.max(runs.c.first_leaf)).where(runs.c.first_leaf <= start).scalar_subquery()
    inside = and_(
        journal.c.dossier_id == runs.c.dossier_id,
        journal.c.number >= runs.c.first_number,
        journal.c.number < runs.c.first_number + runs.c.length,
    )
    statement = select(leaf, *columns).select_from(runs.join(journal, inside))
    statement = statement.where(runs.c.first_leaf >= first, runs.c.first_leaf < end, leaf >= start, leaf < end)
    return connection.execute(statement.order_by(text("leaf"))).all()


def leaf_of(connection: Connection, dossier_id: int, number: int) -> int | None:
    """The leaf number of an entry; None while no checkpoint covers it."""
    runs = journal_runs
    before = select(runs).where(runs.c.dossier_id == dossier_id, runs.c.first_number <= number)
    run = connection.execute(before.order_by(runs.c.first_number.desc()).limit(1)).first()
    if run is None or number >= run.first_number + run.length:
        return None
    return int(run.first_leaf + number - run.first_number)

"""A batch as its page shows it: what it does, how far it is, and what was refused and why."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from engine.errors import NotFound
from engine.store.batches import BatchRow, batch_with, batches_of, counts_of, items_of
from engine.text import Text
from engine.transaction import UnitOfWork

MOST_SHOWN = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchItem:
    """A dossier of a batch; ``refusal`` and ``why`` where it was refused."""

    dossier: str
    refusal: str | None
    why: Text | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchLine:
    """A batch by its numbers. It runs while an item waits and nobody has stopped it."""

    id: int
    name: Text
    asked_at: dt.datetime
    finished_at: dt.datetime | None
    stopped: bool
    total: int
    done: int
    refused: int
    left: int
    cancelled: int

    @property
    def running(self) -> bool:
        return self.left > 0

    @property
    def ended(self) -> int:
        return self.total - self.left


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchView:
    """A batch with the dossiers that were refused, that wait or were stopped, and that are done."""

    line: BatchLine
    refused: tuple[BatchItem, ...]
    waiting: tuple[BatchItem, ...]
    done: tuple[BatchItem, ...]


def batch_of(unit: UnitOfWork, number: int) -> BatchView:
    """The actor's batch. Raises NotFound, also for another person's."""
    connection = unit.reader()
    row = batch_with(connection, number)
    if row is None or row.person_id != unit.actor.person_id:
        raise NotFound(what=f"batch {number}")
    parts = {name: _items(unit, number, name) for name in ("refused", "waiting", "stopped", "done")}
    return BatchView(
        line=_line(row, counts_of(connection, [number])[number]),
        refused=parts["refused"],
        waiting=parts["waiting"] + parts["stopped"],
        done=parts["done"],
    )


def own_batches(unit: UnitOfWork, limit: int = 20) -> tuple[BatchLine, ...]:
    """The actor's newest batches, newest first."""
    person = unit.actor.person_id
    rows = batches_of(unit.reader(), person, limit) if person is not None else []
    counts = counts_of(unit.reader(), [row.id for row in rows])
    return tuple(_line(row, counts[row.id]) for row in rows)


def _items(unit: UnitOfWork, number: int, status: str) -> tuple[BatchItem, ...]:
    rows = items_of(unit.reader(), number, status, MOST_SHOWN)
    return tuple(
        BatchItem(dossier=row.dossier, refusal=row.code, why=Text(row.why_vi, row.why_en or "") if row.why_vi else None)
        for row in rows
    )


def _line(row: BatchRow, counts: dict[str, int]) -> BatchLine:
    return BatchLine(
        id=row.id,
        name=Text(row.name_vi, row.name_en),
        asked_at=row.asked_at,
        finished_at=row.finished_at,
        stopped=row.stopped_at is not None,
        total=sum(counts.values()),
        done=counts.get("done", 0),
        refused=counts.get("refused", 0),
        left=counts.get("waiting", 0),
        cancelled=counts.get("stopped", 0),
    )

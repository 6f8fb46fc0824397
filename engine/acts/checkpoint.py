"""Makes checkpoints of the journal: each uncovered entry becomes a leaf of the Merkle tree, and the new root is signed.

The job ``checkpoint_journal`` runs this every hour, ``motcua journal checkpoint`` on demand. The cost grows with the
new entries only. A backlog is worked off in batches; each batch is one checkpoint and one transaction.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert

from engine.errors import Refusal
from engine.journal.checkpoint_files import publish_checkpoints
from engine.journal.checkpoint_keys import CheckpointKeys, signature_holds
from engine.rules.journal.checkpoints import Statement, key_id, line_hash, parse_line
from engine.rules.journal.entries import ORIGIN
from engine.rules.journal.merkle import Edge, leaf_hash
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.settings import Settings
from engine.store.checkpoints import (
    TILE,
    checkpoints,
    forget_covered,
    go_by_index,
    journal_runs,
    journal_tiles,
    last_checkpoint,
    take_turns,
    uncovered_entries,
)
from engine.store.rows import CheckpointRow, UncoveredEntry
from engine.transaction import Runtime, UnitOfWork, in_transaction

BATCH = 20_000  # entries; SQLite's other writers wait for as long as one batch takes


class JournalDamaged(Refusal):
    """A committed entry is missing from the journal. Nothing is signed until a person has examined it."""

    code = "journal-damaged"
    status = 500
    vi = "Nhật ký của hồ sơ (mã nội bộ {dossier}) thiếu mục số {number}; không lập điểm kiểm tra."
    en = "Entry {number} of the dossier with internal id {dossier} is missing from the journal; no checkpoint is made."


class CheckpointDamaged(Refusal):
    """The last checkpoint in the database differs from the one that was signed."""

    code = "checkpoint-damaged"
    status = 500
    vi = "Điểm kiểm tra số {number} trong cơ sở dữ liệu đã bị thay đổi; không lập điểm tiếp theo."
    en = "Checkpoint {number} in the database was changed; none is made after it."


@dataclass(frozen=True, slots=True)
class Made:
    """A new checkpoint over ``size`` entries, ``entries`` of them new; ``root`` in hexadecimal, ``line`` as signed."""

    number: int
    entries: int
    size: int
    root: str
    line: str


def checkpoint_now(runtime: Runtime, *, seconds: float | None = None) -> list[Made]:
    """Makes checkpoints until every entry is covered, and publishes them; begins no batch after ``seconds``.

    Returns an empty list when no entry is new. Raises JournalDamaged, CheckpointDamaged, CheckpointKeyUnusable, and
    CheckpointsAhead when other checkpoints were published than the database has.
    """
    latest = None if seconds is None else time.monotonic() + seconds
    keys, made = keys_of(runtime.settings), []
    publish_checkpoints(runtime.database, runtime.settings.checkpoint_folder)  # before another history could be signed
    while one := in_transaction(runtime, SYSTEM_ACTOR, lambda unit: checkpoint(unit, keys)):
        made.append(one)
        if latest is not None and time.monotonic() > latest:
            break
    publish_checkpoints(runtime.database, runtime.settings.checkpoint_folder)
    return made


def rotate_key(runtime: Runtime, *, lost: bool = False) -> Made:
    """Hands over to a new key by a checkpoint that the old key signs. The old key's file may be removed afterwards.

    With ``lost`` the old key is gone and the new one signs unannounced. Every verifier reports that until the new key
    is given to it. Raises the refusals of ``checkpoint_now``.
    """
    keys = keys_of(runtime.settings)
    publish_checkpoints(runtime.database, runtime.settings.checkpoint_folder)
    fresh = keys.new_key()
    made = in_transaction(runtime, SYSTEM_ACTOR, lambda unit: hand_over(unit, keys, fresh, unannounced=lost))
    publish_checkpoints(runtime.database, runtime.settings.checkpoint_folder)
    return made


def keys_of(settings: Settings) -> CheckpointKeys:
    """The keys of this installation."""
    return CheckpointKeys(settings.data / "checkpoint-keys")


def checkpoint(unit: UnitOfWork, keys: CheckpointKeys, limit: int = BATCH) -> Made | None:
    """One checkpoint over about ``limit`` further entries; None when there are none."""
    last, edge = _left_off(unit)
    entries = uncovered_entries(unit.begin(), limit)
    if not entries:
        return None
    _cover(unit.begin(), edge, entries)
    key = keys.any_key() if last is None else last.next_key
    return _sign(unit, keys, last, edge, key, key)


def hand_over(unit: UnitOfWork, keys: CheckpointKeys, fresh: str, *, unannounced: bool = False) -> Made:
    """A checkpoint over no further entry, after which ``fresh`` signs; ``unannounced``: it signs this one already."""
    last, edge = _left_off(unit)
    key = fresh if unannounced else keys.any_key() if last is None else last.next_key
    return _sign(unit, keys, last, edge, key, fresh)


def _left_off(unit: UnitOfWork) -> tuple[CheckpointRow | None, Edge]:
    take_turns(unit.begin())
    go_by_index(unit.begin())
    last = last_checkpoint(unit.begin())
    return last, Edge() if last is None else _edge(last)


def _sign(
    unit: UnitOfWork, keys: CheckpointKeys, last: CheckpointRow | None, edge: Edge, key: str, next_key: str
) -> Made:
    statement = _statement(unit.now, last, edge, key, next_key)
    line = statement.line(keys.sign(key, statement.signed_bytes()))
    row = {"number": statement.number, "at": statement.at, "size": edge.size, "root": statement.root}
    row |= {"next_key": statement.next, "line": line, "edge": edge.to_text()}
    unit.begin().execute(insert(checkpoints), row)
    new = edge.size - (0 if last is None else last.size)
    return Made(statement.number, new, edge.size, statement.root, line)


def _statement(now: dt.datetime, last: CheckpointRow | None, edge: Edge, key: str, next_key: str) -> Statement:
    """The next statement to sign. Its moment is never earlier than the last one, whatever the machine's clock says."""
    return Statement(
        number=1 if last is None else last.number + 1,
        at=now if last is None else max(now, last.at),
        size=edge.size,
        root=edge.root().hex(),
        previous=ORIGIN if last is None else line_hash(last.line),
        log=key_id(key) if last is None else parse_line(last.line)[0].log,
        key=key,
        next=next_key,
    )


def _edge(last: CheckpointRow) -> Edge:
    """The edge of the tree at the last checkpoint, checked against its signature. Raises CheckpointDamaged.

    A signature over any other tree would spoil all later checkpoints.
    """
    try:
        edge, (said, signature) = Edge.from_text(last.size, last.edge), parse_line(last.line)
        same = (said.number, said.size, said.root, said.next) == (last.number, last.size, last.root, last.next_key)
        holds = same and edge.root().hex() == said.root and signature_holds(said.key, said.signed_bytes(), signature)
    except ValueError:
        holds = False
    if not holds:
        raise CheckpointDamaged(number=last.number)
    return edge


def _cover(connection: Connection, edge: Edge, entries: Sequence[UncoveredEntry]) -> None:
    """Appends the entries, which come grouped by dossier, to the tree. Raises JournalDamaged."""
    if not entries:
        return
    before, wanted = edge.size, 0
    runs: list[dict[str, int]] = []
    tiles: list[dict[str, Any]] = []
    for row in entries:
        if not runs or runs[-1]["dossier_id"] != row.dossier_id:
            _all_there(runs, wanted)
            run = {"first_leaf": edge.size, "dossier_id": row.dossier_id, "first_number": row.start, "length": 0}
            runs.append(run)
            wanted = row.top - row.start + 1
        if row.number != row.start + run["length"]:
            raise JournalDamaged(dossier=row.dossier_id, number=row.start + run["length"])
        run["length"] += 1
        for height, position, node in edge.append(leaf_hash(bytes.fromhex(row.hash))):
            if height % TILE == 0:
                tiles.append({"height": height, "position": position, "hash": node})
    _all_there(runs, wanted)
    connection.execute(insert(journal_runs), runs)
    if tiles:
        connection.execute(insert(journal_tiles), tiles)
    forget_covered(connection, before, entries[-1].dossier_id)


def _all_there(runs: list[dict[str, int]], wanted: int) -> None:
    if runs and runs[-1]["length"] != wanted:
        raise JournalDamaged(dossier=runs[-1]["dossier_id"], number=runs[-1]["first_number"] + runs[-1]["length"])

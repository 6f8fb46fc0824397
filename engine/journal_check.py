"""Checking the journal against itself and against the rows: chains, folding, commitments to private parts.

Reads dossier by dossier, in pages that each see one moment of the database, so that it may run while work goes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, Row, select

from engine.record import UNFOLDED
from engine.rules.journal import Break, Entry, commitment, first_break, fold, plain_row
from engine.store.dossiers import dossiers
from engine.store.journal import journal, journal_private

PAGE = 200  # dossiers


@dataclass(frozen=True, slots=True)
class Finding:
    """The first thing wrong with one dossier: the entry's number, and what (vi, en)."""

    code: str
    number: int
    vi: str
    en: str


@dataclass(slots=True)
class Tally:
    """How much was looked at."""

    dossiers: int = 0
    entries: int = 0


def check_journal(database: Engine, tally: Tally, code: str | None = None) -> Iterator[Finding]:
    """The first break of every dossier that has one (or of the one with this code), counting in ``tally`` what was
    read. Nothing is yielded when all is well."""
    last = 0
    while True:
        with database.connect().execution_options(**_one_moment(database)) as connection:
            rows = _page(connection, last, code)
            if not rows:
                return
            entries, private = _entries(connection, [row["id"] for row in rows])
        for row in rows:
            own = entries.get(row["id"], [])
            tally.dossiers += 1
            tally.entries += len(own)
            broken = _first_wrong(row, own, private)
            if broken:
                yield Finding(row["code"], broken.number, broken.vi, broken.en)
        last = rows[-1]["id"]


def _one_moment(database: Engine) -> dict[str, Any]:
    if database.dialect.name == "postgresql":
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return {"motcua_read_only": True}


def _page(connection: Connection, last: int, code: str | None) -> Sequence[Mapping[str, Any]]:
    statement = select(dossiers).where(dossiers.c.id > last).order_by(dossiers.c.id).limit(PAGE)
    if code is not None:
        statement = statement.where(dossiers.c.code == code)
    return [dict(row) for row in connection.execute(statement).mappings()]


def _entries(connection: Connection, ids: list[int]) -> tuple[dict[int, list[Entry]], dict[tuple[int, int], Row[Any]]]:
    columns: tuple[Any, ...] = (journal.c.dossier_id, journal.c.number, journal.c.body, journal.c.hash)
    of_these = select(*columns).where(journal.c.dossier_id.in_(ids)).order_by(journal.c.dossier_id, journal.c.number)
    entries: dict[int, list[Entry]] = {}
    for row in connection.execute(of_these):
        entries.setdefault(row.dossier_id, []).append(Entry(row.number, row.body, row.hash))
    hidden = connection.execute(select(journal_private).where(journal_private.c.dossier_id.in_(ids)))
    return entries, {(row.dossier_id, row.number): row for row in hidden}


def _first_wrong(
    row: Mapping[str, Any], entries: Sequence[Entry], private: Mapping[tuple[int, int], Row[Any]]
) -> Break | None:
    try:
        broken = first_break(row["code"], entries, row["head"], row["version"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        number = len(entries)
        return Break(number, "nội dung không đọc được", "the content cannot be read")
    if broken:
        return broken
    for stored in entries:
        promised = orjson.loads(stored.body)["private"]
        if wrong := _private_wrong(stored.number, promised, private.get((row["id"], stored.number))):
            return wrong
    told, stands = fold(entries), plain_row({key: row[key] for key in row if key not in UNFOLDED})
    different = sorted(key for key in told.keys() | stands.keys() if told.get(key) != stands.get(key))
    different = [key for key in different if key not in UNFOLDED]
    if different:
        names = ", ".join(different)
        return Break(len(entries), f"hồ sơ khác với sổ: {names}", f"the row differs from the journal: {names}")
    return None


def _private_wrong(number: int, promised: str | None, hidden: Row[Any] | None) -> Break | None:
    """An erased private part cannot be checked, and need not be: the chain holds without it."""
    if hidden is None:
        return None if promised is None else Break(number, "thiếu phần riêng tư", "its private part is missing")
    if hidden.erased_at is not None:
        return None
    if promised is None or commitment(bytes(hidden.salt), hidden.data) != promised:
        return Break(number, "phần riêng tư đã bị thay đổi", "its private part was changed")
    return None

"""The check of the journal against itself, the rows and the checkpoints: chains, folding, private parts, coverage.

It reads dossiers in pages, each in one snapshot of the database, so it may run while work goes on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import orjson
from sqlalchemy import Connection, Engine, select

from engine.clock import civil_day
from engine.dossier.record import UNFOLDED
from engine.rules.journal.entries import Break, Entry, commitment, first_break, fold, plain_row
from engine.store.checkpoints import coverage, covered_or_waiting
from engine.store.detached import hold_months, months_detached, rows_detached
from engine.store.dossiers import code_counters, dossiers
from engine.store.journal import journal, journal_private
from engine.store.rows import JournalRow, PrivateRow

PAGE = 200  # dossiers


@dataclass(frozen=True, slots=True)
class Finding:
    """The first fault of one dossier: the entry's number and a description in ``vi`` and ``en``.

    For a fault of an office's day, ``code`` is "office day" and ``number`` is 0; for one of the journal as a whole
    ``code`` is "journal", for one of the read log it is "reads".
    """

    code: str
    number: int
    vi: str
    en: str


@dataclass(slots=True)
class Tally:
    """The number of dossiers and entries read so far."""

    dossiers: int = 0
    entries: int = 0
    staff_entries: int = 0
    detached: int = 0
    """Dossiers whose journal is in a detached month; of them only the coverage by checkpoints is checked."""


def check_journal(database: Engine, tally: Tally, code: str | None = None) -> Iterator[Finding]:
    """Yields the first fault of every dossier that has one; with ``code`` only that dossier is checked.

    After the dossiers it yields each day on which an office gave out more codes than there are dossiers. Where nothing
    was found, the counts of the journal are compared. ``tally`` is updated while it reads.
    """
    sound = True
    for finding in _check_dossiers(database, tally, code):
        sound = False
        yield finding
    if sound and code is None and (wrong := _counts_wrong(database)):
        yield wrong


def _check_dossiers(database: Engine, tally: Tally, code: str | None) -> Iterator[Finding]:
    given = _codes_given(database) if code is None else {}
    found: Counter[tuple[str, str]] = Counter()
    last = 0
    while True:
        with database.connect().execution_options(**one_moment(database)) as connection:
            hold_months(connection)
            rows = _page(connection, last, code)
            if not rows:
                break
            gone = months_detached(connection, "journal")
            ids = [row["id"] for row in rows]
            entries, private = _entries(connection, ids)
            covered, waiting = covered_or_waiting(connection, ids)
        for row in rows:
            own = entries.get(row["id"], [])
            tally.dossiers += 1
            tally.entries += len(own)
            elsewhere = any(low <= row["id"] < high for low, high in gone)
            tally.detached += elsewhere
            broken = None if elsewhere else _first_wrong(row, own, private)
            number = row["version"] if elsewhere else len(own)
            broken = broken or _first_hidden(number, covered.get(row["id"], []), waiting.get(row["id"], set()))
            if broken:
                yield Finding(row["code"], broken.number, broken.vi, broken.en)
            begun = own[0].at if own and own[0].number == 1 else row["filed_at"]
            if not (own and own[0].number == 1 and _kept_code(own[0])):
                found[row["intake_office"], civil_day(begun).isoformat()] += 1
        last = rows[-1]["id"]
    for (office, day), number in sorted(given.items()):
        if missing := max(0, number - found[office, day]):
            yield Finding(
                f"{office} {day}", 0, f"đã cấp {number} mã, thiếu {missing} hồ sơ",
                f"{number} codes were given out and {missing} dossiers are missing",
            )  # fmt: skip


def _kept_code(first: JournalRow) -> bool:
    """Whether a dossier came from a predecessor system with its code: none was given out here."""
    return first.act == "import" and bool(orjson.loads(first.body)["data"].get("kept_code"))


def _codes_given(database: Engine) -> dict[tuple[str, str], int]:
    """The number of codes by office and day. Read before any dossier, so that later codes are not reported missing."""
    with database.connect().execution_options(**one_moment(database)) as connection:
        return {(row.office, row.day): row.last for row in connection.execute(select(code_counters))}


def one_moment(database: Engine) -> dict[str, Any]:
    if database.dialect.name == "postgresql":
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return {"motcua_read_only": True}


def _page(connection: Connection, last: int, code: str | None) -> Sequence[Mapping[str, Any]]:
    statement = select(dossiers).where(dossiers.c.id > last).order_by(dossiers.c.id).limit(PAGE)
    if code is not None:
        statement = statement.where(dossiers.c.code == code)
    return [dict(row) for row in connection.execute(statement).mappings()]


def _entries(
    connection: Connection, ids: list[int]
) -> tuple[dict[int, list[JournalRow]], dict[tuple[int, int], PrivateRow]]:
    of_these = select(journal).where(journal.c.dossier_id.in_(ids)).order_by(journal.c.dossier_id, journal.c.number)
    entries: dict[int, list[JournalRow]] = {}
    for row in cast(Iterable[JournalRow], connection.execute(of_these)):
        entries.setdefault(row.dossier_id, []).append(row)
    of_private = select(journal_private).where(journal_private.c.dossier_id.in_(ids))
    hidden = cast(Iterable[PrivateRow], connection.execute(of_private))
    return entries, {(row.dossier_id, row.number): row for row in hidden}


def _first_wrong(
    row: Mapping[str, Any], rows: Sequence[JournalRow], private: Mapping[tuple[int, int], PrivateRow]
) -> Break | None:
    entries = [Entry(stored.number, stored.body, stored.hash) for stored in rows]
    broken = first_break(row["code"], entries, row["head"], row["version"])
    if broken:
        return broken
    for stored in rows:
        body = orjson.loads(stored.body)
        beside = plain_row({"act": stored.act, "actor": stored.actor, "at": stored.at})
        if beside != {key: body[key] for key in beside}:
            vi, en = "cột bên cạnh khác với nội dung", "the columns beside it differ from the content"
            return Break(stored.number, vi, en)
        if wrong := _private_wrong(stored.number, body["private"], private.get((row["id"], stored.number))):
            return wrong
    told, stands = fold(entries), plain_row({key: row[key] for key in row if key not in UNFOLDED})
    different = sorted(key for key in told.keys() | stands.keys() if told.get(key) != stands.get(key))
    if different:
        names = ", ".join(different)
        return Break(len(entries), f"hồ sơ khác với sổ: {names}", f"the row differs from the journal: {names}")
    return None


def _first_hidden(entries: int, runs: Sequence[tuple[int, int]], waiting: set[int]) -> Break | None:
    """The first entry of a dossier that no checkpoint covers and that is not on the list for the next one."""
    following = 1
    for first, length in runs:
        if first != following:
            return Break(following, "điểm kiểm tra bỏ sót mục này", "the checkpoints leave this entry out")
        following += length
    for number in range(following, entries + 1):
        if number not in waiting:
            return Break(
                number,
                "mục này không có trong điểm kiểm tra nào và đã bị gỡ khỏi danh sách chờ",
                "no checkpoint covers this entry, and it was taken off the list for the next one",
            )
    return None


def _counts_wrong(database: Engine) -> Finding | None:
    """What the numbers of entries in the journal, on the list, in the tree and in the last checkpoint contradict."""
    with database.connect().execution_options(**one_moment(database)) as connection:
        hold_months(connection)
        counts, (rows, leaves) = coverage(connection), rows_detached(connection, "journal")
    if rows != leaves:
        told = f"{rows} ≠ {leaves}"
        return Finding(
            "journal", 0, f"mục đã tách và lá giữ lại không khớp: {told}",
            f"the numbers of detached entries and of their leaves do not agree: {told}",
        )  # fmt: skip
    if counts.in_runs != counts.signed or counts.hidden:
        told = f"{counts.entries} = {counts.in_runs} + {counts.waiting}; {counts.signed}"
        return Finding(
            "journal", 0, f"số mục không khớp (tất cả = trong cây + đang chờ; đã ký): {told}",
            f"the numbers of entries do not agree (all = in the tree + waiting; signed): {told}",
        )  # fmt: skip
    return None


def _private_wrong(number: int, promised: str | None, hidden: PrivateRow | None) -> Break | None:
    """The fault of a private part. An erased one cannot be checked, and the chain is valid without it."""
    if hidden is None:
        return None if promised is None else Break(number, "thiếu phần riêng tư", "its private part is missing")
    if hidden.erased_at is not None:
        return None
    if promised is None or commitment(bytes(hidden.salt), hidden.data) != promised:
        return Break(number, "phần riêng tư đã bị thay đổi", "its private part was changed")
    return None

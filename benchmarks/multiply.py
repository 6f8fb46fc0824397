"""Many dossiers out of a few: every row of the model dossiers is copied under new numbers, codes, links and communes.

The rows go in by COPY with triggers and foreign keys off, as a restored dump would. Each copied journal is chained
anew, entry by entry, so that ``motcua journal verify`` holds for it too; what an entry commits to stays as it was.
``WARD`` always has ``OPEN_IN_WARD`` dossiers under way, as an office's work does not grow with the country's; of the
finished ones, which do pile up, one in a hundred is its own. The others are spread evenly over all communes.
"""

from __future__ import annotations

import hashlib
import random
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import psycopg
from psycopg import sql

from benchmarks.database import NAME, MeasuredServer
from benchmarks.ground import ACTING_WARDS, PROVINCE, SECRET, WARD, Ground, Model
from engine.rules.journal.entries import ORIGIN
from engine.rules.plain_text import plain_text
from engine.security.citizen_link import link_hash, link_token
from engine.store.search import key_rows, province_scope

TABLES = ("dossiers", "applicants", "dossier_offices", "clocks", "fees", "journal_private", "documents", "outbox")
"""The last one is left out for dossiers of long ago, of which everything was sent."""
BATCH = 5_000
OPEN_SHARE = 0.12
OPEN_IN_WARD = 600
WITHOUT_INDEXES_FROM = 200_000
"""So many dossiers go in faster when indexes are made afterwards."""
SURNAMES = (
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Huỳnh",
    "Phan",
    "Vũ",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
)
MIDDLES = ("Văn", "Thị", "Hữu", "Đức", "Ngọc", "Minh", "Thanh", "Quang", "Xuân", "Thu", "Gia", "Bảo")
GIVEN = (
    "An",
    "Bình",
    "Châu",
    "Dũng",
    "Giang",
    "Hà",
    "Hạnh",
    "Hùng",
    "Khánh",
    "Lan",
    "Linh",
    "Long",
    "Mai",
    "Nam",
    "Nga",
)
MODEL_NAME = "Nguyễn Văn Mẫu"


@dataclass(frozen=True, slots=True)
class Mould:
    """A model dossier as COPY text with gaps (``%(code)s`` …), by table; of its journal, (line, body) by entry."""

    texts: dict[str, str]
    entries: list[tuple[str, str]]
    scopes: tuple[str, ...]  # who finds it by words
    search: str

    def pour(self, gaps: dict[str, Any], rows: dict[str, list[str]]) -> None:
        """Adds the rows of one copy. ``gaps`` are all but ``previous`` and ``head``, which the chain gives."""
        gaps["previous"] = ORIGIN
        for line, body in self.entries:
            told = body % gaps
            gaps["previous"] = hashlib.sha256(told.encode()).hexdigest()
            rows["journal"].append(line % (gaps | {"body": told.replace("\\", "\\\\")}))
        gaps["head"] = gaps["previous"]
        for table, text in self.texts.items():
            rows[table].append(text % gaps)
        code, _, person = (self.search % gaps).partition(" ")
        for scope in self.scopes:
            told = scope % gaps
            rows["search_keys"] += [
                f"{key}\t{gaps['number']}\n" for key in {*_keys(told, person), *_keys_of(told, code)}
            ]


def _keys_of(scope: str, text: str) -> list[int]:
    return [row["key"] for row in key_rows(0, [scope], text)]


_keys = lru_cache(200_000)(_keys_of)  # of the persons, who are fewer than the dossiers


def multiply(server: MeasuredServer, ground: Ground, wanted: int) -> int:
    """Brings the database to ``wanted`` dossiers; returns how many were added."""
    with server.connect(NAME) as connection:
        there = _number(connection, "SELECT count(*) FROM dossiers")
        if there >= wanted:
            return 0
        columns = columns_of(connection)
        moulds = {model: _mould(connection, model, columns) for model in ground.models}
        first = _number(connection, "SELECT max(id) + 1 FROM dossiers")
        provinces = {
            str(code).removeprefix("TT-"): str(province)
            for code, province in connection.execute("SELECT code, province FROM offices WHERE body = 'centre'")
        }
        with unguarded(connection, many=wanted - there >= WITHOUT_INDEXES_FROM):
            for batch in _batches(_plan(ground, moulds, wanted - there, there)):
                _write(connection, batch, columns, first - there, provinces)
    return wanted - there


@contextmanager
def unguarded(connection: psycopg.Connection[Any], *, many: bool = False) -> Iterator[None]:
    """Triggers and foreign keys off while rows go in, with ``many`` the indexes too; afterwards the tables are as if
    they had long stood there."""
    connection.execute("SET session_replication_role = replica")
    connection.execute("SET synchronous_commit = off")
    connection.execute("SET maintenance_work_mem = '1GB'")
    again = _drop_indexes(connection) if many else []
    yield
    for statement in again:
        connection.execute(statement.encode())
    connection.execute("SELECT setval(pg_get_serial_sequence('dossiers', 'id'), (SELECT max(id) FROM dossiers))")
    connection.execute("SET session_replication_role = origin")
    connection.execute(_COUNTS)  # by week a trigger counts
    connection.execute("VACUUM ANALYZE")
    connection.execute("CHECKPOINT")


_COUNTS = """
TRUNCATE finished_by_day, finished_by_week;
INSERT INTO finished_by_day (province, day, office, finished, late)
SELECT province, (finished_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, handler_office, count(*),
       count(*) FILTER (WHERE finished_at > promised_at)
FROM dossiers WHERE finished_at IS NOT NULL AND portal IN (7, 8, 9, 10) GROUP BY 1, 2, 3 ORDER BY 2
"""
_CONSTRAINTS = """
SELECT conrelid::regclass, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = ANY (%(tables)s::regclass[])
AND (contype = 'u' OR contype = 'p' AND conrelid IN ('search_keys'::regclass, 'dossier_offices'::regclass))
"""
_INDEXES = """
SELECT indexrelid::regclass, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = ANY (%(tables)s::regclass[]) AND NOT indisunique
"""


def _drop_indexes(connection: psycopg.Connection[Any]) -> list[str]:
    """Drops all but the primary keys that foreign keys point to, or that grow at their end; how to make them again."""
    tables = {"tables": list(columns_of(connection))}
    again = []
    for table, name, definition in connection.execute(_CONSTRAINTS, tables).fetchall():
        connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}".encode())
        again.append(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    for name, definition in connection.execute(_INDEXES, tables).fetchall():
        connection.execute(f"DROP INDEX {name}".encode())
        again.append(definition.replace(" ON ONLY ", " ON "))  # of a divided table: on its partitions too
    return again


@dataclass(frozen=True, slots=True)
class _Copy:
    mould: Mould
    ward: str
    serial: int


def _plan(ground: Ground, moulds: dict[Model, Mould], count: int, start: int) -> Iterator[_Copy]:
    dice = random.Random(start)
    ready = [moulds[model] for model in ground.models if not model.open]
    under_way = [moulds[model] for model in ground.models if model.open]
    for serial in range(start, start + count):
        luck = dice.random()
        if serial < OPEN_IN_WARD or luck < 0.01:
            yield _Copy(dice.choice(under_way if serial < OPEN_IN_WARD else ready), WARD, serial)
            continue
        if luck < 0.02:
            ward = dice.choice(ground.wards[:ACTING_WARDS])
        else:
            ward = dice.choice(ground.wards)
        yield _Copy(dice.choice(under_way if dice.random() < OPEN_SHARE else ready), ward, serial)


def _batches(plan: Iterable[_Copy]) -> Iterator[list[_Copy]]:
    batch: list[_Copy] = []
    for one in plan:
        batch.append(one)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _write(
    connection: psycopg.Connection[Any],
    batch: list[_Copy],
    columns: dict[str, list[str]],
    offset: int,
    provinces: dict[str, str],
) -> None:
    rows: dict[str, list[str]] = {table: [] for table in columns}
    for copy in batch:
        _pour(copy, offset + copy.serial, provinces[copy.ward], rows)
    copy_in(connection, columns, rows)


def copy_in(connection: psycopg.Connection[Any], columns: dict[str, list[str]], rows: dict[str, list[str]]) -> None:
    """Writes poured rows by COPY."""
    for table, texts in rows.items():
        names = sql.SQL(", ").join(map(sql.Identifier, columns[table]))
        with connection.cursor().copy(
            sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
        ) as stream:
            stream.write("".join(texts))


def _pour(copy: _Copy, number: int, province: str, rows: dict[str, list[str]]) -> None:
    """The rows of one copy."""
    serial, nonce = copy.serial, secrets.token_hex(16)
    name = f"{SURNAMES[serial % 15]} {MIDDLES[serial // 15 % 12]} {GIVEN[serial // 180 % 15]}"
    gaps = {
        "number": number,
        "code": f"H{province}.{copy.ward}-{serial:08d}",
        "plain_code": f"h{province}.{copy.ward}-{serial:08d}",
        "nonce": nonce,
        "link": link_hash(link_token(SECRET, nonce)),
        "ward": copy.ward,
        "province": province,
        "name": name,
        "plain_name": plain_text(name),
        "identity": f"0{serial:011d}",
    }
    copy.mould.pour(gaps, rows)


def _mould(connection: psycopg.Connection[Any], model: Model, columns: dict[str, list[str]]) -> Mould:
    found = connection.execute(
        "SELECT id, link_nonce, link_hash FROM dossiers WHERE code = %s", [model.code]
    ).fetchone()
    assert found is not None
    number, nonce, link = found
    swaps = [
        ("%", "%%"),
        (model.code, "%(code)s"),
        (model.code.lower(), "%(plain_code)s"),
        (nonce, "%(nonce)s"),
        (link, "%(link)s"),
        (f"-{WARD}", "-%(ward)s"),
        (f'"{WARD}"', '"%(ward)s"'),
        (f"\t{WARD}\t", "\t%(ward)s\t"),
        (f'"province":"{PROVINCE}"', '"province":"%(province)s"'),
        (f"\t{PROVINCE}\t", "\t%(province)s\t"),
        ("079190000001", "%(identity)s"),
        (MODEL_NAME, "%(name)s"),
        (plain_text(MODEL_NAME), "%(plain_name)s"),
    ]
    return mould_of(connection, number, columns, swaps, TABLES if model.open else TABLES[:-1])


def mould_of(
    connection: psycopg.Connection[Any],
    number: int,
    columns: dict[str, list[str]],
    swaps: list[tuple[str, str]],
    tables: Sequence[str] = TABLES,
) -> Mould:
    """The dossier with this id as a mould: of its rows in ``tables`` each text that ``swaps`` names is made a gap."""
    texts, scopes, search = dict[str, str](), list[str](), ""
    for table in tables:
        lines = []
        for values in _lines(connection, table, "id" if table == "dossiers" else "dossier_id", number, columns[table]):
            line = dict(zip(columns[table], values, strict=True))
            # What the journal commits to stays as it is.
            line = {
                key: value if table == "journal_private" else _swapped(f"\t{value}\t", swaps)[1:-1]
                for key, value in line.items()
            }
            line["id" if table == "dossiers" else "dossier_id"] = "%(number)s"
            if table == "dossiers":
                line["head"] = "%(head)s"
                search, scopes = line["search"], [province_scope(line["province"])]
            if table == "dossier_offices":
                scopes.append(line["office"])
            if table == "outbox":
                line["key"] = "%(number)s:" + line["key"].split(":", 1)[1]
            lines.append("\t".join(line[name] for name in columns[table]) + "\n")
        texts[table] = "".join(lines)
    told = _entries(connection, number, columns["journal"], swaps)
    return Mould({table: text for table, text in texts.items() if text}, told, tuple(scopes), search)


def _entries(
    connection: psycopg.Connection[Any], number: int, columns: list[str], swaps: list[tuple[str, str]]
) -> list[tuple[str, str]]:
    bodies = connection.execute("SELECT body FROM journal WHERE dossier_id = %s ORDER BY number", [number]).fetchall()
    entries, previous = [], ORIGIN
    for values, (body,) in zip(_lines(connection, "journal", "dossier_id", number, columns), bodies, strict=True):
        line = dict(zip(columns, values, strict=True))
        line |= {"dossier_id": "%(number)s", "body": "%(body)s", "hash": "%(previous)s"}
        told = str(body).replace(f'"previous":"{previous}"', '"previous":"@"')
        told = _swapped(told, swaps).replace('"previous":"@"', '"previous":"%(previous)s"')
        entries.append(("\t".join(line[name] for name in columns) + "\n", told))
        previous = hashlib.sha256(str(body).encode()).hexdigest()
    return entries


def _swapped(text: str, swaps: list[tuple[str, str]]) -> str:
    for old, new in swaps:
        text = text.replace(old, new)
    return text


def _lines(
    connection: psycopg.Connection[Any], table: str, key: str, number: int, columns: list[str]
) -> list[list[str]]:
    order = "number" if table == "journal" else key
    text = f"COPY (SELECT {', '.join(columns)} FROM {table} WHERE {key} = {number} ORDER BY {order}) TO STDOUT"
    with connection.cursor().copy(text.encode()) as stream:
        whole = b"".join(bytes(part) for part in stream).decode()
    return [line.split("\t") for line in whole.splitlines()]


def columns_of(connection: psycopg.Connection[Any]) -> dict[str, list[str]]:
    """The columns that COPY fills, by table."""
    return {table: _columns(connection, table) for table in (*TABLES, "journal", "search_keys")}


def _columns(connection: psycopg.Connection[Any], table: str) -> list[str]:
    """Of documents and outbox the numbers are left to the database."""
    asked = (
        "SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 "
        "AND NOT attisdropped ORDER BY attnum"
    )
    found = [str(name).strip('"') for (name,) in connection.execute(asked, [table])]
    return [name for name in found if name != "id" or table == "dossiers"]


def _number(connection: psycopg.Connection[Any], statement: str) -> int:
    row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return int(row[0])

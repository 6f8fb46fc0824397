"""The national portal's receiving side: takes what is told to it, lists what it holds, and can be made to err.

It keeps its records in SQLite in its folder, so it may be killed and started again. It behaves as docs/connections.md
assumes: a known key is answered like the first time and changes nothing, and what has a lower sequence than the last
one of its dossier is counted as out of order and does not change the record. Addresses below ``/_double`` are for
tests.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

from tests.doubles.faults import Faults, give_faults
from tests.doubles.process import serve

PASSWORD = "portal-of-the-tests"
_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS records (code TEXT, copy INTEGER, fields TEXT, sequence INTEGER, PRIMARY KEY (code, copy));
CREATE TABLE IF NOT EXISTS keys (key TEXT PRIMARY KEY, code TEXT, sequence INTEGER, service TEXT, at TEXT, id TEXT);
CREATE TABLE IF NOT EXISTS steps (code TEXT, sequence INTEGER, fields TEXT);
CREATE TABLE IF NOT EXISTS forgotten (key TEXT);
CREATE TABLE IF NOT EXISTS counts (name TEXT PRIMARY KEY, number INTEGER);
"""


class Records:
    """The database of the double. One connection under one lock: it is a double, not a server."""

    def __init__(self, folder: Path) -> None:
        self._database = sqlite3.connect(folder / "portal.sqlite", check_same_thread=False, isolation_level=None)
        self._database.executescript(_SCHEMA)
        self.lock = threading.RLock()

    def run(self, text: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.lock:
            return self._database.execute(text, values).fetchall()

    def count(self, name: str) -> None:
        text = "INSERT INTO counts VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET number = number + 1"
        self.run(text, name)

    def take(self, key: str, sequence: int, service: str, fields: dict[str, Any], at: str) -> tuple[int, str]:
        """Keeps one message; returns the error code and its reference."""
        code = str(fields["MaHoSo"])
        with self.lock:
            self.run("BEGIN IMMEDIATE")
            try:
                return self._taken(key, code, sequence, service, fields, at)
            finally:
                self.run("COMMIT")

    def _taken(
        self, key: str, code: str, sequence: int, service: str, fields: dict[str, Any], at: str
    ) -> tuple[int, str]:
        if known := self.run("SELECT id FROM keys WHERE key = ?", key):
            self.count("duplicates")
            return 0, known[0][0]
        held = self.run("SELECT fields, sequence FROM records WHERE code = ? AND copy = 0", code)
        if service == "CapNhatTienDoHoSoMC":
            if not held:
                self.count("unknown")
                return 2, ""
            last = self.run("SELECT max(sequence) FROM steps WHERE code = ?", code)[0][0] or 0
            self.run("INSERT INTO steps VALUES (?, ?, ?)", code, sequence, json.dumps(fields))
        else:
            last = held[0][1] if held else 0
            if sequence > last:
                merged = {**json.loads(held[0][0]), **fields} if held else fields
                text = "INSERT INTO records VALUES (?, 0, ?, ?) ON CONFLICT DO UPDATE SET fields = ?, sequence = ?"
                self.run(text, code, json.dumps(merged), sequence, json.dumps(merged), sequence)
        if sequence <= last:
            self.count("out_of_order")
        reference = secrets.token_hex(6)
        self.run("INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?)", key, code, sequence, service, at, reference)
        return 0, reference


def _listed(records: Records, after: str, names: list[str]) -> Iterator[str]:
    """The list, page by page."""
    copy = 10**9
    while True:
        text = "SELECT code, copy, fields FROM records WHERE (code, copy) > (?, ?) ORDER BY code, copy LIMIT 2000"
        page = records.run(text, after, copy)
        for code, number, fields in page:
            after, copy = code, number
            yield json.dumps({"MaHoSo": code, "dauVan": _fingerprint(json.loads(fields), names)}) + "\n"
        if not page:
            break
    yield '{"end": true}\n'


def _fingerprint(fields: dict[str, Any], names: list[str]) -> str:
    def one(value: Any) -> str:
        if value in (None, [], ""):
            return ""
        if isinstance(value, str):
            return value
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    return hashlib.sha256("".join(f"{name}={one(fields.get(name))}\n" for name in names).encode()).hexdigest()


def make(folder: Path) -> Flask:
    """The program of the double."""
    app, records = Flask(__name__), Records(folder)
    faults = give_faults(app)
    sessions: set[str] = set()
    lines: set[tuple[str, str]] = set()

    @app.before_request
    def note_line() -> None:
        lines.add((request.remote_addr or "", request.environ.get("REMOTE_PORT", "")))

    @app.get("/_double/lines")
    def count_lines() -> Any:
        """How many connections there were, this one included."""
        return [len(lines)]

    @app.post("/login")
    def login() -> Any:
        if request.get_json().get("password") != PASSWORD:
            return {"error_code": "1", "message": "wrong password"}
        session = secrets.token_hex(16)
        sessions.add(session)
        return {"error_code": "0", "session": session}

    @app.post("/call")
    def call() -> Any:
        body = request.get_json()
        if body.get("session") not in sessions:
            return {"error_code": "-1", "message": "the session has ended"}
        if body["service"] == "TraCuuHoSo":
            code = body["data"][0]["MaHoSo"]
            found = records.run("SELECT fields FROM records WHERE code = ? ORDER BY copy", code)
            return {"error_code": "0", "data": [json.loads(one[0]) for one in found]}
        return _told(records, faults, body)

    @app.post("/list")
    def listing() -> Any:
        body = request.get_json()
        if body.get("session") not in sessions:
            return {"error_code": "-1", "message": "the session has ended"}
        return Response(_listed(records, body["sauMa"], body["truongDauVan"]), mimetype="application/x-ndjson")

    @app.post("/_double/expire")
    def expire() -> Any:
        sessions.clear()
        return "", 204

    _for_tests(app, records)
    return app


def _told(records: Records, faults: Faults, body: dict[str, Any]) -> Any:
    if faults.struck("forget"):
        records.count("forgotten")
        records.run("INSERT INTO forgotten VALUES (?)", body["maThongDiep"])
        return {"error_code": "0", "id": ""}
    now = dt.datetime.now(dt.UTC) + dt.timedelta(hours=-7 if faults.struck("clock") else 0)
    for fields in body["data"]:
        error, reference = records.take(body["maThongDiep"], body["soThuTu"], body["service"], fields, now.isoformat())
        if error:
            return {"error_code": str(error), "message": "no such dossier"}
    return {"error_code": "0", "id": reference}


def _for_tests(app: Flask, records: Records) -> None:
    """What tests look at and change behind the portal's back."""

    @app.get("/_double/counts")
    def counts() -> Any:
        told = dict(records.run("SELECT name, number FROM counts"))
        for name in ("records", "keys", "steps"):
            told[name] = records.run(f"SELECT count(*) FROM {name}")[0][0]
        return told

    @app.get("/_double/keys")
    def keys() -> Any:
        return [key for (key,) in records.run("SELECT key FROM keys")]

    @app.get("/_double/forgotten")
    def forgotten() -> Any:
        return [key for (key,) in records.run("SELECT key FROM forgotten")]

    @app.get("/_double/records")
    def held() -> Any:
        return [[code, json.loads(fields)] for code, fields in records.run("SELECT code, fields FROM records")]

    @app.post("/_double/reset")
    def reset() -> Any:
        for name in ("records", "keys", "steps", "counts", "forgotten"):
            records.run(f"DELETE FROM {name}")
        return "", 204

    @app.post("/_double/multiply")
    def multiply() -> Any:
        """Copies every record so often, under codes that end in ``-1``, ``-2`` …"""
        records.run(
            "INSERT INTO records SELECT code || '-' || value, copy, "
            "json_set(fields, '$.MaHoSo', code || '-' || value), sequence FROM records, "
            "(WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n "
            "WHERE value < ?) SELECT value FROM n)",
            int(request.get_json()["times"]),
        )
        return "", 204

    @app.post("/_double/change")
    def change() -> Any:
        """``[[what, code, fields], …]``; what: lose, alter, double, invent."""
        for what, code, fields in request.get_json():
            if what == "lose":
                records.run("DELETE FROM records WHERE code = ?", code)
                records.run("DELETE FROM keys WHERE code = ?", code)
            elif what == "double":
                records.run("INSERT INTO records SELECT code, 1, fields, sequence FROM records WHERE code = ?", code)
            elif what == "invent":
                records.run("INSERT INTO records VALUES (?, 0, ?, 0)", code, json.dumps({"MaHoSo": code, **fields}))
            else:
                own = json.loads(records.run("SELECT fields FROM records WHERE code = ?", code)[0][0])
                records.run("UPDATE records SET fields = ? WHERE code = ?", json.dumps({**own, **fields}), code)
        return "", 204


if __name__ == "__main__":
    serve(make)

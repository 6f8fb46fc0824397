"""A double of the system where people file online: it keeps filings and papers, gives and pushes them, hears answers.

    python -m tests.doubles.portal_filings --port 9100 --folder var/portal

It writes as ``workflows/connections/filings.yaml`` assumes. Its state is an SQLite file in its folder, so that it may
be killed at any moment. Addresses under ``/_double`` are for tests: file something, lie about a paper, push, answers.
Besides the faults of ``tests.doubles.faults`` a paper may be told wrongly: ``hash``, ``length``, ``cut`` (half of it,
then the connection ends), ``other`` (bytes of another type).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask, Response, jsonify, request
from standardwebhooks.webhooks import Webhook

from tests.doubles.faults import Faults, give_faults
from tests.doubles.process import serve

TABLES = """
CREATE TABLE IF NOT EXISTS filing (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS paper (path TEXT PRIMARY KEY, content BLOB NOT NULL, lie TEXT NOT NULL, asked INTEGER);
CREATE TABLE IF NOT EXISTS answer (id INTEGER PRIMARY KEY, key TEXT NOT NULL, body TEXT NOT NULL, seen INTEGER);
CREATE UNIQUE INDEX IF NOT EXISTS answer_key ON answer (key);
CREATE TABLE IF NOT EXISTS mirror (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
"""


class Kept:
    """What the double knows, in ``filings.sqlite`` of its folder."""

    def __init__(self, folder: Path) -> None:
        self._database = sqlite3.connect(folder / "filings.sqlite", check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.executescript(TABLES)
        self._lock = threading.Lock()

    @contextmanager
    def use(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            yield self._database


def make(folder: Path) -> Flask:
    """The double over a folder."""
    app, kept = Flask("portal-filings"), Kept(folder)
    faults = give_faults(app)
    _lists(app, kept, "/ho-so", "filing", faults)
    _lists(app, kept, "/ho-so-bo", "mirror", faults)
    _papers(app, kept)
    _answers(app, kept, faults)
    _on_demand(app, kept)
    return app


def _lists(app: Flask, kept: Kept, path: str, table: str, faults: Faults) -> None:
    def page() -> Response:
        after, most = int(request.args.get("sau") or 0), int(request.args.get("soLuong") or 100)
        question = f"SELECT id, body FROM {table} WHERE id > ? ORDER BY id LIMIT ?"
        with kept.use() as database:
            rows = database.execute(question, (after, most)).fetchall()
        items = [json.loads(body) for _, body in rows]
        if faults.struck("twice") or faults.struck("forget"):
            items += items[:3]  # it tells some of them again
        return jsonify({"error_code": 0, "data": items, "tiepTheo": str(rows[-1][0] if rows else after)})

    app.add_url_rule(path, table, page)


def _papers(app: Flask, kept: Kept) -> None:
    def paper(name: str) -> Response:
        with kept.use() as database:
            database.execute("UPDATE paper SET asked = asked + 1 WHERE path = ?", (f"/tep/{name}",))
            row = database.execute("SELECT content, lie, asked FROM paper WHERE path = ?", (f"/tep/{name}",)).fetchone()
        if row is None:
            return Response("", 404)
        content, lie, asked = row
        if lie == "hash":
            content = content[:-1] + bytes([content[-1] ^ 1])
        if lie == "length":
            content += b"\0"
        begin = int((request.headers.get("Range") or "bytes=0-").removeprefix("bytes=").partition("-")[0])
        status = 206 if begin else 200
        if lie == "cut" and asked % 2:  # every other request ends in the middle
            left = content[begin:]
            return Response(left[: len(left) // 2], status, headers={"Content-Length": str(len(left))})
        return Response(content[begin:], status)

    app.add_url_rule("/tep/<name>", "paper", paper)


def _answers(app: Flask, kept: Kept, faults: Faults) -> None:
    def answer() -> Response:
        key, body = request.headers.get("Idempotency-Key", ""), request.get_data(as_text=True)
        if faults.struck("forget"):
            return Response("", 204)
        with kept.use() as database:
            database.execute(
                "INSERT INTO answer (key, body, seen) VALUES (?, ?, 1) ON CONFLICT (key) DO UPDATE SET seen = seen + 1",
                (key, body),
            )
        return Response("", 204)

    app.add_url_rule("/tra-loi", "answer", answer, methods=["POST"])


def _on_demand(app: Flask, kept: Kept) -> None:
    def file() -> Response:
        given = request.get_json()
        with kept.use() as database:
            database.execute("BEGIN")
            for path, paper in given.get("papers", {}).items():
                row = (path, bytes.fromhex(paper["content"]), paper.get("lie", ""))
                database.execute("INSERT OR REPLACE INTO paper VALUES (?, ?, ?, 0)", row)
            for table in ("filing", "mirror"):
                bodies = [(json.dumps(one, ensure_ascii=False),) for one in given.get(f"{table}s", ())]
                database.executemany(f"INSERT INTO {table} (body) VALUES (?)", bodies)
            database.execute("COMMIT")
        return Response("", 204)

    def mend() -> Response:
        with kept.use() as database:
            database.execute("UPDATE paper SET lie = '', asked = 0")
        return Response("", 204)

    def answers() -> Response:
        with kept.use() as database:
            rows = database.execute("SELECT key, body, seen FROM answer ORDER BY id").fetchall()
        return jsonify([{"key": key, "seen": seen, **json.loads(body)} for key, body, seen in rows])

    def push() -> Response:
        given = request.get_json()
        told = [push_one(given["url"], given["secret"], one) for one in given["filings"]]
        return jsonify(told)

    app.add_url_rule("/_double/filings", "file", file, methods=["POST"])
    app.add_url_rule("/_double/mend", "mend", mend, methods=["POST"])
    app.add_url_rule("/_double/answers", "answers", answers)
    app.add_url_rule("/_double/push", "push", push, methods=["POST"])


def push_one(url: str, secret: str, filing: dict[str, Any], at: dt.datetime | None = None) -> int:
    """Pushes one filing, signed by Standard Webhooks; returns the status of the answer, 0 without one."""
    body = json.dumps(filing, ensure_ascii=False)
    moment = at or dt.datetime.now(dt.UTC)
    identifier = "msg_" + hashlib.sha256(body.encode()).hexdigest()[:24]
    headers = {
        "Content-Type": "application/json",
        "webhook-id": identifier,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(identifier, moment, body),
    }
    sent = urllib.request.Request(url, body.encode(), headers)  # noqa: S310 - loopback
    try:
        with urllib.request.urlopen(sent, timeout=10) as response:  # noqa: S310 - as above
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def written(
    key: str, *, unit: str = "H75.26080", procedure: str, filed_at: dt.datetime | None = None, **changes: Any
) -> dict[str, Any]:
    """A filing as this double writes it."""
    moment = (filed_at or dt.datetime.now(dt.UTC)).astimezone(dt.timezone(dt.timedelta(hours=7)))
    usual = {
        "MaHoSoTrucTuyen": key,
        "MaTTHC": procedure,
        "MaCoQuan": unit,
        "KenhThucHien": "2",
        "NgayNopHoSo": f"{moment:%Y%m%d%H%M%S}",
        "LoaiDoiTuong": "1",
        "ChuHoSo": "Nguyễn Văn Mẫu",
        "SoGiayToChuHoSo": "075090000001",
        "SoDienThoai": "0900000001",
        "MaXa": "26080",
        "TaiKhoanDuocXacThucVoiVNeID": 1,
        "ToKhai": {},
        "TaiLieuNop": [],
    }
    return usual | changes


def paper(path: str, content: bytes, key: str, **changes: Any) -> dict[str, Any]:
    """A paper as a filing tells of it."""
    told = {"MaGiayTo": key, "TenTepDinhKem": f"{key}.pdf", "DuongDan": path, "KichThuoc": len(content)}
    return told | {"MaBam": hashlib.sha256(content).hexdigest()} | changes


def told(address: str, path: str, body: Any) -> Any:
    """Asks the double for something on demand; returns its JSON, or None."""
    sent = urllib.request.Request(  # noqa: S310 - loopback
        address + path, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    for _ in range(50):
        try:
            with urllib.request.urlopen(sent, timeout=60) as response:  # noqa: S310 - as above
                content = response.read()
                return json.loads(content) if content else None
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the double does not answer")


def answers_of(address: str) -> list[dict[str, Any]]:
    """The answers that the double was given, in the order of their first arrival."""
    with urllib.request.urlopen(f"{address}/_double/answers", timeout=10) as response:  # noqa: S310 - loopback
        return list(json.loads(response.read()))


if __name__ == "__main__":
    serve(make)

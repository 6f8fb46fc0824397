"""A payment gateway that behaves like one: creates payments, tells of money by signed callbacks, pays back, books.

What the tests decide is under ``/_double``: ``POST /_double/pay`` pays a charge as a payer does (``"tell": true`` sends
the callback at once), ``PUT /_double/settings`` says where callbacks go, ``POST /_double/tell`` sends those that wait
(late, twice, out of order, forged, with another amount), and ``GET /_double/statement`` is the bank's file. Faults of
requests are in ``tests.doubles.faults``. Everything is in ``bank.sqlite`` in its folder, so it may be killed and
started again.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import sqlite3
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from flask import Flask, Response, abort, jsonify, request
from standardwebhooks.webhooks import Webhook

from tests.doubles.faults import Faults, give_faults
from tests.doubles.process import serve

_SCHEMA = """
CREATE TABLE IF NOT EXISTS payments (id INTEGER PRIMARY KEY, reference TEXT UNIQUE, vnd INTEGER);
CREATE TABLE IF NOT EXISTS transactions
 (id INTEGER PRIMARY KEY, reference TEXT, vnd INTEGER, at TEXT, back INTEGER DEFAULT 0);
CREATE TABLE IF NOT EXISTS refunds
 (id INTEGER PRIMARY KEY, key TEXT UNIQUE, transaction_id INTEGER, vnd INTEGER, status TEXT);
CREATE TABLE IF NOT EXISTS callbacks (id INTEGER PRIMARY KEY, body TEXT, done INTEGER DEFAULT 0, answer INTEGER);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT);
"""


class Bank:
    """The gateway's memory."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "bank.sqlite"
        with self.open() as connection:
            connection.executescript(_SCHEMA)

    @contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._file, timeout=20)) as connection, connection:
            connection.row_factory = sqlite3.Row
            yield connection

    def setting(self, name: str, default: Any = None) -> Any:
        with self.open() as connection:
            row = connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return json.loads(row["value"]) if row else default

    def pay(self, reference: str, vnd: int, at: str) -> int:
        """A payer's transfer: the transaction, and the callback that tells of it."""
        with self.open() as connection:
            added = connection.execute(
                "INSERT INTO transactions (reference, vnd, at) VALUES (?, ?, ?)", (reference, vnd, at)
            )
            number = int(added.lastrowid or 0)
            connection.execute(
                "INSERT INTO callbacks (body) VALUES (?)", (json.dumps({"data": _told(number, reference, vnd, at)}),)
            )
        return number


def _told(number: int, reference: str, vnd: int, at: str) -> dict[str, Any]:
    return {
        "transactionId": f"GW{number:08d}",
        "merchantReference": reference,
        "amount": vnd,
        "currency": "VND",
        "paidAt": at,
        "status": "PAID",
    }


def make_app(folder: Path) -> Flask:
    """The gateway over its folder."""
    app, bank = Flask("bank"), Bank(folder)
    faults = give_faults(app)
    _payments(app, bank, faults)
    _refunds(app, bank)
    _of_tests(app, bank)
    return app


def _payments(app: Flask, bank: Bank, faults: Faults) -> None:
    @app.post("/payments")
    def create() -> Response:
        body = request.get_json()
        if not str(request.headers.get("Authorization", "")).startswith("Bearer "):
            abort(401)
        with bank.open() as connection:
            if not faults.struck("forget"):
                connection.execute(
                    "INSERT OR IGNORE INTO payments (reference, vnd) VALUES (?, ?)",
                    (body["merchantReference"], body["amount"]),
                )
        return jsonify(
            {"paymentId": body["merchantReference"], "payUrl": f"https://pay.example/{body['merchantReference']}"}
        )

    @app.get("/payments/<key>")
    def status(key: str) -> Response:
        with bank.open() as connection:
            if connection.execute("SELECT 1 FROM payments WHERE reference = ?", (key,)).fetchone() is None:
                abort(404)
            rows = connection.execute("SELECT * FROM transactions WHERE reference LIKE ? ORDER BY id", (f"%{key}%",))
            told = [_told(row["id"], row["reference"], row["vnd"], row["at"]) for row in rows]
        return jsonify({"transactions": told})


def _refunds(app: Flask, bank: Bank) -> None:
    @app.post("/transactions/<key>/refunds")
    def refund(key: str) -> Any:
        body, number = request.get_json(), int(key.removeprefix("GW"))
        with bank.open() as connection:
            known = connection.execute("SELECT * FROM refunds WHERE key = ?", (body["refundReference"],)).fetchone()
            if known is None:
                row = connection.execute("SELECT * FROM transactions WHERE id = ?", (number,)).fetchone()
                enough = row is not None and row["back"] + body["amount"] <= row["vnd"]
                answers = bank.setting("refunds", "REFUNDED") if enough else "REJECTED"
                connection.execute(
                    "INSERT INTO refunds (key, transaction_id, vnd, status) VALUES (?, ?, ?, ?)",
                    (body["refundReference"], number, body["amount"], answers),
                )
                if answers != "REJECTED":
                    connection.execute("UPDATE transactions SET back = back + ? WHERE id = ?", (body["amount"], number))
                known = connection.execute("SELECT * FROM refunds WHERE key = ?", (body["refundReference"],)).fetchone()
        return jsonify(
            {
                "refundId": f"RF{known['id']:08d}",
                "status": known["status"],
                "reason": "closed account" if known["status"] == "REJECTED" else "",
            }
        )


def _of_tests(app: Flask, bank: Bank) -> None:
    @app.put("/_double/settings")
    def settings() -> Response:
        with bank.open() as connection:
            for name, value in request.get_json().items():
                connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, json.dumps(value)))
        return Response("", 204)

    @app.post("/_double/pay")
    def pay() -> Response:
        body = request.get_json()
        number = bank.pay(body["reference"], body["vnd"], body.get("at") or dt.datetime.now(dt.UTC).isoformat())
        if body.get("tell"):
            _callbacks(bank, {})
        return jsonify({"transaction": f"GW{number:08d}"})

    @app.post("/_double/tell")
    def tell() -> Response:
        return jsonify({"answers": _callbacks(bank, request.get_json())})

    @app.get("/_double/statement")
    def statement() -> Response:
        return Response(_statement(bank, request.args["account"]), mimetype="text/csv")

    @app.get("/_double/counts")
    def counts() -> Response:
        with bank.open() as connection:
            tables = ("payments", "transactions", "refunds", "callbacks")
            return jsonify({name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables})


def _callbacks(bank: Bank, how: dict[str, Any]) -> list[int]:
    """Sends the callbacks that wait: ``order`` old or new first, ``times`` each, ``forged`` by another secret, ``add``
    đồng to what they say, ``ago`` seconds of age. Those answered 200 wait no more."""
    order = "DESC" if how.get("order") == "new" else "ASC"
    with bank.open() as connection:
        rows = connection.execute(f"SELECT * FROM callbacks WHERE done = 0 ORDER BY id {order}").fetchall()
    answers = []
    for row in rows:
        body = json.loads(row["body"])
        body["data"]["amount"] += how.get("add", 0)
        for _ in range(how.get("times", 1)):
            answers.append(_send(bank, f"cb-{row['id']}", json.dumps(body), how))
        if answers[-1] == 200 and not how.get("keep"):
            with bank.open() as connection:
                connection.execute("UPDATE callbacks SET done = 1, answer = 200 WHERE id = ?", (row["id"],))
    return answers


def _send(bank: Bank, key: str, body: str, how: dict[str, Any]) -> int:
    now = dt.datetime.fromisoformat(how["now"]) if "now" in how else dt.datetime.now(dt.UTC)
    at = now - dt.timedelta(seconds=how.get("ago", 0))
    secret = "whsec_" + "B" * 40 if how.get("forged") else bank.setting("secret")
    headers = {
        "content-type": "application/json",
        "webhook-id": key,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(key, at, body),
    }
    asked = urllib.request.Request(bank.setting("callback"), body.encode(), headers, method="POST")  # noqa: S310 - loopback
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 - loopback
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def _statement(bank: Bank, account: str) -> str:
    """What the bank booked, as its customers download it."""
    told = io.StringIO()
    told.write("\ufeffSAO KÊ TÀI KHOẢN;;;;\n;;;;\n")
    writer = csv.writer(told, delimiter=";")
    writer.writerow(["Ngày giao dịch", "Số tham chiếu", "Số tài khoản", "Số tiền", "Nội dung"])
    with bank.open() as connection:
        for row in connection.execute("SELECT * FROM transactions ORDER BY id"):
            day = dt.datetime.fromisoformat(row["at"]).astimezone(dt.timezone(dt.timedelta(hours=7)))
            amount = f"{row['vnd']:,}".replace(",", ".") + ",00"
            writer.writerow(
                [f"{day:%d/%m/%Y}", f"FT{row['id']:08d}", account, amount, f"MBVCB.{row['id']}.{row['reference']}"]
            )
    return told.getvalue()


if __name__ == "__main__":
    serve(make_app)

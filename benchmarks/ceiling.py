"""What HTTP itself costs: one Flask endpoint that does the one statement of an act through a psycopg pool, no more."""

from __future__ import annotations

import os
from typing import Any

import orjson
from flask import Flask, Response, request
from psycopg_pool import ConnectionPool

from benchmarks.one_statement import ANSWER, JOURNAL_BODY, NOTICE, for_psycopg

app = Flask("ceiling", static_folder=None)
_STATEMENT = for_psycopg()
_pools: list[ConnectionPool[Any]] = []


def _pool() -> ConnectionPool[Any]:
    """Opened by the process that uses it."""
    if not _pools:
        _pools.append(ConnectionPool(os.environ["BENCH_LIBPQ"], min_size=1, max_size=8, kwargs={"autocommit": True}))
    return _pools[0]


@app.post("/api/v1/dossiers/<code>/actions")
def act(code: str) -> Response:
    """Takes the request of an act, believes it, and writes."""
    asked = orjson.loads(request.get_data())
    values = {
        "code": code,
        "version": int(request.headers["If-Match"].strip('"')),
        "hash": "0" * 64,
        "body": JOURNAL_BODY,
        "notice": NOTICE,
        "answer": ANSWER,
        "key": request.headers["Idempotency-Key"],
    }
    with _pool().connection() as connection:
        done = connection.execute(_STATEMENT, values).fetchone()
    if done is None:
        return Response(b"{}", 412)
    told = {"code": code, "version": done[0], "state": done[1], "action": asked["action"]}
    return Response(orjson.dumps(told), 200, content_type="application/json")

"""Probes for operators: whether the process is alive, whether it can serve requests, and its Prometheus metrics."""

from __future__ import annotations

import orjson
import redis
from flask import Blueprint, Response
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from engine.errors import Refusal
from engine.rules.deadlines.calendar_end import WARNED_BEFORE, calendar_ends, days_published
from engine.store.backlog import waiting
from engine.store.migrate import latest, misfit
from engine.text import Text
from server.answer import JSON, Answer
from server.context import reading_connection, runtime, served
from server.own_files import FilesElsewhere, must_have_files

operating = Blueprint("operating", __name__)
LATEST: list[str] = []
_SILENT = Text("clamd không trả lời: tệp gửi lên không được quét", "clamd does not answer: uploads are not scanned")


@operating.get("/healthz")
def healthz() -> Response:
    """Liveness. It checks nothing else, so that a database that is down does not restart every process."""
    return _answer({"status": "alive"})


@operating.get("/readyz")
def readyz() -> Response:
    """Readiness: 200 when the database is reachable, this program works with its schema, and the folder of files is
    the installation's, else 503.

    Redis is reported but does not count: without it everything still works, only later. ``warnings`` say what an
    operator has to do in the coming months, such as publishing the calendar of the next years.
    """
    checks = probes()
    ready = all(checks.get(name) == "ok" for name in ("database", "migrations", "files"))
    warnings = _warnings() if ready else []
    if runtime().settings.uploads.clamd and not runtime().scanner.answers():
        warnings.append({"code": "scanner-silent", "vi": _SILENT.vi, "en": _SILENT.en})
    told = {"ready": ready, "checks": checks} | ({"warnings": warnings} if warnings else {})
    return _answer(told, 200 if ready else 503)


@operating.get("/metrics")
def metrics() -> Response:
    return Response(served().metrics.exposition(_waiting), headers={"Content-Type": CONTENT_TYPE_LATEST})


def probes() -> dict[str, str]:
    """What the process depends on, by name: ``ok``, or what is wrong."""
    checks = {"database": _database(), "migrations": _migrations(), "redis": _redis()}
    if checks["migrations"] == "ok":
        checks["files"] = _files()
    return checks


def _answer(data: object, status: int = 200) -> Response:
    return Answer(status, orjson.dumps(data), {"Content-Type": JSON}).response()


def _database() -> str:
    try:
        with reading_connection() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return "unreachable"
    return "ok"


def _migrations() -> str:
    if not LATEST:
        LATEST.append(latest())
    try:
        return misfit(runtime().database.execution_options(motcua_read_only=True), LATEST[0]) or "ok"
    except SQLAlchemyError:
        return "unknown"


def _files() -> str:
    try:
        must_have_files(runtime())
    except FilesElsewhere as refusal:
        return refusal.sentence("en")
    except (SQLAlchemyError, OSError) as error:
        return f"unknown: {type(error).__name__}"
    return "ok"


def _redis() -> str:
    url = runtime().settings.redis_url
    try:
        with redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1) as client:
            client.ping()
    except (redis.RedisError, OSError):
        return "unreachable"
    return "ok"


def _warnings() -> list[dict[str, str]]:
    """The published calendars that end within a year: from their ends on, due moments are provisional."""
    now = runtime().now()
    try:
        calendars = runtime().catalogue.calendars
    except (SQLAlchemyError, Refusal):
        return []
    found = []
    for name, calendar in sorted(calendars.items()):
        if days_published(calendar, now) < WARNED_BEFORE:
            words = calendar_ends(calendar)
            found.append({"code": "calendar-ends", "calendar": name, "vi": words.vi, "en": words.en})
    return found


def _waiting() -> dict[str, float]:
    try:
        with reading_connection() as connection:
            found = waiting(connection, runtime().now())
        left = [days_published(calendar, runtime().now()) for calendar in runtime().catalogue.calendars.values()]
    except (SQLAlchemyError, Refusal):
        return {}
    return found | ({"calendar_days_left": float(min(left))} if left else {})

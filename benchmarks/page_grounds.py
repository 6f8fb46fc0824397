"""The offices whose pages are measured: the demonstration's on SQLite and on PostgreSQL, or a loaded country."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy import select

from benchmarks.database import MeasuredServer
from benchmarks.ground import SECRET, WARD, Ground, environment_of
from cli.compose import compose
from cli.demo import lived_in
from cli.demo.prepare import prepare
from engine.settings import settings_from
from engine.store import migrate
from engine.store.dossiers import dossiers
from engine.transaction import Runtime


@dataclass(frozen=True, slots=True)
class Stand:
    """An office to look at: who is there by role, and the code of a dossier that is worked on."""

    name: str
    runtime: Runtime
    people: Mapping[str, str]
    code: str


DEMO = {"counter": "tiepnhan.saigon", "specialist": "hotich.saigon", "leader": "lanhdao.saigon"}
COUNTRY = {role: f"{role}.{WARD}" for role in ("counter", "specialist", "leader")}


def demo_on_sqlite(folder: Path, say: Callable[[str], None]) -> Stand:
    """The demonstration's office, made in the folder unless it is there."""
    data = folder / "demo-sqlite"
    data.mkdir(parents=True, exist_ok=True)
    environment = {
        "DATABASE_URL": f"sqlite:///{data / 'motcua.sqlite'}",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "MOTCUA_DATA": str(data),
        "MOTCUA_SECRET_KEYS": SECRET,
        "MOTCUA_RATE_LIMITS": "0",
        "MOTCUA_SECOND_FACTOR": "0",
    }
    _live("demonstration, SQLite", environment, data, say)
    return _stand("demonstration, SQLite", environment, DEMO)


def demo_on_postgres(server: MeasuredServer, folder: Path, say: Callable[[str], None]) -> Stand:
    """The same in the server's database."""
    folder.mkdir(parents=True, exist_ok=True)
    server.make()
    migrate.upgrade(server.owner_url)
    environment = environment_of(server, folder, "redis://127.0.0.1:1/0")
    _live("demonstration, PostgreSQL", environment, folder, say)
    return _stand("demonstration, PostgreSQL", environment, DEMO)


def country(ground: Ground, dossiers_there: int) -> Stand:
    """A loaded country (``benchmarks.multiply``)."""
    return _stand(f"{dossiers_there:,} dossiers, PostgreSQL", ground.environment, COUNTRY)


def _live(name: str, environment: dict[str, str], data: Path, say: Callable[[str], None]) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    if prepare(environment):
        say(f"{name}: living through eight months")
        lived_in.live(environment, data)


def _stand(name: str, environment: Mapping[str, str], people: Mapping[str, str]) -> Stand:
    runtime = compose(settings_from(environment), ring=lambda: None)
    held = (dossiers.c.holder_office == f"UB-{WARD}", dossiers.c.clock == "running")
    worked_on = select(dossiers.c.code).where(*held).order_by(dossiers.c.id.desc()).limit(1)
    with runtime.database.connect() as connection:
        code: str = connection.execute(worked_on).scalar_one()
    return Stand(name, runtime, people, code)

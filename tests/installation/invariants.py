"""What holds of every installation after every act, and changes that go behind the back of the acts.

The journal folds to the rows, due moments equal a recomputation, the armed clocks are those that the rows want, and
place and offices are what the routing says.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, and_, select

from engine.clock import LOCAL
from engine.journal.check import Tally, check_journal
from engine.rules.deadlines import timing
from engine.rules.deadlines.calendar import Calendar
from engine.rules.offices.routing import deciding_place, route
from engine.rules.procedure.facts import nested
from engine.store.clocks import clocks
from engine.store.dossiers import applicants, dossier_offices, dossiers
from engine.store.indicator_facts import BITS, indicator_facts
from engine.store.indicator_traits import live_facts
from engine.store.journal import journal
from engine.store.sql.schema import metadata
from tests.installation.installation import Installation
from tests.postgres_server import connect_to

_WRITTEN = [one for one in metadata.sorted_tables if one.name not in {"units", "successions", "offices", "competences"}]
DECIDED_OTHERWISE = ("transfer", "reform", "reform_revert", "mirror", "import", "archive_destroy")


def check(installation: Installation, now: dt.datetime) -> None:
    """Fails when something does not hold in the database at this moment."""
    assert list(check_journal(installation.database, Tally())) == []
    with installation.reading() as connection:
        for row in [dict(row) for row in connection.execute(select(dossiers)).mappings().all()]:
            _check_times(installation, row, now)
            _check_clocks(installation, connection, row)
            _check_parts(connection, row)
            _check_routing(installation, connection, row)
        _check_facts(installation, connection)


def everything(installation: Installation) -> dict[str, list[Any]]:
    """All rows of all tables that acts write, each whole and as the driver gives it."""
    found = {}
    with installation.reading() as connection, connection.begin():
        cursor = connection.connection.cursor()
        for table in _WRITTEN:
            columns = ", ".join(f'"{column.name}"' for column in table.columns)
            cursor.execute(f'SELECT {columns} FROM "{table.name}"')
            found[table.name] = sorted(map(repr, cursor.fetchall()))
        cursor.close()
    return found


def tamper(database: Engine, *statements: str) -> None:
    """Changes rows as somebody may who owns the machine: past privileges, triggers and foreign keys."""
    url = database.url
    if url.drivername.startswith("sqlite"):
        with closing(sqlite3.connect(str(url.database), isolation_level=None)) as connection:
            triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for statement in (*(f"DROP TRIGGER {name}" for (name,) in triggers), *statements):
                connection.execute(statement)
    else:
        with connect_to(Path(str(url.query["host"])), str(url.database)) as owner:
            owner.execute("SET session_replication_role = replica")
            for statement in statements:
                owner.execute(statement)


def _check_times(installation: Installation, row: dict[str, Any], now: dt.datetime) -> None:
    release = installation.runtime.catalogue.workflow(row["release"]).release
    state = release.states[row["state"]]
    assert (row["portal"], row["clock"]) == (state.portal, state.clock)
    if row["finished_at"] is None:  # an ended dossier keeps its moments when working time is published otherwise
        again = timing.due_columns(row, release, _calendar(installation, row))
        assert {key: row[key] for key in again} == again
    assert row["due_at"] is not None or row["started_at"] is None or _paused(row)
    assert row["due_at"] is None or not _paused(row) or row["due_at"] <= now  # what is late stays late


def _check_clocks(installation: Installation, connection: Connection, row: dict[str, Any]) -> None:
    release = installation.runtime.catalogue.workflow(row["release"]).release
    clock_set = timing.wanted_clocks(row, release, _calendar(installation, row))
    wanted = {(one.kind, one.subject, one.due_at) for one in clock_set}
    own = and_(clocks.c.dossier_id == row["id"], clocks.c.kind != "verify")
    kept = connection.execute(select(clocks).where(own)).all()
    fired = {(one.kind, one.subject, one.due_at) for one in kept if one.fired_at is not None}
    waiting = {(one.kind, one.subject, one.due_at) for one in kept if one.fired_at is None}
    if not any(one[0] == "remind" for one in fired):  # later reminders depend on when the earlier ones rang
        assert waiting == wanted - fired


def _check_facts(installation: Installation, connection: Connection) -> None:
    """What was kept of papers and fees for a dossier's present version is what these say."""
    kept = and_(indicator_facts.c.dossier_id == dossiers.c.id, indicator_facts.c.version == dossiers.c.version)
    digests = set(connection.execute(select(dossiers.c.release).join(indicator_facts, kept)).scalars())
    papers = {one: installation.runtime.catalogue.workflow(one).release.documents for one in digests}
    results = [(one, key) for one in sorted(papers) for key, paper in papers[one].items() if paper.result]
    for (name, bit), live in zip(BITS.items(), live_facts(results), strict=True):
        wrong = (indicator_facts.c.bits.bitwise_and(bit) != 0) != live
        assert connection.execute(select(dossiers.c.code).join(indicator_facts, kept).where(wrong)).all() == [], name


def _check_parts(connection: Connection, row: dict[str, Any]) -> None:
    """Every office that has a part in the dossier may see it."""
    parts = {*row["offices"].values(), row["intake_office"], row["handler_office"], row["holder_office"]}
    see = select(dossier_offices.c.office).where(dossier_offices.c.dossier_id == row["id"])
    assert parts - {None} <= set(connection.execute(see).scalars())
    assert row["holder_id"] is None or row["holder_office"] is not None


def _check_routing(installation: Installation, connection: Connection, row: dict[str, Any]) -> None:
    """Place and offices are what the routing says of the form, unless a person or a reform decided otherwise."""
    catalogue, entries = installation.runtime.catalogue, _entries(connection, row["id"])
    workflow, known = catalogue.workflow(row["release"]), catalogue.map
    role = workflow.release.states[row["state"]].role
    together = [one for one in workflow.release.actions.values() if one.joint and row["state"] in one.sources]
    if any(row["holder_role"] in one.by for one in together):
        role = row["holder_role"]  # a joint step passes from role to role within its state
    counter = row["offices"].get("intake", row["intake_office"])  # decides what has no desk that decides
    assert row["handler_office"] == row["offices"].get("handler", counter)
    assert role is None or row["holder_office"] == row["offices"][workflow.release.roles[role].unit]
    chosen = entries[0]["data"].get("routing", {}).get("handler", {}).get("en", "").endswith("chosen by a person")
    if chosen or any(entry["act"] in DECIDED_OTHERWISE for entry in entries):
        return
    told = max(entry["at"] for entry in entries if "offices" in entry["changes"])
    on = dt.datetime.fromisoformat(told).astimezone(LOCAL).date()
    of_this = select(applicants).where(applicants.c.dossier_id == row["id"])
    applicant = dict(connection.execute(of_this).mappings().one())
    around = {
        "applicant": {"kind": row["applicant_kind"], "commune": applicant["commune"] or ""},
        "dossier": {"channel": row["channel"], "province": row["province"]},
    }
    facts = workflow.facts({**nested(applicant["form"]), **around})
    found = route(workflow, facts, known, on, row["intake_office"])
    assert found.offices.items() <= row["offices"].items()
    assert row["place"] == deciding_place(workflow, facts, known.territory, on, known.offices.get(row["intake_office"]))


def _entries(connection: Connection, dossier: int) -> list[dict[str, Any]]:
    bodies = select(journal.c.body).where(journal.c.dossier_id == dossier).order_by(journal.c.number)
    return [orjson.loads(body) for body in connection.execute(bodies).scalars()]


def _calendar(installation: Installation, row: dict[str, Any]) -> Calendar:
    catalogue = installation.runtime.catalogue
    return catalogue.calendar(catalogue.workflow(row["release"]).release.sla.calendar, row["handler_office"])


def _paused(row: dict[str, Any]) -> bool:
    return bool(row["pauses"]) and row["pauses"][-1]["end"] is None

"""A small published country to act in: a cut of the real territory with its offices, three procedures, and people.

``World.act`` runs one act as somebody at some moment, and then looks at everything: whatever an act does, the journal
folds to the rows, due moments equal a recomputation, and the armed clocks are those that the rows want. Published once
a run and copied, so that a test costs little.
"""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import orjson
import pytest
from sqlalchemy import Connection, Engine, and_, insert, select

from adapters.files_local import LocalFiles
from adapters.local_signer import LocalSigner
from engine.acts.file_dossier import Filed, Filing, file_dossier
from engine.acts.perform_action import perform_action
from engine.acts.publish import (
    publish_calendar,
    publish_competences,
    publish_offices,
    publish_release,
    publish_template,
    publish_territory,
)
from engine.catalogue import Catalogue
from engine.dossier.case import Case, lock_case
from engine.errors import InvalidInput, Refusal
from engine.journal.check import Tally, check_journal
from engine.rules.deadlines import timing
from engine.rules.procedure.permissions import SYSTEM_ACTOR, Actor
from engine.rules.territory.territory import Territory
from engine.settings import settings_from
from engine.store.actors import actor_of_person
from engine.store.clocks import clocks
from engine.store.dossiers import dossier_offices, dossiers
from engine.store.journal import journal
from engine.store.outbox import outbox
from engine.store.people import memberships, people, substitutes
from engine.store.sql.schema import metadata, open_database
from engine.text import Text
from engine.transaction import Runtime, UnitOfWork, in_transaction
from tests import shared_run
from tests.postgres_server import APPLICATION, connect_to, create_database, drop_database, postgres_url_of
from tests.world_offices import check_offices
from tests.world_releases import LAND, world_releases
from workflows.calendar_files import load_calendar
from workflows.competence_files import read_competences
from workflows.offices import generate_offices
from workflows.territory.reader import read_territory

T = TypeVar("T")
LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
KEY = "a secret of the tests that is long enough for a key"
BEGIN = "2026-03-02 08:00"  # a Monday; nothing but weekends until 26 April
DISTRICTS = ("731", "732", "760")  # Biên Hòa and Long Khánh (Đồng Nai), Quận 1 (TP.HCM)

# Centres, and who works where: XUAN_LAP, LONG_KHANH and BIEN_HOA lie in Đồng Nai, SAI_GON in TP.HCM.
LONG_KHANH, XUAN_LAP, BIEN_HOA, SAI_GON = "TT-26080", "TT-26098", "TT-26020", "TT-26740"
BRANCH, PROVINCE, TAX = "VPDK-CN-LONGKHANH", "VPDK-75", "THUE-75"
PEOPLE: dict[str, tuple[tuple[str, str], ...]] = {
    "counter": ((LONG_KHANH, "counter"),),
    "counter2": ((LONG_KHANH, "counter"),),
    "other_counter": ((BIEN_HOA, "counter"),),
    "far_counter": ((SAI_GON, "counter"),),
    "specialist": ((BRANCH, "specialist"),),
    "specialist2": ((BRANCH, "specialist"),),
    "leader": ((BRANCH, "leader"),),
    "deputy": ((BRANCH, "clerk"),),
    "province_specialist": ((PROVINCE, "specialist"),),
    "province_leader": ((PROVINCE, "leader"),),
    "tax": ((TAX, "tax"),),
    "asked": (("UB-26080", "specialist"),),
    "police": (("CA-26080", "specialist"),),
    "copier": (("UB-26080", "specialist"),),
    "monitor": (("UB-75", "monitor"),),
    "admin": (),
}
APPLICANT = {
    "kind": "citizen",
    "name": "Nguyễn Văn Mẫu",
    "identity_number": "075090000001",
    "phone": "0900000001",
    "email": "mau@example.vn",
    "address": "Số 1, đường Mẫu",
    "commune": "26080",
    "verified": True,
}
FIELDS = {"land.commune": "26080", "land.area": 120, "owner.name": "Nguyễn Văn Mẫu", "pages": 2}
PAPERS = [{"key": "don", "original": 1}, {"key": "gcn", "original": 1}]


def moment(local: str) -> dt.datetime:
    """``2026-03-02 08:00`` in Viet Nam."""
    return dt.datetime.fromisoformat(local).replace(tzinfo=LOCAL).astimezone(dt.UTC)


class World:
    """One published installation. ``now`` stands still until a test sets it (``world.at``)."""

    def __init__(self, url: str, folder: Path) -> None:
        settings = settings_from(
            {"MOTCUA_DATA": str(folder), "DATABASE_URL": url, "MOTCUA_SECRET_KEYS": KEY, "MOTCUA_POOL_SIZE": "12"}
        )
        self.now = moment(BEGIN)
        self.rung = 0
        self.database: Engine = open_database(url, pool_size=settings.pool_size)
        self.runtime = Runtime(
            database=self.database,
            settings=settings,
            catalogue=Catalogue(self.database),
            files=LocalFiles(folder / "files"),
            signer=LocalSigner(folder / "signing"),
            ring=self._ring,
            now=lambda: self.now,
        )

    def at(self, local: str) -> None:
        """Sets the clock (local civil time)."""
        self.now = moment(local)

    def actor(self, name: str) -> Actor:
        """A person by name as they are today; ``system``."""
        if name == "system":
            return SYSTEM_ACTOR
        with self.reading() as connection:
            person = connection.execute(select(people.c.id).where(people.c.username == name)).scalar_one()
            found = actor_of_person(connection, person)
        assert found is not None
        return found

    def person(self, name: str) -> int:
        found = self.actor(name).person_id
        assert found is not None
        return found

    def citizen(self, code: str) -> Actor:
        """The applicant of a dossier, as the link lets them in."""
        return Actor("citizen", "citizen", dossier_id=self.row(code)["id"])

    def act(self, who: str | Actor, act: Callable[..., T], *arguments: Any, at: str | None = None, **named: Any) -> T:
        """Runs ``act(unit, …)`` as somebody, then checks every invariant of the database."""
        if at is not None:
            self.at(at)
        answer = self.try_act(who, act, *arguments, **named)
        self.check()
        return answer

    def try_act(self, who: str | Actor, act: Callable[..., T], *arguments: Any, **named: Any) -> T:
        """The same without looking afterwards."""
        actor = self.actor(who) if isinstance(who, str) else who
        return in_transaction(self.runtime, actor, lambda unit: act(unit, *arguments, **named))

    def refuse(
        self, refusal: type[Refusal], who: str | Actor, act: Callable[..., Any], *arguments: Any, **named: Any
    ) -> Any:
        """The refusal that ``act`` raises, after seeing that nothing at all was changed."""
        before = self.everything()
        with pytest.raises(refusal) as caught:
            self.try_act(who, act, *arguments, **named)
        assert self.everything() == before
        for language in ("vi", "en"):
            assert "{" not in caught.value.sentence(language)
        if isinstance(caught.value, InvalidInput):
            assert all(isinstance(what, Text) and what.vi != what.en for what in caught.value.errors.values())
        return caught.value

    def file(self, who: str = "counter", *, at: str | None = None, **changes: Any) -> Filed:
        """Files a dossier, of land and with everything in order unless told otherwise."""
        return self.act(who, file_dossier, self.filing(**changes), at=at)

    def filing(self, **changes: Any) -> Filing:
        """What is handed in: of land and with everything in order unless told otherwise."""
        usual: dict[str, Any] = {
            "procedure": LAND,
            "applicant": APPLICANT,
            "intake_office": LONG_KHANH,
            "fields": FIELDS,
            "documents": PAPERS,
        }
        return Filing(**(usual | changes))

    def do(self, who: str | Actor, code: str, action: str, **named: Any) -> Case:
        """Takes an action of the workflow."""
        return self.act(who, perform_action, code, action, **named)

    def land_at(self, state: str, **changes: Any) -> str:
        """The code of a land dossier brought to a state on the usual way."""
        code = self.try_act("counter", file_dossier, self.filing(**changes)).case.code
        for who, action in (("counter", "receive"), ("counter", "forward"), ("specialist", "finish_review")):
            if self.row(code)["state"] == state:
                break
            self.try_act(who, perform_action, code, action)
        assert self.row(code)["state"] == state
        self.check()
        return code

    def row(self, code: str) -> dict[str, Any]:
        with self.reading() as connection:
            return dict(connection.execute(select(dossiers).where(dossiers.c.code == code)).mappings().one())

    def entries(self, code: str) -> list[dict[str, Any]]:
        """The bodies of a dossier's journal, oldest first."""
        of_this = select(journal.c.body).join(dossiers, dossiers.c.id == journal.c.dossier_id)
        with self.reading() as connection:
            rows = connection.execute(of_this.where(dossiers.c.code == code).order_by(journal.c.number)).scalars()
            return [orjson.loads(body) for body in rows]

    def messages(self, code: str, template: str | None = None) -> list[tuple[str, str, str]]:
        """(template, recipient, channel) of a dossier's notices, oldest first."""
        wanted = and_(dossiers.c.code == code, *([outbox.c.template == template] if template else []))
        statement = select(outbox).join(dossiers, dossiers.c.id == outbox.c.dossier_id).where(wanted)
        with self.reading() as connection:
            rows = connection.execute(statement.order_by(outbox.c.id)).all()
            return [(row.template, row.recipient, row.channel) for row in rows]

    def armed(self, code: str) -> dict[tuple[str, str], dt.datetime]:
        """The clocks of a dossier that have not fired."""
        with self.reading() as connection:
            of_this = select(clocks).join(dossiers, dossiers.c.id == clocks.c.dossier_id)
            rows = connection.execute(of_this.where(dossiers.c.code == code, clocks.c.fired_at.is_(None))).all()
            return {(row.kind, row.subject): row.due_at for row in rows}

    def facts(self, code: str) -> dict[str, Any]:
        """What conditions may read of a dossier now."""

        def complete(unit: UnitOfWork) -> dict[str, Any]:
            case = lock_case(unit, code)
            return case.workflow.facts(case.facts())

        return self.try_act("system", complete)

    def fees(self, code: str) -> dict[str, int]:
        """What a dossier owes or has paid, đồng by key."""
        return self.try_act("system", lambda unit: {row["key"]: row["vnd"] for row in lock_case(unit, code).fees()})

    def seen_by(self, code: str) -> set[str]:
        """The offices that may see a dossier."""
        with self.reading() as connection:
            of_this = select(dossier_offices.c.office).join(dossiers, dossiers.c.id == dossier_offices.c.dossier_id)
            return set(connection.execute(of_this.where(dossiers.c.code == code)).scalars())

    def everything(self) -> dict[str, list[Any]]:
        """All rows of all tables that acts write."""
        published = {"units", "successions", "offices", "competences"}
        with self.reading() as connection:
            return {
                table.name: sorted(map(repr, connection.execute(select(table)).all()))
                for table in metadata.sorted_tables
                if table.name not in published
            }

    def reading(self) -> Connection:
        """A connection that only reads, so that it waits for nobody."""
        return self.database.connect().execution_options(motcua_read_only=True)

    def tamper(self, *statements: str) -> None:
        """Changes rows as somebody may who owns the machine: past privileges, triggers and foreign keys."""
        url = self.database.url
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

    def check(self) -> None:
        """What holds after every act."""
        assert list(check_journal(self.database, Tally())) == []
        with self.reading() as connection:
            for row in connection.execute(select(dossiers)).mappings().all():
                self._check_row(dict(row))

    def _check_row(self, row: dict[str, Any]) -> None:
        release = self.runtime.catalogue.workflow(row["release"]).release
        state = release.states[row["state"]]
        assert (row["portal"], row["clock"]) == (state.portal, state.clock)
        calendar = self.runtime.catalogue.calendar(release.sla.calendar, row["handler_office"])
        again = timing.due_columns(row, release, calendar)
        assert {key: row[key] for key in again} == again
        assert row["due_at"] is not None or row["started_at"] is None or _paused(row)
        assert row["due_at"] is None or not _paused(row) or row["due_at"] <= self.now  # what is late stays late
        wanted = {(one.kind, one.subject, one.due_at) for one in timing.wanted_clocks(row, release, calendar)}
        with self.reading() as connection:
            own = and_(clocks.c.dossier_id == row["id"], clocks.c.kind != "verify")
            kept = connection.execute(select(clocks).where(own)).all()
        fired = {(one.kind, one.subject, one.due_at) for one in kept if one.fired_at is not None}
        waiting = {(one.kind, one.subject, one.due_at) for one in kept if one.fired_at is None}
        if not any(one[0] == "remind" for one in fired):  # later reminders depend on when the earlier ones rang
            assert waiting == wanted - fired
        parts = {*row["offices"].values(), row["intake_office"], row["handler_office"], row["holder_office"]}
        assert parts - {None} <= self.seen_by(row["code"])
        assert row["holder_id"] is None or row["holder_office"] is not None
        check_offices(self.runtime.catalogue, self.reading, row, self.entries(row["code"]))

    def _ring(self) -> None:
        self.rung += 1


def _paused(row: dict[str, Any]) -> bool:
    return bool(row["pauses"]) and row["pauses"][-1]["end"] is None


def cut(territory: Territory, districts: tuple[str, ...]) -> Territory:
    """The units that lie, or lay, in these former districts, with those above them and the successions between them."""
    last_day = dt.date(2025, 6, 30)
    kept = {
        unit.id
        for code in districts
        for old in territory.children(territory.at(code, "district", last_day).id, last_day)
        for unit in (old, *(one.unit for one in territory.successors(old.id, dt.date(2026, 6, 1))))
    }
    kept |= {above.id for unit_id in kept for above in territory.parents_ever(territory.unit(unit_id))}
    edges = [edge for edge in territory.successions() if {edge.from_id, edge.to_id} <= kept]
    return Territory([unit for unit in territory.units() if unit.id in kept], edges)


def _publish(url: str, folder: Path) -> None:
    world = World(url, folder)
    world.try_act("system", _publish_country)
    world.try_act("system", _add_people)
    world.database.dispose()


def _publish_country(unit: UnitOfWork) -> None:
    territory = cut(read_territory(), DISTRICTS)
    publish_territory(unit, territory)
    publish_offices(unit, generate_offices(territory))
    publish_competences(unit, read_competences())
    publish_calendar(unit, load_calendar("vn"))
    for release in world_releases():
        publish_release(unit, release)
    publish_template(unit, "da-tiep-nhan", {"subject": {"vi": "Đã tiếp nhận {code}", "en": "Received {code}"}})


def _add_people(unit: UnitOfWork) -> None:
    made = {"created_at": unit.now, "language": "vi", "active": 1}
    rows = [{"username": name, "name": name, "admin": int(name == "admin"), **made} for name in PEOPLE]
    unit.begin().execute(insert(people), rows)
    ids = {row.username: row.id for row in unit.begin().execute(select(people))}
    since = {"valid_from": dt.date(2025, 7, 1)}
    unit.begin().execute(
        insert(memberships),
        [
            {"person_id": ids[name], "office": office, "role": role, **since}
            for name, held in PEOPLE.items()
            for office, role in held
        ],
    )
    week = {"valid_from": dt.date(2026, 3, 9), "valid_to": dt.date(2026, 3, 16), "legal": "QĐ 12/QĐ-VPĐK"}
    unit.begin().execute(insert(substitutes), {"absent_id": ids["leader"], "deputy_id": ids["deputy"], **week})


@contextmanager
def sqlite_world(folder: Path) -> Iterator[World]:
    template = shared_run._folder() / "world.sqlite"
    with shared_run._lock("sqlite-world"):
        if not template.exists():
            growing = template.with_suffix(".part")
            shutil.copyfile(shared_run.sqlite_template(), growing)
            _publish(f"sqlite:///{growing}", folder / "publishing")
            with closing(sqlite3.connect(growing)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            growing.rename(template)
    path = folder / "world.sqlite"
    shutil.copyfile(template, path)
    world = World(f"sqlite:///{path}", folder)
    yield world
    world.database.dispose()


@contextmanager
def postgres_world(folder: Path, name: str) -> Iterator[World]:
    sockets = shared_run.postgres_sockets()
    empty = shared_run.postgres_template()
    with shared_run._lock("postgres-world"):
        done = shared_run._folder() / "postgres.world"
        if not done.exists():
            create_database(sockets, "motcua_world", empty)
            _publish(postgres_url_of(sockets, "motcua_world", APPLICATION), folder / "publishing")
            done.touch()
    create_database(sockets, name, "motcua_world")
    world = World(postgres_url_of(sockets, name, APPLICATION), folder)
    yield world
    world.database.dispose()
    drop_database(sockets, name)

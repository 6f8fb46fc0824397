"""A small house to knock at: three communes of two provinces, their offices, one procedure, a few people."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask

from adapters.files_local import LocalFiles
from adapters.local_signer import LocalSigner
from api.app import create_app
from engine.acts import publish
from engine.acts.staff import people
from engine.catalogue import Catalogue
from engine.rules.deadlines.calendar import Calendar
from engine.rules.offices.competence import Competence
from engine.rules.offices.offices import Office
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.rules.territory.territory import Territory
from engine.rules.territory.units import Unit
from engine.settings import settings_from
from engine.store.sql.schema import open_database
from engine.transaction import Runtime, UnitOfWork, in_transaction
from tests import shared_run
from tests.acceptance.caller import Caller
from tests.acceptance.house_procedure import PROCEDURE, START, release, text
from tests.postgres_server import APPLICATION, create_database, drop_database, postgres_url_of

NOW = dt.datetime(2026, 3, 2, 2, 0, tzinfo=dt.UTC)  # Monday, 09:00 in Viet Nam
PASSWORD = "mat-khau-dai-de-thu"
SAIGON, TAN_DINH, HOAN_KIEM = "26740", "26743", "00070"
CENTRE, AUTHORITY = f"TT-{SAIGON}", f"UB-{SAIGON}"
OTHER_CENTRE, OTHER_AUTHORITY = f"TT-{TAN_DINH}", f"UB-{TAN_DINH}"
FAR_CENTRE, FAR_AUTHORITY = f"TT-{HOAN_KIEM}", f"UB-{HOAN_KIEM}"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"

STAFF: dict[str, list[tuple[str, str]]] = {
    "counter": [(CENTRE, "counter")],
    "specialist": [(AUTHORITY, "specialist")],
    "colleague": [(AUTHORITY, "specialist")],
    "leader": [(AUTHORITY, "leader")],
    "other-counter": [(OTHER_CENTRE, "counter")],
    "other-specialist": [(OTHER_AUTHORITY, "specialist")],
    "far-counter": [(FAR_CENTRE, "counter")],
    "monitor": [(OTHER_AUTHORITY, "monitor")],
    "nobody": [],
    "admin": [],
}
_copies = itertools.count(1)


@functools.cache
def _filled() -> Path:
    """A SQLite file with everything published; made once a process."""
    path = Path(shared_run.sqlite_template()).with_name(f"house-{os.getpid()}.sqlite")
    shutil.copyfile(shared_run.sqlite_template(), path)
    fill(runtime_over(f"sqlite:///{path}", path.parent))
    return path


def sqlite_house(folder: Path) -> str:
    """The address of a fresh copy of the filled database."""
    copy = folder / "house.sqlite"
    shutil.copyfile(_filled(), copy)
    return f"sqlite:///{copy}"


@functools.cache
def _filled_postgres() -> tuple[Path, str]:
    """The socket folder of the run's server and the name of a filled database on it; made once a process."""
    sockets, name = shared_run.postgres_sockets(), f"house_{os.getpid()}"
    create_database(sockets, name, shared_run.postgres_template())
    with tempfile.TemporaryDirectory() as folder:
        fill(runtime_over(postgres_url_of(sockets, name, APPLICATION), Path(folder)))
    return sockets, name


@contextmanager
def postgres_house() -> Iterator[str]:
    """The address of a fresh copy of the filled database, as the application's role."""
    sockets, filled = _filled_postgres()
    name = f"{filled}_{next(_copies)}"
    create_database(sockets, name, filled)
    yield postgres_url_of(sockets, name, APPLICATION)
    drop_database(sockets, name)


def runtime_over(url: str, data: Path, now: Callable[[], dt.datetime] = lambda: NOW, **environment: str) -> Runtime:
    """A runtime on this database, without Redis (limits are off unless MOTCUA_RATE_LIMITS=1 is given)."""
    given = {"MOTCUA_RATE_LIMITS": "0", "MOTCUA_SECRET_KEYS": "k" * 40, "REDIS_URL": f"unix://{data}/no-redis.sock"}
    given |= {"DATABASE_URL": url, "MOTCUA_DATA": str(data), **environment}
    settings = settings_from(given)
    # One connection: a request that needed a second one beside it would wait for itself.
    database = open_database(url, pool_size=1)
    catalogue = Catalogue(open_database(url, pooled=False))
    files, signer = LocalFiles(data / "files"), LocalSigner(data / "signing")
    return Runtime(database=database, settings=settings, catalogue=catalogue, files=files, signer=signer, now=now)


def fill(runtime: Runtime) -> None:
    """Publishes the territory, the offices, the competence, the calendar and the procedure, and employs the people."""
    in_transaction(runtime, SYSTEM_ACTOR, _publish, now=NOW)
    in_transaction(runtime, SYSTEM_ACTOR, _employ, now=NOW)
    runtime.database.dispose()


def _publish(uow: UnitOfWork) -> None:
    publish.publish_territory(uow, _territory())
    publish.publish_offices(uow, _offices())
    publish.publish_competences(
        uow, [Competence(PROCEDURE, None, "commune", "authority", START, None, "01/2025/NĐ-CP")]
    )
    publish.publish_calendar(uow, Calendar("vn", dt.date(2025, 1, 1), dt.date(2027, 12, 31)))
    words = {"vi": "Việc mới {code}", "en": "New work {code}"}
    publish.publish_template(uow, "giao-viec", {"subject": words, "body": words, "sms": words})
    publish.publish_release(uow, release())


def _employ(uow: UnitOfWork) -> None:
    for name, places in STAFF.items():
        person = people.add_person(uow, name, f"Người {name}", password=PASSWORD, admin=name == "admin")
        for office, role in places:
            people.add_membership(uow, person, office, role, START)


def _territory() -> Territory:
    def unit(code: str, level: Any, kind: str, name: str, parent: str | None = None) -> Unit:
        return Unit(
            code=code,
            level=level,
            kind=kind,
            name_vi=name,
            parent=parent,
            valid_from=START,
            valid_to=None,
            legal="202/2025/QH15",
        )

    return Territory(
        [
            unit("79", "province", "thanh_pho_tw", "Thành phố Hồ Chí Minh"),
            unit("01", "province", "thanh_pho_tw", "Thành phố Hà Nội"),
            unit(SAIGON, "commune", "phuong", "Phường Sài Gòn", "p:79"),
            unit(TAN_DINH, "commune", "phuong", "Phường Tân Định", "p:79"),
            unit(HOAN_KIEM, "commune", "phuong", "Phường Hoàn Kiếm", "p:01"),
        ],
        [],
    )


def _offices() -> Iterator[Office]:
    for commune, province in ((SAIGON, "79"), (TAN_DINH, "79"), (HOAN_KIEM, "01")):
        for prefix, body, name in (("TT", "centre", "Trung tâm"), ("UB", "authority", "UBND")):
            yield Office(
                code=f"{prefix}-{commune}",
                body=body,
                unit_id=f"c:{commune}@{START}",
                name=text(f"{name} {commune}", f"{body} {commune}"),
                province=province,
                valid_from=START,
                receives=body == "centre",
                identifier=f"H{commune}",
                hotline="1900 0000",
            )


def filing(**changes: Any) -> dict[str, Any]:
    """The body of a dossier that can be filed at CENTRE."""
    body = {
        "procedure": PROCEDURE,
        "applicant": {
            "kind": "citizen",
            "name": "Nguyễn Thị Đào",
            "identity_number": "079300012345",
            "phone": "0901234567",
            "email": "dao@example.org",
            "address": "12 Lê Lợi",
            "commune": SAIGON,
        },
        "fields": {"land.commune": SAIGON, "purpose": "vay vốn", "father": "Nguyễn Văn Cha"},
        "intake_office": CENTRE,
        "documents": [{"key": "form", "original": 1}, {"key": "card", "copy": 1}],
        "receive": True,
    }
    return body | changes


@dataclass
class House:
    """A running interface and the ways into it."""

    runtime: Runtime
    app: Flask
    document: dict[str, Any]
    _callers: dict[str, Caller] = field(default_factory=dict)

    def close(self) -> None:
        self.runtime.database.dispose()

    def anyone(self) -> Caller:
        return Caller(self.app, None, self.document)

    def person(self, name: str) -> Caller:
        """Someone of STAFF, with a session."""
        if name not in self._callers:

            def token(uow: UnitOfWork) -> str:
                number = people.person_named(uow.begin(), name)
                assert number is not None
                return people.issue_token(uow, number, dt.timedelta(days=4000))

            given = in_transaction(self.runtime, SYSTEM_ACTOR, token, now=NOW)
            self._callers[name] = Caller(self.app, given, self.document)
        return self._callers[name]

    def filed(self, **changes: Any) -> dict[str, Any]:
        """A dossier filed and received at CENTRE; the answer of the interface."""
        answer = self.person("counter").post("/api/v1/dossiers", filing(**changes))
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.json
        return told

    def version_of(self, code: str) -> int:
        """The newest version, as the counter sees it."""
        return int(self.person("counter").get(f"/api/v1/dossiers/{code}").json["version"])

    def act(self, who: str, code: str, action: str, **more: Any) -> dict[str, Any]:
        """Takes an action on the newest version."""
        body = {"action": action, **more}
        answer = self.person(who).post(f"/api/v1/dossiers/{code}/actions", body, version=self.version_of(code))
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json
        return told


def open_house(url: str, data: Path, **options: Any) -> House:
    """The interface over a filled database."""
    render = options.pop("render_form", None)
    runtime = runtime_over(url, data, **options)
    app = create_app(runtime, render_form=render)
    document = app.test_client().get("/api/v1/openapi.json").json
    assert document is not None
    return House(runtime, app, document)

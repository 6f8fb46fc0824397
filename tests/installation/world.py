"""A small published country to act in: a cut of the real territory with its offices, three procedures, and people.

``World.act`` runs one act as somebody at some moment, and then checks every invariant (``invariants``). The country is
published once a run and copied for each test.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import orjson
import pytest
from sqlalchemy import and_, or_, select

from cli.seed import seed
from engine.acts.file_dossier import Filed, Filing, file_dossier
from engine.acts.perform_action import perform_action
from engine.acts.staff.people import add_substitute
from engine.clock import civil_day
from engine.dossier.case import Case, lock_case
from engine.errors import InvalidInput, Refusal
from engine.rules.procedure.permissions import Actor
from engine.store.clocks import clocks
from engine.store.dossiers import dossier_offices, dossiers
from engine.store.journal import journal
from engine.store.outbox import outbox
from engine.text import Text
from engine.transaction import UnitOfWork
from tests.installation import invariants
from tests.installation.content import DISTRICTS, Content, territory_around
from tests.installation.databases import Filled
from tests.installation.installation import Installation
from tests.installation.people import Posts, employ
from tests.installation.releases import START
from tests.installation.runtime import runtime_over
from tests.installation.short_releases import LAND, world_releases
from tests.uncounted import uncounted

T = TypeVar("T")
LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
BEGIN = "2026-03-02 08:00"  # a Monday; nothing but weekends until 26 April

# Centres, and who works where: XUAN_LAP, LONG_KHANH and BIEN_HOA lie in Đồng Nai, SAI_GON in TP.HCM.
LONG_KHANH, XUAN_LAP, BIEN_HOA, SAI_GON = "TT-26080", "TT-26098", "TT-26020", "TT-26740"
BRANCH, PROVINCE, TAX = "VPDK-CN-LONGKHANH", "VPDK-75", "THUE-75"
PEOPLE: dict[str, Posts] = {
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


class World(Installation):
    """One published installation. ``now`` stands still until a test sets it (``world.at``)."""

    def __init__(self, url: str, folder: Path) -> None:
        self.now = moment(BEGIN)
        self.rung = 0
        super().__init__(
            runtime_over(url, folder, lambda: self.now, ring=self._ring, pool_size=12, MOTCUA_POOL_SIZE="12")
        )

    def at(self, local: str) -> None:
        """Sets the clock (local civil time)."""
        self.now = moment(local)

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
            for where, what in caught.value.errors.items():  # a path, never a sentence
                assert isinstance(what, Text) and what.vi != what.en and where.isascii() and " " not in where, where
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
        """The offices that see a dossier today by their part in it."""
        lasts = or_(dossier_offices.c.until.is_(None), dossier_offices.c.until > civil_day(self.now))
        with self.reading() as connection:
            of_this = select(dossier_offices.c.office).join(dossiers, dossiers.c.id == dossier_offices.c.dossier_id)
            return set(connection.execute(of_this.where(dossiers.c.code == code, lasts)).scalars())

    def everything(self) -> dict[str, list[Any]]:
        """All rows of all tables that acts write."""
        with uncounted():
            return invariants.everything(self)

    def tamper(self, *statements: str) -> None:
        """Changes rows as somebody may who owns the machine: past privileges, triggers and foreign keys."""
        invariants.tamper(self.database, *statements)

    def check(self) -> None:
        """Checks what holds after every act: journal, due moments, armed clocks, offices."""
        with uncounted():
            invariants.check(self, self.now)

    def _ring(self) -> None:
        self.rung += 1


def content() -> Content:
    """What a world publishes."""
    received = {"subject": {"vi": "Đã tiếp nhận {code}", "en": "Received {code}"}}
    return Content(
        territory=territory_around(*DISTRICTS), releases=world_releases(), templates={"da-tiep-nhan": received}
    )


def _fill(url: str, folder: Path) -> None:
    world = World(url, folder)
    seed(world.runtime, content())
    world.try_act("system", _employ)
    world.close()


def _employ(unit: UnitOfWork) -> None:
    numbers = employ(unit, PEOPLE, START)
    week = dt.date(2026, 3, 9), dt.date(2026, 3, 16)
    add_substitute(unit, numbers["leader"], numbers["deputy"], *week, "QĐ 12/QĐ-VPĐK")


WORLD = Filled("world", _fill)


@contextmanager
def open_world(kind: str, folder: Path, name: str | None = None) -> Iterator[World]:
    """A world of its own on ``sqlite`` or ``postgresql``; ``name`` is that of its PostgreSQL database."""
    with WORLD.copy(kind, folder, name) as url:
        world = World(url, folder)
        yield world
        world.close()

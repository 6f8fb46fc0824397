"""A town with everything that is shipped for it: the real procedures, three former districts, and the demonstration's
staff. The journeys through the pages happen here; the clock stands until a test sets it.
"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import select

from adapters.forms.render import render_form
from cli.demo import story
from cli.demo.people import PASSWORD, STAFF
from cli.demo.samples import result_on_paper
from cli.seed import seed
from engine.acts.documents import add_document
from engine.acts.file_dossier import Filing, file_dossier
from engine.acts.perform_action import perform_action
from engine.acts.staff.people import add_membership, add_person
from engine.dossier.asks import Asks
from engine.store.dossiers import dossiers
from engine.store.journal import journal
from engine.transaction import UnitOfWork
from tests import shared_run
from tests.installation.application import application
from tests.installation.content import DISTRICTS, Content, shipped, territory_around
from tests.installation.databases import Filled
from tests.installation.installation import Installation
from tests.installation.payments import taking_payments
from tests.installation.runtime import runtime_over
from web.app import register_pages

COUNTER, OFFICER, LEADER = "tiepnhan.saigon", "chuyenvien.saigon", "lanhdao.saigon"
ELSEWHERE, MONITOR, ADMIN = "tiepnhan.longkhanh", "giamsat.hcm", "quantri"
CENTRE, AUTHORITY = "TT-26740", "UB-26740"
KEYS = "applicants.json"
BEGIN = "2026-03-09 09:00"  # a Monday
LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
APPLICANTS = (
    ("Nguyễn Thị Mẫu", "079190000001"),
    ("Trần Văn Thử", "079085000002"),
    ("Lê Hoàng Thí Dụ", "079088000003"),
    ("Phạm Ngọc Minh Họa", "079192000004"),
    ("Võ Thị Ví Dụ", "079191000005"),
    ("Đặng Quốc Mẫu", "079080000006"),
)


@dataclass(frozen=True, slots=True)
class Known:
    """A dossier that stands ready for the tests, with the applicant's two keys."""

    code: str
    token: str
    receipt_code: str


class Town(Installation):
    """The town over one database, with its pages as ``app``. ``now`` stands still until ``at`` sets it."""

    def __init__(self, url: str, folder: Path, **environment: str) -> None:
        self.now = moment(BEGIN)
        self.known: dict[str, Known] = {}
        environment = {"MOTCUA_POOL_SIZE": "12", "MOTCUA_SECOND_FACTOR": "0"} | environment
        runtime = runtime_over(url, folder, lambda: self.now, pool_size=12, **environment)
        super().__init__(taking_payments(runtime, CENTRE))
        self.app = application(self.runtime, render_form=render_form, pages=register_pages)

    def at(self, local: str) -> None:
        """Sets the clock (local civil time)."""
        self.now = moment(local)

    def state(self, dossier: Known) -> str:
        """The state of a dossier now."""
        with self.reading() as connection:
            return str(connection.execute(select(dossiers.c.state).where(dossiers.c.code == dossier.code)).scalar_one())

    def told(self, dossier: Known) -> list[str]:
        """The acts of a dossier's journal, oldest first; that somebody opened its page is left out."""
        of_this = select(journal.c.act).join(dossiers, dossiers.c.id == journal.c.dossier_id)
        of_this = of_this.where(journal.c.act != "open")
        with self.reading() as connection:
            ordered = of_this.where(dossiers.c.code == dossier.code).order_by(journal.c.number)
            return list(connection.execute(ordered).scalars())

    def file(self, filing: Mapping[str, Any], who: str = COUNTER, at: str | None = None) -> Known:
        """Files and receives a dossier."""
        if at is not None:
            self.at(at)
        filed = self.try_act(who, file_dossier, Filing(**filing))
        return Known(filed.case.code, filed.link_token, filed.receipt_code)

    def do(self, who: str, dossier: Known, action: str, at: str | None = None, **more: Any) -> None:
        """Takes an action of the workflow."""
        if at is not None:
            self.at(at)
        self.try_act(who, perform_action, dossier.code, action, **more)

    def attach(self, who: str, dossier: Known, key: str, content: bytes) -> None:
        """Adds a PDF."""
        self.try_act(who, add_document, dossier.code, key=key, content=content, file_name=f"{key}.pdf")


def moment(local: str) -> dt.datetime:
    """``2026-03-09 09:00`` in Viet Nam."""
    return dt.datetime.fromisoformat(local).replace(tzinfo=LOCAL).astimezone(dt.UTC)


def applicant(number: int) -> dict[str, Any]:
    """One of the sample applicants, as a filing names them."""
    name, identity = APPLICANTS[number % len(APPLICANTS)]
    return story.APPLICANT | {"commune": "26740", "name": name, "identity_number": identity}


def birth(number: int = 0) -> dict[str, Any]:
    """The birth of a child of one of the sample applicants."""
    filing = story.birth_filing(CENTRE)
    fields = filing["fields"] | {"child.born": "2026-02-20", "mother.name": applicant(number)["name"]}
    return filing | {"applicant": applicant(number), "fields": fields}


def permit(number: int = 0) -> dict[str, Any]:
    """A building permit for one of the sample applicants."""
    return story.permit_filing(CENTRE) | {"applicant": applicant(number)}


def _dossiers(town: Town) -> dict[str, Known]:
    """One dossier for each way in which a page may show one, and some beside them."""
    made, result = {}, result_on_paper()
    made["late"] = town.file(permit(1), at="2026-01-12 08:30")
    town.do(COUNTER, made["late"], "forward", at="2026-01-12 09:10")
    made["returned"] = town.file(birth(2), at="2026-03-04 08:20")
    made["running"] = town.file(permit(3), at="2026-03-04 14:00")
    made["supplement"] = town.file(permit(0), at="2026-03-05 08:15")
    made["to_sign"] = town.file(birth(4), at="2026-03-06 10:00")
    made["ready"] = town.file(birth(5), at="2026-03-06 10:30")
    for name in ("returned", "running", "supplement", "to_sign", "ready"):
        town.do(COUNTER, made[name], "forward", at="2026-03-06 10:45")
    for name in ("returned", "to_sign", "ready"):
        town.do(OFFICER, made[name], "submit", at="2026-03-06 13:40")
    for name in ("returned", "ready"):
        town.attach(LEADER, made[name], "ket_qua", result)
        town.do(LEADER, made[name], "sign", at="2026-03-06 14:20")
    town.do(COUNTER, made["returned"], "return", at="2026-03-06 15:00")
    why = "Bản vẽ mặt cắt thiếu kích thước móng."
    town.do(OFFICER, made["supplement"], "ask", at="2026-03-06 15:30", reason=why, asks=Asks(documents=("ban_ve",)))
    made["accepted"] = town.file(birth(0), at="2026-03-09 08:10")
    made["new"] = town.file(permit(2) | {"receive": False}, at="2026-03-09 08:20")
    for number in range(3):
        town.file(permit(number), at="2026-03-09 08:30")
    return made


def _fill(url: str, folder: Path) -> None:
    seed(runtime_over(url, folder), Content(territory=territory_around(*DISTRICTS), releases=shipped().releases))
    town = Town(url, folder)
    town.try_act("system", _employ)
    made = _dossiers(town)
    town.close()
    (folder / KEYS).write_bytes(orjson.dumps({name: asdict(known) for name, known in made.items()}))
    shutil.copytree(folder, _files(), dirs_exist_ok=True)


def _employ(unit: UnitOfWork) -> None:
    for person in STAFF:
        email = "giamsat@example.org" if person.username == MONITOR else None  # who gets reports by mail
        number = add_person(unit, person.username, person.name, password=PASSWORD, admin=person.admin, email=email)
        for office, role in person.places:
            add_membership(unit, number, office, role, unit.catalogue.office(office).valid_from)


TOWN = Filled("town", _fill)


@contextmanager
def open_town(folder: Path, **environment: str) -> Iterator[Town]:
    """A town of its own on SQLite."""
    url = TOWN.sqlite(folder)
    shutil.copytree(_files(), folder, dirs_exist_ok=True)
    town = Town(url, folder, **environment)
    known = orjson.loads((folder / KEYS).read_bytes())
    town.known = {name: Known(**keys) for name, keys in known.items()}
    yield town
    town.close()


def _files() -> Path:
    """What the filled town keeps outside of its database: papers, keys of signatures, the applicants' own keys."""
    return shared_run.run_folder() / "town"

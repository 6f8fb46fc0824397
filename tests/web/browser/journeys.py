"""A town with its address, and people who come to its pages, each with a browser of their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyotp
from playwright.sync_api import Browser
from sqlalchemy import insert, select

from cli.demo.people import PASSWORD
from engine.acts.staff.second_factor import set_second_factor
from engine.acts.staff.sign_in import open_session
from engine.store.archive import archive_bags, archive_destruction_items, archive_destructions
from engine.store.dossiers import dossiers, mirrors
from engine.store.filings import filings
from engine.store.outbox import outbox
from engine.transaction import UnitOfWork
from tests.installation.town import LEADER, Town, open_town
from tests.web.browser.accessibility import axe_itself
from tests.web.browser.serving import served
from tests.web.browser.visitor import Visitor, visitor
from tests.web.desk.test_filings import waiting
from tests.web.failing import failing_pages
from tests.web.portal_trouble import portal_trouble

SECURED = "giamdoc.noivu"
"""Somebody with a second factor, who signed in a while ago."""


@dataclass
class Journeys:
    """``visit()`` is somebody with a browser of their own, who is nobody yet."""

    town: Town
    base: str
    visit: Callable[..., Visitor]
    _seated: dict[tuple[str, str], Visitor] = field(default_factory=dict)

    def staff(self, username: str, language: str = "vi", **options: Any) -> Visitor:
        """Somebody of the staff who has signed in."""
        came = self.visit(language, **options)
        came.become(self.session(username))
        return came

    def applicant(self, name: str, language: str = "vi", **options: Any) -> Visitor:
        """The applicant of a known dossier, who has opened its link."""
        came = self.visit(language, **options)
        came.go(f"/h/{self.town.known[name].token}")
        return came

    def seated(self, username: str, language: str) -> Visitor:
        """The same person at the same browser for every test that only looks; the empty name is nobody."""
        if (username, language) not in self._seated:
            came = self.staff(username, language) if username else self.visit(language)
            came.forget()
            came.context.add_init_script(axe_itself())  # once, and not with every page
            self._seated[username, language] = came
        return self._seated[username, language]

    def session(self, username: str) -> str:
        """The token of a new session of pages."""
        person = self.town.actor(username).person_id
        assert person is not None
        present = self.town.now
        if username == SECURED:  # proven too long ago for what asks anew who it is
            self.town.now -= dt.timedelta(minutes=20)
        token, _ = self.town.try_act("system", open_session, person, pages=True)
        self.town.now = present
        return str(token)


def _second_factor(town: Town) -> None:
    """Gives one of the staff a second factor, whose page at sign-in is looked at."""
    person = town.actor(SECURED).person_id
    assert person is not None
    secret = pyotp.random_base32()
    town.try_act("system", set_second_factor, person, secret, pyotp.TOTP(secret).at(town.now), None)


def something_failed(town: Town) -> None:
    """Two notices that were given up, what went wrong with the national portal, and a dossier of another system that
    differs, for the pages about them."""

    def act(unit: UnitOfWork) -> None:
        number = unit.begin().execute(select(dossiers.c.id).where(dossiers.c.code == town.known["late"].code)).scalar()
        row = {"dossier_id": number, "channel": "email", "recipient": "applicant", "template": "giao-viec", "data": {}}
        row |= {"status": "parked", "attempts": 48, "created_at": unit.now, "next_attempt_at": unit.now}
        unit.begin().execute(insert(outbox), [row | {"key": f"gone-{one}", "error": "refused"} for one in range(2)])
        differs = [
            {"what": "trạng thái", "here": "checking", "there": "5"},
            {"what": "số tờ", "here": "2", "there": ""},
        ]
        mirror = {"source": "BO-MAU", "number": "261234", "synced_at": unit.now, "differs": differs}
        unit.begin().execute(insert(mirrors), mirror | {"dossier_id": number})

    town.try_act("system", act)
    town.try_act("system", portal_trouble, town.known["late"].code)


def something_archived(town: Town) -> None:
    """Packages on their way, and a list for destruction that somebody else proposed, for the pages of the archive."""

    def act(unit: UnitOfWork) -> None:
        connection = unit.begin()
        ways: tuple[dict[str, Any], ...] = ({}, {"receipt": "12/BN-LT"})
        ended = select(dossiers.c.id).where(dossiers.c.finished_at.is_not(None)).order_by(dossiers.c.id).limit(2)
        ids = connection.execute(ended).scalars().all()
        for number, way in zip(ids, ways, strict=False):
            row = {"dossier_id": number, "bag": "x", "sha256": "ab" * 32, "files": 9, "bytes": 123456, "entries": 7}
            there = {"receipt_day": unit.today, "archive": "Trung tâm Lưu trữ mẫu", "transferred_at": unit.now}
            connection.execute(insert(archive_bags), row | {"exported_at": unit.now} | way | (there if way else {}))
        proposer = town.actor(LEADER).person_id
        told = {"status": "proposed", "schedule": "cd" * 32, "reason": "Hết thời hạn bảo quản"}
        told |= {"proposed_by": proposer, "proposed_at": unit.now}
        made = insert(archive_destructions).returning(archive_destructions.c.id)
        listed = connection.execute(made, told).scalar_one()
        item = {"destruction_id": listed, "dossier_id": ids[-1], "since": unit.today, "term": "5 năm (QĐ mẫu)"}
        connection.execute(insert(archive_destruction_items), item)

    town.try_act("system", act)


def filings_wait(town: Town) -> None:
    """Two inbound filings that wait for a person: number 1 for a choice, number 2 for something to be mended."""

    def act(unit: UnitOfWork) -> None:
        for row in waiting(unit):
            unit.begin().execute(insert(filings), row)

    town.try_act("system", act)


def sign_in(came: Visitor, username: str, password: str = PASSWORD) -> None:
    """Signs in through the page, as a person does."""
    page = came.page if "/dang-nhap" in came.page.url else came.go("/dang-nhap")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda address: "/dang-nhap" not in address)


def _no_reports(town: Town) -> None:
    """Fails where a browser reported something against the policy of a page, also one without scripts."""
    violations = town.app.extensions["motcua"].metrics.violations
    told = [(one.labels["directive"], one.value) for found in violations.collect() for one in found.samples]
    assert not [one for one in told if one[1]], told


def opened_journeys(browser: Browser, folder: Path, stack: ExitStack) -> Journeys:
    """A town of its own with a server; ``stack`` ends them and every visitor."""
    with failing_pages():
        town = stack.enter_context(open_town(folder))
    _second_factor(town)
    something_failed(town)
    something_archived(town)
    filings_wait(town)
    base = stack.enter_context(served(town.app))
    stack.callback(_no_reports, town)

    def visit(language: str = "vi", **options: Any) -> Visitor:
        return stack.enter_context(visitor(browser, base, language, **options))

    return Journeys(town, base, visit)

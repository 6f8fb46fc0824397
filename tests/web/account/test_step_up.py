"""The question who it is before what weighs most: the form waits, keeps its values, and is carried out once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Response
from marshmallow import fields
from sqlalchemy import select

from engine.acts.staff.record import record_staff
from engine.store.staff_journal import staff_journal
from engine.transaction import UnitOfWork
from server.identity import Access
from server.values import Body
from tests.installation.trial_content import PASSWORD
from tests.web.site import Site
from tests.web.visitor import Visitor
from web.app import PAGES
from web.once import once
from web.pages import Pages
from web.render import render

done: list[dict[str, object]] = []


class Weighty(Body):
    reason = fields.String(required=True)
    chosen = fields.List(fields.String())


def _pages() -> Pages:
    group = Pages("weighty", audience="desk")

    @group.page("/nang", access=Access.STAFF)
    def show() -> str:
        return render("desk/today.html")

    @group.post("/nang", access=Access.STAFF, form=Weighty, again=show, step_up=True)
    def act(form: dict[str, object]) -> Response:
        def doing(unit: UnitOfWork) -> None:
            done.append(form)
            record_staff(unit, "weighty", None, [])

        return once("weighty", doing, to="/quay")

    return group


@pytest.fixture(autouse=True)
def weighty() -> Iterator[None]:
    """A page whose post asks who it is."""
    done.clear()
    PAGES.append(_pages())
    yield
    PAGES.pop()


@pytest.fixture
def asked(weighty: None, site: Site) -> Site:
    return site


def _given(site: Site, visitor: Visitor, **more: Any) -> dict[str, Any]:
    csrf = visitor.get("/tai-khoan").soup.find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
    return {"csrf": csrf, "key": "k" * 24, "reason": '<b>"lý do"</b>', "chosen": ["một", "hai"], **more}


def _times_done(site: Site) -> int:
    with site.installation.runtime.database.connect() as connection:
        return len(connection.execute(select(staff_journal).where(staff_journal.c.act == "weighty")).all())


def test_a_fresh_session_is_not_asked(asked: Site) -> None:
    visitor = asked.person("leader")
    visitor.post("/nang", **_given(asked, visitor))
    assert len(done) == 1


def test_an_older_one_is_asked_and_then_it_is_done_once(asked: Site) -> None:
    visitor = asked.person_later("leader")
    page = visitor.post("/nang", status=403, **_given(asked, visitor))
    assert done == [] and "step-up-needed" in page.text
    wrong = visitor.submit(page, "/nang", status=401, step_up_password="sai")
    assert done == [] and "không đúng" in wrong.text
    visitor.submit(wrong, "/nang", step_up_password=PASSWORD)
    visitor.submit(wrong, "/nang", step_up_password=PASSWORD)
    assert done[0] == {"reason": '<b>"lý do"</b>', "chosen": ["một", "hai"]}, "all values, and no password"
    assert _times_done(asked) == 1
    visitor.post("/nang", **_given(asked, visitor, key="l" * 24))
    assert _times_done(asked) == 2, "for some minutes it is not asked again"


def test_what_weighs_most_asks_who_it_is(site: Site) -> None:
    visitor, code = site.person_later("leader"), site.installation.filed()["code"]
    given = _given(site, visitor)
    for path in (
        "/ky",
        f"/ho-so/{code}/personal-data-views",
        f"/ho-so/{code}/fees/copy/waiver",
        "/so-dang-ky/in",
        "/tai-khoan/hai-lop",
        "/tai-khoan/hai-lop/ma-du-phong",
        "/tai-khoan/hai-lop/go",
    ):
        assert "step-up-needed" in visitor.post(path, status=403, **given).text, path


def test_the_page_keeps_no_proof_and_needs_its_token(asked: Site) -> None:
    visitor = asked.person_later("leader")
    page = visitor.post("/nang", status=403, **_given(asked, visitor))
    wrong = visitor.submit(page, "/nang", status=401, step_up_password="mat-khau-sai-nay")
    assert "mat-khau-sai-nay" not in str(wrong.soup)
    visitor.submit(page, "/nang", status=403, leave=("csrf",), step_up_password=PASSWORD)
    assert done == []


def test_the_password_of_somebody_else_proves_nothing(asked: Site) -> None:
    visitor = asked.person_later("leader")
    page = visitor.post("/nang", status=403, **_given(asked, visitor))
    visitor.submit(page, "/nang", status=401, step_up_code="000000")
    assert done == []

"""The page of the national portal: what is stuck, how the two sides differ, sending again; lateness on a dossier."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from engine.portal_settings import PortalSettings
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.portal import portal_tellings
from engine.transaction import in_transaction
from tests.web.portal_trouble import portal_trouble
from tests.web.site import Site

HERE = "/quan-tri/dong-bo"
SETTINGS = PortalSettings(
    url="http://127.0.0.1:9",
    username="u",
    password="p",
    agency="H79",
    mapping=None,
    on_time=dt.timedelta(minutes=15),
    grace=dt.timedelta(minutes=10),
    compare_at=1,
)


@pytest.fixture
def linked(site: Site) -> Iterator[Site]:
    runtime = site.installation.runtime
    settings = runtime.settings
    object.__setattr__(runtime, "settings", replace(settings, portal=SETTINGS))
    yield site
    object.__setattr__(runtime, "settings", settings)


def fail(site: Site) -> str:
    """Something went wrong with a dossier; its code."""
    code = str(site.installation.filed()["code"])
    in_transaction(site.installation.runtime, SYSTEM_ACTOR, lambda unit: portal_trouble(unit, code))
    return code


def parked(site: Site) -> int:
    with site.installation.reading() as connection:
        of_it = select(func.count()).select_from(portal_tellings).where(portal_tellings.c.status == "parked")
        return int(connection.execute(of_it).scalar_one())


def test_it_says_that_there_is_no_connection(site: Site) -> None:
    page = site.person("admin").get(HERE)
    assert "MOTCUA_PORTAL_URL" in page.text
    site.person("counter").get(HERE, status=403)


def test_it_shows_what_is_stuck_what_differs_and_whose_turn_it_is(linked: Site) -> None:
    code = fail(linked)
    page = linked.person("admin").get(HERE)
    assert "error 7: no" in page.text and "Cổng từ chối" in page.text
    rows = [" ".join(row.get_text(" ").split()) for row in page.soup.select("#khac tbody tr")]
    assert len(rows) == 2 and any("Khác trạng thái" in row and "gửi lại được" in row for row in rows)
    assert any("cần người xem" in row for row in rows)
    late = " ".join(page.soup.select_one("#tre").get_text(" ").split())  # type: ignore[union-attr]
    assert code in late and "hạn tiếp nhận" in late and "chưa biết" in late
    now = " ".join(page.soup.select_one("#hien-nay").get_text(" ").split())  # type: ignore[union-attr]
    assert "60" in now and "3.6 trên 6 điểm" in now.replace(",", ".") and "40" in now


def test_what_is_stuck_is_sent_again_once(linked: Site) -> None:
    fail(linked)
    admin, where = linked.person("admin"), f"{HERE}/gui-lai"
    page = admin.get(where)
    assert admin.submit(page, where, status=422).soup.find(id="reason-error") is not None
    done = admin.submit(page, where, reason="Cổng đã sửa")
    assert "1 việc sẽ được gửi lại" in admin.follow(done).text and parked(linked) == 0
    assert admin.submit(page, where, reason="Cổng đã sửa").location == done.location


def test_a_safe_group_is_repaired_and_an_unsafe_one_says_what_to_do(linked: Site) -> None:
    code = fail(linked)
    admin, where = linked.person("admin"), f"{HERE}/state/theirs"
    page = admin.get(where)
    assert code in page.text and "Gửi lại 1 hồ sơ" in page.text
    done = admin.submit(page, where, reason="sửa")
    assert "1 việc sẽ được gửi lại" in admin.follow(done).text
    with linked.installation.reading() as connection:
        newest = select(portal_tellings.c.key).where(portal_tellings.c.kind == "dossier")
        keys = connection.execute(newest.order_by(portal_tellings.c.id)).scalars().all()
        assert "whole" in keys[-1] and "whole" not in keys[0]
    other = admin.get(f"{HERE}/missing_here/untold")
    assert other.soup.select_one("main form[method=post]") is None and "đơn vị vận hành Cổng" in other.text
    assert "H79.1-<b>" in other.text and b"H79.1-<b>" not in other.response.data
    for nowhere in ("state/nobody", "nothing/theirs", "fee/theirs"):
        admin.get(f"{HERE}/{nowhere}", status=404)


def test_the_dossier_says_that_it_is_late_by_synchronisation(linked: Site) -> None:
    code = fail(linked)
    assert "Cổng quốc gia chưa biết" in linked.person("counter").get(f"/ho-so/{code}").text

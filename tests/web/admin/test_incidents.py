"""Incidents: grouped by cause without what names anybody, with their dossiers, tried again one group or all."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, insert, select, update

from engine.queries.incidents import every_incident, overdue_work
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.clocks import clocks
from engine.store.dossiers import dossiers, mirrors
from engine.store.form_seals import form_seals
from engine.store.outbox import outbox
from engine.store.staff_journal import staff_journal
from engine.transaction import UnitOfWork, in_transaction
from tests.web.site import Site

HERE = "/su-co"
ERRORS = (
    "550 mailbox of dao@example.org is full",
    "550 mailbox of lan@example.org is full",
    "nobody has this role at the office today",
)


def fail(site: Site) -> str:
    """Parked notices with three errors of two causes, a refused event, a clock with a fault; the dossier's code."""
    code = str(site.installation.filed()["code"])

    def act(unit: UnitOfWork) -> None:
        connection = unit.begin()
        dossier = connection.execute(select(dossiers.c.id).where(dossiers.c.code == code)).scalar_one()
        row = {"dossier_id": dossier, "template": "giao-viec", "data": {}, "created_at": unit.now, "attempts": 48}
        row |= {"status": "parked", "next_attempt_at": unit.now}
        for number, error in enumerate(ERRORS):
            mine = {"key": f"t{number}", "channel": "email", "recipient": "applicant", "error": error}
            connection.execute(insert(outbox), row | mine)
        connection.execute(
            insert(outbox), row | {"key": "w", "channel": "webhook", "recipient": "webhook:7", "error": "HTTP 500"}
        )
        clock = {"dossier_id": dossier, "kind": "remind", "subject": "checking", "due_at": unit.now}
        connection.execute(insert(clocks), clock | {"fired_at": unit.now, "outcome": "fault:KeyError"})
        differs = [{"what": "state", "here": "a", "there": "b"}]
        connection.execute(
            insert(mirrors),
            {"dossier_id": dossier, "source": "cong", "number": "1", "synced_at": unit.now, "differs": differs},
        )
        sealed = {"dossier_id": dossier, "entry": 1, "form": "01", "ended_at": unit.now, "why": "mất mạng / no network"}
        connection.execute(insert(form_seals), sealed)

    in_transaction(site.installation.runtime, SYSTEM_ACTOR, act)
    return code


def standing(site: Site) -> tuple[int, int]:
    """How many notices are parked, and how many clocks have met a fault."""
    with site.installation.reading() as connection:
        parked = select(func.count()).select_from(outbox).where(outbox.c.status == "parked")
        faulty = select(func.count()).select_from(clocks).where(clocks.c.outcome.like("fault:%"))
        return connection.execute(parked).scalar_one(), connection.execute(faulty).scalar_one()


def test_what_failed_is_grouped_by_cause_and_names_nobody(both_sites: Site) -> None:
    code = fail(both_sites)
    page = both_sites.person("admin").get(HERE)
    rows = [" ".join(row.get_text(" ").split()) for row in page.soup.select("#notices tbody tr")]
    assert rows[0].startswith("Thư điện tử: 550 mailbox of … is full 2") and len(rows) == 2
    assert "hôm nay không ai giữ vai trò này" in rows[1] and "example.org" not in page.text
    assert "nơi nhận số 7" in page.text.lower() and "KeyError" in page.text and "khác về state" in page.text
    link = page.soup.select_one("#notices tbody a")
    one = both_sites.person("admin").get(str(link["href"]))  # type: ignore[index]
    assert one.soup.find("a", href=f"/ho-so/{code}") is not None and "Nguyễn Thị Đào" not in one.text
    both_sites.person("admin").get(f"/ho-so/{code}", status=404)


def test_one_group_is_tried_again_once_and_stands_in_the_journal(both_sites: Site) -> None:
    fail(both_sites)
    admin = both_sites.person("admin")
    where = str(admin.get(HERE).soup.select_one("#notices tbody a")["href"])  # type: ignore[index]
    page = admin.get(where)
    assert admin.submit(page, where, status=422).soup.find(id="reason-error") is not None
    done = admin.submit(page, where, reason="máy chủ thư chạy lại")
    assert "2 việc sẽ được thử lại" in admin.follow(done).text and standing(both_sites) == (2, 1)
    assert admin.submit(page, where, reason="máy chủ thư chạy lại").location == done.location
    admin.get(where, status=404)
    with both_sites.installation.reading() as connection:
        told = connection.execute(select(staff_journal.c.body).where(staff_journal.c.act == "retry-incident")).scalars()
        assert ["máy chủ thư" in body for body in told] == [True]


def test_everything_is_tried_again_and_a_clock_rings_once_more(site: Site) -> None:
    fail(site)
    admin = site.person("admin")
    admin.submit(admin.get(f"{HERE}/tat-ca"), f"{HERE}/tat-ca", reason="đã sửa")
    assert standing(site) == (0, 0)
    with site.installation.reading() as connection:
        again = select(clocks.c.fired_at).where(clocks.c.kind == "remind", clocks.c.subject == "checking")
        assert connection.execute(again).scalar_one() is None
        assert connection.execute(select(form_seals.c.why, form_seals.c.ended_at)).one() == (None, None)
    assert "Khác với hệ thống kia" in admin.get(HERE).text, "a difference is mended, not tried again"


def test_a_form_that_went_out_without_its_seal_is_told_in_both_languages(site: Site) -> None:
    fail(site)
    admin = site.person("admin")
    page = admin.get(HERE)
    assert "Biểu mẫu cấp ra chưa có dấu ký số" in page.text and "mất mạng" in page.text.lower()
    where = str(page.soup.select_one("#seals tbody a")["href"])  # type: ignore[index]
    assert "begins with the file that went out" in admin.get(where, lang="en").text


def test_what_is_over_is_no_incident(site: Site) -> None:
    fail(site)
    runtime = site.installation.runtime
    in_transaction(
        runtime, SYSTEM_ACTOR, lambda unit: unit.begin().execute(update(dossiers).values(finished_at=unit.now))
    )
    kinds = in_transaction(runtime, SYSTEM_ACTOR, lambda unit: {one.kind for one in every_incident(unit)})
    assert "clocks" not in kinds and "notices" in kinds


def test_health_tells_what_depends_on_what(site: Site) -> None:
    page = site.person("admin").get(HERE)
    rows = {row.th.get_text(): row.td.get_text(" ") for row in page.soup.select("#suc-khoe tbody tr")}  # type: ignore[union-attr]
    assert "tốt" in rows["Cơ sở dữ liệu"] and "không trả lời" in rows["Redis"] and "%" in rows["Chỗ trống trên đĩa"]
    assert "Health" in site.person("admin").get(HERE, lang="en").text


def test_a_checkpoint_that_was_not_made_is_told(site: Site) -> None:
    site.installation.filed()
    work = in_transaction(site.installation.runtime, SYSTEM_ACTOR, overdue_work)
    assert work.checkpoint_overdue and work.number == 1 and not work.recounts
    assert "chưa từng được ký mốc" in site.person("admin").get(HERE).text


@pytest.mark.parametrize("path", [f"{HERE}/none/abc", f"{HERE}/notices/abc"])
def test_an_incident_that_is_not_there_is_not_found(site: Site, path: str) -> None:
    site.person("admin").get(path, status=404)


def test_the_overview_counts_what_waits_and_leads_to_every_group(site: Site) -> None:
    fail(site)
    admin = site.person("admin")
    page = admin.get("/quan-tri")
    assert "việc chờ người quản trị" in page.text
    for link in page.soup.select("main a"):
        admin.get(str(link["href"]))
    assert {"/quan-tri/can-bo", "/su-co"} <= {str(link["href"]) for link in page.soup.select("#nhom a")}
    site.person("leader").get("/quan-tri", status=403)
    site.person("leader").get(HERE, status=403)


def test_a_moment_of_an_incident_is_that_of_the_oldest(site: Site) -> None:
    fail(site)
    runtime = site.installation.runtime
    earlier = runtime.now() - dt.timedelta(days=2)

    def act(unit: UnitOfWork) -> dt.datetime:
        unit.begin().execute(update(outbox).where(outbox.c.key == "t1").values(created_at=earlier))
        return next(one.since for one in every_incident(unit) if one.kind == "notices" and one.number == 2)

    assert in_transaction(runtime, SYSTEM_ACTOR, act) == earlier

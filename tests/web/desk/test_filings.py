"""The queue of inbound filings: who sees which, what is chosen and why, tried again, refused."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select

from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.filings import filing_answers, filings
from engine.store.staff_journal import staff_journal
from engine.transaction import UnitOfWork, in_transaction
from tests.web.site import Site

HERE = "/ho-so-den"


def waiting(unit: UnitOfWork) -> list[dict[str, Any]]:
    """A filing for a divided unit, and one with a fault in its form, as rows."""
    row = {"source": "national-portal", "way": "pull", "came_at": unit.now, "filed_at": unit.now, "status": "queued"}
    row |= {"procedure": "1.000001", "unit": "H79.26737", "channel": "vneid", "province": "79", "attempts": 1}
    row |= {"next_try_at": unit.now, "choices": {}, "wants": None, "candidates": None}
    why = {"vi": "Đơn vị H79.26737 đã chia cho nhiều nơi.", "en": "The unit H79.26737 was divided."}
    divided = {"key": "A1", "cause": "filing-unit-divided", "why": why, "wants": "intake", "candidates": ["TT-26740"]}
    faulty = {"key": "A2", "cause": "invalid-input", "why": {"vi": "Diện tích <b>sai</b>.", "en": "Area <b>wrong</b>."}}
    return [row | divided, row | faulty]


def fill(site: Site) -> None:
    def act(unit: UnitOfWork) -> None:
        for row in waiting(unit):
            unit.begin().execute(insert(filings), row)

    in_transaction(site.installation.runtime, SYSTEM_ACTOR, act)


def statuses(site: Site) -> dict[str, str]:
    with site.installation.reading() as connection:
        return {row.key: row.status for row in connection.execute(select(filings))}


def test_the_queue_tells_why_each_waits_and_filters_by_cause(both_sites: Site) -> None:
    fill(both_sites)
    admin = both_sites.person("admin")
    page = admin.get(HERE)
    assert [one.get_text() for one in page.soup.select("tbody th a")] == ["A1", "A2"]
    assert "Diện tích <b>sai</b>." in page.soup.get_text() and page.soup.find("a", href=HERE) is not None
    link = next(one for one in page.soup.select("tbody a") if "nguyen-nhan=invalid-input" in str(one["href"]))
    assert [one.get_text() for one in admin.get(str(link["href"])).soup.select("tbody th a")] == ["A2"]
    assert admin.get(f"{HERE}?nguyen-nhan=x").soup.select("tbody th a") == []


def test_a_counter_of_a_commune_neither_sees_nor_settles_it(both_sites: Site) -> None:
    fill(both_sites)
    counter = both_sites.person("counter")
    assert counter.get("/quay").soup.find("a", href=HERE) is None
    for path in (HERE, f"{HERE}/1", f"{HERE}/1/tu-choi"):
        counter.get(path, status=403)


def test_the_office_is_chosen_once_with_a_reason(both_sites: Site) -> None:
    fill(both_sites)
    admin = both_sites.person("admin")
    page, action = admin.get(f"{HERE}/1"), f"{HERE}/1/chuyen"
    refused = admin.submit(page, action, status=422, choice="TT-26740")
    assert refused.soup.find(id="reason-error") is not None
    admin.submit(page, action, status=422, choice="TT-99999", reason="Theo địa chỉ")
    admin.submit(page, action, choice="TT-26740", reason="Theo địa chỉ")
    assert statuses(both_sites) == {"A1": "waiting", "A2": "queued"}
    with both_sites.installation.reading() as connection:
        (body,) = connection.execute(
            select(staff_journal.c.body).where(staff_journal.c.act == "route-filing")
        ).scalars()
    assert "A1" in body and "TT-26740" in body and "Theo địa chỉ" in body
    admin.get(f"{HERE}/1", status=404)


def test_it_is_tried_again_or_refused_and_the_applicant_gets_the_reason(both_sites: Site) -> None:
    fill(both_sites)
    admin = both_sites.person("admin")
    admin.submit(admin.get(f"{HERE}/2"), f"{HERE}/2/thu-lai", reason="Đã sửa ánh xạ")
    admin.submit(admin.get(f"{HERE}/1/tu-choi"), f"{HERE}/1/tu-choi", status=422)
    admin.submit(admin.get(f"{HERE}/1/tu-choi"), f"{HERE}/1/tu-choi", reason="Nộp nhầm tỉnh.")
    assert statuses(both_sites) == {"A1": "refused", "A2": "waiting"}
    with both_sites.installation.reading() as connection:
        (answer,) = connection.execute(select(filing_answers)).all()
    assert answer.kind == "refused" and "Nộp nhầm".encode() not in answer.reason

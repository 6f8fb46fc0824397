"""The page of a dossier: the verdict first, what to do, whom to call, the progress, lateness owned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from engine.queries.citizen_page import citizen_page
from engine.rules.procedure.permissions import Actor
from engine.store.paces import paces
from engine.transaction import in_transaction
from tests.installation.runtime import NOW
from tests.installation.served import open_installation
from tests.installation.trial_content import CENTRE, TRIAL
from tests.installation.trial_release import PROCEDURE
from tests.spoken import spoken
from tests.web.site import Site
from tests.web.visitor import Page
from web.app import register_pages


class Clock:
    """The moment at which the site stands."""

    now = NOW

    def after(self, **span: int) -> None:
        self.now = NOW + dt.timedelta(**span)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def told_site(tmp_path: Path, clock: Clock) -> Iterator[Site]:
    with TRIAL.copy("sqlite", tmp_path) as url:
        installation = open_installation(url, tmp_path, now=lambda: clock.now, pages=register_pages)
        yield Site(installation)
        installation.close()


def seen(site: Site, filed: dict[str, Any], lang: str = "vi") -> Page:
    return site.applicant(filed).get(f"/h/{filed['code']}", lang=lang)


def title(page: Page) -> str:
    assert page.soup.h1 is not None
    return " ".join(page.soup.h1.get_text(" ").split())


def main(page: Page) -> str:
    assert page.soup.main is not None
    return " ".join(page.soup.main.get_text(" ").split())


def test_the_verdict_comes_first_then_the_day_and_that_nothing_is_to_be_done(site: Site) -> None:
    filed = site.installation.filed()
    site.installation.act("counter", filed["code"], "forward")
    page = seen(site, filed)
    assert title(page) == "Đang giải quyết, đúng tiến độ"
    assert main(page).startswith("Đang giải quyết, đúng tiến độ Hẹn trả 09:00 thứ Hai 09/03/2026 Bạn không cần làm gì.")
    assert page.soup.title is not None and page.soup.title.get_text().startswith(f"Hồ sơ {filed['code']}")


def test_english_names_the_official_status_in_both_languages(site: Site) -> None:
    filed = site.installation.filed()
    page = seen(site, filed, "en")
    assert title(page) == "Received, on track"
    official = page.soup.select_one("ol.journey b[lang=vi]")
    assert official is not None and official.get_text() == "Mới đăng ký"
    assert "Received" in main(page) and "You need to do nothing." in main(page)


def test_says_what_was_asked_and_when_the_result_comes_if_it_is_sent_today(site: Site) -> None:
    filed = site.installation.filed()
    site.installation.act("counter", filed["code"], "forward")
    asks = {"documents": ["card"], "fields": ["purpose"]}
    site.installation.act("specialist", filed["code"], "ask", reason="Ảnh bị mờ.", asks=asks)
    page = seen(site, filed)
    assert title(page) == "Cần bạn bổ sung 1 giấy tờ và sửa 1 mục"
    tasks = [one.get_text(" ", strip=True) for one in page.soup.select("ol.tasks li")]
    assert tasks == ["Giấy tờ tùy thân", "Mục đích Ghi lại cho đúng"]
    assert "Ảnh bị mờ." in main(page) and "Gửi hôm nay thì hẹn trả" in main(page)
    assert "đang chờ bạn" in main(page) and "Thời hạn đang tạm dừng" in main(page)
    assert page.soup.find("a", href=f"/h/{filed['code']}/bo-sung")


def test_lateness_is_owned_with_the_broken_day_struck_out(told_site: Site, clock: Clock) -> None:
    filed = told_site.installation.filed()
    told_site.installation.act("counter", filed["code"], "forward")
    clock.after(days=8)
    page = seen(told_site, filed)
    assert title(page) == "Chúng tôi xin lỗi: hồ sơ bị trễ"
    struck = page.soup.find("s")
    assert struck is not None and struck.get_text() == "09:00 thứ Hai 09/03/2026"
    assert page.soup.select_one("ol.journey li.is-late")


def test_a_new_appointment_stands_beside_the_old_one(told_site: Site, clock: Clock) -> None:
    filed = told_site.installation.filed()
    told_site.installation.act("counter", filed["code"], "forward")
    code, leader = filed["code"], told_site.installation.person("leader")
    version = told_site.installation.version_of(code)
    body = {"term": {"amount": 3, "unit": "working_day"}, "reason": "Cơ quan thuế trả lời chậm."}
    answer = leader.post(f"/api/v1/dossiers/{code}/extensions", body, version=version)
    assert answer.status_code == 200, answer.text
    page = seen(told_site, filed)
    assert title(page) == "Đang giải quyết, đã hẹn lại"
    assert "Hẹn lại 09:00 thứ Năm 12/03/2026" in main(page) and "Gia hạn thêm 3 ngày làm việc" in main(page)
    assert page.soup.s is not None and page.soup.s.get_text() == "09:00 thứ Hai 09/03/2026"
    clock.after(days=8)
    assert title(seen(told_site, filed)) == "Chúng tôi xin lỗi: hồ sơ bị trễ"


def test_a_finished_dossier_says_how_it_was_in_time_and_asks_for_a_rating(site: Site) -> None:
    filed = _returned(site)
    page = seen(site, filed)
    assert title(page) == "Đã trả kết quả, sớm 7 ngày"
    assert "Bạn không cần làm gì nữa." in main(page) and "Biên lai số BL-1" in main(page)
    assert page.form(f"/h/{filed['code']}/danh-gia")
    assert not page.soup.find("a", href=f"/h/{filed['code']}/viec/withdraw")


def test_says_where_to_collect_and_what_to_pay(site: Site) -> None:
    filed = site.installation.filed()
    for who, action in (("counter", "forward"), ("specialist", "submit"), ("leader", "sign")):
        site.installation.act(who, filed["code"], action)
    page = seen(site, filed)
    assert title(page).startswith("Đã có kết quả") and "Nộp 50.000 đ khi nhận." in main(page)


def test_leads_to_the_messages_and_lists_the_papers_without_their_file_names(site: Site) -> None:
    filed = site.installation.filed()
    page = seen(site, filed)
    assert page.soup.find("a", href=f"/h/{filed['code']}/tin-nhan") is not None
    assert "Giấy tờ đã nộp (" in main(page)
    assert page.soup.find("a", href="tel:19000000") is not None


def test_the_hours_of_the_centre_stand_there_while_the_result_waits(site: Site) -> None:
    filed = site.installation.filed()
    assert "Giờ mở cửa" not in main(seen(site, filed))
    for actor, action in (("counter", "forward"), ("specialist", "submit"), ("leader", "sign")):
        site.installation.act(actor, filed["code"], action)
    assert "Giờ mở cửa Thứ Hai – thứ Sáu: 08:00–12:00 và 13:00–17:00" in main(seen(site, filed))


def test_how_quick_such_dossiers_were_is_told_from_the_counted_paces(site: Site) -> None:
    filed = site.installation.filed()
    assert "9 trong 10" not in main(seen(site, filed))
    row = {"procedure": PROCEDURE, "office": CENTRE, "dossiers": 34, "days": 4, "until": NOW.date()}
    system = site.installation.actor("admin")
    in_transaction(site.installation.runtime, system, lambda unit: unit.begin().execute(insert(paces), row))
    said = main(seen(site, filed))
    assert "9 trong 10 hồ sơ như thế này được giải quyết trong 4 ngày làm việc" in said and "34 hồ sơ" in said


def test_nobody_reads_names_or_form_values_here(site: Site) -> None:
    filed = site.installation.filed()
    text = main(seen(site, filed))
    for secret in ("Nguyễn Thị Đào", "079300012345", "0901234567", "vay vốn", "Nguyễn Văn Cha", "12 Lê Lợi"):
        assert secret not in text


def test_the_cookie_of_one_dossier_opens_no_other(site: Site) -> None:
    mine, other = site.installation.filed(), site.installation.filed()
    site.applicant(mine).get(f"/h/{other['code']}", status=404)


def test_a_renewed_link_closes_the_dossier_everywhere(site: Site) -> None:
    filed = site.installation.filed()
    visitor = site.applicant(filed)
    visitor.get(f"/h/{filed['code']}")
    path = f"/api/v1/dossiers/{filed['code']}/link-renewals"
    body = {"reason": "Người nộp báo mất giấy."}
    version = site.installation.version_of(filed["code"])
    answer = site.installation.person("counter").post(path, body, version=version)
    assert answer.status_code in (200, 201), answer.text
    visitor.get(f"/h/{filed['code']}", status=404)


def test_the_page_asks_the_database_four_times_at_most(both_sites: Site) -> None:
    filed = both_sites.installation.filed()
    visitor = both_sites.applicant(filed)
    visitor.get(f"/h/{filed['code']}")
    with spoken(both_sites.installation.runtime.database) as told:
        visitor.get(f"/h/{filed['code']}")
    asked = [one for one in told if one != "BEGIN"]
    assert len(asked) <= 4, asked


def test_staff_do_not_come_in_by_this_page(site: Site) -> None:
    filed = site.installation.filed()
    site.person("counter").get(f"/h/{filed['code']}", status=404)


def test_the_query_answers_for_the_applicant_alone(site: Site) -> None:
    filed = site.installation.filed()
    stranger = Actor("citizen", "citizen", dossier_id=-1)
    with pytest.raises(Exception, match=filed["code"]):
        in_transaction(site.installation.runtime, stranger, lambda unit: citizen_page(unit, filed["code"]))


def _returned(site: Site) -> dict[str, Any]:
    filed = site.installation.filed()
    for who, action in (("counter", "forward"), ("specialist", "submit"), ("leader", "sign")):
        site.installation.act(who, filed["code"], action)
    path = f"/api/v1/dossiers/{filed['code']}/fees/fee"
    paid = {"method": "cash", "receipt": "BL-1"}
    counter = site.installation.person("counter")
    assert counter.put(path, paid, version=site.installation.version_of(filed["code"])).status_code == 200
    site.installation.act("counter", filed["code"], "return")
    return filed

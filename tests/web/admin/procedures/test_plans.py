"""Plans of versions on pages: made, looked at, chosen in, applied exactly, stale, and taken back."""

from __future__ import annotations

import datetime as dt
import io

from engine.acts.publish import publish_release
from engine.acts.versions import drafts
from engine.acts.versions.drafts import plan_version
from engine.queries.version_plans import plans
from engine.rules.procedure.definition import Release
from engine.rules.versions.fates import Orders
from tests.installation.later_land import SINCE, later, reviewed
from tests.installation.short_releases import LAND
from tests.web.desk.conftest import Office
from tests.web.visitor import Page, Visitor

PLANS = "/quan-tri/ke-hoach"
FIRST_MORNING = f"{SINCE} 08:00"
WRITTEN = {"legal": "QĐ 9/QĐ-UBND", "reason": "Văn bản bị bãi bỏ"}


def planned(office: Office, release: Release) -> tuple[Visitor, Page, str]:
    """The page of a new plan, and its address."""
    world = office.world
    path = f"{PLANS}/nhap/{plan_version(world.runtime, world.actor('admin'), release, Orders())}"
    visitor = office.person("admin")
    return visitor, visitor.get(path), path


def applied(office: Office, visitor: Visitor, page: Page, path: str) -> Page:
    return visitor.follow(visitor.submit(page, f"{path}/ap-dung"))


def release_of(office: Office, code: str) -> int:
    return int(office.world.runtime.catalogue.workflow(office.world.row(code)["release"]).release.version)


def test_a_plan_says_whom_it_touches_and_changes_nothing(office: Office) -> None:
    codes = [office.world.land_at(state) for state in ("accepted", "checking")]
    before = office.world.row(codes[1])
    _, page, _ = planned(office, reviewed())
    assert "Cần xem lại: 1 giữ nguyên, 0 chuyển bước, 1 cần chọn" in page.text
    assert codes[1] in page.text and "phiên bản mới không có bước này" in page.text
    assert "Thẩm tra" in page.text and "Hiệu lực từ 09/03/2026" in page.text
    assert office.world.row(codes[1]) == before and len(office.person("admin").get(PLANS).soup.select("tbody tr")) == 1
    assert office.world.act("system", plans) == ()


def test_a_choice_by_step_is_counted_again_and_applied_exactly(office: Office) -> None:
    code = office.world.land_at("checking")
    due = office.world.row(code)["due_at"]
    visitor, page, path = planned(office, reviewed())
    chosen = visitor.follow(visitor.submit(page, f"{path}/chon", buoc="checking=review"))
    assert "Áp dụng được: 0 giữ nguyên, 1 chuyển bước, 0 bị chặn" in chosen.text and code in chosen.text
    office.world.at(FIRST_MORNING)
    office.forget()
    visitor, place = office.person("admin"), chosen.response.request.path
    done = applied(office, visitor, visitor.get(place), place)
    assert "Đã chuyển 1 hồ sơ, 0 cần xem lại" in done.text
    row = office.world.row(code)
    assert (row["state"], release_of(office, code), row["due_at"]) == ("review", 2, due)
    assert "đã được áp dụng" in visitor.get(place).text
    office.world.check()


def test_a_double_click_applies_once(office: Office) -> None:
    office.world.land_at("accepted")
    visitor, page, path = planned(office, later())
    first = visitor.submit(page, f"{path}/ap-dung")
    assert visitor.submit(page, f"{path}/ap-dung").location == first.location
    assert len(office.world.act("system", plans)) == 1
    waiting = visitor.follow(first)
    assert "1 hồ sơ chuyển từ ngày 09/03/2026" in waiting.text


def test_a_stale_plan_is_refused_and_says_what_changed(office: Office) -> None:
    code = office.world.land_at("accepted")
    visitor, page, path = planned(office, reviewed(version=3))
    office.world.act("admin", publish_release, later(dt.date(2026, 3, 5)))
    stale = visitor.submit(page, f"{path}/ap-dung", status=409)
    assert "Kế hoạch đã cũ: các phiên bản đã công bố của thủ tục đã thay đổi" in stale.text
    assert "Lập lại với các lựa chọn cũ" in stale.text and release_of(office, code) == 1
    again = visitor.follow(visitor.submit(stale, f"{path}/lap-lai"))
    assert "Hiệu lực từ 09/03/2026" in again.text


def test_dossiers_in_a_step_that_the_plan_did_not_see_make_it_stale(office: Office) -> None:
    office.world.land_at("accepted")
    visitor, page, path = planned(office, reviewed())
    office.world.land_at("checking")
    shown = visitor.get(path)
    assert "có hồ sơ đến bước mà kế hoạch chưa thấy" in shown.text
    assert "có hồ sơ ở bước cần chọn" in visitor.submit(page, f"{path}/ap-dung", status=409).text


def test_an_applied_plan_is_taken_back_with_decision_and_reason(office: Office) -> None:
    code = office.world.land_at("accepted")
    visitor, page, path = planned(office, later(TODAY := dt.date(2026, 3, 2)))
    done = applied(office, visitor, page, path)
    assert release_of(office, code) == 2 and TODAY.year == 2026
    where = done.response.request.path
    assert visitor.submit(done, f"{where}/hoan-lai", status=422).text.count("Chưa điền") >= 1
    back = visitor.follow(visitor.submit(done, f"{where}/hoan-lai", **WRITTEN))
    assert "Đã hoàn lại: 1 hồ sơ trở về phiên bản cũ" in back.text and release_of(office, code) == 1
    assert not back.soup.select("#hoan-lai")


def test_what_is_left_is_moved_on_request(office: Office, monkeypatch) -> None:  # type: ignore[no-untyped-def] # pytest's
    office.world.land_at("accepted")
    monkeypatch.setattr(drafts, "apply_all", lambda *_, **__: None)
    visitor, page, path = planned(office, later(dt.date(2026, 3, 2)))
    waiting = applied(office, visitor, page, path)
    assert "Đang chuyển: 0 xong, còn 1" in waiting.text
    monkeypatch.undo()
    moved = visitor.follow(visitor.submit(waiting, f"{waiting.response.request.path}/chuyen"))
    assert "Đã chuyển 1 hồ sơ" in moved.text


def test_outcomes_are_listed_page_by_page_and_by_kind(office: Office) -> None:
    codes = [office.world.land_at("checking"), office.world.land_at("accepted")]
    visitor, page, path = planned(office, reviewed(dt.date(2026, 3, 2)))
    done = applied(office, visitor, page, path)
    where = done.response.request.path
    assert all(code in done.text for code in codes) and "Lập kế hoạch cho phần còn lại" in done.text
    only = visitor.get(f"{where}?ket-qua=choice").text
    assert codes[0] in only and codes[1] not in only


def test_a_published_version_is_planned_for_those_who_run_under_another(office: Office) -> None:
    office.world.land_at("accepted")
    office.world.act("admin", publish_release, later(dt.date(2026, 3, 2)), by_itself=False)
    visitor = office.person("admin")
    page = visitor.get(f"{PLANS}/moi?phien-ban={LAND}@2")
    made = visitor.follow(visitor.submit(page, f"{PLANS}/moi"))
    assert "Áp dụng được: 1 giữ nguyên" in made.text


def test_a_file_with_mistakes_is_shown_again_with_its_findings(office: Office) -> None:
    visitor = office.person("admin")
    page = visitor.get(f"{PLANS}/moi")
    refused = visitor.submit(page, f"{PLANS}/moi", status=422, van_ban='procedure: "1.1"\nvershion: 2\n', phien_ban="")
    assert "Dòng 2" in refused.text and "vershion" in refused.soup.find("textarea").get_text()  # type: ignore[union-attr]
    empty = visitor.submit(page, f"{PLANS}/moi", status=422, phien_ban="")
    assert "hãy chọn tệp, dán nội dung hoặc chọn phiên bản" in empty.text.casefold()
    sent = visitor.submit(page, f"{PLANS}/moi", status=422, tep=(io.BytesIO(b"\xff\xfe"), "x.yaml"))
    assert "Tệp chưa dùng được" in sent.text


def test_applying_and_taking_back_ask_again_who_it_is(office: Office) -> None:
    office.world.land_at("accepted")
    _, page, path = planned(office, later())
    asked = office.person_later("admin").submit(page, f"{path}/ap-dung", status=403)
    assert "xác nhận lại" in asked.text and office.world.act("system", plans) == ()


def test_there_is_no_such_plan(office: Office) -> None:
    for path in (f"{PLANS}/nhap/99", f"{PLANS}/99", f"{PLANS}/moi?nhap=99"):
        office.person("admin").get(path, status=404)
    for path in (PLANS, f"{PLANS}/moi"):
        office.person("specialist").get(path, status=403)

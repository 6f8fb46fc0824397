"""The catalogue: entries by version and day, deadlines of publication, public pages, the list for programs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from msgspec.structs import replace

from engine.acts.publish import publish_release
from engine.rules.procedure.definition import APPLICANT_KINDS, CHANNELS
from tests.installation.later_land import SINCE, later
from tests.installation.short_releases import LAND
from tests.web.desk.conftest import Office

RECORD = f"/quan-tri/thu-tuc/{LAND}/danh-muc"
ENTRY = {
    "since": "01/07/2025",
    "processed": "here",
    "online": "partial",
    "decision": "100/QĐ-UBND",
    "decided_on": "23/02/2026",
    "listed_on": "27/02/2026",
}


def enter(office: Office, status: int = 303, **changes: Any) -> str:
    visitor = office.person("admin")
    page = visitor.submit(visitor.get(RECORD), RECORD, status=status, **(ENTRY | changes))
    return visitor.get(RECORD).text if status == 303 else page.text


def test_an_entry_holds_for_its_version_from_its_day_on(office: Office) -> None:
    office.world.act("admin", publish_release, later())
    before = office.person("admin").get(RECORD).text
    assert "2 phiên bản chưa có trong danh mục" in before
    enter(office)
    ministry = {"processed": "ministry", "system": "Hệ thống đất đai quốc gia", "version": "2", "since": "09/03/2026"}
    told = enter(office, **ministry)
    assert (
        "Đã ghi danh mục cho mọi phiên bản" in told and "Hệ thống tập trung của bộ: Hệ thống đất đai quốc gia" in told
    )
    rows = [" ".join(row.get_text(" ").split()) for row in office.person("admin").get(RECORD).soup.select("tbody tr")]
    assert "Hệ thống tập trung" in rows[0] and "Phần mềm này" in rows[1]


def test_the_deadlines_of_publication_are_counted_in_working_days(office: Office) -> None:
    office.world.act("admin", publish_release, later(SINCE))
    in_time = enter(office, version="2", since="09/03/2026", decided_on="02/03/2026", listed_on="")
    assert "trước hiệu lực 5 ngày làm việc: đúng hạn" in in_time and "quốc gia: còn trong hạn" in in_time
    late = enter(office, version="2", since="09/03/2026", decided_on="03/03/2026", listed_on="11/03/2026")
    assert "trước hiệu lực 5 ngày làm việc: trễ" in late and "quốc gia: trễ" in late


def test_what_is_wrong_is_said_at_its_field(office: Office) -> None:
    assert "cần ghi tên hệ thống" in enter(office, 422, processed="specialised").casefold()
    assert "ngày viết như 05/08/2025" in enter(office, 422, since="31/02/2026").casefold()
    assert "không thể trước ngày quyết định" in enter(office, 422, listed_on="01/01/2026").casefold()
    assert "1 phiên bản chưa có trong danh mục" in office.person("admin").get(RECORD).text


def test_citizens_find_a_procedure_and_what_it_asks_for(office: Office) -> None:
    office.world.act("admin", publish_release, later())
    visitor = office.nobody()
    listed = visitor.get("/thu-tuc?q=giay+chung+nhan")
    assert listed.soup.find("a", href=f"/thu-tuc/{LAND}") is not None
    assert "Không có thủ tục nào khớp" in visitor.get("/thu-tuc?q=zzzz").text
    enter(office)
    page = visitor.get(f"/thu-tuc/{LAND}").text
    assert "5 ngày làm việc" in page and "100/QĐ-UBND" in page and "Từ 09/03/2026 có quy định mới" in page
    assert "No papers" not in page and "Papers" in visitor.get(f"/thu-tuc/{LAND}", lang="en").text
    visitor.get("/thu-tuc/9.999999", status=404)


def test_programs_read_where_it_is_processed(office: Office) -> None:
    client = office.installation.app.test_client()

    def line(on: dt.date) -> dict[str, Any]:
        items = client.get(f"/api/v1/procedures?on={on}").get_json()["items"]
        found: dict[str, Any] = next(one for one in items if one["procedure"] == LAND)
        return found

    assert line(dt.date(2026, 3, 2))["publication"] is None
    enter(office, since="05/03/2026")
    assert line(dt.date(2026, 3, 4))["publication"] is None
    told = line(dt.date(2026, 3, 5))
    assert told["publication"]["decided_on"] == "2026-02-23" and told["publication"]["processed"] == "here"
    assert told["effective_from"] == "2025-07-01" and told["received_at"]["vi"]
    assert client.get(f"/api/v1/procedures/{LAND}?on=2026-03-05").get_json()["publication"] == told["publication"]


def test_the_public_page_names_every_kind_of_applicant_and_every_way_to_file(office: Office) -> None:
    everybody = replace(later(SINCE), applicants=APPLICANT_KINDS, channels=CHANNELS)
    office.world.act("admin", publish_release, everybody)
    office.world.at("2026-03-09 09:00")
    page = " ".join(office.nobody().get(f"/thu-tuc/{LAND}").soup.get_text(" ").split())
    assert "công dân, doanh nghiệp, tổ chức, cơ quan nhà nước, người nước ngoài" in page
    assert "tại quầy, trực tuyến trên Cổng Dịch vụ công quốc gia, qua bưu chính công ích" in page

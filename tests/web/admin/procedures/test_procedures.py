"""The pages of procedures: the list, one with its versions side by side, two compared, and what the checks say."""

from __future__ import annotations

import datetime as dt

from engine.acts.publish import publish_release
from tests.installation.later_land import SINCE, later, reviewed
from tests.installation.short_releases import LAND
from tests.web.desk.conftest import Office

PROCEDURES = "/quan-tri/thu-tuc"
OF_LAND = f"{PROCEDURES}/{LAND}"


def test_the_list_is_searched_without_accents_and_narrowed(office: Office) -> None:
    visitor = office.person("admin")
    every = visitor.get(PROCEDURES)
    codes = [str(link["href"]) for link in every.soup.select("tbody th a")]
    assert OF_LAND in codes and every.soup.h1 is not None and every.soup.h1.get_text() == f"{len(codes)} thủ tục"
    name = every.soup.find("a", href=OF_LAND).get_text()  # type: ignore[union-attr] # found above
    assert name in visitor.get(PROCEDURES, query_string={"q": "giay chung nhan"}).text
    assert "Không có thủ tục nào khớp" in visitor.get(f"{PROCEDURES}?q=zzzz").text
    assert "Không có thủ tục nào khớp" in visitor.get(f"{PROCEDURES}?tinh-trang=sap-toi").text
    office.world.act("admin", publish_release, later(dt.date(2026, 3, 6)))
    ahead = visitor.get(f"{PROCEDURES}?tinh-trang=sap-toi")
    assert [str(link["href"]) for link in ahead.soup.select("tbody th a")] == [OF_LAND]
    assert "v2 từ 06/03/2026" in ahead.text and "chỉ trước 4 ngày làm việc" in ahead.text
    office.person("leader").get(PROCEDURES, status=403)


def test_publishing_five_working_days_before_is_in_time(office: Office) -> None:
    office.world.act("admin", publish_release, later(SINCE))
    assert "trước 5 ngày làm việc" in office.person("admin").get(OF_LAND).text


def test_versions_stand_side_by_side_with_their_running_dossiers(office: Office) -> None:
    office.world.land_at("accepted")
    office.world.act("admin", publish_release, later())
    page = office.person("admin").get(OF_LAND)
    rows = [" ".join(row.get_text(" ").split()) for row in page.soup.select("#phien-ban tbody tr")]
    assert rows[0].startswith("v2 Chưa đến ngày hiệu lực từ 09/03/2026") and rows[1].startswith("v1 Đang áp dụng")
    assert "1 hồ sơ đang chạy" in page.text and page.soup.select_one("svg.pic title") is not None
    assert "Sơ đồ phiên bản 2" in office.person("admin").get(f"{OF_LAND}?phien-ban=2").text
    office.person("admin").get(f"{OF_LAND}?phien-ban=9", status=404)
    office.person("admin").get(f"{PROCEDURES}/9.999999", status=404)


def test_two_versions_are_compared_in_sentences_and_drawn(office: Office) -> None:
    office.world.land_at("checking")
    office.world.act("admin", publish_release, reviewed(SINCE))
    page = office.person("admin").get(f"{OF_LAND}/so-sanh")
    assert "phiên bản 1 → 2" in page.text and "7 ngày làm việc" in page.text
    assert "1 hồ sơ" in page.text and page.soup.select(".node-added") and page.soup.select(".node-removed")
    english = office.person("admin").get(f"{OF_LAND}/so-sanh?tu=1&den=2", lang="en").text
    assert "7 working days" in english
    assert "giống hệt nhau" in office.person("admin").get(f"{OF_LAND}/so-sanh?tu=2&den=2").text


def test_a_version_whose_file_is_not_shipped_is_checked_as_it_was_published(office: Office) -> None:
    page = office.person("admin").get(f"{OF_LAND}/kiem-tra")
    assert "không đi kèm phần mềm" in page.text
    assert page.soup.h1 is not None and "điều cần xem, 0 câu chuyện" in page.soup.h1.get_text()
    found = page.soup.select("#kiem-tra li")
    assert found and all("Dòng" in one.get_text() for one in found)
    office.world.act("admin", publish_release, reviewed(SINCE))
    later_ = office.person("admin").get(f"{OF_LAND}/kiem-tra?phien-ban=2", lang="en")
    assert "The file of version 2 is not part of the software" in later_.text

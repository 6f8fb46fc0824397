"""The pages of reports: right figures, who reads them, their lists and files, and what they say when there is none."""

from __future__ import annotations

import csv
import io
import zipfile

import pytest
from sqlalchemy import update

from engine.queries.published_index import most_points, published_index
from engine.store.people import people
from tests.spoken import spoken
from tests.web.site import Site
from tests.web.visitor import Visitor

MARCH = "tu=01/03/2026&den=31/03/2026"
PAGES = ("", "/don-vi", "/tre", "/duong-di", "/muc-san", "/san-sang", "/cac-tinh", "/dang-ky")


def row_of(page: object, words: str) -> list[str]:
    """The cells of the first row whose head begins so."""
    rows = page.soup.find_all("tr")  # type: ignore[attr-defined]
    found = next(one for one in rows if one.th and one.th.get_text(" ", strip=True).startswith(words))
    return [cell.get_text(" ", strip=True) for cell in found.find_all("td")]


def one_signed(site: Site) -> tuple[str, str]:
    """Two dossiers: one that was signed, and one that waits at the specialist."""
    done, waiting = (site.installation.filed()["code"] for _ in range(2))
    for code in (done, waiting):
        site.installation.act("counter", code, "forward")
    site.installation.act("specialist", done, "submit")
    site.installation.act("leader", done, "sign")
    return done, waiting


def test_figures_stand_beside_those_of_the_period_before(site: Site) -> None:
    one_signed(site)
    for who in ("leader", "monitor", "admin"):
        page = site.person(who).get(f"/bao-cao?{MARCH}")
        assert row_of(page, "2.1 Hồ sơ đúng hạn")[:4] == ["2", "2", "100,0\N{NO-BREAK SPACE}%", "–"], who
        assert "so với 01/02/2026 – 28/02/2026" in page.text and "20,0 / 20" in page.text
        assert "Không tính: Đồng bộ kho dữ liệu cá nhân" in page.text
        assert row_of(page, "Hồ sơ đồng bộ đúng lúc")[:3] == ["0", "0", "–"], "there is no connection"
    english = site.person("leader").get(f"/bao-cao?{MARCH}", lang="en")
    assert "Dossiers on time ÷ dossiers received in the period" in english.text


def test_only_those_who_read_figures_open_the_pages_and_find_them_in_the_menu(site: Site) -> None:
    for who, status in (("counter", 403), ("specialist", 403), ("leader", 200), ("monitor", 200), ("admin", 200)):
        visitor = site.person(who)
        for path in PAGES:
            visitor.get(f"/bao-cao{path}", status=status)
        link = visitor.get("/tai-khoan").soup.select_one("nav a[href='/bao-cao']")
        assert (link is not None) == (status == 200), who
    far = site.person("monitor").get("/bao-cao?tinh=01&co_quan=TT-00070").text
    assert "Thành phố Hà Nội" not in far and "00070" not in far


def test_the_lists_are_one_press_away_and_show_an_administrator_no_dossier(site: Site) -> None:
    done, waiting = one_signed(site)
    leader = site.person("leader")
    overview = leader.get(f"/bao-cao?{MARCH}")
    link = next(
        a["href"] for a in overview.soup.select("a[href*='chi-tieu/electronic_result']") if "ben=tong" in a["href"]
    )
    assert done in leader.get(str(link)).text
    whole = leader.get(f"/bao-cao/chi-tieu/on_time?{MARCH}&ben=tong").text
    assert done in whole and waiting in whole and "766/QĐ-TTg" in whole
    assert "1.000001" in leader.get(f"/bao-cao/chi-tieu/offered_online?{MARCH}&ben=tong").text
    admin = site.person("admin").get(f"/bao-cao/chi-tieu/on_time?{MARCH}&ben=tong").text
    assert done not in admin and "Người quản trị xem số liệu" in admin
    assert done not in site.person("admin").get(f"/bao-cao/duong-di?{MARCH}&thu_tuc=1.000001").text
    leader.get("/bao-cao/chi-tieu/nothing", status=404)


def test_units_delays_and_ways_tell_what_ended(site: Site) -> None:
    one_signed(site)
    monitor, leader = site.person("monitor"), site.person("leader")
    for visitor, unit in ((monitor, "26740"), (leader, "UBND 26740")):
        page = visitor.get("/bao-cao/don-vi?den=31/03/2026")
        (picture,) = page.soup.select("svg.pic[viewbox='0 0 172 84'], svg.pic[viewBox='0 0 172 84']")
        assert "100,0" in picture.get_text() and unit in page.text
        assert "1 trong 1 đơn vị đạt mức" in page.text
    assert row_of(leader.get(f"/bao-cao/tre?{MARCH}"), "UBND 26740") == ["1", "0,0\N{NO-BREAK SPACE}%", "1", *["0"] * 5]
    ways = leader.get(f"/bao-cao/duong-di?{MARCH}&thu_tuc=1.000001").text
    assert "theo đúng đường chính" in ways and "→" in ways and "UBND 26740" in ways


def test_a_table_of_a_country_leaves_what_is_too_long_to_the_file(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    one_signed(site)
    monitor, address = site.person("monitor"), "/bao-cao/don-vi?den=31/03/2026"
    assert "đơn vị nữa, trong tệp" not in monitor.get(address).text
    monkeypatch.setattr("web.reports.units.MOST_LINES", 0)
    page = monitor.get(address)
    assert "và 1 đơn vị nữa, trong tệp" in page.text and not page.soup.select("#dung-han tbody tr")


def test_a_service_is_held_against_the_floor_that_is_asked(site: Site) -> None:
    one_signed(site)
    monitor = site.person("monitor")
    assert "10 hồ sơ trực tuyến" in monitor.get("/bao-cao/muc-san?nam=2026&muc=0").text
    page = monitor.get("/bao-cao/muc-san?nam=2026&muc=1000")
    assert "1.000 hồ sơ trực tuyến" in page.text
    filed = [row for row in page.soup.select("tbody tr") if "1.000001" in row.get_text()]
    assert [row.find_all("td")[1].get_text() for row in filed] == ["2"]


def test_readiness_is_computed_and_its_last_item_is_said_by_the_monitor(site: Site) -> None:
    monitor = site.person("monitor")
    page = monitor.get("/bao-cao/san-sang")
    assert "Chưa đánh dấu" in page.text and "0 trong 1 tỉnh" in page.text
    (form,) = page.soup.select("form[action='/bao-cao/san-sang']")
    province = form.find("input", attrs={"name": "tinh"})["value"]  # type: ignore[index]
    said = monitor.follow(monitor.submit(page, "/bao-cao/san-sang", xong="co"))
    assert "Đánh dấu chưa đủ" in said.text and "Người monitor" in said.text
    token = page.soup.find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
    monitor.post("/bao-cao/san-sang", status=403, csrf=token, key="k" * 24, tinh="01", xong="co")
    leader = site.person("leader")
    assert not leader.get("/bao-cao/san-sang").soup.select("form[action='/bao-cao/san-sang']")
    assert province


def test_the_published_points_add_up_and_are_shown_with_their_source(site: Site) -> None:
    lines = published_index()
    assert len(lines) == 34 and [one.rank for one in lines] == list(range(1, 35))
    apart = [abs(sum(one.points.values()) - one.score) for one in lines]
    assert sum(one < 0.05 for one in apart) >= 29 and max(apart) < 0.4, "a few totals differ, as they were published"
    assert all(0 <= part <= most_points(key) for one in lines for key, part in one.points.items())
    page = site.person("leader").get("/bao-cao/cac-tinh").text
    assert "Đồng Tháp" in page and "68,61" in page and "đọc ngày 10/10/2026" in page


@pytest.mark.parametrize("path", ["", "/don-vi", "/tre", "/duong-di", "/muc-san", "/san-sang", "/cac-tinh"])
def test_each_page_gives_its_figures_as_csv_and_as_a_workbook(site: Site, path: str) -> None:
    one_signed(site)
    monitor = site.person("monitor")
    asked = f"/bao-cao{path}/tep?{MARCH}&thu_tuc=1.000001"
    table = monitor.client.get(asked)
    head, *rows = csv.reader(io.StringIO(table.get_data().decode("utf-8-sig")), delimiter=";")
    assert rows and all(len(row) == len(head) for row in rows) and "attachment" in table.headers["Content-Disposition"]
    book = zipfile.ZipFile(io.BytesIO(monitor.client.get(f"{asked}&dang=xlsx").data))
    assert "xl/worksheets/sheet1.xml" in book.namelist()


def test_pages_say_what_is_empty_and_which_day_is_wrong(site: Site) -> None:
    leader = site.person("leader")
    never = "tu=01/01/2024&den=31/01/2024"
    assert "Danh sách trống" in leader.get(f"/bao-cao/chi-tieu/on_time?{never}").text
    assert "Chưa có hồ sơ nào xong trong 12 tuần này" in leader.get(f"/bao-cao/don-vi?{never}").text
    assert "Chưa có hồ sơ nào xong trong kỳ" in leader.get(f"/bao-cao/tre?{never}").text
    wrong = leader.get("/bao-cao?tu=32/13/2026&den=1/1/0001")
    assert "Ngày viết như" in wrong.text and "32/13/2026" in str(wrong.soup)
    for odd in ("nam=%C2%B2&muc=-1", "cap=x&ngay=1/1/1900", "sau=xx", "tu=" + "9" * 30):
        for path in (*PAGES, "/chi-tieu/on_time"):
            leader.get(f"/bao-cao{path}?{odd}")


def test_a_report_is_asked_for_by_mail_once_and_ended(site: Site) -> None:
    leader: Visitor = site.person("leader")
    assert "Tài khoản chưa có địa chỉ thư" in leader.get("/bao-cao/dang-ky").text
    with site.installation.runtime.database.begin() as connection:
        connection.execute(update(people).where(people.c.username == "leader").values(email="leader@example.org"))
    page = leader.get("/bao-cao/dang-ky")
    assert "Chưa nhận báo cáo nào qua thư" in page.text
    asked = leader.follow(leader.submit(page, "/bao-cao/dang-ky", rhythm="month"))
    assert "mỗi tháng" in asked.text and "Thư đầu tiên đến khi kỳ này xong" in asked.text
    again = leader.submit(asked, "/bao-cao/dang-ky", status=422, rhythm="month")
    assert "đã đăng ký báo cáo này" in again.text.lower()
    foreign = leader.submit(asked, "/bao-cao/dang-ky", status=403, rhythm="week", tinh="01")
    assert "chỉ số liệu của cơ quan, tỉnh mình" in foreign.text
    form = asked.soup.select_one("form[action$='/thoi']")
    assert form is not None
    monitor = site.person("monitor")
    token = monitor.get("/tai-khoan").soup.find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
    monitor.post(str(form["action"]), status=404, csrf=token, key="k" * 24)
    ended = leader.follow(leader.submit(asked, str(form["action"])))
    assert "Chưa nhận báo cáo nào qua thư" in ended.text


def test_the_overview_reads_with_the_same_statements_however_many_dossiers_there_are(site: Site) -> None:
    one_signed(site)
    leader, counts = site.person("leader"), []
    for _ in range(2):
        leader.get(f"/bao-cao?{MARCH}")
        with spoken(site.installation.runtime.database) as said:
            leader.get(f"/bao-cao?{MARCH}")
        counts.append(len(said))
        one_signed(site)
    assert counts[0] == counts[1] <= 40

"""The live diagram: what stands where, for whom, how long it took, and what really happened."""

from __future__ import annotations

import pytest

from tests.installation.short_releases import LAND
from tests.web.desk.conftest import Office

LIVE = f"/so-do/{LAND}"


def test_a_leader_sees_numbers_that_lead_to_their_lists(office: Office) -> None:
    codes = [office.world.land_at("checking"), office.world.land_at("checking"), office.world.land_at("accepted")]
    visitor = office.person("leader")
    page = visitor.get(LIVE)
    links = {str(link["href"]) for link in page.soup.select("svg a")}
    assert links == {str(link["href"]) for link in page.soup.select("#bang th a")} and len(links) == 2
    (to_checking,) = (link for link in links if link.endswith("buoc=checking"))
    listed = visitor.get(to_checking).text
    assert codes[0] in listed and codes[1] in listed and codes[2] not in listed
    assert "3 hồ sơ, không bước nào nghẽn" in page.text and "2 hồ sơ" in page.soup.select_one("svg.pic").get_text()  # type: ignore[union-attr]


def test_a_late_step_is_named_first(office: Office) -> None:
    office.world.land_at("checking")
    office.world.at("2026-03-20 09:00")
    page = office.person("leader").get(LIVE)
    assert "đang nghẽn: 100,0 % quá hạn" in page.text.replace("\xa0", " ") and page.soup.select("svg .node-late")


def test_an_administrator_sees_numbers_and_no_list(office: Office) -> None:
    code = office.world.land_at("checking")
    page = office.person("admin").get(LIVE)
    assert "1 hồ sơ" in page.text and not page.soup.select("svg a, #bang a") and code not in page.text
    assert "chỉ xem số lượng" in page.text


def test_others_are_refused_and_other_provinces_see_nothing(office: Office) -> None:
    office.world.land_at("checking")
    for who in ("counter", "specialist"):
        office.person(who).get(LIVE, status=403)
        office.person(who).get("/so-do", status=403)
    assert office.person("monitor").get("/so-do").soup.find("a", href=LIVE) is not None
    office.person("monitor").get(LIVE)
    office.person("leader").get("/so-do/9.999", status=404)
    office.nobody().get(LIVE, status=303)


def test_times_and_variants_are_of_what_ended_in_the_period(office: Office) -> None:
    empty = office.person("leader").get(LIVE)
    assert "Không có hồ sơ nào xong trong kỳ này" in empty.text
    other = office.world.land_at("accepted")
    office.world.do(office.world.citizen(other), other, "withdraw", reason="đổi ý")
    page = office.person("leader").get(LIVE)
    assert "rời đường chính sau" in page.text
    assert "1 hồ sơ xong" in page.text and "0 hồ sơ đi đúng đường chính" in page.text
    office.world.at("2026-03-20 09:00")
    office.forget()
    week = office.person("leader").get(f"{LIVE}?ky=7&co-quan=zz&phien-ban=77")
    assert "Không có hồ sơ nào xong trong kỳ này" in week.text


def test_a_dossier_has_its_state_marked(office: Office) -> None:
    code = office.world.land_at("checking")
    page = office.person("specialist").get(f"/ho-so/{code}")
    assert page.soup.find("a", href=f"/ho-so/{code}/so-do") is not None
    drawn = office.person("specialist").get(f"/ho-so/{code}/so-do")
    assert len(drawn.soup.select("svg .node-now")) == 1 and "đang ở đây" in drawn.text
    office.person("copier").get(f"/ho-so/{code}/so-do", status=404)


def test_where_more_ended_than_a_page_reads_it_says_so(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for reason in ("đổi ý", "nộp nhầm"):
        code = office.world.land_at("accepted")
        office.world.do(office.world.citizen(code), code, "withdraw", reason=reason)
    assert "xong gần nhất" not in office.person("leader").get(LIVE).text
    monkeypatch.setattr("web.admin.procedures.live.MOST_SHOWN", 1)
    monkeypatch.setattr("web.reports.process.MOST_SHOWN", 1)
    ways = f"/bao-cao/duong-di?thu_tuc={LAND}&tu=2026-03-01&den=2026-03-31"
    for address in (LIVE, ways):
        page = office.person("leader").get(address)
        assert "Chỉ đọc 1 hồ sơ xong gần nhất, từ " in page.text, address
    file = ways.replace("duong-di?", "duong-di/tep?")
    for most, first in ((2, "2026-03-01"), (1, "2026-03-02")):  # a file that holds less is named so
        monkeypatch.setattr("web.reports.process.MOST_READ", most)
        told = office.person("leader").client.get(file).headers["Content-Disposition"]
        assert f"duong-di-{LAND}-{first}-2026-03-31" in told

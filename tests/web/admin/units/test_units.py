"""Units on any day, with what they were and became; competences with their proof."""

from __future__ import annotations

import datetime as dt

from engine.acts.publish import publish_competences
from engine.rules.offices.competence import Competence
from tests.installation.short_releases import PERMIT
from tests.web.desk.conftest import Office

UNITS, COMPETENCES = "/quan-tri/don-vi", "/quan-tri/tham-quyen"


def test_a_unit_is_found_by_its_old_name_and_says_what_it_became(june: Office) -> None:
    page = june.person("admin").get(f"{UNITS}?q=da kao&ngay=01/08/2025")
    links = {one.get_text(): str(one["href"]) for one in page.soup.select("#tim a")}
    old = june.person("admin").get(links["Phường Đa Kao"])
    assert "Ngày 01/08/2025 đơn vị này không tồn tại" in old.text
    became = [one.get_text() for one in old.soup.select("#truoc-sau ul:last-of-type a")]
    assert sorted(became) == ["Phường Sài Gòn", "Phường Tân Định"]
    assert "không tự chọn phần nào" in old.text
    code = june.person("admin").get(f"{UNITS}?q=26737", lang="en")
    assert {one.get_text() for one in code.soup.select("#tim a")} == {"Phường Đa Kao", "Phường Tân Định"}


def test_the_tree_of_a_day_has_its_districts(june: Office) -> None:
    before = june.person("admin").get(f"{UNITS}?ngay=30/06/2025&dv=d:760@2024-01-01")
    assert "Phường Đa Kao" in before.soup.select_one("#cay").get_text()  # type: ignore[union-attr]
    assert "Quận 1" in before.soup.select_one("#cay strong").get_text()  # type: ignore[union-attr]
    after = june.person("admin").get(f"{UNITS}?ngay=01/07/2025")
    assert "Quận 1" not in after.soup.select_one("#cay").get_text()  # type: ignore[union-attr]


def test_a_commune_says_who_decides_there(june: Office) -> None:
    page = june.person("admin").get(f"{UNITS}?ngay=01/08/2025&dv=c:26740@2025-07-01")
    rows = {row.th.get_text(): row.td.get_text() for row in page.soup.select("#ai tbody tr")}  # type: ignore[union-attr]
    assert any(PERMIT in subject and "Sài Gòn" in office for subject, office in rows.items()), rows
    assert "Trung tâm" in page.soup.select_one("#co-quan").get_text()  # type: ignore[union-attr]


def test_what_is_no_day_or_no_unit_is_said(june: Office) -> None:
    admin = june.person("admin")
    assert "Đang hiện hôm nay" in admin.get(f"{UNITS}?ngay=31/02/2025").text
    assert "Đang hiện hôm nay" in admin.get(f"{UNITS}?ngay=01/01/1999").text
    assert "Không có đơn vị nào tên" in admin.get(f"{UNITS}?q=zzzz").text
    admin.get(f"{UNITS}?dv=c:1@2025-07-01", status=404)


def test_the_proof_says_what_refuses_a_publication(june: Office) -> None:
    admin = june.person("admin")
    proved = admin.get(f"{COMPETENCES}?tu=01/07/2025&den=31/12/2025")
    assert "đúng một cơ quan có thẩm quyền" in proved.soup.h1.get_text()  # type: ignore[union-attr]
    assert "Không có gì ở đây chặn việc công bố" in proved.text
    day = dt.date(2025, 7, 5)
    twice = Competence(PERMIT, None, "province", "authority", day, dt.date(2025, 8, 1), "Văn bản thử")
    june.world.try_act("system", lambda unit: publish_competences(unit, [*unit.catalogue.competences, twice]))
    june.world.runtime.catalogue.refresh()
    found = admin.get(f"{COMPETENCES}?tu=01/07/2025&den=31/12/2025")
    (row,) = found.soup.select("#loi tbody tr")
    assert PERMIT in row.get_text() and "Trùng" in row.get_text() and "Văn bản thử" in row.get_text()
    assert "05/07/2025 – 31/07/2025" in row.get_text()
    assert "competence-not-settled" in found.text
    assert "dài nhất 3 năm" in admin.get(f"{COMPETENCES}?tu=01/07/2025&den=31/12/2035").text

"""The import of staff on its page: tried first, each fault with its place, then written once."""

from __future__ import annotations

import io

from engine.queries.staff_search import find_staff
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.transaction import in_transaction
from tests.installation.trial_content import AUTHORITY, CENTRE
from tests.web.site import Site
from tests.web.visitor import Page, Visitor

HERE = "/quan-tri/can-bo/nhap"
GOOD = (
    "\ufeffTài khoản;Họ và tên;Cơ quan;Vai trò;Từ ngày\r\n"
    f"lan.nt;Nguyễn Thị Lan;{CENTRE};counter;01/08/2026\r\n"
    f"lan.nt;Nguyễn Thị Lan;{AUTHORITY};specialist;2026-08-01\r\n"
)


def number(site: Site) -> int:
    return in_transaction(site.installation.runtime, SYSTEM_ACTOR, lambda unit: find_staff(unit).number)


def tried(admin: Visitor, content: str) -> Page:
    page = admin.get(HERE)
    return admin.submit(page, HERE, status=200, file=(io.BytesIO(content.encode()), "can-bo.csv"))


def test_a_file_of_excel_is_tried_then_written_once_and_changes_nothing_again(both_sites: Site) -> None:
    admin, before = both_sites.person("admin"), number(both_sites)
    page = tried(admin, GOOD)
    assert "Không có chỗ sai" in page.text and "1 người mới, 1 vai trò thêm" in page.text
    assert number(both_sites) == before, "trying writes nothing"
    done = admin.submit(page, f"{HERE}/ghi", reason="đợt tuyển")
    assert "Đã thêm 1 người và 2 vai trò" in admin.follow(done).text
    assert admin.submit(page, f"{HERE}/ghi", reason="đợt tuyển").location == done.location
    assert number(both_sites) == before + 1
    again = tried(admin, GOOD)
    assert "0 người mới, 0 vai trò thêm cho người đã có, 2 dòng không đổi" in again.text


def test_what_is_wrong_is_told_by_line_and_column_in_both_languages(site: Site) -> None:
    admin, before = site.person("admin"), number(site)
    faulty = GOOD + "binh;Trần Văn Bình;TT-2674O;counter;01/08/2026\r\nmai;;;;31/02/2026\r\n"
    page = tried(admin, faulty)
    rows = [" ".join(row.get_text(" ").split()) for row in page.soup.select("#sai tbody tr")]
    assert any(row.startswith("4 office Không có cơ quan nào") for row in rows)
    assert any(row.startswith("5 name Để trống") for row in rows) and any(
        "5 start Ngày viết như" in row for row in rows
    )
    refused = admin.submit(page, f"{HERE}/ghi", status=409, reason="thử")
    assert "chưa có gì được ghi" in refused.text and number(site) == before
    admin.submit(refused, f"{HERE}/ghi", skip="yes", reason="thử")
    assert number(site) == before + 1
    english = admin.post(HERE, status=200, headers={"Accept-Language": "en"}, **_sent(admin, faulty))
    assert "No office has the code or name" in english.text


def test_nothing_is_refused_with_a_sentence(site: Site) -> None:
    admin = site.person("admin")
    assert "Hãy chọn tệp" in admin.submit(admin.get(HERE), HERE, status=422).text
    assert (
        "không phải utf-8"
        in tried_bytes(admin, "Tài khoản;Họ và tên\nlan;Lan".encode("cp1258", "replace")).text.lower()
    )


def tried_bytes(admin: Visitor, content: bytes) -> Page:
    return admin.submit(admin.get(HERE), HERE, status=200, file=(io.BytesIO(content), "can-bo.csv"))


def _sent(admin: Visitor, content: str) -> dict[str, object]:
    form = admin.get(HERE).form(HERE)
    hidden = {one["name"]: one["value"] for one in form.find_all("input", type="hidden")}
    return {**hidden, "text": content}

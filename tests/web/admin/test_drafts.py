"""Drafts of procedures on pages: made from a version, from questions and from a file; listed; saved; deleted."""

from __future__ import annotations

import io
import json

from sqlalchemy import select

from engine.store.procedure_drafts import procedure_drafts
from engine.store.staff_journal import staff_journal
from tests.installation.trial_release import PROCEDURE
from tests.web.admin.drafted import DRAFTS, file_of, made_from_version, place_of
from tests.web.site import Site
from tests.web.visitor import Visitor
from tests.workflow_samples.diagrams import bpmn, flow, task


def test_a_draft_is_made_from_a_version_with_its_file(site: Site) -> None:
    admin = site.person("admin")
    page = made_from_version(admin)
    assert "Đã tạo bản nháp" in page.text and "từ phiên bản 1 của 1.000001" in page.text
    assert f'procedure: "{PROCEDURE}"' in file_of(page)
    listed = admin.get(DRAFTS, lang="en")
    assert "from version 1 of 1.000001" in listed.text and "1 error" in listed.text


def test_a_version_that_was_never_published_makes_no_draft(site: Site) -> None:
    admin = site.person("admin")
    for wanted, status in (("1.000001@9", 404), ("1.000001@x", 422), ("x", 422)):
        admin.submit(admin.get(DRAFTS), f"{DRAFTS}/tu-phien-ban", status=status, phien_ban=wanted)
    assert "Chưa có bản nháp nào" in admin.get(DRAFTS).text


def test_a_few_answers_make_a_file_without_errors(site: Site) -> None:
    admin = site.person("admin")
    sent = {
        "ma": "9.123456",
        "ten": "Cấp thẻ thử",
        "can_cu": "12/2026/NĐ-CP, 13/2026/TT-BTP",
        "so_ngay": "5",
        "phi": "20000",
    }
    page = admin.follow(admin.submit(admin.get(DRAFTS), f"{DRAFTS}/tu-cau-hoi", **sent))
    assert "soạn mới từ câu hỏi" in page.text and "13/2026/TT-BTP" in file_of(page)
    told = json.loads(str(page.soup.select_one("#ket-qua")["data-findings"]))  # type: ignore[index]
    wrong = {one["rule"] for one in told if one["severity"] == "error"}
    assert wrong == {"template-missing", "no-competence"}  # the trial has other notices, and nobody is competent yet
    assert "Trường hợp thông thường" in page.text


def test_a_refused_answer_is_said_at_its_field_and_what_was_typed_stays(site: Site) -> None:
    admin = site.person("admin")
    sent = {"ma": "9.123456", "ten": "Cấp thẻ thử", "can_cu": " , ", "so_ngay": "5", "tu_ngay": "31/02/2027"}
    page = admin.submit(admin.get(DRAFTS), f"{DRAFTS}/tu-cau-hoi", status=422, **sent)
    assert page.soup.select_one("#tu_ngay-error") is not None
    assert page.soup.select_one("#ten")["value"] == "Cấp thẻ thử"  # type: ignore[index]
    again = admin.submit(page, f"{DRAFTS}/tu-cau-hoi", status=422, tu_ngay="")
    assert again.soup.select_one("#can_cu-error") is not None


def test_a_file_is_uploaded_or_pasted_even_with_errors(site: Site) -> None:
    admin = site.person("admin")
    page = admin.get(DRAFTS)
    uploaded = admin.submit(page, f"{DRAFTS}/tu-tep", tep=(io.BytesIO("\ufeffprocedure: 1.2\r\n".encode()), "x.yaml"))
    shown = admin.follow(uploaded)
    assert file_of(shown) == "procedure: 1.2\n" and "lỗi: chưa lập kế hoạch được" in shown.text
    pasted = admin.follow(admin.submit(admin.get(DRAFTS), f"{DRAFTS}/tu-tep", text="name: x"))
    assert file_of(pasted) == "name: x"
    admin.submit(admin.get(DRAFTS), f"{DRAFTS}/tu-tep", status=422, tep=(io.BytesIO(b"\xff\xfe"), "x.yaml"))
    nothing = admin.submit(admin.get(DRAFTS), f"{DRAFTS}/tu-tep", status=422)
    assert "chọn một tệp" in nothing.text
    with site.installation.runtime.database.connect() as connection:
        kept = connection.execute(select(procedure_drafts.c.source, procedure_drafts.c.errors)).all()
    assert [row.source for row in kept] == ["text", "text"] and all(row.errors for row in kept)


def _diagram(*parts: str) -> bytes:
    return bpmn(*parts).encode()


def test_a_bpmn_diagram_becomes_a_draft_that_says_what_is_to_be_decided(site: Site) -> None:
    admin = site.person("admin")
    parts = ('<startEvent id="s"/>', task("a", "Tiếp nhận"), task("b", "Ký duyệt"), '<endEvent id="e" name="Đã trả"/>')
    drawn = _diagram(*parts, flow("s", "a"), flow("a", "b"), flow("b", "e"), '<subProcess id="x" name="Khác"/>')
    page = admin.submit(admin.get(DRAFTS), f"{DRAFTS}/tu-so-do", so_do=(io.BytesIO(drawn), "cap-phep.bpmn"))
    shown = admin.follow(page)
    assert "từ sơ đồ BPMN" in shown.text and "ky_duyet: {vi: Ký duyệt" in file_of(shown)
    assert "# Khác với sơ đồ" in file_of(shown) and "# ĐIỀN: căn cứ pháp lý" in file_of(shown)
    assert 'procedure: "0.000000"' in file_of(shown)
    told = json.loads(str(shown.soup.select_one("#ket-qua")["data-findings"]))  # type: ignore[index]
    assert {one["rule"] for one in told if one["severity"] == "error"} == {"template-missing", "no-competence"}
    listed = admin.get(DRAFTS, lang="en")
    assert "from a BPMN diagram" in listed.text
    coded = admin.submit(listed, f"{DRAFTS}/tu-so-do", so_do=(io.BytesIO(drawn), "x.bpmn"), ma_so_do="1.234567")
    assert 'procedure: "1.234567"' in file_of(admin.follow(coded))
    sent = {"so_do": (io.BytesIO(drawn), "x.bpmn"), "quy_trinh": "khac"}
    unknown = admin.submit(listed, f"{DRAFTS}/tu-so-do", status=422, **sent)
    assert "khac" in unknown.text and "p." in unknown.text


def test_a_diagram_that_is_refused_makes_no_draft_and_is_told_at_its_field(site: Site) -> None:
    admin = site.person("admin")
    bomb = b'<!DOCTYPE d [<!ENTITY a "b">]><definitions/>'
    for sent, said in ((bomb, "DOCTYPE"), (b"PK\x03\x04", "XML"), (_diagram("<x/>" * 20_001), "20000 phần tử")):
        page = admin.get(DRAFTS)
        kept = admin.submit(page, f"{DRAFTS}/tu-so-do", status=422, so_do=(io.BytesIO(sent), "x.bpmn"), ma_so_do="1.2")
        told = kept.soup.select_one("#so_do-error")
        assert told is not None and said in told.get_text()
        assert kept.soup.select_one("#ma_so_do")["value"] == "1.2"  # type: ignore[index]
    nothing = admin.submit(admin.get(DRAFTS), f"{DRAFTS}/tu-so-do", status=422)
    assert "chọn một tệp .bpmn" in nothing.text
    assert "Chưa có bản nháp nào" in admin.get(DRAFTS).text


def test_a_draft_is_saved_with_who_and_when_and_once(site: Site) -> None:
    admin = site.person("admin")
    page = made_from_version(admin)
    place = place_of(page)
    first = admin.submit(page, place, text=file_of(page).replace("version:", "version:  "))
    again = admin.submit(page, place, text=file_of(page).replace("version:", "version:  "))
    assert first.location == again.location == place
    saved = admin.follow(first)
    assert "version:  " in file_of(saved) and "lưu lúc" in saved.text
    assert saved.form(place).find("input", attrs={"name": "version"})["value"] == "2"  # type: ignore[index]


def _two_windows(site: Site) -> tuple[Visitor, Visitor]:
    one = site.person("admin")
    return one, Visitor(site.installation.app, one.token)


def test_whoever_saves_over_another_is_told_and_loses_nothing(site: Site) -> None:
    one, other = _two_windows(site)
    page = made_from_version(one)
    place, text = place_of(page), file_of(page)
    theirs = other.get(place)
    one.submit(page, place, text=text + "# of one\n")
    checked = other.submit(theirs, place, status=409, text=text + "# of the other\n")
    assert "đã lưu bản nháp này lúc" in checked.text
    assert file_of(checked).endswith("# of the other\n")
    saved = checked.soup.select_one("pre.source-saved")
    assert saved is not None and saved.get_text().endswith("# of one\n")
    assert file_of(other.follow(other.submit(checked, place))).endswith("# of the other\n")


def test_checking_keeps_the_version_that_was_read(site: Site) -> None:
    one, other = _two_windows(site)
    page = made_from_version(one)
    place = place_of(page)
    theirs = other.get(place)
    one.submit(page, place, text="name: x\n")
    sent = {str(each["name"]): each.get("value", "") for each in theirs.form(place).select("input[name]")}
    checked = other.post(f"{place}/kiem-tra", status=200, **sent, text="name: y\n", stories="")
    other.submit(checked, place, status=409)


def test_a_draft_is_deleted(site: Site) -> None:
    admin = site.person("admin")
    page = made_from_version(admin)
    place = place_of(page)
    gone = admin.follow(admin.submit(page, f"{place}/xoa"))
    assert "Chưa có bản nháp nào" in gone.text
    admin.get(place, status=404)


def test_making_and_deleting_stand_in_the_journal_of_staff(both_sites: Site) -> None:
    admin = both_sites.person("admin")
    page = made_from_version(admin)
    admin.submit(page, f"{place_of(page)}/xoa")
    with both_sites.installation.reading() as connection:
        made = select(staff_journal.c.act, staff_journal.c.actor, staff_journal.c.body).order_by(staff_journal.c.number)
        rows = connection.execute(made.where(staff_journal.c.act.like("%procedure-draft"))).all()
    assert [row.act for row in rows] == ["make-procedure-draft", "delete-procedure-draft"]
    assert all(row.actor.startswith("admin:") and f" {PROCEDURE}" in row.body for row in rows)
    told = admin.get("/quan-tri/can-bo/nhat-ky").text
    assert "Tạo bản nháp thủ tục" in told and "Xóa bản nháp thủ tục" in told

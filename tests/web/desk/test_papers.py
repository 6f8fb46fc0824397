"""Papers: what can be printed, printing one and many, the pages, reprints, and who sees them."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from sqlalchemy import delete, insert, select

from engine.acts.extend_deadline import extend_deadline
from engine.acts.issue_form import print_form
from engine.forms.issued import SECRETS
from engine.queries.prints import FORM_NAMES
from engine.rules.journal.entries import canonical
from engine.rules.procedure.definition import Term
from engine.store.form_seals import form_seals
from engine.store.journal import reads
from engine.transaction import UnitOfWork
from tests.spoken import spoken
from tests.web.desk.conftest import Office
from tests.web.visitor import Page, Visitor


def printed(visitor: Visitor, code: str, form: str) -> Page:
    page = visitor.get(f"/ho-so/{code}/in/{form}")
    return visitor.follow(visitor.submit(page, f"/ho-so/{code}/in/{form}"))


def looks(office: Office) -> list[tuple[str, str]]:
    with office.world.reading() as connection:
        return [(row.what, row.actor) for row in connection.execute(select(reads).order_by(reads.c.id))]


def seals(office: Office, code: str, values: dict[str, Any]) -> None:
    """Writes how the file of the last form of a dossier was made."""
    key = {"dossier_id": office.world.row(code)["id"], "entry": office.world.entries(code)[-1]["number"]}

    def act(unit: UnitOfWork) -> None:
        unit.begin().execute(delete(form_seals))
        unit.begin().execute(insert(form_seals), key | {"form": "06"} | values)

    office.world.try_act("system", act)


class TestOne:
    def test_is_printed_with_its_code_and_its_hash_and_the_look_is_written_down(self, office: Office) -> None:
        code = office.world.land_at("accepted")
        page = printed(office.person("counter"), code, "01")
        assert "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ" in page.text and "Nguyễn Văn Mẫu" in page.text
        assert page.soup.find("svg", attrs={"aria-label": "Mã QR mở trang theo dõi hồ sơ"})
        assert office.world.receipt_of(code) in page.text
        label = f"staff:{office.world.person('counter')}"
        assert looks(office) == [("form-01", label)]
        issued = office.world.try_act("counter", print_form, code, "01").data
        said = {key: value for key, value in issued.items() if key not in SECRETS}
        assert hashlib.sha256(canonical(said)).hexdigest() in page.text

    def test_is_a_reprint_the_second_time_and_the_list_says_so(self, office: Office) -> None:
        code = office.world.land_at("accepted")
        visitor = office.person("counter")
        assert "Bản in lại" not in printed(visitor, code, "01").text
        assert "Bản in lại (lần 2)" in printed(visitor, code, "01").text
        listed = visitor.get(f"/ho-so/{code}/in")
        assert "Bản in lại, lần 2" in listed.text and "Lần đầu" in listed.text and "counter" in listed.text
        acts = [entry["act"] for entry in office.world.entries(code)]
        assert acts.count("issue_form") == 1

    def test_is_printed_once_by_a_double_click(self, office: Office) -> None:
        code = office.world.land_at("accepted")
        visitor = office.person("counter")
        page = visitor.get(f"/ho-so/{code}/in/06")
        first, second = (visitor.submit(page, f"/ho-so/{code}/in/06") for _ in range(2))
        assert first.location == second.location and len(looks(office)) == 1

    def test_is_closed_after_a_while_and_for_everybody_else(self, office: Office) -> None:
        code = office.world.land_at("accepted")
        visitor = office.person("counter")
        page = visitor.get(f"/ho-so/{code}/in/06")
        where = visitor.submit(page, f"/ho-so/{code}/in/06").location
        office.person("counter2").get(where, status=404)
        office.person("leader").get(where, status=404)
        office.world.now += dt.timedelta(minutes=16)
        assert "print-closed" in visitor.get(where, status=409).text

    def test_says_why_what_did_not_happen_cannot_be_printed(self, office: Office) -> None:
        code = office.world.land_at("accepted")
        visitor = office.person("counter")
        page = visitor.get(f"/ho-so/{code}/in")
        for why in ("chưa yêu cầu bổ sung", "hồ sơ không bị từ chối", "hồ sơ chưa được gia hạn", "chưa ghi nhận ai"):
            assert why in page.text
        assert "no supplement was asked for" in visitor.get(f"/ho-so/{code}/in", lang="en").text
        refused = visitor.submit(page, f"/ho-so/{code}/in/06", status=303)
        assert refused.location.startswith("/in/")
        csrf = page.soup.find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
        again = visitor.post(f"/ho-so/{code}/in/02", status=409, csrf=csrf, key="k" * 24)
        assert "chưa yêu cầu bổ sung" in again.text
        visitor.post(f"/ho-so/{code}/in/09", status=404, csrf=csrf, key="k" * 25)

    def test_the_file_is_the_issued_form(self, office: Office) -> None:
        code = office.world.land_at("accepted")
        visitor = office.person("counter")
        page = visitor.get(f"/ho-so/{code}/in/06")
        csrf = page.form(f"/ho-so/{code}/in/06/pdf").find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
        given = visitor.client.post(f"/ho-so/{code}/in/06/pdf", data={"csrf": csrf})
        assert given.data.startswith(b"%PDF-") and "attachment" in given.headers["Content-Disposition"]

    def test_says_whether_its_file_carries_the_seal(self, office: Office) -> None:
        code = office.world.land_at("accepted")
        office.world.act("counter", print_form, code, "06")
        seals(office, code, {})
        where, visitor = f"/ho-so/{code}/in/06", office.person("counter")
        assert "Tệp PDF được ký số khi tải lần đầu" in visitor.get(where).text
        seals(office, code, {"ended_at": office.world.now, "why": "mất mạng / the network is away"})
        assert "Tệp PDF không có chữ ký số: mất mạng" in visitor.get(where).text
        assert "The PDF file carries no seal: the network is away" in visitor.get(where, lang="en").text
        seals(office, code, {"ended_at": office.world.now, "storage_key": "ab/cd", "sha256": "0" * 64})
        assert "Tệp PDF có chữ ký số của cơ quan" in visitor.get(where).text

    def test_needs_the_rights_of_the_engine(self, office: Office) -> None:
        code = office.world.land_at("accepted")
        office.person("far_counter").get(f"/ho-so/{code}/in", status=404)
        office.nobody().get(f"/ho-so/{code}/in", status=303)
        checked = office.world.land_at("checking")
        page = office.person("specialist").get(f"/ho-so/{checked}/in/01")
        refused = office.person("specialist").submit(page, f"/ho-so/{checked}/in/01", status=403)
        assert "chỉ người tiếp nhận" in refused.text

    def test_asks_for_a_reason_where_the_engine_does(self, office: Office) -> None:
        code = office.world.land_at("accepted")
        visitor = office.person("monitor")
        page = visitor.get(f"/ho-so/{code}/in/06")
        assert visitor.submit(page, f"/ho-so/{code}/in/06", status=403) is not None
        assert looks(office) == []


class TestManyForms:
    def test_every_form_is_set_on_pages(self, office: Office) -> None:
        world = office.world
        code = world.land_at("checking")
        world.act("specialist", extend_deadline, code, Term(2, "working_day"), "Chờ ý kiến")
        world.do("specialist", code, "ask", reason="Thiếu bản đồ\nThiếu chữ ký")
        refused = world.file(receive=False).case.code
        world.do("counter", refused, "refuse", reason="Không thuộc thẩm quyền")
        counter = office.person("counter")
        for about, form, title in (
            (code, "02", "PHIẾU YÊU CẦU BỔ SUNG"),
            (refused, "03", "PHIẾU TỪ CHỐI TIẾP NHẬN"),
            (code, "04", "XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN"),
            (code, "06", "PHIẾU KIỂM SOÁT QUÁ TRÌNH"),
        ):
            page = printed(counter, about, form)
            assert title in page.text and about in page.text and f"Mẫu số {form}" in page.text
        assert set(FORM_NAMES) >= {"01", "02", "03", "04", "05", "06", "07"}

    def test_the_control_sheet_has_a_row_for_each_hand_over_of_the_journal(self, office: Office) -> None:
        code = office.world.land_at("signing")
        rows = printed(office.person("counter"), code, "06").soup.select("table.grid tbody tr")
        notes = [row.find_all("td")[-1].get_text() for row in rows]
        assert notes == ["Được tiếp nhận", "Đang thẩm định", "Chờ ký"]


class TestManyDossiers:
    def test_each_begins_a_page_of_one_document(self, office: Office) -> None:
        codes = [office.world.land_at("accepted") for _ in range(3)]
        visitor = office.person("counter")
        page = visitor.get("/in")
        sent = visitor.submit(page, "/in", mau="01", ma="\n".join(codes).lower())
        sheets = visitor.follow(sent).soup.select("article.sheet")
        assert len(sheets) == 3 and all(code in sheet.get_text() for code, sheet in zip(codes, sheets, strict=True))

    def test_what_cannot_be_printed_is_named_and_the_rest_is_printed(self, office: Office) -> None:
        good, other = office.world.land_at("accepted"), office.world.file(receive=False).case.code
        visitor = office.person("counter")
        page = visitor.follow(visitor.submit(visitor.get("/in"), "/in", mau="01", ma=f"{good} {other} H1-NONE"))
        assert len(page.soup.select("article.sheet")) == 1
        assert "2 hồ sơ không in được" in page.text and "hồ sơ chưa được tiếp nhận" in page.text

    def test_nothing_chosen_and_too_much_chosen_are_refused(self, office: Office) -> None:
        visitor = office.person("counter")
        page = visitor.get("/in")
        assert "Chưa chọn hồ sơ nào" in visitor.submit(page, "/in", status=422, mau="01").text
        many = " ".join(f"H1-{number}" for number in range(101))
        assert "tối đa 100" in visitor.submit(page, "/in", status=422, mau="01", ma=many).text
        visitor.submit(page, "/in", status=403, csrf="", mau="01", ma="x")

    def test_the_pages_are_read_with_few_statements(self, office: Office) -> None:
        codes = [office.world.land_at("accepted") for _ in range(6)]
        visitor = office.person("counter")
        few = visitor.submit(visitor.get("/in"), "/in", mau="06", ma=codes[0]).location
        many = visitor.submit(visitor.get("/in"), "/in", mau="06", ma=" ".join(codes)).location
        visitor.get(few)
        with spoken(office.world.database) as first:
            visitor.get(few)
        with spoken(office.world.database) as second:
            visitor.get(many)
        assert len(first) == len(second) <= 9, second

    def test_the_list_of_papers_is_read_with_few_statements(self, office: Office) -> None:
        code = office.world.land_at("signing")
        visitor = office.person("counter")
        visitor.get(f"/ho-so/{code}/in")
        with spoken(office.world.database) as said:
            visitor.get(f"/ho-so/{code}/in")
        assert len(said) <= 8, said

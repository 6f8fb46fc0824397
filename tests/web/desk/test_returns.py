"""Results to return: who collects, found by QR, receipt code and name; handed over once, with who took it."""

from __future__ import annotations

from engine.acts.documents import add_document
from engine.acts.parties import add_party
from engine.acts.perform_action import perform_action
from engine.acts.renew_link import renew_link
from engine.acts.settle_fee import settle_fee
from tests.installation.filings import PDF
from tests.spoken import spoken
from tests.web.desk.conftest import Office

_SOMEBODY = {"taker": "other", "name": "Lê Thị Người Nhận", "identity_number": "075091000002"}


def ready(office: Office, *, paid: bool = True, name: str = "Nguyễn Văn Mẫu") -> str:
    world = office.world
    applicant = {**world.filing().applicant, "name": name}
    code = world.land_at("signing", applicant=applicant)
    world.act("leader", add_document, code, key="ket_qua", content=PDF)
    world.do("leader", code, "sign")
    if paid:
        for fee in world.fees(code):
            world.act("counter", settle_fee, code, fee, "cash")
    return code


class TestTheList:
    def test_has_what_is_ready_with_who_collects_and_what_is_owed(self, office: Office) -> None:
        code = ready(office, paid=False)
        page = office.person("counter").get("/tra-ket-qua")
        assert code in page.text and "1 kết quả đang chờ nhận" in page.text and "Chủ hồ sơ" in page.text
        assert "54.000" in page.text
        assert code not in office.person("other_counter").get("/tra-ket-qua").text
        assert code not in office.person("specialist").get("/tra-ket-qua").text
        office.nobody().get("/tra-ket-qua", status=303)

    def test_names_the_representative_and_what_waits_for_long(self, office: Office) -> None:
        code = office.world.land_at("accepted")
        given = {"name": "Trần Đại Diện", "authority": "UQ 12/2026"}
        office.world.act("counter", add_party, code, "representative", given)
        for who, action in (("counter", "forward"), ("specialist", "finish_review")):
            office.world.do(who, code, action)
        office.world.act("leader", add_document, code, key="ket_qua", content=PDF)
        office.world.do("leader", code, "sign")
        visitor = office.person("counter")
        assert "Trần Đại Diện" in visitor.get("/tra-ket-qua").text
        assert "Không có kết quả nào chờ quá 30 ngày" in visitor.get("/tra-ket-qua?lau=1").text
        office.world.at("2026-04-06 08:00")
        office.forget()
        late = office.person("counter").get("/tra-ket-qua?lau=1")
        assert code in late.text and "35 ngày chưa nhận" in late.text

    def test_is_empty_without_results(self, office: Office) -> None:
        assert "Không có kết quả nào chờ trả" in office.person("counter").get("/tra-ket-qua").text
        assert "No result waits" in office.person("counter").get("/tra-ket-qua", lang="en").text

    def test_reads_with_the_same_statements_however_many_wait(self, office: Office) -> None:
        ready(office)
        visitor = office.person("counter")
        visitor.get("/tra-ket-qua")
        with spoken(office.world.database) as few:
            visitor.get("/tra-ket-qua")
        for _ in range(3):
            ready(office)
        with spoken(office.world.database) as many:
            visitor.get("/tra-ket-qua")
        assert len(few) == len(many) <= 7, many


class TestSearch:
    def test_finds_by_the_qr_of_the_receipt(self, office: Office) -> None:
        code, _ = ready(office), ready(office)
        _, keys = office.world.try_act("counter", renew_link, code, "mất giấy")
        visitor = office.person("counter")
        found = visitor.get("/tra-ket-qua", status=303, query_string={"q": f"https://x.example/h/{keys.link_token}"})
        assert found.location == f"/tra-ket-qua/{code}"
        other = office.person("other_counter").get(
            "/tra-ket-qua", query_string={"q": f"https://x.example/h/{keys.link_token}"}
        )
        assert "Không tìm thấy kết quả" in other.text

    def test_finds_by_receipt_code_dossier_code_and_name(self, office: Office) -> None:
        code, other = ready(office, name="Phạm Thị Đào"), ready(office)
        visitor = office.person("counter")
        for asked in (office.world.receipt_of(code).lower(), code.lower(), "pham dao"):
            found = visitor.get("/tra-ket-qua", status=303, query_string={"q": asked})
            assert found.location == f"/tra-ket-qua/{code}", asked
        assert other in visitor.get("/tra-ket-qua", status=303, query_string={"q": other}).location
        assert "Không tìm thấy kết quả" in visitor.get("/tra-ket-qua", query_string={"q": "ABCDE-12345"}).text


class TestHandingOver:
    def test_to_the_applicant_ends_the_dossier_once_and_prints_the_confirmation(self, office: Office) -> None:
        code = ready(office)
        visitor = office.person("counter")
        page = visitor.get(f"/tra-ket-qua/{code}")
        assert "•••001" in page.text and "075090000001" not in page.text
        for _ in range(2):
            done = visitor.submit(page, f"/tra-ket-qua/{code}")
        assert [entry["act"] for entry in office.world.entries(code)][-2:] == ["hand_over", "return"]
        after = visitor.follow(done)
        assert "Đã trả kết quả" in after.text and "chính chủ hồ sơ" in after.text
        slip = visitor.follow(visitor.submit(after, f"/ho-so/{code}/in/xac-nhan"))
        assert "XÁC NHẬN ĐÃ TRẢ KẾT QUẢ" in slip.text and "Giấy chứng nhận mới" in slip.text
        assert "Không có kết quả nào chờ trả" in visitor.get("/tra-ket-qua").text
        office.world.check()

    def test_to_somebody_else_needs_a_name_and_a_paper(self, office: Office) -> None:
        code = ready(office)
        visitor = office.person("counter")
        page = visitor.get(f"/tra-ket-qua/{code}")
        again = visitor.submit(page, f"/tra-ket-qua/{code}", status=422, taker="other", name="Lê Thị Người Nhận")
        assert "giấy tờ tùy thân hoặc giấy ủy quyền" in again.text and "Lê Thị Người Nhận" in str(again.soup)
        assert visitor.submit(page, f"/tra-ket-qua/{code}", status=422, taker="post", tracking="").status == 422
        visitor.submit(page, f"/tra-ket-qua/{code}", status=422, taker="representative")
        visitor.submit(visitor.get(f"/tra-ket-qua/{code}"), f"/tra-ket-qua/{code}", **_SOMEBODY)
        assert "Lê Thị Người Nhận" in visitor.get(f"/tra-ket-qua/{code}").text
        assert "075091000002" not in visitor.get(f"/tra-ket-qua/{code}").text

    def test_by_post_keeps_the_number_of_the_consignment(self, office: Office) -> None:
        code = ready(office)
        visitor = office.person("counter")
        page = visitor.get(f"/tra-ket-qua/{code}")
        visitor.submit(page, f"/tra-ket-qua/{code}", taker="post", tracking="EA123456789VN")
        assert "EA123456789VN" in visitor.get(f"/tra-ket-qua/{code}").text

    def test_is_refused_while_a_fee_is_due_and_says_so(self, office: Office) -> None:
        code = ready(office, paid=False)
        visitor = office.person("counter")
        page = visitor.get(f"/tra-ket-qua/{code}")
        assert "Chưa trả được" in page.text and "54.000" in page.text
        visitor.submit(page, f"/tra-ket-qua/{code}", status=409)
        assert "hand_over" not in [entry["act"] for entry in office.world.entries(code)]

    def test_needs_the_counter_its_token_and_the_version_that_was_seen(self, office: Office) -> None:
        code = ready(office)
        visitor = office.person("counter")
        page = visitor.get(f"/tra-ket-qua/{code}")
        visitor.submit(page, f"/tra-ket-qua/{code}", status=403, csrf="")
        office.person("far_counter").get(f"/tra-ket-qua/{code}", status=404)
        specialist = office.person("specialist")
        seen = specialist.get(f"/tra-ket-qua/{code}")
        specialist.submit(seen, f"/tra-ket-qua/{code}", status=403)
        office.world.try_act("counter2", perform_action, code, "return")
        conflict = visitor.submit(page, f"/tra-ket-qua/{code}", status=412, **_SOMEBODY)
        assert "Lê Thị Người Nhận" in str(conflict.soup)

    def test_what_has_no_result_is_not_found(self, office: Office) -> None:
        code = office.world.land_at("accepted")
        office.person("counter").get(f"/tra-ket-qua/{code}", status=404)

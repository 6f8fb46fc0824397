"""Questions to answer: the office asked sees the question and its papers, answers with text and files, and once."""

from __future__ import annotations

import io

from engine.acts.documents import add_document
from engine.acts.verification import ask_verification
from engine.dossier.case import read_case
from engine.queries.verifications import verifications
from tests.installation.filings import PDF
from tests.spoken import spoken
from tests.web.desk.conftest import Office
from tests.web.visitor import Page

_ASKED = "UB-26080"


def asked(office: Office, *, text: str = "Đúng ranh giới?", attached: bool = False) -> tuple[str, int]:
    code = office.world.land_at("checking")
    papers = []
    if attached:
        _, number = office.world.act("specialist", add_document, code, key="other", content=PDF, file_name="bản đồ.pdf")
        papers = [number]
    _, question = office.world.act("specialist", ask_verification, code, _ASKED, text, documents=papers)
    return code, question


def csrf_of(page: Page) -> str:
    return str(page.soup.find("input", attrs={"name": "csrf"})["value"])  # type: ignore[index]


class TestTheList:
    def test_has_the_open_questions_of_my_office_only(self, office: Office) -> None:
        code, _ = asked(office)
        page = office.person("asked").get("/xac-minh")
        assert code in page.text and "Đúng ranh giới?" in page.text and "1 câu hỏi đang chờ" in page.text
        assert "1 question waits" in office.person("asked").get("/xac-minh", lang="en").text
        for other in ("specialist", "police", "monitor", "admin"):
            assert code not in office.person(other).get("/xac-minh").text
        office.nobody().get("/xac-minh", status=303)

    def test_is_in_order_of_the_due_moment_and_says_what_is_late(self, office: Office) -> None:
        first, _ = asked(office, text="Câu cũ")
        office.world.at("2026-03-06 08:00")
        second, _ = asked(office, text="Câu mới")
        office.forget()
        text = office.person("asked").get("/xac-minh").text
        assert text.index(first) < text.index(second) and "Quá hạn" in text

    def test_is_empty_when_nothing_was_asked(self, office: Office) -> None:
        visitor = office.person("asked")
        assert "Không có câu hỏi nào đang chờ" in visitor.get("/xac-minh").text
        assert "Chưa có câu hỏi nào được trả lời" in visitor.get("/xac-minh?xem=da-tra-loi").text

    def test_reads_with_the_same_statements_however_many_wait(self, office: Office) -> None:
        asked(office)
        visitor = office.person("asked")
        visitor.get("/xac-minh")
        with spoken(office.world.database) as few:
            visitor.get("/xac-minh")
        for _ in range(4):
            asked(office)
        with spoken(office.world.database) as many:
            visitor.get("/xac-minh")
        assert len(few) == len(many) <= 5, many


class TestOne:
    def test_shows_the_question_and_its_papers_and_nothing_else_of_the_dossier(self, office: Office) -> None:
        _, number = asked(office, attached=True)
        office.world.act("specialist", add_document, asked(office)[0], key="other", content=PDF, file_name="khác.pdf")
        page = office.person("asked").get(f"/xac-minh/{number}")
        assert "bản đồ.pdf" in page.text and "Đúng ranh giới?" in page.text
        for hidden in ("Nguyễn Văn Mẫu", "0900000001", "Đơn đăng ký", "khác.pdf"):
            assert hidden not in page.text
        office.person("police").get(f"/xac-minh/{number}", status=404)
        office.person("specialist").get(f"/xac-minh/{number}", status=404)
        with spoken(office.world.database) as said:
            office.person("asked").get(f"/xac-minh/{number}")
        assert len(said) <= 9, said

    def test_an_attached_paper_is_downloaded_by_a_post(self, office: Office) -> None:
        _, number = asked(office, attached=True)
        visitor = office.person("asked")
        page = visitor.get(f"/xac-minh/{number}")
        given = visitor.submit(page, f"/xac-minh/{number}/tep", status=200)
        assert given.response.data == PDF
        visitor.submit(page, f"/xac-minh/{number}/tep", status=404, document="1")


class TestAnswering:
    def test_with_text_and_files_once(self, office: Office) -> None:
        code, number = asked(office)
        visitor = office.person("asked")
        page = visitor.get(f"/xac-minh/{number}")
        form = {"xac_nhan": "dung", "tra_loi": "Đúng ranh giới.\nĐã đo lại."}
        for _ in range(2):
            sent = visitor.submit(page, f"/xac-minh/{number}/tra-loi", tep=(io.BytesIO(PDF), "biên bản.pdf"), **form)
        done = visitor.follow(sent)
        assert "Đã gửi trả lời" in done.text and "Không có câu hỏi nào đang chờ" in done.text
        (one,) = office.world.try_act("specialist", lambda unit: verifications(unit, read_case(unit, code)))
        assert (one.confirmed, one.answer) == (True, "Đúng ranh giới.\nĐã đo lại.")
        assert [paper.file_name for paper in one.answered_with] == ["biên bản.pdf"]
        acts = [entry for entry in office.world.entries(code) if entry["act"] == "answer_verification"]
        assert len(acts) == 1 and acts[0]["data"]["answered_with"] == [one.answered_with[0].id]
        office.world.check()
        answered = visitor.get(f"/xac-minh/{number}")
        assert "Đã đo lại." in answered.text and "biên bản.pdf" in answered.text
        assert "Đúng ranh giới?" in visitor.get("/xac-minh?xem=da-tra-loi").text

    def test_without_a_choice_or_words_keeps_what_was_typed(self, office: Office) -> None:
        _, number = asked(office)
        visitor = office.person("asked")
        page = visitor.get(f"/xac-minh/{number}")
        again = visitor.submit(page, f"/xac-minh/{number}/tra-loi", status=422, tra_loi="Đang tra cứu")
        assert "Đang tra cứu" in again.form(f"/xac-minh/{number}/tra-loi").get_text()
        assert "Chọn một trong hai" in again.text

    def test_a_second_answer_is_refused_and_shows_the_first(self, office: Office) -> None:
        _, number = asked(office)
        early, late = office.person("asked"), office.person("copier")
        pages = [one.get(f"/xac-minh/{number}") for one in (early, late)]
        early.submit(pages[0], f"/xac-minh/{number}/tra-loi", xac_nhan="dung", tra_loi="Đúng")
        again = late.submit(pages[1], f"/xac-minh/{number}/tra-loi", status=409, xac_nhan="khong", tra_loi="Sai rồi")
        assert "Yêu cầu xác minh đã được trả lời" in again.text and "Sai rồi" in again.text

    def test_only_by_the_office_that_was_asked_with_its_token_and_with_files_that_are_taken(
        self, office: Office
    ) -> None:
        code, number = asked(office)
        stranger = office.person("specialist")
        csrf = csrf_of(stranger.get("/quay"))
        form = {"xac_nhan": "dung", "tra_loi": "Đúng", "key": "k" * 24}
        stranger.post(f"/xac-minh/{number}/tra-loi", status=404, csrf=csrf, **form)
        visitor = office.person("asked")
        visitor.post(f"/xac-minh/{number}/tra-loi", status=403, csrf=csrf, **form)
        page = visitor.get(f"/xac-minh/{number}")
        bad = (io.BytesIO(b"MZ\x90 program"), "x.exe")
        visitor.submit(page, f"/xac-minh/{number}/tra-loi", status=422, tep=bad, xac_nhan="dung", tra_loi="Đúng")
        assert "answer_verification" not in [entry["act"] for entry in office.world.entries(code)]

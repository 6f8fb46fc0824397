"""The sign queue: what is shown is what is signed; many at once; a failed one stays; sent back; signed by a deputy."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

from adapters.forms.render import render_form
from engine.acts.documents import add_document, check_document
from engine.acts.sign_round import MOST_SIGNED
from tests.installation.filings import PDF
from tests.spoken import spoken
from tests.web.desk.conftest import Office
from tests.web.visitor import Page, Visitor

_HASH = hashlib.sha256(PDF).hexdigest()


def one_page() -> bytes:
    """A PDF that can be drawn."""
    return render_form("03", {**_SLIP, "head": {**_SLIP["head"]}})


_SLIP: dict[str, Any] = {
    "head": {"authority": "UBND", "unit": "Trung tâm", "place": "Sài Gòn", "date": "ngày 02 tháng 3 năm 2026"},
    "applicant": {"name": "Nguyễn Văn Mẫu"},
    "request": "Thử",
    "reason": "Thử",
}


def waiting(office: Office, number: int, *, brought: bool = True, paper: bytes = PDF) -> list[str]:
    """Dossiers that wait for the leader's signature, with the paper to sign."""
    codes = [office.world.land_at("signing") for _ in range(number)]
    if brought:
        for code in codes:
            office.world.act("leader", add_document, code, key="ket_qua", content=paper, file_name="giấy.pdf")
    return codes


def choices(page: Page) -> list[str]:
    return [str(box["value"]) for box in page.soup.find_all("input", attrs={"name": "chon"})]


def post(visitor: Visitor, page: Page, chosen: list[str], status: int = 303) -> Page:
    return visitor.submit(page, "/ky", chon=chosen, status=status)


def state_of(office: Office, code: str) -> str:
    return str(office.world.row(code)["state"])


class TestIt:
    def test_shows_what_waits_with_the_hash_of_the_paper_and_who_brought_it(self, office: Office) -> None:
        (code,) = waiting(office, 1)
        page = office.person("leader").get("/ky")
        assert code in page.text and _HASH in page.text and "giấy.pdf" in page.text
        assert "leader, " in page.text and "specialist" in page.text
        assert choices(page) == [f"{code}~sign~{_HASH}"]
        assert "What is signed" in office.person("leader").get("/ky", lang="en").text

    def test_is_empty_for_who_signs_nothing(self, office: Office) -> None:
        waiting(office, 1)
        assert "Không có hồ sơ nào chờ anh/chị ký" in office.person("counter").get("/ky").text
        office.nobody().get("/ky", status=303)

    def test_cannot_choose_what_has_no_paper_and_says_why(self, office: Office) -> None:
        (code,) = waiting(office, 1, brought=False)
        page = office.person("leader").get("/ky")
        assert choices(page) == [] and "chưa đính kèm “Giấy chứng nhận mới”" in page.text
        tep = (io.BytesIO(PDF), "mới.pdf")
        added = office.person("leader").submit(page, f"/ky/{code}/ket-qua", tep=tep)
        assert choices(office.person("leader").follow(added)) == [f"{code}~sign~{_HASH}"]
        again = office.person("leader").submit(page, f"/ky/{code}/ket-qua", status=422)
        assert "chưa chọn tệp" in again.text

    def test_reads_a_bounded_number_of_times_however_many_wait(self, office: Office) -> None:
        waiting(office, 3)
        visitor = office.person("leader")
        visitor.get("/ky")
        with spoken(office.world.database) as few:
            visitor.get("/ky")
        waiting(office, 7)
        with spoken(office.world.database) as many:
            visitor.get("/ky")
        assert len(few) == len(many) <= 18, many

    def test_the_paper_is_downloaded_by_a_post_that_is_written_down(self, office: Office) -> None:
        (code,) = waiting(office, 1)
        visitor = office.person("leader")
        page = visitor.get("/ky")
        given = visitor.submit(page, f"/ky/{code}/tep", status=200)
        assert given.response.data == PDF and "attachment" in given.response.headers["Content-Disposition"]
        visitor.get(f"/ky/{code}/tep", status=405)
        stranger = office.person("specialist").submit(page, f"/ky/{code}/tep", status=403)
        assert "foreign-request" in stranger.text

    def test_the_paper_is_shown_as_pictures_after_a_look_that_is_written_down(self, office: Office) -> None:
        codes = waiting(office, 2, paper=one_page())
        visitor = office.person("leader")
        page = visitor.get(f"/ky?ma={codes[1]}")
        assert not page.soup.select("img.page-picture")
        opened = visitor.follow(visitor.submit(page, f"/ky/{codes[1]}/xem"))
        (picture,) = opened.soup.select("img.page-picture")
        given = visitor.client.get(str(picture["src"]))
        assert given.mimetype == "image/png" and given.data.startswith(b"\x89PNG")
        assert office.person("deputy").client.get(str(picture["src"])).status_code in (403, 404)
        assert visitor.client.get(f"/ky/{codes[1]}/xem").status_code == 405


class TestSigning:
    def test_asks_again_who_it_is_and_then_signs_what_was_chosen(self, office: Office) -> None:
        codes = waiting(office, 2)
        visitor = office.person_later("leader")
        page = visitor.get("/ky")
        assert "Sẽ hỏi lại mật khẩu" in page.text
        asked = post(visitor, page, choices(page), status=403)
        assert "step-up-needed" in asked.text and len(asked.soup.find_all("input", attrs={"name": "chon"})) == 2
        assert {state_of(office, code) for code in codes} == {"signing"}

    def test_many_at_once(self, office: Office) -> None:
        codes = waiting(office, 3)
        visitor = office.person("leader")
        page = visitor.get("/ky")
        signed = post(visitor, page, choices(page)[:2])
        result = visitor.follow(signed)
        assert "Đã ký 2 trên 2 hồ sơ" in result.text
        assert sorted(state_of(office, code) for code in codes) == ["ready", "ready", "signing"]
        entry = office.world.entries(codes[0])[-1]
        assert (entry["act"], entry["data"]["sha256"], entry["data"]["signature"]) == ("sign", _HASH, "Ed25519")

    def test_is_done_once_whatever_is_pressed(self, office: Office) -> None:
        codes = waiting(office, 2)
        visitor = office.person("leader")
        page = visitor.get("/ky")
        first, second = (post(visitor, page, choices(page)) for _ in range(2))
        assert first.location == second.location
        for code in codes:
            assert [entry["act"] for entry in office.world.entries(code)].count("sign") == 1

    def test_a_paper_that_changed_after_it_was_shown_is_not_signed_and_the_others_are(self, office: Office) -> None:
        changed, other = waiting(office, 2)
        visitor = office.person("leader")
        page = visitor.get("/ky")
        with office.world.reading() as connection:
            number = connection.exec_driver_sql("SELECT min(id) FROM documents WHERE key = 'ket_qua'").scalar_one()
        office.world.act("leader", check_document, changed, number, False, "sai tên")
        office.world.act("leader", add_document, changed, key="ket_qua", content=PDF + b"\n%%other\n")
        result = visitor.follow(post(visitor, page, choices(page)))
        assert "Đã ký 1 trên 2 hồ sơ" in result.text and "đã thay đổi sau khi anh/chị xem" in result.text
        assert (state_of(office, changed), state_of(office, other)) == ("signing", "ready")
        assert "1 chữ ký chưa được" in visitor.get("/ky").text

    def test_a_failed_signature_leaves_its_dossier_and_is_tried_again(self, office: Office) -> None:
        codes = waiting(office, 2)
        visitor = office.person("leader")
        key = office.world.runtime.signer._path  # type: ignore[attr-defined] # the folder of the test's own signer
        key.parent.mkdir(parents=True, exist_ok=True)
        key.write_text("no key")
        page = visitor.get("/ky")
        result = visitor.follow(post(visitor, page, choices(page)))
        assert "Đã ký 0 trên 2 hồ sơ" in result.text and "Ký số không thành công" in result.text
        assert {state_of(office, code) for code in codes} == {"signing"}
        key.unlink()
        where = result.soup.find("form", attrs={"data-main": True})["action"]  # type: ignore[index]
        again = visitor.follow(visitor.submit(result, str(where)))
        assert "Đã ký 2 trên 2 hồ sơ" in again.text

    def test_a_file_that_was_changed_in_the_store_is_not_signed(self, office: Office) -> None:
        (code,) = waiting(office, 1)
        visitor = office.person("leader")
        page = visitor.get("/ky")
        with office.world.reading() as connection:
            found = connection.exec_driver_sql("SELECT storage_key FROM documents WHERE key = 'ket_qua'").scalar_one()
        (stored,) = (
            one for one in Path(office.world.runtime.files.place).rglob("*") if one.is_file() and one.name in found
        )
        stored.chmod(0o600)
        stored.write_bytes(PDF + b"forged")
        result = visitor.follow(post(visitor, page, choices(page)))
        assert "Đã ký 0 trên 1" in result.text and state_of(office, code) == "signing"

    def test_nobody_signs_without_the_role_and_nothing_is_chosen_by_hand(self, office: Office) -> None:
        (code,) = waiting(office, 1)
        page = office.person("leader").get("/ky")
        asked = office.person("specialist").get("/quay")
        csrf = asked.soup.find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
        form = {"csrf": csrf, "key": "k" * 24, "chon": choices(page)}
        result = office.person("specialist").follow(office.person("specialist").post("/ky", **form))
        assert "Đã ký 0 trên 1" in result.text and state_of(office, code) == "signing"
        office.person("leader").get(result.response.request.path, status=404)
        for bad in ("x", f"{code}~sign~", f"{code}~send back~v1"):
            assert "Không đọc được" in post(office.person("leader"), page, [bad], status=422).text
        assert "Chưa chọn hồ sơ nào" in post(office.person("leader"), page, [], status=422).text
        far_too_many = [f"{code}-{number}~sign~v1" for number in range(MOST_SIGNED + 1)]
        assert "tối đa 500" in post(office.person("leader"), page, far_too_many, status=422).text

    def test_no_other_step_is_taken_under_the_name_of_a_signature(self, office: Office) -> None:
        code = office.world.land_at("accepted")
        visitor = office.person("counter")
        csrf = visitor.get("/quay").soup.find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
        asked = visitor.post("/ky", csrf=csrf, key="k" * 24, chon=[f"{code}~forward~v2"])
        assert "không phải thao tác ký" in visitor.follow(asked).text and state_of(office, code) == "accepted"

    def test_without_the_token_nothing_is_signed(self, office: Office) -> None:
        (code,) = waiting(office, 1)
        visitor = office.person("leader")
        page = visitor.get("/ky")
        visitor.submit(page, "/ky", chon=choices(page), csrf="", status=403)
        assert state_of(office, code) == "signing"


def test_a_deputy_signs_within_the_days_of_the_assignment(office: Office) -> None:
    (code,) = waiting(office, 1)
    assert code not in office.person("deputy").get("/ky").text
    office.world.at("2026-03-10 09:00")
    office.forget()
    visitor = office.person("deputy")
    page = visitor.get("/ky")
    assert "ký thay leader đến 15/03/2026, QĐ 12/QĐ-VPĐK" in page.text
    assert "Đã ký 1 trên 1" in visitor.follow(post(visitor, page, choices(page))).text
    assert office.world.entries(code)[-1]["data"]["behalf_of"] == office.world.person("leader")

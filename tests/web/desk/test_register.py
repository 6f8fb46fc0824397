"""The register: by office and days, searched, as a file and on paper, masked unless a reason is written down."""

from __future__ import annotations

from sqlalchemy import select

from engine.store.journal import reads
from tests.spoken import spoken
from tests.web.desk.conftest import Office


def test_lists_what_the_office_received_in_the_days(office: Office) -> None:
    code = office.world.land_at("accepted")
    visitor = office.person("counter")
    page = visitor.get("/so-dang-ky")
    assert code in page.text and "Nguyễn Văn Mẫu" in page.text
    assert code in visitor.get("/so-dang-ky?tu=02/03/2026&den=2/3/2026").text
    empty = visitor.get("/so-dang-ky?tu=01/02/2026&den=28/02/2026")
    assert code not in empty.text and "Không nhận hồ sơ nào từ 01/02/2026 đến 28/02/2026" in empty.text
    assert "The register is empty" in visitor.get("/so-dang-ky?tu=01/02/2026&den=28/02/2026", lang="en").text
    wrong = visitor.get("/so-dang-ky?tu=32/13/2026&den=xx")
    assert "Ngày viết như" in wrong.text and "32/13/2026" in str(wrong.soup)
    assert code not in office.person("other_counter").get("/so-dang-ky?co_quan=TT-26080").text
    assert "chưa làm việc ở cơ quan nào" in office.person("admin").get("/so-dang-ky").text
    office.nobody().get("/so-dang-ky", status=303)


def test_is_searched_without_accents(office: Office) -> None:
    code = office.world.land_at("accepted")
    visitor = office.person("counter")
    for words in ("nguyen mau", "MẪU", code[-4:], code.lower()):
        assert code in visitor.get("/so-dang-ky", query_string={"q": words}).text, words
    assert "Không có hồ sơ nào khớp “khong ai”" in visitor.get("/so-dang-ky?q=khong+ai").text


def test_the_file_opens_in_a_spreadsheet_and_holds_no_formula(office: Office) -> None:
    applicant = {**office.world.filing().applicant, "name": "=HYPERLINK(1)"}
    code = office.world.land_at("accepted", applicant=applicant)
    given = office.person("counter").get("/so-dang-ky/tep").response
    text = given.get_data(as_text=True)
    assert text.startswith("\ufeffMã hồ sơ,") and code in text and "'=HYPERLINK(1)" in text
    assert "attachment" in given.headers["Content-Disposition"] and "0900000001" not in text


def test_is_printed_masked_and_with_a_reason_unmasked_which_is_written_down(office: Office) -> None:
    code = office.world.land_at("accepted")
    visitor = office.person("counter")
    page = visitor.get("/so-dang-ky")
    masked = visitor.follow(visitor.submit(page, "/so-dang-ky/in"))
    assert "SỔ THEO DÕI HỒ SƠ" in masked.text and code in masked.text and "0900000001" not in masked.text
    page = visitor.get("/so-dang-ky")
    whole = visitor.follow(visitor.submit(page, "/so-dang-ky/in", reason="lưu trữ cuối tháng"))
    assert "0900000001" in whole.text and "Mẫu số 07" in whole.text
    with office.world.reading() as connection:
        assert [row.what for row in connection.execute(select(reads))] == ["form-07"]
    visitor.submit(page, "/so-dang-ky/in", status=403, csrf="")
    monitor = office.person("monitor")
    asked = monitor.get("/quay").soup.find("input", attrs={"name": "csrf"})["value"]  # type: ignore[index]
    form = {"co_quan": "TT-26080", "tu": "01/03/2026", "den": "31/03/2026", "reason": "xem"}
    monitor.post("/so-dang-ky/in", status=403, csrf=asked, key="k" * 24, **form)


def test_a_register_that_changed_meanwhile_is_printed_again(office: Office) -> None:
    office.world.land_at("accepted")
    visitor = office.person("counter")
    where = visitor.submit(visitor.get("/so-dang-ky"), "/so-dang-ky/in").location
    office.world.land_at("accepted")
    assert "register-changed" in visitor.get(where, status=409).text


def test_reads_with_the_same_statements_however_long_it_is(office: Office) -> None:
    office.world.land_at("accepted")
    visitor = office.person("counter")
    visitor.get("/so-dang-ky")
    with spoken(office.world.database) as few:
        visitor.get("/so-dang-ky")
    for _ in range(4):
        office.world.land_at("accepted")
    with spoken(office.world.database) as many:
        visitor.get("/so-dang-ky")
    assert len(few) == len(many) <= 5, many

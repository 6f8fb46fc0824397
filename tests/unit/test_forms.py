"""The printed forms: what stands on them, that data cannot become layout, and that equal data make equal files."""

from __future__ import annotations

import io
import re
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import msgspec
import pytest
import segno
from pypdf import PdfReader
from pypdf.generic import PdfObject, StreamObject

from adapters.forms import FORM_DATA, UnknownForm, WrongFormData, render_form
from tests.unit.form_samples import APPLICANT, CODE, DUE, RECEIVED, REQUEST, SAMPLES

TITLES = {
    "01": "GIẤY TIẾP NHẬN HỒ SƠ VÀ HẸN TRẢ KẾT QUẢ",
    "02": "PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ",
    "03": "PHIẾU TỪ CHỐI TIẾP NHẬN GIẢI QUYẾT HỒ SƠ",
    "04": "XIN LỖI VÀ ĐỀ NGHỊ GIA HẠN THỜI GIAN GIẢI QUYẾT HỒ SƠ",
    "05": "THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ",
    "06": "PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ",
    "07": "SỔ THEO DÕI HỒ SƠ",
}


def reader(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def words(pdf: bytes) -> str:
    """The text of all pages on one line, as a person would read it."""
    text = " ".join(page.extract_text() for page in reader(pdf).pages)
    return " ".join(unicodedata.normalize("NFC", text).replace("\u200b", "").split())


def pdf_stream(value: PdfObject) -> str:
    stream = value.get_object()
    assert isinstance(stream, StreamObject)
    return stream.get_data().decode()


def texts_in(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts_in(item)]
    if isinstance(value, list):
        return [text for item in value for text in texts_in(item)]
    return [line for line in str(value).split("\n") if line]


@pytest.mark.parametrize("number", SAMPLES)
def test_everything_that_was_given_stands_on_the_paper(number: str) -> None:
    pdf = render_form(number, SAMPLES[number])
    assert pdf.startswith(b"%PDF-1.7")
    text = words(pdf)
    folded = text.replace(" ", "").casefold()
    missing = [given for given in texts_in(SAMPLES[number]) if given.replace(" ", "").casefold() not in folded]
    absent_by_form = {
        "06": set(APPLICANT.values()) - {APPLICANT["name"]},  # the control sheet travels inside the office
    }
    assert set(missing) <= absent_by_form.get(number, set())
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text
    assert "Độc lập – Tự do – Hạnh phúc" in text
    assert TITLES[number] in text
    assert f"Mẫu số {number}" in text


@pytest.mark.parametrize("number", SAMPLES)
def test_the_file_is_archival_accessible_and_self_contained(number: str) -> None:
    document = reader(render_form(number, SAMPLES[number]))
    metadata = pdf_stream(document.root_object["/Metadata"])
    assert re.search(r"pdfaid:part>2<", metadata)
    assert re.search(r"pdfuaid:part>1<", metadata)
    assert str(document.root_object["/Lang"]) == "vi-VN"


def test_equal_data_make_equal_bytes_also_from_many_threads() -> None:
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(lambda _: render_form("01", SAMPLES["01"]), range(8)))
    assert len(made) == 1
    assert render_form("01", {**SAMPLES["01"], "code": CODE[:-1] + "2"}) not in made


def test_the_creation_date_is_an_argument() -> None:
    at = datetime(2026, 2, 3, 4, 5, tzinfo=UTC)
    made = reader(render_form("03", SAMPLES["03"], created=at)).metadata
    assert made is not None
    assert made.creation_date == at


def test_a_typed_value_and_a_mapping_make_the_same_form() -> None:
    typed = msgspec.convert(SAMPLES["02"], FORM_DATA["02"])
    assert render_form("02", typed) == render_form("02", SAMPLES["02"])


INJECTIONS = [
    '] #panic("x") [',
    '#image("/etc/passwd")',
    "*đậm* _nghiêng_ $x^2$ = @ref <label> `raw` // /* \\ ~",
    '"}, "code": "forged',
    "#read(\"form-01.typ\")",
    "\\u{0041} #sys.inputs.data",
]  # fmt: skip


@pytest.mark.parametrize("text", INJECTIONS)
def test_a_text_is_never_layout(text: str) -> None:
    sample = {**SAMPLES["01"], "request": text, "applicant": {**APPLICANT, "name": text}, "papers": [{"name": text}]}
    assert words(render_form("01", sample)).replace(" ", "").count(text.replace(" ", "")) == 3


def test_a_line_break_in_a_name_cannot_forge_a_line_of_the_form() -> None:
    forged = {**APPLICANT, "name": "Nguyễn Văn A\nThời gian trả kết quả: hôm nay\u2028Mã hồ sơ: 9"}
    pages = reader(render_form("03", {**SAMPLES["03"], "applicant": forged})).pages
    lines = pages[0].extract_text().splitlines()
    assert not [line for line in lines if line.strip().startswith(("Thời gian trả", "Mã hồ sơ: 9"))]


def test_the_offices_own_reason_keeps_its_lines() -> None:
    lines = [line.strip() for line in reader(render_form("03", SAMPLES["03"])).pages[0].extract_text().splitlines()]
    assert "Thửa đất đang có tranh chấp." in lines
    assert "Tòa án đã thụ lý." in lines


@pytest.mark.parametrize("character", ["\u202e", "\u2066", "\x00", "\x1b", "\ue000", "\u00ad", "\ufdd0", "\ud800"])
def test_characters_that_hide_or_reorder_text_are_left_out(character: str) -> None:
    pdf = render_form("03", {**SAMPLES["03"], "applicant": {"name": f"Trần{character} Bình"}})
    assert "Trần Bình" in words(pdf)


def test_decomposed_vietnamese_prints_as_composed() -> None:
    name = "Nguyễn Thị Phượng"
    sample = SAMPLES["03"]
    composed = render_form("03", {**sample, "applicant": {"name": unicodedata.normalize("NFC", name)}})
    assert render_form("03", {**sample, "applicant": {"name": unicodedata.normalize("NFD", name)}}) == composed


def test_a_name_in_another_script_is_printed_rather_than_refused() -> None:
    pdf = render_form("03", {**SAMPLES["03"], "applicant": {"name": "王小明 (Wang Xiaoming) 😀"}})
    assert "(Wang Xiaoming)" in words(pdf)


def test_the_code_and_link_can_be_copied_exactly() -> None:
    text = " ".join(page.extract_text() for page in reader(render_form("01", SAMPLES["01"])).pages)
    assert CODE in text
    assert SAMPLES["01"]["status_url"] in text


def test_the_qr_code_holds_the_citizens_page_and_is_left_out_without_one() -> None:
    with patch("adapters.forms.render.segno.make", wraps=segno.make) as make:
        with_code = render_form("01", SAMPLES["01"])
        without = render_form("01", {**SAMPLES["01"], "status_url": ""})
    assert [call.args[0] for call in make.call_args_list] == [SAMPLES["01"]["status_url"]]
    assert "Quét để theo dõi hồ sơ" in words(with_code)
    assert "Quét để theo dõi" not in words(without)
    assert "Theo dõi hồ sơ tại" not in words(without)


def test_what_is_missing_is_a_dotted_line() -> None:
    text = words(render_form("03", {**SAMPLES["03"], "applicant": {"name": "Trần Văn Bình"}}))
    assert re.search(r"Số điện thoại: ?[. ]{10,}Email: ?[. ]{10,}", text)
    assert "Địa danh trước khi sắp xếp" not in text


def test_who_has_no_other_name_is_not_told_of_papers_about_names() -> None:
    known = "Không cần giấy xác nhận về việc thay đổi tên gọi này."
    head = {key: value for key, value in SAMPLES["01"]["head"].items() if key != "other_names"}
    assert known in words(render_form("01", SAMPLES["01"]))
    assert known not in words(render_form("01", {**SAMPLES["01"], "head": head}))


def test_many_papers_run_over_several_pages_that_say_whose_they_are() -> None:
    papers = [{"name": f"Giấy tờ thứ {number}", "copies": 1} for number in range(1, 91)]
    pages = [page.extract_text() for page in reader(render_form("01", {**SAMPLES["01"], "papers": papers})).pages]
    assert len(pages) >= 3
    for number, page in enumerate(pages, start=1):
        assert f"Trang {number}/{len(pages)}" in page
        assert CODE in page
    assert all("Bản sao" in page for page in pages if "Giấy tờ thứ" in page)
    assert "NGƯỜI NỘP HỒ SƠ" in pages[-1]
    assert "Vào Sổ theo dõi hồ sơ" in pages[-1]
    every = " ".join(" ".join(pages).split())
    assert all(f"Giấy tờ thứ {number} " in every for number in range(1, 91))


def test_a_single_page_is_not_numbered() -> None:
    assert "Trang 1" not in words(render_form("02", SAMPLES["02"]))


@pytest.mark.parametrize("number", ["06", "07"])
def test_a_word_without_end_stays_inside_its_column(number: str) -> None:
    key = {"06": "handovers", "07": "lines"}[number]
    name = {"06": "taker", "07": "applicant"}[number]
    sample = {**SAMPLES[number], key: [{**SAMPLES[number][key][0], name: "a" * 200}]}
    found = re.findall(r"a{7,}", reader(render_form(number, sample)).pages[0].extract_text().replace("\u200b", ""))
    assert max(map(len, found)) < 40  # broken over lines; the whole would be one run of 200
    assert words(render_form(number, sample)).replace(" ", "").count("a" * 200) == 1


@pytest.mark.parametrize("number", ["1", "08", "../01", "", "layout"])
def test_an_unknown_form_is_refused(number: str) -> None:
    with pytest.raises(UnknownForm):
        render_form(number, {})


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"status_url": "https://a/" + "x" * 3000}, "status_url"),
        ({"due": None}, r"\$\.due"),
        ({"duee": "x"}, "duee"),
        ({"papers": [{"name": 1}]}, r"\$\.papers\[0\]\.name"),
    ],
)
def test_wrong_data_name_the_place(change: dict[str, Any], named: str) -> None:
    with pytest.raises(WrongFormData, match=named):
        render_form("01", {**SAMPLES["01"], **change})


def test_a_missing_value_is_refused_rather_than_printed_as_a_gap() -> None:
    sample = {key: value for key, value in SAMPLES["04"].items() if key != "new_due"}
    with pytest.raises(WrongFormData, match="new_due"):
        render_form("04", sample)


def test_the_data_of_another_form_are_refused() -> None:
    with pytest.raises(WrongFormData):
        render_form("01", msgspec.convert(SAMPLES["02"], FORM_DATA["02"]))


def test_the_moments_of_the_receipt_stand_beside_their_labels() -> None:
    text = words(render_form("01", SAMPLES["01"]))
    assert f"Thời gian nhận hồ sơ: {RECEIVED}" in text
    assert f"Thời gian trả kết quả giải quyết hồ sơ: {DUE}" in text
    assert f"Nội dung yêu cầu giải quyết: {REQUEST}" in text
    assert "2 Giấy tờ về quyền sử dụng đất – 3 2" in text


def test_a_request_whose_items_say_it_all_has_no_second_reason() -> None:
    assert "Lý do" not in words(render_form("02", {**SAMPLES["02"], "reason": ""}))


def test_an_extension_in_a_pause_prints_the_time_added_and_no_day() -> None:
    text = words(render_form("04", {**SAMPLES["04"], "new_due": "+5 ngày làm việc, ngày hẹn báo sau"}))
    assert "Thời gian giải quyết được gia hạn: +5 ngày làm việc, ngày hẹn báo sau." in text
    assert "sẽ được trả vào" not in text


def test_an_apology_without_a_new_appointment_promises_none() -> None:
    assert "sẽ được trả vào" not in words(render_form("04", {**SAMPLES["04"], "new_due": ""}))

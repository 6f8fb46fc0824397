"""Tables for spreadsheets: no text becomes a formula or another text, whatever was typed into it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile

import pytest
from lxml import etree

from server.tables import Table, csv_of, xlsx_of

MADE = dt.datetime(2026, 3, 2, 1, 30, tzinfo=dt.UTC)
FORMULAS = ("=1+1", "+84900000001", "-2", "@SUM(A1)", " =1+1", "\t=1", "\r=1", "＝1+1", '=HYPERLINK("http://x")')
NUMBERS = ("1.012780", "0901234567", "1/3", "2026-03-02", "1e5", "12:30", "75")
WORDS = ("Đồng Nai", "Thủ tục số 1", "Nguyễn Thị Ngọc Ánh", "a;b", 'nói "có"', "hai\ndòng", "H75.26080-260302-0001", "")
NS = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def read(data: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("text", [*FORMULAS, *NUMBERS])
def test_csv_shows_as_text_what_a_spreadsheet_program_would_change(text: str) -> None:
    (_, (cell,)) = read(csv_of(Table("", ("x",), ((text,),))))
    assert cell == f"'{text}"


@pytest.mark.parametrize("text", WORDS)
def test_csv_leaves_every_other_text_as_it_is(text: str) -> None:
    for decimal, delimiter in (("point", ","), ("comma", ";")):
        data = csv_of(Table("", ("Tỉnh", "b"), ((text, 1),)), decimal)  # type: ignore[arg-type]  # both are decimals
        assert read(data, delimiter) == [["Tỉnh", "b"], [text, "1"]]


def test_csv_begins_with_a_mark_ends_lines_as_its_standard_says_and_writes_numbers_by_its_decimal_sign() -> None:
    table = Table("", ("a", "b", "c"), ((0.8333, None, MADE), (-3, 2, "x")))
    assert csv_of(table) == "\ufeffa,b,c\r\n0.8333,,2026-03-02 08:30\r\n-3,2,x\r\n".encode()
    assert csv_of(table, "comma") == "\ufeffa;b;c\r\n0,8333;;2026-03-02 08:30\r\n-3;2;x\r\n".encode()


def test_a_workbook_holds_no_formula_and_every_letter() -> None:
    texts = (*FORMULAS, *NUMBERS, *WORDS[:-1], "http://example.vn/x", "{=1}", "\x01")
    made = parts(xlsx_of([Table("Chỉ tiêu: a/b [1]*?", ("Tỉnh",), [(text,) for text in texts])], MADE))
    sheet = etree.fromstring(made["xl/worksheets/sheet1.xml"])
    assert not sheet.findall(".//s:f", NS) and not sheet.findall(".//s:hyperlinks", NS)
    kinds = {cell.get("t") for cell in sheet.findall(".//s:c", NS)}
    assert kinds == {"s"}, "every cell is a text"
    strings = etree.fromstring(made["xl/sharedStrings.xml"])
    told = ["".join(one.itertext()) for one in strings.findall("s:si", NS)]
    assert told == ["Tỉnh", *(text.replace("\x01", "_x0001_").replace("\r", "_x000D_") for text in texts)]
    named = etree.fromstring(made["xl/workbook.xml"]).find(".//s:sheet", NS)
    assert named is not None and named.get("name") == "Chỉ tiêu  a b  1"


def test_a_workbook_keeps_numbers_and_shares_and_is_the_same_bytes_for_the_same_tables() -> None:
    tables = [Table("A", ("a", "b"), ((3, 0.25), (None, None)), frozenset({1})), Table("", ("c",), ())]
    data = xlsx_of(tables, MADE)
    assert data == xlsx_of(tables, MADE)
    made = parts(data)
    cells = {cell.get("r"): cell for cell in etree.fromstring(made["xl/worksheets/sheet1.xml"]).findall(".//s:c", NS)}
    assert [cells[name].findtext("s:v", None, NS) for name in ("A2", "B2")] == ["3", "0.25"]
    assert cells["A2"].get("t") is None and cells["A2"].get("s") != cells["B2"].get("s")
    assert b'formatCode="0.0%"' in made["xl/styles.xml"]
    names = [one.get("name") for one in etree.fromstring(made["xl/workbook.xml"]).findall(".//s:sheet", NS)]
    assert names == ["A", "2"]

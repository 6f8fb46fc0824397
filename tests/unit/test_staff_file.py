"""A file of staff: what spreadsheets write is read, and each fault has its line and column."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.offices.staff_file import MOST_BYTES, MOST_LINES, read_staff_file

HEAD = "username,name,office,role,start,end\n"


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_spreadsheets_write_is_read(sign: str, mark: str, end: str) -> None:
    rows = [["Tài khoản", "Họ và tên", "Cơ quan", "Vai trò", "Từ ngày"], ["lan", "Lan", "TT-1", "counter", "1/8/2026"]]
    content = mark + end.join(sign.join(row) for row in rows) + end + end
    file = read_staff_file(content.encode())
    assert not file.faults and [(one.number, one.office, str(one.start)) for one in file.lines] == [
        (2, "TT-1", "2026-08-01")
    ]


@pytest.mark.parametrize(
    ("line", "column", "english"),
    [
        (",Lan,,,,", "username", "is empty"),
        ("lan,,,,,", "name", "is empty"),
        ("lan,Lan,TT-1,,2026-08-01,", "role", "belong together"),
        ("lan,Lan,,,,2026-08-01", "office", "belong together"),
        ("lan,Lan,TT-1,counter,31/02/2026,", "start", "write a day"),
        ("lan,Lan,,,,,too many", "", "more cells"),
        ("lan,L\u202ean,,,,", "name", "odd characters"),
    ],
)
def test_a_wrong_line_says_where(line: str, column: str, english: str) -> None:
    file = read_staff_file((HEAD + "mai,Mai,,,,\n" + line).encode())
    assert [one.username for one in file.lines] == ["mai"]
    assert any(one.line == 3 and one.column == column and english in one.words.en for one in file.faults), file.faults


@pytest.mark.parametrize(
    ("content", "english"),
    [
        (b"", "empty"),
        ("Họ".encode("utf-16"), "UTF-8"),
        (b'username,name\n"lan,Lan', "quotation"),
        (b"user name,name\nlan,Lan", "did you mean"),
        (b"username,username,name\nlan,lan,Lan", "twice"),
        (b"name\nLan", "missing"),
        (b"username,name\n" + b"a,b\n" * (MOST_LINES + 1), "at most"),
        (b"x" * (MOST_BYTES + 1), "1 MB"),
    ],
)
def test_a_file_that_is_none_says_why(content: bytes, english: str) -> None:
    file = read_staff_file(content)
    assert not file.lines and any(english in one.words.en and one.words.vi for one in file.faults), file.faults


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_break_it(content: bytes) -> None:
    file = read_staff_file(HEAD.encode() + content)
    assert all(fault.words.vi and fault.words.en for fault in file.faults)

"""A checkpoint as a line of text: every byte of it counts, and nothing else is taken for one."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest

from engine.rules.journal.checkpoints import FORMAT, Statement, file_name, key_id, line_hash, parse_line
from engine.rules.journal.entries import ORIGIN

AT = dt.datetime(2026, 3, 2, 1, 0, 0, 250_000, tzinfo=dt.UTC)
FIRST = Statement(number=1, at=AT, size=7, root="0a", log="11", key="ab", next="cd")
LATER = Statement(number=2, at=AT, size=9, root="0b", previous="ff", log="11", key="ab", next="ab")
SIGNATURE = b"\x01\xfe"


def test_the_first_names_the_origin_as_the_one_before() -> None:
    assert FIRST.previous == ORIGIN
    body = (
        '{"at":"2026-03-02T01:00:00.250000Z","format":"motcua-checkpoint-v1","key":"ab","log":"11","next":"cd",'
        f'"number":1,"previous":"{ORIGIN}","root":"0a","size":7}}'
    )
    assert FIRST.body().decode() == body
    assert FIRST.line(SIGNATURE) == f'{{"checkpoint":{body},"signature":"01fe"}}'
    assert FIRST.signed_bytes().decode() == f"{FORMAT}\n{body}"


@pytest.mark.parametrize("statement", [FIRST, LATER])
def test_a_line_is_read_back_whole(statement: Statement) -> None:
    assert parse_line(statement.line(SIGNATURE)) == (statement, SIGNATURE)


LINE = LATER.line(SIGNATURE)


@pytest.mark.parametrize(
    "line",
    [
        LINE + " ",
        LINE.replace(":", ": ", 1),
        LINE.replace("01fe", "01FE"),
        LINE.replace('"number":2', '"number":2,"more":1'),
        LINE.replace('"number":2', '"number":2.0'),
        LINE.replace('"number":2', '"number":"2"'),
        LINE.replace('"size":9', '"size":true'),
        LINE.replace('"root":"0b"', '"root":null'),
        LINE.replace("Z", "+00:00"),
        LINE.replace("Z", "+07:00"),
        LINE.replace("Z", ""),
        LINE.replace(FORMAT, "motcua-checkpoint-v2"),
        LINE.replace(',"size":9', ""),
        LINE.replace('"size"', '"sise"'),
        LINE.replace('"at":"2026', '"at":"x2026'),
        LINE.replace('"signature":"01fe"', '"signature":"zz"'),
        LINE.replace('"signature":"01fe"', '"signature":1'),
        '{"checkpoint":[],"signature":"01fe"}',
        '{"checkpoint":null,"signature":"01fe"}',
        '{"signature":"01fe"}',
        "[]",
        "1",
        "",
        "no JSON",
    ],
)
def test_anything_else_is_no_checkpoint(line: str) -> None:
    assert line != LINE
    with pytest.raises(ValueError):
        parse_line(line)


def test_lines_keys_and_files_have_short_names() -> None:
    assert line_hash("Đ") == hashlib.sha256("Đ".encode()).hexdigest()
    assert key_id("ab") == hashlib.sha256(b"\xab").hexdigest()[:32]
    assert (file_name(1), file_name(123456789)) == ("checkpoint-00000001.json", "checkpoint-123456789.json")

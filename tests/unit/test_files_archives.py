"""Archives are bounded before they are read: entries, sizes, ratio, methods, and nothing beside the members."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.file_types import DOCX, file_type
from engine.rules.files import archives
from engine.rules.files.refusals import UnacceptableFile
from tests.file_samples import archive, docx, odt, xlsx


def refused(content: bytes) -> str:
    with pytest.raises(UnacceptableFile) as caught:
        file_type(content)
    return caught.value.sentence("en")


def test_many_small_members_that_unpack_to_much_are_refused() -> None:
    bomb = docx({f"word/media/{number}.png": b"\0" * 999_000 for number in range(30)})
    assert len(bomb) < 50_000
    assert "unpacks" in refused(bomb)


def test_the_ratio_of_the_whole_archive_counts_from_its_bound_on(monkeypatch: pytest.MonkeyPatch) -> None:
    content = docx({"word/media/a.png": b"\0" * 500_000})
    monkeypatch.setattr(archives, "WHOLE_RATIO_FROM", 100_000)
    monkeypatch.setattr(archives, "MAX_WHOLE_RATIO", 500_000 // len(content) + 1)
    assert file_type(content) == DOCX
    monkeypatch.setattr(archives, "MAX_WHOLE_RATIO", 500_000 // len(content) - 1)
    assert "unpacks" in refused(content)


def test_what_is_declared_is_refused_before_anything_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = docx({"word/media/a.png": b"\0" * 30_000_000})
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *_: pytest.fail("it was unpacked"))
    assert "unpacks" in refused(bomb)


@pytest.mark.parametrize("count", [2_001, 60_000])
def test_many_entries_are_refused_before_the_directory_is_read(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    content = archive({f"{number}": b"" for number in range(count)}, zipfile.ZIP_STORED)
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("the directory was read"))
    assert "members" in refused(content)


def test_a_directory_that_hides_its_entries_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    content = bytearray(archive({f"{number}": b"" for number in range(30_000)}, zipfile.ZIP_STORED))
    content[-14:-10] = struct.pack("<HH", 1, 1)
    monkeypatch.setattr(zipfile, "ZipFile", lambda *_: pytest.fail("the directory was read"))
    assert "members" in refused(bytes(content))


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
@pytest.mark.parametrize("spoilt", [False, True])
def test_other_methods_are_refused_whole_or_damaged(method: int, spoilt: bool) -> None:
    content = bytearray(archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>" * 500}, method))
    if spoilt:
        content[len(content) // 3 : len(content) // 3 + 9] = b"\xff" * 9
    refused(bytes(content))


@pytest.mark.parametrize("method", [1, 6, 9, 12, 14, 93, 95, 99])
def test_a_method_that_is_only_declared_is_refused(method: int) -> None:
    content = bytearray(docx())
    for start, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        where = content.find(start)
        while where >= 0:
            content[where + at : where + at + 2] = struct.pack("<H", method)
            where = content.find(start, where + 4)
    assert "compressed" in refused(bytes(content))


def test_nothing_stands_before_between_or_after_the_members() -> None:
    whole = docx()
    assert "before" in refused(b"PK\x03\x04" + whole)
    assert "after" in refused(whole + b"<html>")
    commented = io.BytesIO(whole)
    with zipfile.ZipFile(commented, "a") as file:
        file.comment = b"%PDF-1.7 %%EOF"
    assert "after" in refused(commented.getvalue())
    first = whole.index(b"PK\x03\x04", 4)
    end = len(whole) - 22
    directory = struct.unpack("<L", whole[end + 16 : end + 20])[0]
    shifted = bytearray(whole[:first] + b"#" * 100 + whole[first:])
    shifted[-6:-2] = struct.pack("<L", directory + 100)
    at, number = directory + 100, 0
    while (at := shifted.find(b"PK\x01\x02", at)) >= 0:
        offset = struct.unpack("<L", shifted[at + 42 : at + 46])[0]
        shifted[at + 42 : at + 46] = struct.pack("<L", offset + (100 if number else 0))
        at, number = at + 4, number + 1
    assert "between" in refused(bytes(shifted))


def test_two_members_never_share_their_bytes() -> None:
    whole = bytearray(docx())
    second = whole.index(b"PK\x01\x02", whole.index(b"PK\x01\x02") + 4)
    whole[second + 42 : second + 46] = struct.pack("<L", 0)
    refused(bytes(whole))


@pytest.mark.parametrize(
    "inner",
    [archive({"a": b"x"}), b"\xd0\xcf\x11\xe0" + b"\0" * 600, b"MZ\x90", b"\x7fELF", b"%PDF-1.7", b"Rar!", b"{\\rtf1"],
)
def test_a_file_inside_is_refused_whatever_its_name(inner: bytes) -> None:
    for content in (docx({"word/media/image1.png": inner}), xlsx({"xl/a.xml": inner}), odt({"Pictures/1.png": inner})):
        assert "embedded" in refused(content)


def test_names_differ_in_more_than_their_case() -> None:
    assert "names" in refused(docx({"word/Document.xml": b"<w/>"}))


@given(st.binary(max_size=60), st.integers(0, 3_000), st.sampled_from([docx(), xlsx(), odt()]))
def test_no_damage_raises_anything_but_a_refusal(junk: bytes, at: int, whole: bytes) -> None:
    for content in (
        whole[:at] + junk + whole[at:],
        whole[:at] + junk + whole[at + len(junk) :],
        whole[:at] + whole[-22:],
    ):
        try:
            file_type(content)
        except UnacceptableFile as refusal:
            assert refusal.sentence("vi") != refusal.sentence("en")


@given(st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 255)), min_size=1, max_size=6))
def test_no_spoilt_bytes_raise_anything_but_a_refusal(spoilt: list[tuple[int, int]]) -> None:
    for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2):
        content = bytearray(archive({"[Content_Types].xml": b"<Types/>" * 40, "word/document.xml": b"<w/>"}, method))
        for at, value in spoilt:
            content[at % len(content)] = value
        try:
            file_type(bytes(content))
        except UnacceptableFile as refusal:
            assert refusal.code == "unacceptable-file"

"""The allow-list of files: kinds by their bytes, whole ones only, archives that unpack to a bound."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.file_types import (
    DOCX,
    JPEG,
    ODT,
    PDF,
    PNG,
    XLSX,
    FileTooLarge,
    check_content,
    extension,
    file_type,
)
from engine.rules.files.refusals import UnacceptableFile
from tests.file_samples import archive, jpeg, png


def docx(**more: bytes) -> bytes:
    return archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>", **more})


WHOLE = {
    PDF: b"%PDF-1.7\n%%EOF\n",
    JPEG: jpeg(),
    PNG: png(),
    DOCX: docx(),
    XLSX: archive({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<w/>"}),
    ODT: archive({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<o/>"}),
}


@pytest.mark.parametrize("kind", WHOLE)
def test_whole_files_are_known_by_their_bytes(kind: object) -> None:
    assert file_type(WHOLE[kind]) == kind  # type: ignore[index]


@pytest.mark.parametrize("kind", WHOLE)
def test_a_file_that_was_cut_is_refused(kind: object) -> None:
    content = WHOLE[kind]  # type: ignore[index]
    with pytest.raises(UnacceptableFile):
        file_type(content[: len(content) - 8])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html></html>",
        b"MZ\x90\x00",
        b"\x7fELF",
        b"GIF89a",
        b"<?xml version='1.0'?><svg/>",
        b"#!/bin/sh",
        archive({"readme.txt": b"hello"}),
        archive({"META-INF/MANIFEST.MF": b"", "A.class": b""}),
        docx(**{"word/vbaProject.bin": b"macro"}),
        docx(**{"../../etc/cron.d/x": b"x"}),
        docx(**{"/etc/passwd": b"x"}),
        archive({"mimetype": b"application/vnd.oasis.opendocument.text", "Basic/script.xml": b""}),
        archive({f"{number}.xml": b"" for number in range(2001)}),
    ],
)
def test_other_kinds_are_refused(content: bytes) -> None:
    with pytest.raises(UnacceptableFile):
        file_type(content)


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = docx(**{"word/media/zeros.bin": b"\0" * 30_000_000})
    assert len(bomb) < 100_000
    with pytest.raises(UnacceptableFile, match="unpacks"):
        file_type(bomb)


def test_sizes_that_an_archive_declares_are_not_believed() -> None:
    lying = bytearray(docx(**{"word/media/zeros.bin": b"\0" * 30_000_000}))
    real, small = (30_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")
    assert lying.count(real) == 2
    with pytest.raises(UnacceptableFile):
        file_type(bytes(lying).replace(real, small))


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_a_refusal(content: bytes) -> None:
    for start in (b"", b"PK\x03\x04", WHOLE[DOCX][:60], WHOLE[DOCX][:-30]):
        with contextlib.suppress(UnacceptableFile):
            file_type(start + content)


@pytest.mark.parametrize("name", ["a/b.pdf", "a\\b.pdf", "a\nb.pdf", "a\x00.pdf", "\u202efdp.exe", "x" * 256])
def test_names_that_could_deceive_are_refused(name: str) -> None:
    with pytest.raises(UnacceptableFile):
        check_content(WHOLE[PDF], name, 1000)


def test_size_and_name_are_checked_with_the_content() -> None:
    assert check_content(WHOLE[PDF], "Đơn đăng ký.pdf", 1000) == "application/pdf"
    with pytest.raises(FileTooLarge):
        check_content(WHOLE[PDF], "a.pdf", 5)
    assert (extension("application/pdf"), extension("text/html")) == ("pdf", "bin")


def test_kinds_have_the_media_types_and_endings_that_are_registered_for_them() -> None:
    office = "application/vnd.openxmlformats-officedocument."
    assert {kind.extension: kind.media for kind in WHOLE} == {  # type: ignore[attr-defined]
        "pdf": "application/pdf",
        "jpg": "image/jpeg",
        "png": "image/png",
        "docx": f"{office}wordprocessingml.document",
        "xlsx": f"{office}spreadsheetml.sheet",
        "odt": "application/vnd.oasis.opendocument.text",
    }


@pytest.mark.parametrize(
    ("content", "most"), [(b"%PDF-1.7\n" + b"x" * 5000 + b"%%EOF", 2048 - 5), (jpeg(), 1024), (png(), 1024)]
)
def test_the_end_of_a_file_may_be_followed_by_so_much_and_no_more(content: bytes, most: int) -> None:
    file_type(content + b"\n" * most)
    with pytest.raises(UnacceptableFile):
        file_type(content + b"\n" * (most + 1))


def test_an_archive_under_a_password_is_refused_as_such() -> None:
    locked = bytearray(docx())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = locked.find(signature)
        while at >= 0:
            locked[at + flags] |= 1
            at = locked.find(signature, at + 4)
    with pytest.raises(UnacceptableFile) as refused:
        file_type(bytes(locked))
    assert "password" in refused.value.sentence("en")


def test_all_members_of_an_archive_together_unpack_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = {"word/a.xml": bytes(range(256)) * 4, "word/b.xml": bytes(range(256)) * 4}
    whole = sum(map(len, parts.values())) + len(b"<Types/>") + len(b"<w/>")
    monkeypatch.setattr("engine.rules.files.archives.MAX_UNPACKED", whole)
    assert file_type(docx(**parts)) == DOCX
    monkeypatch.setattr("engine.rules.files.archives.MAX_UNPACKED", whole - 1)
    with pytest.raises(UnacceptableFile):
        file_type(docx(**parts))

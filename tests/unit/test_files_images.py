"""Pictures: bounded pixels, whole from the first byte to the last, and nothing else beside; and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.file_types import JPEG, PNG, check_content, file_type
from engine.rules.files.refusals import UnacceptableFile
from tests.file_samples import archive, chunk, docx, jpeg, odt, pdf, png, segment, xlsx


def refused(content: bytes, language: str = "en") -> str:
    with pytest.raises(UnacceptableFile) as caught:
        file_type(content)
    return caught.value.sentence(language)


@pytest.mark.parametrize(
    ("width", "height"), [(65_000, 65_000), (10_001, 10_000), (40_001, 1), (1, 40_001), (2**31, 1)]
)
def test_pixels_are_bounded_by_the_header(width: int, height: int) -> None:
    assert len(png(width, height)) < 80
    assert "pixels" in refused(png(width, height))
    assert "điểm ảnh" in refused(png(width, height), "vi")
    if width < 2**16:
        for frame in (0xC0, 0xC1, 0xC2, 0xC3, 0xC9, 0xCF):
            assert "pixels" in refused(jpeg(width, height, frame=frame))


def test_pictures_of_ordinary_sizes_are_taken() -> None:
    assert file_type(png(10_000, 10_000)) == PNG
    assert file_type(png(more=chunk(b"tEXt", b"Software\0x"))) == PNG
    assert file_type(jpeg(9_248, 6_936, frame=0xC2)) == JPEG
    assert file_type(jpeg(more=segment(0xE1, b"Exif\0\0" + jpeg()))) == JPEG
    assert file_type(jpeg(data=b"\x01\xff\xd0\x02\xff\x00")) == JPEG
    assert file_type(jpeg() + jpeg()) == JPEG  # a phone appends further pictures
    assert file_type(jpeg() + b"\0" * 500 + jpeg() + b"\0" * 20) == JPEG


def test_a_picture_without_any_size_is_refused() -> None:
    for content in (png(0, 5), jpeg(5, 0), b"\xff\xd8\xff\xe0" + b"x" * 50 + b"\xff\xd9", b"\xff\xd8\xff\xd9"):
        refused(content)
    assert "pixels" in refused(jpeg() + jpeg(60_000, 60_000))
    assert "pixels" in refused(jpeg(more=segment(0xC0, b"\x08\xff\xff\xff\xff\x01\x01\x11\x00")))


@pytest.mark.parametrize("picture", [png(), jpeg()])
def test_nothing_else_stands_in_or_after_a_picture(picture: bytes) -> None:
    for tail in (archive({"a": b"x"}), docx(), b"<script>alert(1)</script>", b"<?php x ?>", b"\0" * 1_025, pdf() * 9):
        assert "JPEG" in refused(picture + tail)
    assert file_type(picture + b"\0" * 1_000)
    refused(jpeg(more=segment(0xFE, b"<SCRIPT>alert(1)</SCRIPT>")))
    refused(png(more=chunk(b"tEXt", b"a\0<html>")))


@pytest.mark.parametrize("picture", [png(), jpeg()])
def test_a_picture_that_was_cut_or_spoilt_is_refused(picture: bytes) -> None:
    for length in range(3, len(picture) - 1):
        refused(picture[:length])
    spoilt = bytearray(png())
    spoilt[18] ^= 1
    refused(bytes(spoilt))


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"mif1", b"hevc", b"avif"])
def test_a_picture_of_a_phone_is_refused_with_what_to_do_on_the_phone(brand: bytes) -> None:
    content = b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0mif1heic"
    assert "Cài đặt › Camera › Định dạng › Tương thích nhất" in refused(content, "vi")
    assert "Settings › Camera › Formats › Most Compatible" in refused(content)


@pytest.mark.parametrize(
    ("content", "kind", "do"),
    [
        (b"II*\0\x08\0\0\0", "TIFF", "PDF"),
        (b"MM\0*\0\0\0\x08", "TIFF", "PDF"),
        (b"II+\0\x08\0", "TIFF", "PDF"),
        (b"GIF89a<script>alert(1)</script>", "GIF", "JPEG"),
        (b"BM\x36\0", "BMP", "JPEG"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "WebP", "JPEG"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "DOC", "PDF"),
        (b"{\\rtf1", "RTF", "PDF"),
        (b"Rar!\x1a\x07", "RAR", "each file"),
    ],
)
def test_other_known_kinds_are_refused_with_what_to_do(content: bytes, kind: str, do: str) -> None:
    assert kind in refused(content) and do in refused(content)
    assert refused(content, "vi") != refused(content)


WHOLE = {"pdf": pdf(), "jpg": jpeg(), "png": png(), "docx": docx(), "xlsx": xlsx(), "odt": odt()}


@pytest.mark.parametrize("ending", [*WHOLE, "exe", "docm", "HTML", "heic", "zip", "pdf.exe", "js "])
@pytest.mark.parametrize("kind", WHOLE)
def test_a_name_ends_as_the_content_says_or_not_at_all(kind: str, ending: str) -> None:
    name = f"Đơn đăng ký.{ending}"
    if ending == kind:
        assert check_content(WHOLE[kind], name, 10**6)
        assert check_content(WHOLE[kind], name.upper(), 10**6)
    else:
        with pytest.raises(UnacceptableFile, match="name"):
            check_content(WHOLE[kind], name, 10**6)
    assert check_content(WHOLE[kind], "Đơn ngày 12.5", 10**6)
    assert check_content(WHOLE[kind], "file", 10**6)


def test_the_usual_endings_of_jpeg_are_taken() -> None:
    for ending in ("jpg", "JPEG", "jpe", "jfif"):
        assert check_content(jpeg(), f"a.{ending}", 10**6) == "image/jpeg"


def test_the_work_on_a_picture_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    many = jpeg(more=segment(0xFE, b"x") * 9)
    assert file_type(many) == JPEG
    for bound in ("_MAX_SEGMENTS", "_MAX_SCANS"):
        with monkeypatch.context() as patch:
            patch.setattr(f"engine.rules.files.images.{bound}", 0 if bound == "_MAX_SCANS" else 1)
            refused(many)


@given(st.binary(max_size=200), st.integers(0, 120))
def test_no_bytes_raise_anything_but_a_refusal(junk: bytes, at: int) -> None:
    for whole in (png(), jpeg()):
        for content in (whole[:4] + junk, whole[:at] + junk + whole[at:], whole[:at] + junk + whole[at + len(junk) :]):
            try:
                file_type(content)
            except UnacceptableFile as refusal:
                assert refusal.sentence("vi") != refusal.sentence("en")

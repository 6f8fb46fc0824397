"""PDF: no program, no action of its own, no other file, no password; wherever and however it is written."""

from __future__ import annotations

import io
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.actions import JavaScript

from engine.rules.file_types import PDF, file_type
from engine.rules.files import pdf as rules
from engine.rules.files.pdf import REFUSED, check_pdf
from engine.rules.files.refusals import UnacceptableFile
from tests.file_samples import archive, object_stream, pdf, stream

ACTIVE = {
    "script on opening": b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>",
    "a program": b"<< /S /Launch /F (cmd.exe) >>",
    "a form that sends": b"<< /S /SubmitForm /F (http://x.example) >>",
    "data from elsewhere": b"<< /S /ImportData /F (x.fdf) >>",
    "another file": b"<< /S /GoToR /F (\\\\\\\\x.example\\\\a.pdf) >>",
    "a file inside": b"<< /Type /EmbeddedFile >>",
    "a list of files": b"<< /Names [(a) << /Type /Filespec /EF << /F 9 0 R >> >>] >>",
    "a film": b"<< /Subtype /RichMedia >>",
    "a rendition": b"<< /S /Rendition >>",
    "on every page": b"<< /Type /Page /AA << /O << /S /URI /URI (http://x.example) >> >> >>",
    "a portfolio": b"<< /Collection << /View /D >> >>",
    "a dynamic form": b"<< /XFA 9 0 R >>",
}


def refused(content: bytes) -> UnacceptableFile:
    with pytest.raises(UnacceptableFile) as caught:
        file_type(content)
    return caught.value


def test_ordinary_documents_are_taken() -> None:
    link = b"<< /Type /Annot /Subtype /Link /A << /S /URI /URI (https://dichvucong.gov.vn) >> >>"
    page = stream(b"BT /F1 12 Tf (Xin chao) Tj ET")
    packed = object_stream({7: link, 8: b"<< /S /GoTo /D [3 0 R /Fit] >>"})
    for content in (
        pdf(),
        pdf(link, page, catalog=b"/OpenAction [3 0 R /Fit]"),
        pdf(page, packed, catalog=b"/OpenAction 8 0 R"),
        pdf(b"<< /S /GoTo /D [3 0 R /Fit] >>", link, catalog=b"/OpenAction 4 0 R"),
        pdf(stream(b"1 0 0 1 72 720 cm /GS0 gs"), link, catalog=b"/OpenAction << /S /GoTo /D [3 0 R /Fit] >>"),
        pdf(stream(b"12 0 obj", flat=True), b"<< /Title (Livestream guide) >>"),
        pdf(stream(bytes(range(256)) * 50, flat=True)),
    ):
        assert file_type(content) == PDF
        assert len(PdfReader(io.BytesIO(content)).pages) == 1


@pytest.mark.parametrize("name", ACTIVE)
@pytest.mark.parametrize(
    "way", ["object", "packed", "flat packed", "in a comment", "in a string", "hidden in a stream"]
)
def test_active_content_is_refused_wherever_it_stands(name: str, way: str) -> None:
    active = ACTIVE[name]
    content = {
        "object": lambda: pdf(active),
        "packed": lambda: pdf(object_stream({9: active})),
        "flat packed": lambda: pdf(object_stream({9: active}, flat=True)),
        "in a comment": lambda: pdf(b"null % " + active),
        "in a string": lambda: pdf(b"(5 0 obj " + active + b" endobj)"),
        "hidden in a stream": lambda: pdf(stream(b"5 0 obj %x\n" + active, flat=True)),
    }[way]()
    assert "PDF" in refused(content).sentence("vi")
    assert "print it to a new PDF" in refused(content).sentence("en")


@given(st.sampled_from(sorted(REFUSED)), st.data())
def test_a_name_is_refused_however_it_is_escaped(name: bytes, data: st.DataObject) -> None:
    ways = [st.sampled_from([bytes([sign]), b"#%02x" % sign, b"#%02X" % sign]) for sign in name]
    written = b"/" + b"".join(data.draw(way) for way in ways)
    for content in (pdf(b"<< " + written + b" 1 >>"), pdf(object_stream({9: b"<< " + written + b" 1 >>"}))):
        with pytest.raises(UnacceptableFile):
            check_pdf(content)
    check_pdf(pdf(b"<< " + written + b"x 1 >>"))  # another name that begins with it


@pytest.mark.parametrize(
    "action",
    [b"<< /S /URI /URI (http://x.example) >>", b"<< /S /GoTo /Next << /S /URI >> >>", b"<< /#53 /UR#49 /URI (x) >>"],
)
def test_what_opening_a_document_does_is_refused_unless_it_turns_to_a_page(action: bytes) -> None:
    for content in (
        pdf(catalog=b"/OpenAction " + action),
        pdf(catalog=b"/OpenAction%\n" + action),
        pdf(action, catalog=b"/OpenAction 4 0 R"),
        pdf(object_stream({5: b"12", 9: action}), catalog=b"/Open#41ction 9 0 R"),
    ):
        assert "action" in refused(content).sentence("en")


def test_an_encrypted_document_is_refused_as_such() -> None:
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    writer.encrypt("mật khẩu")
    writer.write(out)
    assert "password" in refused(out.getvalue()).sentence("en")
    assert "mật khẩu" in refused(pdf(trailer=b"/Encrypt 9 0 R")).sentence("vi")


def test_what_a_library_attaches_or_scripts_is_refused() -> None:
    for spoil in (
        lambda writer: writer.add_attachment("a.txt", b"x"),
        lambda writer: writer.add_open_action(JavaScript("app.alert(1)")),
    ):
        writer, out = PdfWriter(), io.BytesIO()
        writer.add_blank_page(100, 100)
        spoil(writer)
        writer.write(out)
        refused(out.getvalue())


@pytest.mark.parametrize(
    "word", [b"stream\n", b"stream\r\n", b"stream\r", b"stream ", b"stream \t\n", b"%a comment\nstream\n"]
)
def test_a_stream_is_found_however_its_beginning_is_written(word: bytes) -> None:
    packed = object_stream({9: ACTIVE["script on opening"]}).replace(b"stream\n", word, 1)
    refused(pdf(packed))


def test_packed_objects_are_read_to_their_own_end() -> None:
    # A stored block holds the word that seems to end the stream before what follows it.
    packer = zlib.compressobj(0)
    inner = b"9 0 10 30 << >> endstream      " + ACTIVE["a program"]
    packed = packer.compress(inner) + packer.flush()
    refused(pdf(b"<< /Type /ObjStm /N 2 /First 9 /Filter /FlateDecode >>\nstream\n" + packed + b"\nendstream"))


@pytest.mark.parametrize(
    "entries",
    [
        b"/Filter [/ASCII85Decode /FlateDecode]",
        b"/Filter /LZWDecode",
        b"/DecodeParms << /Predictor 12 >>",
        b"/Filter/Crypt",
    ],
)
def test_objects_packed_in_an_unusual_way_are_refused(entries: bytes) -> None:
    assert "examined" in refused(pdf(object_stream({9: b"<< >>"}, entries))).sentence("en")


def test_objects_that_cannot_be_unpacked_are_refused() -> None:
    whole = pdf(object_stream({number: b"<< /A /B%d >>" % number for number in range(50)}))
    spoilt = bytearray(whole)
    at = whole.index(b"stream\n") + 60
    spoilt[at : at + 20] = b"\xff" * 20
    refused(bytes(spoilt))
    refused(pdf(stream(b"no numbers", b"/Type /ObjStm")))
    refused(pdf(stream(zlib.compress(b"9 0 << >>"), b"/Type /ObjStm")))  # packed twice


def test_objects_that_unpack_to_too_much_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = pdf(*[object_stream({9: b"<<" + b" " * 1000 + b">>"}) for _ in range(3)])
    check_pdf(content)
    monkeypatch.setattr(rules, "MAX_UNPACKED", 2_500)
    refused(content)


def test_the_work_on_a_document_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    for bound, content in {
        "MAX_STREAMS": pdf(*[stream(b"q") for _ in range(4)]),
        "MAX_SUSPECTS": pdf(stream(b"obj " * 4, flat=True)),
        "MAX_OPENINGS": pdf(*[b"<< /OpenAction [3 0 R] >>"] * 4),
        "MAX_OPENED": pdf(b"[3 0 R]", *[b"<< /OpenAction %d 0 R >>" % number for number in (1, 2, 3, 4)]),
        "MAX_ESCAPES": pdf(b"<< /Q#41 /Q#42 /Q#43 /Q#44 >>"),
    }.items():
        check_pdf(content)
        with monkeypatch.context() as patch:
            patch.setattr(rules, bound, 2)
            refused(content)


def test_nothing_else_stands_before_or_after_a_document() -> None:
    zipped = archive({"a.txt": b"x"})
    for content in (
        pdf() + zipped + b"%%EOF",
        pdf() + b"<script>alert(1)</script>",
        pdf(stream(zipped, flat=True))[:-7] + zipped[-22:-2] + b"\x05\x00%%EOF",
        b"\x00" + pdf(),
        b"%PDF-1.7 <script>alert(1)</script>\n" + pdf(),
        pdf() + b" " * 3_000,
    ):
        refused(content)
    assert file_type(pdf() + b"\r\n\x1a\x00\n") == PDF


@given(st.binary(max_size=400), st.integers(0, 600))
def test_no_bytes_raise_anything_but_a_refusal(junk: bytes, at: int) -> None:
    whole = pdf(object_stream({9: b"<< /S /GoTo >>"}), stream(b"q"), catalog=b"/OpenAction 9 0 R")
    for content in (
        b"%PDF-" + junk + b"%%EOF",
        whole[:at] + junk + whole[at:],
        whole[:at] + junk + whole[at + len(junk) :],
    ):
        try:
            file_type(content)
        except UnacceptableFile as refusal:
            assert refusal.sentence("vi") != refusal.sentence("en")

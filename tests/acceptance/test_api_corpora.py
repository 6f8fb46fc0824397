"""What strangers send: files that pretend, names that deceive, web addresses that lead inside, cells that compute."""

from __future__ import annotations

import io
import re
import struct
import unicodedata
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest

from adapters.public_address import place_of
from engine.ports import DeliveryFailed
from engine.rules.file_types import TAKEN
from server.tables import CSV_TYPE, XLSX_TYPE
from tests.file_samples import jpeg, png
from tests.installation.filings import PDF
from tests.installation.served import ServedInstallation

ROOT = Path(__file__).resolve().parents[2]
PNG, JPEG = png(), jpeg()
SCRIPT = b"<html><script>alert(1)</script>"


def packed(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def docx(**more: bytes) -> bytes:
    return packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>", **more})


def overlapping(copies: int) -> bytes:
    """An archive whose members all lie on the same compressed bytes (as Fifield's bomb of 2019 does)."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    content = b"\0" * 900_000
    kernel = deflate.compress(content) + deflate.flush()
    sizes = (zlib.crc32(content), len(kernel), len(content))
    name = b"word/document.xml"
    body = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 8, 0, 0x21, *sizes, len(name), 0) + name + kernel
    directory = b""
    for number in range(copies):
        own = name if number == 0 else b"[Content_Types].xml" if number == 1 else b"word/%d.xml" % number
        directory += struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 8, 0, 0x21, *sizes, len(own), 0, 0, 0, 0, 0, 0)
        directory += own
    end = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, copies, copies, len(directory), len(body), 0)
    return body + directory + end


WHOLE = {"pdf": (PDF, "application/pdf"), "png": (PNG, "image/png"), "jpg": (JPEG, "image/jpeg")}
REFUSED = {
    "pdf and html": PDF[:-6] + SCRIPT + b"\n%%EOF\n",
    "pdf and zip": PDF + packed({"a.class": b"\xca\xfe\xba\xbe"}),
    "png and html": PNG[:20] + SCRIPT + PNG[20:],
    "jpeg and php": JPEG[:20] + b"<?php system($_GET[0]); ?>" + JPEG[20:],
    "pdf by another name": PDF,
    "html before pdf": SCRIPT + PDF,
    "one byte before pdf": b"\n" + PDF,
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "gif and js": b"GIF89a/*" + b"x" * 20 + b"*/=1;alert(1)",
    "zip before docx": packed({"readme.txt": b""}) + docx(),
    "bomb in a docx": docx(**{"word/media/zeros.bin": b"\0" * 30_000_000}),
    "overlapping members": overlapping(1500),
    "macros in disguise": docx(**{"word/VBAPROJECT.BIN": b"x"}),
    "jar as docx": packed({"META-INF/MANIFEST.MF": b"", "A.class": b"", "word/document.xml": b""}),
    "climbing member": docx(**{"word/../../x": b""}),
    "windows path": docx(**{"word\\..\\x": b""}),
    "same member twice": docx()[:-22] + docx()[-22:].replace(b"PK\x05\x06", b"PK\x05\x07"),
}
DECEITFUL = [
    "\u202egnp.exe.pdf",
    "a\u2066b.pdf",
    "a\x00b.pdf",
    "../../x.pdf",
    "a\x1b[31m.pdf",
    "a\x85.pdf",
]
DECEITFUL += ["x" * 256 + ".pdf", "a\u2028b.pdf"]

INSIDE = ["127.1", "0177.0.0.1", "0x7f000001", "017700000001", "127.0.0.1.", "localhost.", "LOCALHOST"]
INSIDE += [
    "\uff11\uff12\uff17.0.0.1",
    "\u2460\u2461\u2466.0.0.1",
    "[::]",
    "[::ffff:7f00:1]",
    "[::ffff:0a00:0001]",
    "[fe80::1]",
]
INSIDE += ["[fec0::1]", "[2001:db8::1]", "[::127.0.0.1]", "[64:ff9b:1::a00:1]", "[64:ff9b::7f00:1]", "[2001::1]"]
INSIDE += ["[ff02::1]", "0", "192.88.99.1", "198.18.0.1", "192.0.0.8", "240.0.0.1", "255.255.255.255", "172.16.9.9"]
INSIDE += ["172.31.255.255", "169.254.0.1", "[2002:a9fe:a9fe::]", "[2002:c0a8:0101::1]"]


@pytest.fixture(scope="module")
def installation(shared_installation: ServedInstallation) -> ServedInstallation:
    return shared_installation


@pytest.fixture(scope="module")
def code(installation: ServedInstallation) -> str:
    return str(installation.filed()["code"])


@pytest.mark.parametrize("ending", WHOLE)
def test_a_file_is_given_out_as_what_it_is_and_never_shown(
    installation: ServedInstallation, code: str, ending: str
) -> None:
    content, media = WHOLE[ending]
    sent = _upload(installation, code, content, f"page.{ending}")
    assert sent.status_code == 201, sent.text
    got = installation.person("counter").get(sent.headers["Location"])
    assert (got.data, got.headers["Content-Type"]) == (content, media)
    assert re.fullmatch(rf'attachment; filename="card-\d+\.{ending}"', got.headers["Content-Disposition"])
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in got.headers["Content-Security-Policy"]


@pytest.mark.parametrize("what", REFUSED)
def test_what_pretends_is_refused_and_nothing_of_it_is_kept(
    installation: ServedInstallation, code: str, what: str
) -> None:
    before = _files(installation)
    sent = _upload(installation, code, REFUSED[what], "giấy tờ.docx")
    assert (sent.status_code, sent.json["code"]) == (422, "unacceptable-file")
    assert _files(installation) == before


def _files(installation: ServedInstallation) -> list[Path]:
    """Every file that is kept for a dossier."""
    return sorted((installation.runtime.settings.data / "files").rglob("*"))


@pytest.mark.parametrize("name", DECEITFUL)
def test_a_name_that_deceives_is_refused(installation: ServedInstallation, code: str, name: str) -> None:
    sent = _upload(installation, code, PDF, name)
    assert (sent.status_code, sent.json["code"]) == (422, "unacceptable-file"), sent.text


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (unicodedata.normalize("NFC", "Đơn đề nghị.pdf"), "Đơn đề nghị.pdf"),
        (unicodedata.normalize("NFD", "Đơn đề nghị.pdf"), "Đơn đề nghị.pdf"),
    ],
)
def test_one_name_is_kept_in_one_form(installation: ServedInstallation, code: str, sent: str, kept: str) -> None:
    number = _upload(installation, code, PDF, sent).json["document"]
    papers = installation.person("counter").get(f"/api/v1/dossiers/{code}/documents").json["items"]
    assert next(one for one in papers if one["id"] == number)["file_name"] == kept


@pytest.mark.parametrize("host", INSIDE)
@pytest.mark.parametrize("rest", ["/hook", ":8443/hook"])
def test_no_way_of_writing_an_address_leads_inside(host: str, rest: str) -> None:
    with pytest.raises(DeliveryFailed):
        place_of(f"https://{host}{rest}", channel="webhook", allow_private=False)


@pytest.mark.parametrize(
    "url", ["https://a@127.0.0.1/", "https://example.org\\@10.0.0.1/", "https://example.org#@10.0.0.1/"]
)
def test_what_two_readers_of_an_address_take_differently_is_not_asked(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def note(host: str, *_: Any, **__: Any) -> Any:
        asked.append(host)
        raise OSError("not resolved in this test")

    monkeypatch.setattr("socket.getaddrinfo", note)
    with pytest.raises(DeliveryFailed):
        place_of(url, channel="webhook", allow_private=False)
    assert set(asked) <= {"example.org"}, "the host that is resolved is the one that stands before the first sign"


def test_tables_are_exported_by_the_one_writer_that_keeps_cells_from_computing(
    installation: ServedInstallation,
) -> None:
    """``server/tables.py`` keeps cells from computing (= + - @ tab CR), as ``tests/unit/test_tables.py`` shows."""
    documented = {
        media
        for operations in installation.document["paths"].values()
        for operation in operations.values()
        if isinstance(operation, dict)
        for answer in operation.get("responses", {}).values()
        for media in answer.get("content", {})
    }
    packed = {"application/zip", "application/x-pem-file"}  # a signed result, and the key to check it with
    uploaded = {kind.media for kind in TAKEN}  # given back byte by byte
    tables = {CSV_TYPE.partition(";")[0], XLSX_TYPE}
    assert documented <= {
        "application/json",
        "application/problem+json",
        "application/pdf",
        *packed,
        *uploaded,
        *tables,
    }
    rooms = ("api", "engine", "adapters", "cli", "web")
    writers = [path for room in rooms for path in (ROOT / room).rglob("*.py") if "csv.writer" in path.read_text()]
    no_exports = {ROOT / "cli/new_workflow.py", ROOT / "engine/rules/offices/signatory_file.py"}
    assert set(writers) == no_exports, "a line of the competences, and a file of settings that is read back as it is"


def _upload(installation: ServedInstallation, code: str, content: bytes, name: str) -> Any:
    return installation.person("counter").post(
        f"/api/v1/dossiers/{code}/documents",
        data={"key": "card", "file": (io.BytesIO(content), name)},
        content_type="multipart/form-data",
    )

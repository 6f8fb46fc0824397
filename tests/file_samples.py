"""Small files of each kind for tests of uploads, made here byte by byte so that a test can spoil any part."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

OFFICE = "application/vnd.openxmlformats-officedocument."
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
WORD_MAIN = f"{OFFICE}wordprocessingml.document.main+xml"
SHEET_MAIN = f"{OFFICE}spreadsheetml.sheet.main+xml"
ODT_TYPE = b"application/vnd.oasis.opendocument.text"


def archive(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive of these members."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return packed.getvalue()


def content_types(overrides: Mapping[str, str], **endings: str) -> bytes:
    """The part ``[Content_Types].xml``."""
    known = {"rels": "application/vnd.openxmlformats-package.relationships+xml", "xml": "application/xml"} | endings
    defaults = "".join(f'<Default Extension="{one}" ContentType="{kind}"/>' for one, kind in known.items())
    parts = "".join(f'<Override PartName="/{one}" ContentType="{kind}"/>' for one, kind in overrides.items())
    space = "http://schemas.openxmlformats.org/package/2006/content-types"
    return f'<?xml version="1.0"?><Types xmlns="{space}">{defaults}{parts}</Types>'.encode()


def relations(*found: tuple[str, str, str]) -> bytes:
    """A part of relationships: (type, target, mode) each."""
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    ones = "".join(
        f'<Relationship Id="r{number}" Type="{kind if "/" in kind else RELATIONS + kind}" Target="{target}"'
        + (f' TargetMode="{mode}"/>' if mode else "/>")
        for number, (kind, target, mode) in enumerate(found)
    )
    return f'<?xml version="1.0"?><Relationships xmlns="{space}">{ones}</Relationships>'.encode()


def docx(more: Mapping[str, bytes] | None = None, types: Mapping[str, str] | None = None, **endings: str) -> bytes:
    """A Word document as Word writes it, with further parts and content types."""
    overrides = {
        "word/document.xml": WORD_MAIN,
        "word/styles.xml": f"{OFFICE}wordprocessingml.styles+xml",
        "word/theme/theme1.xml": f"{OFFICE}theme+xml",
        "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        "docProps/app.xml": f"{OFFICE}extended-properties+xml",
        "word/stylesWithEffects.xml": "application/vnd.ms-word.stylesWithEffects+xml",
    } | dict(types or {})
    parts = {
        "[Content_Types].xml": content_types(overrides, **endings),
        "_rels/.rels": relations(("officeDocument", "word/document.xml", "")),
        "word/document.xml": b"<w/>",
        "word/styles.xml": b"<w/>",
        "word/theme/theme1.xml": b"<w/>",
        "word/stylesWithEffects.xml": b"<w/>",
        "word/_rels/document.xml.rels": relations(
            ("styles", "styles.xml", ""), ("hyperlink", "https://dichvucong.gov.vn/", "External")
        ),
        "docProps/core.xml": b"<c/>",
        "docProps/app.xml": b"<c/>",
    }
    return archive(parts | dict(more or {}))


def xlsx(more: Mapping[str, bytes] | None = None, types: Mapping[str, str] | None = None, **endings: str) -> bytes:
    """A workbook as Excel writes it, with further parts and content types."""
    overrides = {
        "xl/workbook.xml": SHEET_MAIN,
        "xl/worksheets/sheet1.xml": f"{OFFICE}spreadsheetml.worksheet+xml",
        "xl/sharedStrings.xml": f"{OFFICE}spreadsheetml.sharedStrings+xml",
    } | dict(types or {})
    endings = {"bin": f"{OFFICE}spreadsheetml.printerSettings"} | endings
    parts = {
        "[Content_Types].xml": content_types(overrides, **endings),
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml", "")),
        "xl/workbook.xml": b"<w/>",
        "xl/_rels/workbook.xml.rels": relations(("worksheet", "worksheets/sheet1.xml", "")),
        "xl/worksheets/sheet1.xml": b"<w/>",
        "xl/sharedStrings.xml": b"<w/>",
        "xl/printerSettings/printerSettings1.bin": b"\x01\x00",
    }
    return archive(parts | dict(more or {}))


def odt(more: Mapping[str, bytes] | None = None, content: bytes | None = None) -> bytes:
    """An OpenDocument text as LibreOffice writes it, with further parts or another content."""
    parts = {
        "mimetype": ODT_TYPE,
        "Configurations2/accelerator/current.xml": b"",
        "manifest.rdf": b"<r/>",
        "styles.xml": b"<s/>",
        "content.xml": content or odt_content(""),
        "meta.xml": b"<m/>",
        "settings.xml": b"<s/>",
        "Thumbnails/thumbnail.png": png(),
        "META-INF/manifest.xml": odt_manifest(""),
    }
    return archive(parts | dict(more or {}))


def odt_content(inner: str) -> bytes:
    """The part ``content.xml`` with these elements in its text."""
    names = "".join(
        f' xmlns:{one}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
        for one, space in {"office": "office", "text": "text", "draw": "drawing", "script": "script"}.items()
    )
    names += ' xmlns:xlink="http://www.w3.org/1999/xlink"'
    link = '<text:a xlink:href="https://dichvucong.gov.vn/">x</text:a>'
    return f"<office:document-content{names}><office:scripts/>{link}{inner}</office:document-content>".encode()


def odt_manifest(inner: str) -> bytes:
    """The part ``META-INF/manifest.xml`` with these elements."""
    space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    root = f'<m:file-entry m:full-path="/" m:media-type="{ODT_TYPE.decode()}"/>'
    return f'<m:manifest xmlns:m="{space}">{root}{inner}</m:manifest>'.encode()


def png(width: int = 3, height: int = 2, more: bytes = b"") -> bytes:
    """A PNG that declares these sizes."""
    header = struct.pack(">LLBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + more + chunk(b"IDAT", b"\0") + chunk(b"IEND", b"")


def chunk(kind: bytes, content: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">L", len(content)) + kind + content + struct.pack(">L", zlib.crc32(kind + content))


def jpeg(
    width: int = 3, height: int = 2, *, more: bytes = b"", frame: int = 0xC0, data: bytes = b"\x12\xff\x00\x34"
) -> bytes:
    """A JPEG that declares these sizes; ``more`` are further segments before the frame."""
    app0 = segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")
    sof = segment(frame, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00")
    sos = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00")
    return b"\xff\xd8" + app0 + more + sof + sos + data + b"\xff\xd9"


def segment(marker: int, content: bytes) -> bytes:
    """One segment of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def pdf(*objects: bytes, catalog: bytes = b"", trailer: bytes = b"") -> bytes:
    """A PDF of one empty page, with further entries of its catalogue and trailer, and objects from number 4 on."""
    known = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        *objects,
    ]
    body, offsets = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, one in enumerate(known, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(known) + 1
    end = b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + end


def stream(content: bytes, entries: bytes = b"", *, flat: bool = False) -> bytes:
    """A stream object, packed with Flate unless ``flat``."""
    packed = content if flat else zlib.compress(content)
    how = b"" if flat else b"/Filter /FlateDecode"
    return b"<< /Length %d %s %s >>\nstream\n%s\nendstream" % (len(packed), how, entries, packed)


def object_stream(objects: Mapping[int, bytes], entries: bytes = b"", *, flat: bool = False) -> bytes:
    """A stream of objects."""
    places, body = list[bytes](), b""
    for number, one in objects.items():
        places.append(b"%d %d" % (number, len(body)))
        body += one + b" "
    head = b" ".join(places) + b" "
    kind = b"/Type /ObjStm /N %d /First %d " % (len(objects), len(head))
    return stream(head + body, kind + entries, flat=flat)

"""DOCX, XLSX and ODT: parts by an allow-list of types, relationships that stay inside, nothing that acts by itself."""

from __future__ import annotations

import pytest

from engine.rules.file_types import DOCX, ODT, XLSX, file_type
from engine.rules.files.refusals import UnacceptableFile
from tests.file_samples import (
    OFFICE,
    archive,
    content_types,
    docx,
    odt,
    odt_content,
    odt_manifest,
    png,
    relations,
    xlsx,
)

MS = "application/vnd.ms-"
ACTIVE_TYPES = [
    f"{MS}office.vbaProject",
    f"{MS}word.vbaData+xml",
    f"{MS}office.vbaProjectSignature",
    f"{MS}office.activeX+xml",
    f"{MS}office.activeX",
    f"{MS}word.keyMapCustomizations+xml",
    f"{MS}word.attachedToolbars",
    f"{MS}word.document.macroEnabled.main+xml",
    f"{MS}excel.macrosheet+xml",
    f"{MS}excel.intlmacrosheet+xml",
    f"{MS}excel.controlproperties+xml",
    f"{MS}office.webextension+xml",
    f"{OFFICE}oleObject",
    f"{OFFICE}spreadsheetml.dialogsheet+xml",
    f"{OFFICE}spreadsheetml.externalLink+xml",
    f"{OFFICE}spreadsheetml.connections+xml",
    f"{OFFICE}spreadsheetml.queryTable+xml",
    f"{OFFICE}spreadsheetml.sheet",
    f"{OFFICE}wordprocessingml.template.main+xml",
    "application/octet-stream",
    "application/javascript",
    "application/x-msdownload",
    "text/html",
    "application/rtf",
    "message/rfc822",
]
ACTIVE_RELATIONS = [
    ("attachedTemplate", "https://x.example/a.dotm", "External"),
    ("attachedTemplate", "file:///C:/a.dotm", "External"),
    ("attachedTemplate", "../a.dotx", ""),
    ("oleObject", "embeddings/a.bin", ""),
    ("oleObject", "https://x.example/a.hta", "External"),
    ("externalLinkPath", "file.xlsx", "External"),
    ("externalLink", "externalLinks/a.xml", ""),
    ("image", "https://x.example/a.png", "External"),
    ("image", "\\\\x.example\\a.png", ""),
    ("image", "//x.example/a.png", ""),
    ("hyperlink", "file:///C:/Windows/cmd.exe", "External"),
    ("hyperlink", "ms-msdt:/id", "External"),
    ("hyperlink", "javascript:alert(1)", "External"),
    ("http://schemas.microsoft.com/office/2006/relationships/vbaProject", "x.xml", ""),
    ("http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet", "x.xml", ""),
    ("http://schemas.microsoft.com/office/2006/relationships/ui/extensibility", "x.xml", ""),
    ("http://purl.oclc.org/ooxml/officeDocument/relationships/attachedTemplate", "x.xml", ""),
    ("control", "x.xml", ""),
    ("aFChunk", "x.xml", ""),
    ("subDocument", "x.xml", ""),
    ("mailMergeSource", "x.csv", "External"),
    ("frame", "https://x.example", "External"),
    ("package", "embeddings/a.xlsx", ""),
    ("officeDocument", "word/other.xml", ""),
    ("theme", "theme.xml", "external"),
]


def refused(content: bytes) -> str:
    with pytest.raises(UnacceptableFile) as caught:
        file_type(content)
    assert caught.value.sentence("vi") != caught.value.sentence("en")
    return caught.value.sentence("en")


def test_documents_as_offices_write_them_are_taken() -> None:
    image = {"word/media/image1.png": png()}
    assert file_type(docx()) == DOCX
    assert file_type(docx(image, png="image/png")) == DOCX
    assert file_type(docx(image)) == DOCX
    assert (
        file_type(docx({"word/settings.xml": b"<w/>"}, {"word/settings.xml": f"{OFFICE}wordprocessingml.settings+xml"}))
        == DOCX
    )
    assert file_type(docx({"word/fonts/font1.odttf": b"x"}, odttf=f"{OFFICE}obfuscatedFont")) == DOCX
    assert file_type(docx({"word/vmlDrawing1.vml": b"<x/>"}, vml=f"{OFFICE}vmlDrawing")) == DOCX
    assert file_type(docx({"customXml/item1.xml": b"<x/>"})) == DOCX
    assert file_type(xlsx()) == XLSX
    assert file_type(odt()) == ODT
    assert file_type(odt({"Object 1/content.xml": odt_content(""), "ObjectReplacements/Object 1": b"x"})) == ODT
    assert file_type(archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})) == DOCX


@pytest.mark.parametrize("kind", ACTIVE_TYPES)
def test_a_part_of_another_type_is_refused_whatever_its_name(kind: str) -> None:
    for name in ("word/harmless.xml", "word/media/image1.png", "word/x.bin"):
        assert "print it" in refused(docx({name: b"x"}, {name: kind}))
        assert "print it" in refused(docx({name: b"x"}, {name.upper(): kind}))
        assert "print it" in refused(docx({name: b"x"}, **{name.rpartition(".")[2]: kind}))
        assert "print it" in refused(xlsx({name: b"x"}, {name: kind}))


@pytest.mark.parametrize(
    "name",
    [
        "word/vbaProject.bin",
        "word/VBAPROJECT.xml",
        "xl/macrosheets/sheet1.xml",
        "word/embeddings/oleObject1.bin",
        "word/embeddings/a.xlsx",
        "xl/externalLinks/externalLink1.xml",
        "xl/connections.xml",
        "word/activeX/activeX1.xml",
        "customUI/customUI14.xml",
        "word/a.exe",
        "word/a.hta",
        "word/a.bin",
        "a.html",
    ],
)
def test_a_part_with_such_a_name_is_refused_whatever_its_type(name: str) -> None:
    refused(docx({name: b"x"}))
    if not name.endswith((".exe", ".hta", ".bin", ".html", ".xlsx")) or "embed" in name or "vba" in name:
        refused(docx({name: b"x"}, {name: "application/xml"}))


@pytest.mark.parametrize("relation", ACTIVE_RELATIONS)
def test_a_relationship_that_leads_to_such_a_thing_is_refused_in_any_part(relation: tuple[str, str, str]) -> None:
    part = relations(relation)
    refused(docx({"word/_rels/document.xml.rels": part}))
    refused(docx({"word/_rels/settings.xml.rels": part}))
    refused(docx({"customXml/_RELS/Item1.xml.RELS": part}))
    refused(xlsx({"xl/worksheets/_rels/sheet1.xml.rels": part}))


def test_a_part_that_declares_entities_is_refused() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    refused(docx({"word/_rels/document.xml.rels": bomb}))
    refused(docx({"[Content_Types].xml": bomb}))
    refused(odt({"content.xml": bomb}))
    refused(docx({"[Content_Types].xml": "<!DOCTYPE x><Types/>".encode("utf-16")}))


def test_a_main_part_of_another_kind_is_refused() -> None:
    macros = content_types({"word/document.xml": f"{MS}word.document.macroEnabled.main+xml"})
    refused(docx({"[Content_Types].xml": macros}))
    refused(docx({"xl/workbook.xml": b"<w/>"}))


@pytest.mark.parametrize(
    "content",
    [
        odt({"Basic/Standard/Module1.xml": b"<x/>"}),
        odt({"Scripts/python/a.py": b"x"}),
        odt({"Dialogs/a.xml": b"<x/>"}),
        odt({"a.exe": b"x"}),
        odt({"Object 1/a.bin": b"x"}),
        odt({"Configurations2/accelerator/current.xml": b"<a href='vnd.sun.star.script:x'/>"}),
        odt(content=odt_content('<script:event-listener xlink:href="vnd.sun.star.script:a"/>')),
        odt(content=odt_content("<text:dde-connection/>")),
        odt(content=odt_content('<draw:image xlink:href="https://x.example/a.png"/>')),
        odt(content=odt_content('<draw:object xlink:href="file:///a.ods"/>')),
        odt(content=odt_content('<draw:object-ole xlink:href="./Object 1"/>')),
        odt(content=odt_content('<draw:plugin xlink:href="./a"/>')),
        odt(content=odt_content('<text:section-source xlink:href="../a.odt"/>')),
        odt(content=odt_content('<text:a xlink:href="file:///C:/a.exe"/>')),
        odt(content=odt_content('<text:a xlink:href="javascript:alert(1)"/>')),
        odt({"styles.xml": odt_content('<draw:image xlink:href="\\\\x.example\\a.png"/>')}),
        odt({"META-INF/manifest.xml": odt_manifest("<m:encryption-data/>")}),
        odt({"META-INF/manifest.xml": odt_manifest("").replace(b"opendocument.text", b"opendocument.database")}),
        odt({"meta.xml": b'<m:meta xmlns:m="urn:x"><m:template/></m:meta>'}),
        odt({"content.xml": b"<broken"}),
        odt({"mimetype": b"application/vnd.oasis.opendocument.text-template"}),
    ],
)
def test_an_opendocument_text_does_nothing_by_itself(content: bytes) -> None:
    refused(content)

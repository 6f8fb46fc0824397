"""DOCX and XLSX: which parts and which relationships a document may have (ECMA-376, part 2).

An allow-list of content types decides, whatever a part is called. A part without a content type is taken by the ending
of its name. Relationships are followed by type: none may lead to macros, controls, embedded objects or templates, and
only a hyperlink may lead out of the document.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

from engine.rules.files.archives import Reader
from engine.rules.files.refusals import ChangeFile, change, unacceptable
from engine.rules.files.xml_parts import visit_elements

TYPES = "[Content_Types].xml"
WORD, SHEET = "word/document.xml", "xl/workbook.xml"
_MAIN = {
    WORD: "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    SHEET: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
}
_TAKEN_TYPES = re.compile(
    r"application/vnd\.openxmlformats-(officedocument|package)\.[a-z.\-]+\+xml"
    r"|application/vnd\.openxmlformats-officedocument\.(vmldrawing|obfuscatedfont)"
    r"|application/vnd\.openxmlformats-officedocument\.spreadsheetml\.printersettings"
    r"|application/vnd\.openxmlformats-officedocument\.wordprocessingml\.printersettings"
    r"|application/vnd\.ms-(office|word|excel)\.[a-z.\-]+\+xml"
    r"|application/(xml|x-fontdata|x-font-ttf|vnd\.ms-package\.obfuscated-opentype)"
    r"|text/xml|image/[a-z.+\-]+"
)
_REFUSED_TYPES = re.compile(
    "macro|vba|dialogsheet|externallink|oleobject|activex|control|toolbar|keymap|connections|querytable"
    "|webextension|template|customui|datamodel|ctrlprop"
)
_TAKEN_ENDINGS = re.compile(
    r".*\.(xml|rels|vml|png|jpe?g|gif|bmp|tiff?|emf|wmf|odttf|fntdata)|.*/printersettings\d*\.bin"
)
_REFUSED_NAMES = re.compile(
    r".*(vbaproject|vbadata|activex|/embeddings/|/externallinks/|/macrosheets/|/dialogsheets/|/ctrlprops/|customui"
    r"|/afchunk|attachedtoolbars|/webextensions/|/querytables/).*|.*/connections\.xml"
)
_REFUSED_RELATIONS = re.compile(
    "vba|macro|template|oleobject|package$|control|externallink|dialogsheet|toolbar|keymap|afchunk|connections"
    "|ctrlprop|querytable|extensibility|webextension|subdocument|frame|mailmerge|recipientdata|customui|datamodel"
)
_OUTSIDE = re.compile(r"[a-z][a-z0-9+.\-]*:|[\\/]{2}", re.IGNORECASE)
_WEB = re.compile(r"(https?://|mailto:|tel:)", re.IGNORECASE)


def check_office(names: list[str], read: Reader) -> str | None:
    """``WORD`` or ``SHEET``, whichever the document is, or None if it is neither. Raises UnacceptableFile."""
    if TYPES not in names:
        return None
    kinds = [kind for kind in (WORD, SHEET) if kind in names]
    if not kinds:
        return None
    if len(kinds) > 1:
        raise unacceptable("tệp là hai loại văn bản cùng lúc", "it is two kinds of document at once")
    types = _content_types(names, read)
    if types[kinds[0].lower()] not in ("", "application/xml", _MAIN[kinds[0]]):
        raise _active()
    for name in names:
        if not name.endswith("/") and name != TYPES:
            _check_part(name.lower(), types[name.lower()])
        if name.lower().endswith(".rels"):
            visit_elements(read(name), _check_relation)
    return kinds[0]


def _content_types(names: Iterable[str], read: Reader) -> dict[str, str]:
    """The content type of each part, in small letters as its name; '' for one that has none."""
    by_ending, by_name = dict[str, str](), dict[str, str]()

    def typed(element: str, given: Mapping[str, str]) -> None:
        kind = given.get("ContentType", "").strip().lower()
        if element.endswith("Default"):
            by_ending[given.get("Extension", "").lower()] = kind
        elif element.endswith("Override"):
            by_name[unquote(given.get("PartName", "")).lower().lstrip("/")] = kind

    visit_elements(read(TYPES), typed)
    lower = [name.lower() for name in names]
    return {name: by_name.get(name, by_ending.get(posixpath.splitext(name)[1][1:], "")) for name in lower}


def _check_part(name: str, kind: str) -> None:
    if _REFUSED_NAMES.fullmatch("/" + name) or _REFUSED_TYPES.search(kind):
        raise _active()
    if not (_TAKEN_TYPES.fullmatch(kind) if kind else _TAKEN_ENDINGS.fullmatch("/" + name)):
        raise _active()


def _check_relation(element: str, given: Mapping[str, str]) -> None:
    """Checks where a relationship leads."""
    if not element.endswith("Relationship"):
        return
    kind = given.get("Type", "").strip().rstrip("/").rpartition("/")[2].lower()
    target = unquote(given.get("Target", "")).strip()
    if _REFUSED_RELATIONS.search(kind):
        raise _active()
    if kind == "hyperlink":
        if _OUTSIDE.match(target) and not _WEB.match(target):
            raise _active()
    elif given.get("TargetMode", "Internal").strip().lower() != "internal" or _OUTSIDE.match(target):
        raise _active()
    if kind == "officedocument" and target.lstrip("/") not in (WORD, SHEET):
        raise unacceptable("tệp nén không phải văn bản được nhận", "the archive is no document that is taken")


def _active() -> ChangeFile:
    return change(
        "tệp có macro, đối tượng nhúng, hoặc mẫu hay dữ liệu lấy từ nơi khác",
        "it holds macros, embedded objects, or a template or data from elsewhere",
    )

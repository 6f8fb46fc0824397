"""ODT: which parts an OpenDocument text may have (ISO/IEC 26300), and that nothing in it acts by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.rules.files.archives import Reader
from engine.rules.files.refusals import ChangeFile, change, unacceptable
from engine.rules.files.xml_parts import visit_elements

TEXT = "application/vnd.oasis.opendocument.text"
_TAKEN_PARTS = re.compile(
    r"mimetype|manifest\.rdf|layout-cache|META-INF/(manifest|documentsignatures)\.xml"
    r"|(Object \d+/)?(content|styles|meta|settings)\.xml"
    r"|Thumbnails/thumbnail\.png|(Object \d+/)?Pictures/[\w.\-]+|ObjectReplacements/Object \d+|Fonts/[\w.\-]+"
    r"|Configurations2/[\w/.\-]*\.xml|.*/"
)
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"
_SCRIPT, _LINK = f"{_OFFICE}script:1.0", "http://www.w3.org/1999/xlink href"
_ACTIVE = re.compile(r"event-listener|.*dde-.*|.*database.*|applet|plugin|object-ole|floating-frame|section-source")
_CLICKED = frozenset({f"{_OFFICE}text:1.0 a", f"{_OFFICE}drawing:1.0 a"})
_OUTSIDE = re.compile(r"[a-z][a-z0-9+.\-]*:|[\\/]{2}|\.\./\.\.", re.IGNORECASE)
_WEB = re.compile(r"(https?://|mailto:|tel:|#)", re.IGNORECASE)


def is_opendocument(names: list[str], read: Reader) -> bool:
    """Whether the archive is an OpenDocument text. Raises UnacceptableFile."""
    if "mimetype" not in names or read("mimetype").strip() != TEXT.encode():
        return False
    if "content.xml" not in names:
        raise unacceptable("văn bản không có nội dung", "the document has no content")
    if not all(_TAKEN_PARTS.fullmatch(name) for name in names):
        raise _active()
    if "META-INF/manifest.xml" in names:
        visit_elements(read("META-INF/manifest.xml"), _check_manifest)
    for name in names:
        if name.endswith(("content.xml", "styles.xml")):
            visit_elements(read(name), _check_element)
        elif name.startswith("Configurations2/") and b"script" in read(name):
            raise _active()
        elif name == "meta.xml":
            visit_elements(read(name), _check_meta)
    return True


def _check_manifest(element: str, given: Mapping[str, str]) -> None:
    """Refuses an encrypted document, and one that declares itself as another kind than its first part says."""
    if element.endswith(" encryption-data"):
        raise change("tệp bị khóa bằng mật khẩu", "it is protected by a password")
    place = {name.rpartition(" ")[2]: value for name, value in given.items()}
    if place.get("full-path") == "/" and place.get("media-type", TEXT) not in ("", TEXT):
        raise _active()


def _check_element(element: str, given: Mapping[str, str]) -> None:
    space, _, name = element.rpartition(" ")
    if space == _SCRIPT or _ACTIVE.fullmatch(name):
        raise _active()
    link = given.get(_LINK, "").strip()
    if link and _OUTSIDE.match(link) and not (element in _CLICKED and _WEB.match(link)):
        raise _active()


def _check_meta(element: str, given: Mapping[str, str]) -> None:
    if element.endswith(" template"):
        raise _active()


def _active() -> ChangeFile:
    return change(
        "tệp có macro, đối tượng nhúng, hoặc mẫu hay dữ liệu lấy từ nơi khác",
        "it holds macros, embedded objects, or a template or data from elsewhere",
    )

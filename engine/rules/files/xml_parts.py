"""Reads the elements of an XML part. A document type, which could declare entities, is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from xml.parsers import expat

from engine.rules.files.refusals import UnacceptableFile, unacceptable

MAX_BYTES = 50_000_000
MAX_ELEMENTS = 2_000_000

Visit = Callable[[str, Mapping[str, str]], None]


def visit_elements(content: bytes, visit: Visit) -> None:
    """Calls ``visit`` with each element and its attributes, in order. Both are named ``namespace name``.

    Raises UnacceptableFile, and what ``visit`` raises.
    """
    left = MAX_ELEMENTS

    def element(name: str, attributes: dict[str, str]) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise _damaged()
        visit(name, attributes)

    def doctype(*_: object) -> None:
        raise _damaged()

    if len(content) > MAX_BYTES:
        raise _damaged()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = element
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise _damaged() from error


def _damaged() -> UnacceptableFile:
    return unacceptable("một phần bên trong tệp bị hỏng", "a part inside it is damaged")

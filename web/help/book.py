"""The handbook of ``docs/handbook``, which is part of the package: one file a chapter and language, in Markdown.

A section is a heading of the second level; a line ``[//]: # (receive)`` above it, which Markdown does not show, gives
it a name that is the same in both languages. Raw HTML in a chapter is shown as text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup, escape

FOLDER = Path(__file__).parent / "handbook"
CHAPTERS = ("citizen", "clerk", "specialist", "leader", "administrator")
ADDRESS = "/tro-giup"
_SECTION = re.compile(r"^\[//\]: # \(([a-z][a-z-]*)\)\n+## +(.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Section:
    """A task: what it is called in addresses, its heading, and how it is done."""

    name: str
    title: str
    text: Markup


@dataclass(frozen=True, slots=True)
class Chapter:
    """What one kind of reader does with the product."""

    name: str
    title: str
    text: Markup
    sections: tuple[Section, ...]


@cache
def chapter(name: str, language: str) -> Chapter:
    """One of ``CHAPTERS``; raises FileNotFoundError for a chapter that is not written."""
    source = (FOLDER / language / f"{name}.md").read_text(encoding="utf-8")
    head, *parts = _SECTION.split(source)
    title, _, opening = head.partition("\n")
    sections = [Section(*given) for given in _sections(parts)]
    return Chapter(name, title.removeprefix("# ").strip(), _html(opening), tuple(sections))


@cache
def pictures() -> dict[str, bytes]:
    """Every picture of the handbook by its name in addresses: ``vi/today.webp``."""
    folder = FOLDER / "pictures"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.webp")}


def _sections(parts: Sequence[str]) -> list[tuple[str, str, Markup]]:
    return [
        (name, title.strip(), _html(text))
        for name, title, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    ]


def _html(source: str) -> Markup:
    """Our own Markdown as HTML: the parser escapes everything, and passes no HTML through."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    reader.add_render_rule("code_inline", _as_key)
    reader.add_render_rule("image", _that_opens)
    tokens = reader.parse(source)
    _lead_here(tokens)
    rendered: str = reader.renderer.render(tokens, reader.options, {})
    return Markup(rendered)  # noqa: S704 - made by the parser from our own files, without HTML of theirs


def _as_key(_renderer: RendererHTML, tokens: Sequence[Token], at: int, _options: object, _around: object) -> str:
    """What stands in backquotes in the handbook is a key."""
    return f"<kbd>{escape(tokens[at].content)}</kbd>"


def _that_opens(renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, around: EnvType) -> str:
    """A picture that leads to itself, so that a telephone shows it in its own size."""
    shown = renderer.image(tokens, at, options, around)
    return f'<a href="{escape(tokens[at].attrs["src"])}">{shown}</a>'


def _lead_here(tokens: Sequence[Token]) -> None:
    """Lets links and pictures between the files lead to the pages, and a wide table scroll by itself.

    A document beside the handbook is on no page: what leads to it in the files is its title here.
    """
    beside = False
    for token in tokens:
        if token.type == "link_open" and str(token.attrs["href"]).startswith("../../"):
            beside, token.tag, token.attrs = True, "em", {}
        elif token.type == "link_close" and beside:
            beside, token.tag = False, "em"
        elif token.type == "link_open":
            token.attrs["href"] = re.sub(r"^(\w+)\.md", rf"{ADDRESS}/\1", str(token.attrs["href"]))
        elif token.type == "image":
            token.attrs["src"] = re.sub(r"^\.\./pictures/", f"{ADDRESS}/hinh/", str(token.attrs["src"]))
            token.attrs |= _picture_attributes(str(token.attrs["src"]))
        elif token.type == "table_open":
            token.attrs["class"] = "table"
        _lead_here(token.children or ())


def _picture_attributes(address: str) -> dict[str, Any]:
    """Pictures are loaded when they come into view, and keep their place until then."""
    content = pictures().get(address.removeprefix(f"{ADDRESS}/hinh/"), b"")
    size = webp_size(content)
    return {"loading": "lazy", "class": "shot"} | ({"width": size[0], "height": size[1]} if size else {})


def webp_size(content: bytes) -> tuple[int, int] | None:
    """Width and height of a WebP picture in pixels; None for anything else."""
    kind = content[12:16] if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else b""
    if kind == b"VP8X":
        return int.from_bytes(content[24:27], "little") + 1, int.from_bytes(content[27:30], "little") + 1
    if kind == b"VP8 ":
        return tuple(int.from_bytes(content[at : at + 2], "little") & 0x3FFF for at in (26, 28))  # type: ignore[return-value] # two
    if kind == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return None

"""The icons of pages, drawn from our own sprite: one SVG element each, without a request of its own."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from markupsafe import Markup

SPRITE = Path(__file__).parent / "static" / "icons.svg"
_HIDDEN = Markup('<svg class="icon{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>')
_NAMED = Markup('<svg class="icon{}" viewBox="0 0 24 24" role="img" aria-label="{}">{}</svg>')


def icon(name: str, size: str = "", label: str = "") -> Markup:
    """The drawing with this name. Only one with a ``label`` is seen by a screen reader. Raises KeyError."""
    return _NAMED.format(_sized(size), label, _paths()[name]) if label else _plain(name, size)


@cache
def _plain(name: str, size: str) -> Markup:
    return _HIDDEN.format(_sized(size), _paths()[name])


def _sized(size: str) -> str:
    return f" icon-{size}" if size else ""


@cache
def _paths() -> dict[str, Markup]:
    """The inner markup of every symbol of the sprite."""
    sprite = SPRITE.read_text(encoding="utf-8")
    return {name: Markup(inner) for name, inner in re.findall(r'<symbol id="([\w-]+)"[^>]*>(.*?)</symbol>', sprite)}  # noqa: S704 - our own file

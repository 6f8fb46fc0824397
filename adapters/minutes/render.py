"""Renders the minutes of a destruction (biên bản tiêu hủy) with the whole list as PDF/A, by the fonts of the forms."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import msgspec

from adapters.forms.render import compiled, for_paper
from engine.queries.archive import Minutes

_TEMPLATE = Path(__file__).parent / "minutes.typ"
_LONGEST_WORD = 14


def render_minutes(said: Minutes, created: dt.datetime) -> bytes:
    """The minutes as PDF. Equal data make equal bytes."""
    content = for_paper(msgspec.to_builtins(said), _LONGEST_WORD)
    return compiled(_TEMPLATE, {"data": msgspec.json.encode(content).decode()}, created)

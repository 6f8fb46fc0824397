"""Renders the minutes of a destruction (biên bản tiêu hủy) with the whole list as PDF/A, by the fonts of the forms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from adapters.forms.render import compiled, for_paper

_TEMPLATE = Path(__file__).parent / "minutes.typ"
_LONGEST_WORD = 14


def render_minutes(said: Mapping[str, Any], created: dt.datetime) -> bytes:
    """The minutes as PDF. ``said`` is what ``engine.queries.archive.minutes_of`` tells. Equal data make equal bytes."""
    content = for_paper(msgspec.to_builtins(dict(said)), _LONGEST_WORD)
    return compiled(_TEMPLATE, {"data": msgspec.json.encode(content).decode()}, created)

"""What follows from a missing paper: it is asked for, or nothing but a refusal is possible (``on_missing``)."""

from __future__ import annotations

from collections.abc import Iterable

from engine.rules.procedure.definition import Release
from engine.text import Text


def refused_without(release: Release, missing: Iterable[str]) -> Text | None:
    """The words for the missing papers without which a dossier is refused; None where none of these is missing."""
    names = [release.documents[key].name for key in missing if release.documents[key].on_missing == "refuse"]
    if not names:
        return None
    vi, en = ", ".join(name.vi for name in names), ", ".join(name.en for name in names)
    return Text(
        f"thiếu {vi}: thủ tục quy định từ chối tiếp nhận, không yêu cầu bổ sung",
        f"without {en} the procedure refuses the dossier instead of asking for papers",
    )

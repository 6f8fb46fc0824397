"""The workflow files and stories that come with this software, as their authors wrote them, with their comments."""

from __future__ import annotations

from pathlib import Path

from engine.rules.procedure.definition import Release
from workflows.loader import check_bytes

_HERE = Path(__file__).parent


def shipped_text(release: Release) -> str | None:
    """The file of a release that came with this software; None where another file, or none, has this code."""
    text = _text("procedures", release.procedure)
    made = check_bytes(text, f"{release.procedure}.yaml", []).draft if text else None
    return text if made is not None and made.digest() == release.digest() else None


def shipped_stories(procedure: str) -> str:
    """The golden stories of a procedure; empty where none came with this software."""
    return _text("scenarios", procedure)


def _text(folder: str, procedure: str) -> str:
    known = {path.stem: path for path in (_HERE / folder).glob("*.yaml")}
    return known[procedure].read_text(encoding="utf-8") if procedure in known else ""

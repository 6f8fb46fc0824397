"""docs/webhooks.md names every type of event and everything that an event tells, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from engine.dossier.notices import EVENT_FACTS, EVENTS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")


def _names(heading: str) -> list[str]:
    """The names in the first column of the table under a heading."""
    section = PAGE.partition(f"### {heading}\n")[2].partition("\n#")[0]
    return re.findall(r"^\| `([a-z._]+)` \|", section, re.MULTILINE)


def test_every_type_is_documented() -> None:
    assert _names("Types") == list(EVENTS)


def test_everything_that_an_event_tells_is_documented() -> None:
    assert _names("Data") == list(EVENT_FACTS)

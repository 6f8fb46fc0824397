"""The database of the demonstration as it is prepared, before any dossier: what is shipped, and the sample people."""

from __future__ import annotations

from pathlib import Path

from cli.demo.prepare import prepare
from tests.installation.databases import Filled
from tests.installation.runtime import environment_over


def _prepare(url: str, folder: Path) -> None:
    assert prepare(environment_over(url, folder))


PREPARED = Filled("demo_people", _prepare)

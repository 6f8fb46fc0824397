"""Backups where the place is wrong, the disk is full, another run is at work, or the manifest is none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from adapters import backups
from adapters.backups import MANIFEST, forget_unfinished
from engine.clock import utc_now
from tests.installation.served import open_installation as served_over
from tests.installation.trial_content import TRIAL
from tests.integration.test_backup import ran, taken, with_a_paper


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """An installation with a dossier and a file in it."""
    made = TRIAL.sqlite(tmp_path)
    served = served_over(made, tmp_path / "data", now=utc_now)
    with_a_paper(served)
    served.close()
    yield made


@pytest.mark.parametrize("order", ["take", "drill"])
def test_a_place_that_is_no_folder_is_said(url: str, tmp_path: Path, order: str) -> None:
    wrong = tmp_path / "data" / "secret-key" / "here"
    wrong.parent.unlink(missing_ok=True)
    wrong.parent.write_text("x" * 40)
    words = ("take", wrong) if order == "take" else ("drill", taken(url, tmp_path), "--scratch", wrong)
    told = ran(url, tmp_path / "data", *words, code=1).output
    assert "cannot be written or read: Not a directory. Check the folder" in told


def test_a_full_disk_is_said_and_nothing_unfinished_stays(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", str(tmp_path / "kept" / "x"))

    monkeypatch.setattr(shutil, "copy2", full)
    told = ran(url, tmp_path / "data", "take", tmp_path / "kept", code=1).output
    assert "No space left on device" in told and list((tmp_path / "kept").iterdir()) == []


def test_what_a_killed_run_left_goes_before_the_next_one_needs_the_room(url: str, tmp_path: Path) -> None:
    left = tmp_path / "backups" / "20260301T000000Z.part"
    left.mkdir(parents=True)
    taken(url, tmp_path)
    assert left.exists()
    told = orjson.loads(ran(url, tmp_path / "data", "take", tmp_path / "backups", "--keep", "5", "--json").stdout)
    assert told["removed"] == [left.name] and not left.exists()


def test_a_run_that_is_still_at_work_keeps_its_folder(tmp_path: Path) -> None:
    part = tmp_path / "20260301T000000Z.part"
    part.mkdir()
    with backups._held(part):
        assert forget_unfinished(tmp_path) == []
    assert forget_unfinished(tmp_path) == [part.name]


def test_two_in_the_same_second_are_two_backups(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = utc_now()
    monkeypatch.setattr("cli.compose.utc_now", lambda: now)
    assert len({taken(url, tmp_path) for _ in range(3)}) == 3


@pytest.mark.parametrize("wrong", [{"kind": "x"}, {"roles": ["a"]}, {"entries": "5"}, {"kind": "dump", "roles": []}])
def test_a_manifest_that_no_run_wrote_is_refused(url: str, tmp_path: Path, wrong: dict[str, object]) -> None:
    made = taken(url, tmp_path)
    manifest = orjson.loads((made / MANIFEST).read_bytes())
    (made / MANIFEST).write_bytes(orjson.dumps(manifest | wrong))
    assert "manifest.json cannot be read" in ran(url, tmp_path / "data", "drill", made, code=1).output

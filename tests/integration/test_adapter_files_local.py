"""Contents in a folder: random names, durable, unreadable for others, and no way out of the folder."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from adapters.files_local import LocalFiles, NoSuchFile, NotKept
from adapters.files_moving import MovingFiles, copy_files


@pytest.fixture
def files(tmp_path: Path) -> LocalFiles:
    return LocalFiles(tmp_path / "data" / "files")


def kept(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


def test_what_was_put_is_read_again_after_a_restart(files: LocalFiles, tmp_path: Path) -> None:
    contents = {files.put(content): content for content in (b"", b"%PDF-1.7", b"\x00" * 100_000)}
    again = LocalFiles(tmp_path / "data" / "files")
    assert {key: again.read(key) for key in contents} == contents
    assert [path.name for path in kept(tmp_path)] == sorted(contents)


def test_equal_contents_have_different_keys(files: LocalFiles) -> None:
    assert files.put(b"same") != files.put(b"same")


def test_others_can_neither_read_a_file_nor_list_a_folder(files: LocalFiles, tmp_path: Path) -> None:
    key = files.put(b"secret")
    path = tmp_path / "data" / "files" / key[:2] / key[2:4] / key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for folder in (path.parent, path.parent.parent, tmp_path / "data" / "files"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "key",
    ["", "..", "../../../../etc/passwd", "/etc/passwd", "a" * 31, "A" * 32, "a" * 32 + "\n", "a" * 30 + "/b", "g" * 32],
)
def test_only_keys_of_our_own_form_become_paths(files: LocalFiles, tmp_path: Path, key: str) -> None:
    victim = tmp_path / "victim"
    victim.write_text("kept")
    with pytest.raises(NoSuchFile):
        files.read(key)
    assert victim.read_text() == "kept"


def test_a_symbolic_path_upwards_is_refused_also_when_its_target_exists(files: LocalFiles, tmp_path: Path) -> None:
    files.put(b"x")
    (tmp_path / "data" / "outside").write_bytes(b"outside")
    with pytest.raises(NoSuchFile):
        files.read("../outside")


def test_a_full_disk_is_refused_and_leaves_nothing_behind(
    files: LocalFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    (tmp_path / "data" / "files").mkdir(parents=True)
    monkeypatch.setattr("adapters.files_local._sync_folder", lambda _folder: None)
    with pytest.raises(NotKept, match="No space left") as refusal:
        files.put(b"x" * 1000)
    assert refusal.value.status == 507
    assert kept(tmp_path) == []


def test_name_and_content_are_synchronised_before_put_returns(
    files: LocalFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a power cut would lose cannot be shown by killing a process; that the order is kept, can."""
    steps: list[str] = []
    real_sync, real_rename = os.fsync, Path.rename

    def sync(file: int) -> None:
        path = Path(f"/proc/self/fd/{file}").readlink()
        steps.append("file" if path.suffix == ".part" else f"folder {path.relative_to(tmp_path)}")
        real_sync(file)

    def rename(self: Path, target: Path) -> Path:
        steps.append("rename")
        return real_rename(self, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "rename", rename)
    key = files.put(b"x")
    assert steps[-3:] == ["file", "rename", f"folder data/files/{key[:2]}/{key[2:4]}"]
    assert steps[:-3] == ["folder .", "folder data", "folder data/files", f"folder data/files/{key[:2]}"]


def test_what_a_crash_left_behind_is_no_key(files: LocalFiles, tmp_path: Path) -> None:
    key = files.put(b"kept")
    left = tmp_path / "data" / "files" / key[:2] / key[2:4] / ("0" * 32 + ".part")
    left.write_bytes(b"half")
    with pytest.raises(NoSuchFile):
        files.read(left.name)
    assert files.read(key) == b"kept"


@pytest.mark.parametrize("at", ["listed", "read", "stored"])
def test_what_is_removed_while_it_is_copied_does_not_come_back(
    files: LocalFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """A dossier is destroyed while its files move: they must be in neither place afterwards."""
    new = LocalFiles(tmp_path / "new")
    both, removed = MovingFiles(new, files), files.put(b"of the destroyed dossier")
    other, store, list_keys = files.put(b"of another"), new.store, list(files.every_key())

    def keys() -> list[str]:
        if at == "listed":
            both.remove(removed)
        return list_keys

    def put(key: str, content: bytes) -> None:
        if at == "read" and key == removed:
            both.remove(removed)
        store(key, content)
        if at == "stored" and key == removed:
            files.remove(removed)  # the first half of a removal

    monkeypatch.setattr(files, "every_key", keys)
    monkeypatch.setattr(new, "store", put)
    assert copy_files(files, new, lambda _: None).copied == 1
    assert new.hash_of(removed) is None and new.read(other) == b"of another"

"""Keeps files and folders of the installation from other users of the machine: modes 600 and 700, also of earlier ones.

Only what belongs to this user is changed, and only in a folder that is the installation's own.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

OURS = (
    "secret-key",
    "motcua.sqlite",
    "files",
    "signing",
    "checkpoint-keys",
    "metrics",
    "redis.lock",
    "appendonlydir",
    "appendonly.aof",
)
"""What the installation keeps in its data folder: a folder without any of these may be somebody else's."""
PUBLISHED = ("checkpoints",)
"""What others are meant to read."""


def make_private_folder(folder: Path) -> None:
    """Makes a folder that only this user opens; one that exists is left to ``keep_private``."""
    for missing in reversed([one for one in (folder, *folder.parents) if not one.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)


def keep_private(data: Path) -> None:
    """Takes from others what they may do in the data folder, and in the files and folders directly in it."""
    if not data.is_dir() or not any((data / name).exists() for name in OURS):
        return
    tighten(data)
    for one in data.iterdir():
        if one.name not in PUBLISHED:
            tighten(one)
    for one in (data / "appendonlydir").glob("*"):
        tighten(one)


def keep_database_private(path: Path) -> None:
    """The same for a database in a file, and for the files that SQLite keeps beside it."""
    for end in ("", "-wal", "-shm", "-journal"):
        tighten(path.with_name(path.name + end))


def tighten(path: Path) -> None:
    """Takes from a file or folder of this user what others may do with it; links and sockets are left."""
    with suppress(OSError):  # it went meanwhile, or lies on a file system without modes
        found = path.lstat()
        plain = stat.S_ISREG(found.st_mode) or (stat.S_ISDIR(found.st_mode) and not found.st_mode & stat.S_ISVTX)
        if plain and found.st_uid == os.geteuid() and found.st_mode & 0o077:
            path.chmod(stat.S_IMODE(found.st_mode) & 0o700)

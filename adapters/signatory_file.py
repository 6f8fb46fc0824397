"""The file of signatories on the disk: read whole, and replaced whole, so that nobody reads half of it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from fcntl import LOCK_EX, flock
from pathlib import Path

from engine.rules.offices.signatory_file import SignatoryFile, read_signatory_file, written


def signatories_in(path: Path) -> SignatoryFile:
    """Who is in the file; nobody where there is none. Raises OSError."""
    with suppress(FileNotFoundError):
        return read_signatory_file(path.read_bytes())
    return SignatoryFile(known={})


@contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """Holds the file against other imports until the block ends. Raises OSError."""
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        yield


def replace_signatories(path: Path, known: Mapping[str, str]) -> None:
    """Writes the file beside the old one, and puts it in its place in one step. Raises OSError."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(written(known))
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            fresh.chmod(path.stat().st_mode & 0o777)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise

"""A store of files that is being moved: new contents go to the new place, older ones are read wherever they are."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from adapters.files_local import NoSuchFile
from engine.ports import Files


class MovableFiles(Files, Protocol):
    """A store whose contents can be listed, and which takes contents with the keys that they have."""

    def store(self, key: str, content: bytes) -> None: ...

    def hash_of(self, key: str) -> str | None:
        """The SHA-256 of the content under a key; None where there is none."""

    def every_key(self) -> Iterator[str]: ...


class MovingFiles:
    """Two stores as one. A content that the new place does not have is read from the old one."""

    def __init__(self, new: Files, old: Files) -> None:
        self._new, self._old = new, old

    def put(self, content: bytes) -> str:
        return self._new.put(content)

    def read(self, key: str) -> bytes:
        try:
            return self._new.read(key)
        except NoSuchFile:
            return self._old.read(key)

    def remove(self, key: str) -> None:
        """Removes it from both places: nothing that was removed may come back with the move."""
        self._old.remove(key)
        self._new.remove(key)

    @property
    def place(self) -> str:
        return f"{self._new.place} + {self._old.place}"

    def name(self) -> str | None:
        return self._new.name() or self._old.name()

    def give_name(self, name: str) -> str:
        return self._new.give_name(name)


@dataclass(slots=True)
class Moved:
    """What a copy from one place to another did: contents copied, already there, bytes copied."""

    copied: int = 0
    there: int = 0
    size: int = 0


def copy_files(old: MovableFiles, new: MovableFiles, told: Callable[[Moved], None]) -> Moved:
    """Copies what is not there yet and reads each copy back; the name of the store comes last. Nothing is deleted.

    It may be ended and started again at any moment. Raises NotKept, FilesSilent, FileDamaged and what ``old`` raises.
    """
    done = Moved()
    for key in old.every_key():
        try:
            content = old.read(key)
        except NoSuchFile:  # it was removed since it was listed, as of a destroyed dossier
            continue
        if new.hash_of(key) == hashlib.sha256(content).hexdigest():
            done.there += 1
        else:
            new.store(key, content)
            if new.read(key) != content:
                raise RuntimeError(f"the copy of {key} is not what was copied")
            if old.hash_of(key) is None:  # removed from both places meanwhile: from the new one perhaps too early
                new.remove(key)
                continue
            done.copied += 1
            done.size += len(content)
        told(done)
    if (name := old.name()) is not None:
        new.give_name(name)
    return done

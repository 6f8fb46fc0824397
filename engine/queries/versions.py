"""Two versions of a procedure for people: what differs, and how many running dossiers each difference touches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import NotFound
from engine.rules.procedure.definition import Release, release_from_bytes
from engine.rules.versions.changes import Change, by_group, changes_between
from engine.rules.versions.names import GROUPS
from engine.rules.versions.touched import dossiers_touched
from engine.store.running import document_of, running_by_release
from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The differences of two versions. ``running`` are the unfinished dossiers of the old one by state, or None where
    nobody counted them; ``touched`` are those that each change touches, in the order of ``changes``."""

    old: Release
    new: Release
    changes: tuple[Change, ...]
    running: Mapping[str, int] | None = None
    touched: tuple[int, ...] = ()

    def document(self) -> dict[str, Any]:
        """The differences as JSON: grouped, each with its sentence in both languages."""
        counted = dict(zip(map(id, self.changes), self.touched, strict=False))
        groups = [
            {
                "group": key,
                "vi": GROUPS[key].vi,
                "en": GROUPS[key].en,
                "changes": [_entry(change, counted.get(id(change))) for change in mine],
            }
            for key, mine in by_group(list(self.changes)).items()
        ]
        return {
            "from": _named(self.old),
            "to": _named(self.new),
            "changes": len(self.changes),
            "running": None if self.running is None else sum(self.running.values()),
            "groups": groups,
        }


def difference(old: Release, new: Release, running: Mapping[str, int] | None = None) -> Difference:
    """What differs from ``old`` to ``new``; ``running`` are the unfinished dossiers of ``old`` by state."""
    changes = tuple(changes_between(old, new))
    touched = () if running is None else tuple(dossiers_touched(old, new, one, running) for one in changes)
    return Difference(old=old, new=new, changes=changes, running=running, touched=touched)


def counted_difference(unit: UnitOfWork, old: Release, new: Release) -> Difference:
    """``difference`` with the unfinished dossiers of ``old`` counted now."""
    return difference(old, new, running_by_release(unit.reader(), old.procedure).get(old.digest(), {}))


def version_of(unit: UnitOfWork, procedure: str, version: int) -> Release:
    """A published version. Raises NotFound."""
    document = document_of(unit.reader(), procedure, version)
    if document is None:
        raise NotFound(what=f"{procedure}@{version}")
    return release_from_bytes(document)


def _named(release: Release) -> dict[str, Any]:
    return {"procedure": release.procedure, "version": release.version, "digest": release.digest()}


def _entry(change: Change, touched: int | None) -> dict[str, Any]:
    sentence = change.sentence()
    entry = {"path": list(change.path), "kind": change.kind, "vi": sentence.vi, "en": sentence.en}
    return entry if touched is None else entry | {"touched": touched}

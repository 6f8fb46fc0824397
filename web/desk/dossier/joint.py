"""The joint steps of a dossier's present state: how many of which roles must act, who has, and who has not yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from engine.dossier.case import Case
from engine.queries.journal import JournalLine
from engine.rules.procedure.definition import Release
from engine.text import Text


@dataclass(frozen=True, slots=True)
class Part:
    """A role of a joint step. ``at`` is when it acted, None before that; ``name`` who did, where that is known."""

    role: Text
    at: dt.datetime | None
    name: str | None


@dataclass(frozen=True, slots=True)
class JointStep:
    """An action that ``needed`` of the roles must take. ``done`` and ``left`` are the roles that have and have not."""

    name: Text
    needed: int
    done: tuple[Part, ...]
    left: tuple[Text, ...]


def joint_steps(case: Case, lines: Iterable[JournalLine]) -> tuple[JointStep, ...]:
    """The joint steps of the present state. ``lines`` of the journal tell who acted for a role, the newest last."""
    release, state = case.release, case.row["state"]
    found = []
    for key, action in release.actions.items():
        if action.joint and state in action.sources:
            acted = case.acted(key)
            told = {one.data["role"]: one for one in lines if one.data.get("joint") and one.data["action"] == key}
            done = tuple(_part(_named(release, role), told.get(role)) for role in acted)
            left = tuple(_named(release, role) for role in action.by if role not in acted)
            found.append(JointStep(action.name, action.joint, done, left))
    return tuple(found)


def _named(release: Release, role: str) -> Text:
    return release.roles[role].name if role in release.roles else Text(role, role)


def _part(role: Text, line: JournalLine | None) -> Part:
    return Part(role, line.at if line else None, line.name if line else None)

"""The way that a dossier really took: the states it stood in, one after the other, read from its journal.

A workflow file says what may happen. The journal says what did happen, also what no action of the file leads to: a
step that was recalled, a dossier reopened, another release.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_FOLLOWED = ("state", "release", "handler_office", "holder_office")


@dataclass(frozen=True, slots=True)
class Visit:
    """One stay in a state. ``act`` led here. ``office`` had the dossier on arrival: the one that held it, else the one
    that handles it. ``left`` is None while the dossier stands there."""

    state: str
    release: str
    office: str
    act: str
    entered: dt.datetime
    left: dt.datetime | None = None


def visits_of(entries: Iterable[Mapping[str, Any]]) -> tuple[Visit, ...]:
    """The stays of a dossier in order; ``entries`` are the bodies of its journal entries, in order."""
    now: dict[str, Any] = {}
    begun: list[tuple[dict[str, Any], str, dt.datetime]] = []
    for body in entries:
        changes = body["changes"]
        before = now.get("state")
        now.update({name: changes[name] for name in _FOLLOWED if name in changes})
        if now.get("state") is not None and now["state"] != before:
            begun.append((dict(now), body["act"], dt.datetime.fromisoformat(body["at"])))
    ends = [at for _, _, at in begun[1:]]
    return tuple(
        Visit(
            state=row["state"],
            release=row["release"],
            office=row.get("holder_office") or row["handler_office"],
            act=act,
            entered=at,
            left=left,
        )
        for (row, act, at), left in zip(begun, [*ends, None], strict=True)
    )

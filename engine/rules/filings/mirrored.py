"""Reads what another system says of a dossier that it has, by the form of its messages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.rules.filings.coming import UnreadableFiling, at_path, moment_of
from engine.rules.filings.form import FilingForm, MirrorForm
from engine.rules.procedure.definition import Release
from engine.rules.procedure.portal_status import PortalStatus
from engine.text import Text

_NEAR = {1: (2, 4), 2: (4, 1), 3: (8, 7), 4: (2,), 5: (6, 4, 2), 6: (5, 4, 2), 7: (8, 3), 8: (7, 3), 9: (10,), 10: (9,)}
"""The statuses that come nearest, where a procedure of ours has no state with the one that is told."""
_PORTAL = "portal:"
_TEXTS = ("source", "number", "procedure", "unit", "applicant")
_MOMENTS = ("filed_at", "received_at", "due_at", "finished_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldMirror:
    """A dossier of another system. ``procedure`` and ``unit`` are codes of theirs, ``status`` is as they write it."""

    source: str
    number: str
    procedure: str
    unit: str
    status: str
    applicant: str
    kind: str
    channel: str
    filed_at: dt.datetime | None
    received_at: dt.datetime | None
    due_at: dt.datetime | None
    finished_at: dt.datetime | None


def told_mirror(form: FilingForm, mirrors: MirrorForm, raw: Mapping[str, Any]) -> ToldMirror:
    """What is told. Raises UnreadableFiling with every fault."""
    names, errors = mirrors.names, dict[str, Text]()
    texts: dict[str, str] = {}
    for name in _TEXTS:
        given = at_path(raw, names[name])
        texts[name] = given.strip() if isinstance(given, str) else ""
        if not 1 <= len(texts[name]) <= 200:
            errors[names[name]] = Text("thiếu hoặc quá dài", "is missing or too long")
    moments: dict[str, dt.datetime | None] = {}
    for name in _MOMENTS:
        given = at_path(raw, names[name]) if name in names else None
        try:
            moments[name] = moment_of(form, given) if given else None
        except (ValueError, OverflowError):
            errors[names[name]] = Text("không phải thời điểm theo dạng đã định", "is no moment of the agreed form")
    status, kind = str(at_path(raw, names["state"])), form.kinds.get(str(at_path(raw, names["kind"])))
    channel = form.channels.get(str(at_path(raw, names["channel"])), "portal")
    if errors:
        raise UnreadableFiling(dict(errors))
    return ToldMirror(
        source=texts["source"],
        number=texts["number"],
        procedure=texts["procedure"],
        unit=texts["unit"],
        applicant=texts["applicant"],
        status=status,
        kind=kind or "citizen",
        channel=channel,
        filed_at=moments["filed_at"],
        received_at=moments["received_at"],
        due_at=moments["due_at"],
        finished_at=moments["finished_at"],
    )


def state_for(mirrors: MirrorForm, told: ToldMirror, release: Release) -> tuple[str, bool]:
    """The state of our release that their status means, and whether it is exact and not only the nearest one."""
    meant = mirrors.states.get(told.procedure, {}).get(told.status) or mirrors.states.get("*", {}).get(told.status)
    if meant in release.states:
        return str(meant), True
    if meant is None or not meant.startswith(_PORTAL):
        return release.initial, False
    wanted = int(meant.removeprefix(_PORTAL))
    for status in (wanted, *_NEAR[wanted], *(one.value for one in PortalStatus)):
        found = next((key for key, one in release.states.items() if one.portal == status), None)
        if found is not None:
            return found, status == wanted
    return release.initial, False

"""Incidents: what failed, grouped by cause. A page shows the groups, and an act tries one again."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from engine.rules.values.causes import cause_of
from engine.store import incidents as store
from engine.store.incidents import BOUND, Failed
from engine.text import Text

_CLOCKS = {
    "warn": Text("cảnh báo sắp hạn", "warning"),
    "due_in": Text("báo sắp tới hạn", "notice before due"),
    "overdue": Text("ghi nhận quá hạn", "overdue"),
    "step": Text("hạn của bước", "limit of a step"),
    "remind": Text("nhắc", "reminder"),
    "after": Text("việc tự động", "automatic action"),
    "verify": Text("hạn xác minh", "limit of a verification"),
    "intake": Text("hạn tiếp nhận", "limit of intake"),
}
_CHANNELS = {"email": Text("thư điện tử", "e-mail"), "sms": Text("tin nhắn", "SMS"), "inbox": Text("hộp tin", "inbox")}


@dataclass(frozen=True, slots=True)
class Incident:
    """Everything of one kind that failed for one cause. ``key`` names it in addresses.

    ``codes`` are its dossiers, oldest first; ``rows`` are the keys of what failed. ``cut``: there may be more.
    """

    kind: str
    key: str
    cause: Text
    number: int
    since: dt.datetime
    last: dt.datetime
    codes: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    cut: bool

    @property
    def retried(self) -> bool:
        """Whether trying again can help."""
        return self.kind != "mirrors"


def incidents(connection: Connection, kind: str | None = None) -> tuple[Incident, ...]:
    """The groups of one kind, or of all, the longest first."""
    found: list[Incident] = []
    for name, read in _READ.items():
        if kind in (None, name):
            found += _grouped(name, read(connection))
    return tuple(sorted(found, key=lambda one: (-one.number, one.since)))


def _grouped(kind: str, failed: list[Failed]) -> Iterable[Incident]:
    groups: dict[str, tuple[Text, list[Failed]]] = {}
    for one in failed:
        cause = _cause(kind, one.parts)
        groups.setdefault(cause.en, (cause, []))[1].append(one)
    for told, (cause, members) in groups.items():
        moments = sorted(one.since for one in members)
        codes = tuple(dict.fromkeys(one.code for one in sorted(members, key=lambda one: one.since)))
        key = hashlib.sha256(f"{kind}\0{told}".encode()).hexdigest()[:12]
        rows = tuple(one.row for one in members)
        yield Incident(kind, key, cause, len(rows), moments[0], moments[-1], codes, rows, len(failed) >= BOUND)


def _cause(kind: str, parts: tuple[str, ...]) -> Text:
    if kind in ("clocks", "refused"):
        name, outcome = parts
        called, why = _CLOCKS.get(name, Text(name, name)), outcome.removeprefix("fault:")
        return Text(f"{called.vi}: {why}", f"{called.en}: {why}")
    if kind == "mirrors":
        return Text(f"{parts[0]}: khác về {parts[1]}", f"{parts[0]}: differs in {parts[1]}")
    if kind == "seals":
        vi, _, en = parts[0].partition(" / ")
        return Text(vi, en or vi)
    channel, receiver, error = parts
    why_text = cause_of(error)
    if channel == "webhook":
        return Text(f"nơi nhận số {receiver}: {why_text.vi}", f"receiver {receiver}: {why_text.en}")
    name_text = _CHANNELS.get(channel, Text(channel, channel))
    return Text(f"{name_text.vi}: {why_text.vi}", f"{name_text.en}: {why_text.en}")


def _parked(webhooks: bool) -> Callable[[Connection], list[Failed]]:
    return lambda connection: [
        one for one in store.parked_notices(connection) if (one.parts[0] == "webhook") is webhooks
    ]


def _clocks(faults: bool) -> Callable[[Connection], list[Failed]]:
    return lambda connection: [
        one for one in store.failed_clocks(connection) if one.parts[1].startswith("fault:") is faults
    ]


_READ: dict[str, Callable[[Connection], list[Failed]]] = {
    "notices": _parked(webhooks=False),
    "webhooks": _parked(webhooks=True),
    "failing": store.failing_notices,
    "clocks": _clocks(faults=True),
    "refused": _clocks(faults=False),
    "mirrors": store.differing_mirrors,
    "seals": store.forms_without_seal,
}
KINDS = tuple(_READ)
"""Notices given up; events that receivers refused; notices that are tried again by themselves; clocks that met a fault
of the program; automatic actions that were refused; dossiers that differ from another system; issued forms that went
out without the office's seal."""

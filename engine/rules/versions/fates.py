"""Where each running dossier of a procedure goes when a version takes its place: it moves, stays, waits for a choice,
or cannot move.

A dossier moves to the state of the new version that has its key, or to the one that the file or an order names. A move
is no step of the procedure. So it never starts the time limit, never ends a dossier, and never leaves it without an
office that can act.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import msgspec

from engine.rules.procedure.definition import Release
from engine.text import Text

Outcome = Literal["moves", "choice", "cannot", "stays"]
Running = Literal["keep", "migrate", "ask"]
STAY = "-"
"""The order that a dossier keeps its version."""

WHY: Mapping[str, Text] = {
    "asked": Text("phiên bản này để người có thẩm quyền quyết định", "this version leaves it to a person"),
    "no-state": Text("phiên bản mới không có bước này và chưa có ánh xạ", "the new version has no such step"),
    "would-end": Text("bước mới là bước cuối, hồ sơ sẽ bị kết thúc", "the new step is a last one and would end it"),
    "clock-back": Text("đã tính thời hạn, bước mới thì chưa", "its time limit runs, and the new step is before that"),
    "clock-start": Text(
        "chưa tính thời hạn, bước mới thì có", "its time limit has not begun, and the new step needs it"
    ),
    "no-office": Text("không có cơ quan nào của bước mới", "it has no office that could act in the new step"),
    "elsewhere": Text("do hệ thống khác quản lý", "another system keeps it"),
}
"""Why a dossier waits for a choice or cannot move, by the stable key that a plan holds."""


class Orders(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the persons who plan decide beyond the file.

    ``running`` replaces the file's word on running dossiers. ``states`` names the new state (or ``STAY``) for dossiers
    in an old one, ``dossiers`` for single ones by code. ``recompute`` gives the moved ones the time limit of the new
    version, from the moment at which their own began; without it they keep the term that they were promised.
    """

    running: Running | None = None
    states: dict[str, str] = {}
    dossiers: dict[str, str] = {}
    recompute: bool = False


class Seen(NamedTuple):
    """What decides where a dossier goes. ``offices`` are the routing keys of the offices that it has."""

    code: str
    release: str
    state: str
    begun: bool
    offices: frozenset[str]
    elsewhere: bool


@dataclass(frozen=True, slots=True)
class Fate:
    """Where a dossier goes: ``target`` is its state under the new version; ``why`` a key of ``WHY``; ``candidates``
    are the states of the new version that a person may choose."""

    outcome: Outcome
    target: str | None = None
    why: str | None = None
    candidates: tuple[str, ...] = ()


def fate(seen: Seen, old: Release, new: Release, orders: Orders) -> Fate:
    """Where a dossier under ``old`` goes when ``new`` takes its place."""
    running = orders.running or new.effective.running
    ordered = orders.dossiers.get(seen.code) or orders.states.get(seen.state)
    if ordered == STAY or (ordered is None and running == "keep"):
        return Fate("stays")
    if seen.elsewhere:
        return Fate("cannot", why="elsewhere")
    target = ordered or new.effective.migrate.get(seen.state, seen.state)
    if target not in new.states:
        fitting = candidates(seen, old, new)
        return Fate("choice" if fitting else "cannot", why="no-state", candidates=fitting)
    if (why := misfit(seen, new, target)) is not None:
        return Fate("cannot", target, why)
    if ordered is None and running == "ask":
        return Fate("choice", target, "asked", (target,))
    return Fate("moves", target)


def candidates(seen: Seen, old: Release, new: Release) -> tuple[str, ...]:
    """The states of ``new`` with the meaning of the dossier's own that it can move to."""
    own = old.states[seen.state]
    return tuple(
        key
        for key, state in new.states.items()
        if (state.portal, state.clock) == (own.portal, own.clock) and misfit(seen, new, key) is None
    )


def misfit(seen: Seen, new: Release, target: str) -> str | None:
    """Why a dossier cannot move to a state of ``new``, as a key of ``WHY``; None where it can."""
    state = new.states[target]
    if state.final or state.status.ended:
        return "would-end"
    if seen.begun and state.clock == "not_started":
        return "clock-back"
    if not seen.begun and state.clock in ("running", "paused"):
        return "clock-start"
    if state.role is not None and new.roles[state.role].unit not in seen.offices:
        return "no-office"
    return None


def foreseen(state: str, new: Release, orders: Orders) -> bool:
    """Whether file and orders say what becomes of dossiers in a state, so that nobody has to choose."""
    ordered = orders.states.get(state)
    if ordered == STAY or (ordered is None and (orders.running or new.effective.running) == "keep"):
        return True
    return (ordered or new.effective.migrate.get(state, state)) in new.states


def unknown_orders(orders: Orders, new: Release, old_states: Collection[str]) -> list[str]:
    """The states that orders name and that no version has, as they were written."""
    wrong = [f"{old}={target}" for old, target in orders.states.items() if old not in old_states]
    targets: dict[str, Any] = {**orders.states, **orders.dossiers}
    wrong += [f"{key}={one}" for key, one in targets.items() if one != STAY and one not in new.states]
    return list(dict.fromkeys(wrong))

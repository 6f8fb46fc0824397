"""Lint rules about states: one initial state, final states that can be reached, clocks that fit the portal status."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from engine.rules.procedure.definition import Clock
from engine.rules.procedure.portal_status import PortalStatus
from workflows.lint_rules.subject import Subject

CLOCKS_OF_PORTAL: dict[int, tuple[Clock, ...]] = {
    PortalStatus.REGISTERED: ("not_started",),
    PortalStatus.RECEIVED: ("running",),
    PortalStatus.IN_PROCESS: ("running", "paused"),
    PortalStatus.SUPPLEMENT: ("paused", "not_started"),
    PortalStatus.OBLIGATION: ("paused", "running"),
    **{status: ("stopped",) for status in PortalStatus if status.ended},
}
"""The clocks that fit a portal status code. A dossier in process may pause, for a verification elsewhere. A
supplement request starts no clock before the dossier is received. Whether the time of a financial obligation counts is
up to the procedure's own law."""


def check_states(subject: Subject) -> None:
    """Runs every rule about states."""
    _check_initial(subject)
    for key in subject.release.states:
        _check_clock(subject, key)
        _check_holder(subject, key)
        _check_final(subject, key)
    if not subject.report.has("unknown-state"):  # a mistyped state would make others seem unreachable
        _check_ways(subject)


def _check_initial(subject: Subject) -> None:
    states = subject.release.states
    initials = [key for key, state in states.items() if state.initial]
    if not initials:
        subject.add("no-initial", subject.source.key("states"))
    for key in initials[1:]:
        subject.add("two-initials", subject.source.key("states", key, "initial"), state=key, first=initials[0])
    if initials and states[initials[0]].status is not PortalStatus.REGISTERED:
        place = subject.source.at("states", initials[0], "portal")
        subject.add("initial-portal", place, state=initials[0], portal=states[initials[0]].portal)


def _check_clock(subject: Subject, key: str) -> None:
    state, source = subject.release.states[key], subject.source
    fitting = CLOCKS_OF_PORTAL[state.portal]
    waits = state.clock == "paused" or (state.status is PortalStatus.SUPPLEMENT and state.clock == "not_started")
    if state.clock not in fitting:
        at = source.at("states", key, "clock")
        subject.add("portal-clock", at, clock=state.clock, portal=state.portal, state=key, allowed=fitting)
    elif waits and state.remind is None and not _leaves_by_itself(subject, key):
        path = ("states", key, "clock") if source.has("states", key, "clock") else ("states", key, "portal")
        subject.add("endless-pause", source.at(*path), state=key)
    elif not waits and state.remind is not None:
        subject.add("idle-remind", source.key("states", key, "remind"), state=key)
    elif state.remind is not None and not _is_told(subject, key):
        subject.add("silent-remind", source.key("states", key, "remind"), state=key)


def _leaves_by_itself(subject: Subject, key: str) -> bool:
    """Whether a timer ends the state for certain: one with a guard may find it closed, and does not ring again."""
    actions = subject.release.actions.values()
    return any(key in action.sources and action.after and not action.guard for action in actions)


def _is_told(subject: Subject, key: str) -> bool:
    return any((notice.event, notice.subject) == ("remind", key) for notice in subject.release.notify)


def _check_holder(subject: Subject, key: str) -> None:
    state = subject.release.states[key]
    if state.clock != "running" or state.final:
        return
    if state.role is None:
        subject.add("nobody-holds", subject.source.key("states", key), state=key)
    elif state.role in subject.release.roles and not any(
        key in action.sources and state.role in action.by for action in subject.release.actions.values()
    ):
        subject.add("holder-cannot-act", subject.source.at("states", key, "role"), role=state.role, state=key)


def _check_final(subject: Subject, key: str) -> None:
    state = subject.release.states[key]
    if not state.final:
        return
    if not state.status.ended or state.status is PortalStatus.READY:
        subject.add("final-portal", subject.source.at("states", key, "portal"), state=key, portal=state.portal)
    for name, action in subject.release.actions.items():
        if key in action.sources:
            path = ("actions", name, "from", action.sources.index(key))
            subject.add("final-with-exit", subject.source.at(*path), action=name, state=key)


def _check_ways(subject: Subject) -> None:
    """Reports unreachable states, dead ends, and states without a path to a final one.

    A state on the way to a dead end gets no finding of its own.
    """
    states, exits = subject.release.states, subject.exits()
    back: dict[str, set[str]] = {key: set() for key in states}
    for key, targets in exits.items():
        for target in targets:
            back[target].add(key)
    reached = _closure([key for key, state in states.items() if state.initial], exits)
    ending = _closure([key for key, state in states.items() if state.final], back)
    dead_ends = {key for key, state in states.items() if not exits[key] - {key} and not state.final}
    behind_dead_ends = _closure(dead_ends, back)
    for key in states:
        at = subject.source.key("states", key)
        if reached and key not in reached:
            subject.add("unreachable-state", at, state=key)
        if key in dead_ends:
            subject.add("dead-end", at, state=key)
        elif key not in ending and key not in behind_dead_ends:
            subject.add("no-path-to-final", at, state=key)


def _closure(start: Iterable[str], ways: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting.extend(ways[key])
    return found

"""A procedure in the terms of BPMN 2.0: tasks, events, gateways and sequence flows, before they have places.

A state is a user task, and the choice among its actions is an exclusive gateway behind it. The arms of an action with
conditions leave a second gateway. A timer is a boundary event on its task. A final state is an end event; a way out
that nearly every state has ends in an end event of its own at each of them, so that no line crosses the picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.pictures.graph import common_exits, ways_of
from engine.rules.procedure.definition import APPLICANT, SYSTEM, Action, Release, Term
from engine.text import Text

Kind = Literal["startEvent", "endEvent", "userTask", "exclusiveGateway", "boundaryEvent"]
_EMPTY = Text("", "")


@dataclass(frozen=True, slots=True)
class Performer:
    """Who does a user task: a role, by its name, key and office."""

    name: Text
    key: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Element:
    """A flow node. ``performers`` do a user task; ``host`` and ``after`` are of a boundary event. ``state`` is the key
    of the state that it stands for."""

    id: str
    kind: Kind
    name: Text
    performers: tuple[Performer, ...] = ()
    host: str = ""
    after: Term | None = None
    state: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow. ``when`` is its condition, an expression of the Common Expression Language; ``action`` the key
    of the action that it begins."""

    id: str
    source: str
    target: str
    name: Text = _EMPTY
    when: str | None = None
    action: str = ""


@dataclass(slots=True)
class Process:
    """What a BPMN process holds, in the order in which it is written."""

    elements: dict[str, Element] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)

    def add(self, element: Element) -> str:
        """Adds an element once, and returns its id."""
        self.elements.setdefault(element.id, element)
        return element.id

    def join(self, source: str, target: str, name: Text = _EMPTY, when: str | None = None, action: str = "") -> None:
        """Adds a flow."""
        self.flows.append(Flow(f"flow_{len(self.flows) + 1}", source, target, name, when, action))


def process_of(release: Release) -> Process:
    """The procedure's process."""
    process = Process()
    process.add(Element("start", "startEvent", Text("Nộp hồ sơ", "Dossier filed")))
    for key in release.states:
        _add_state(process, release, key)
    process.join("start", f"state_{release.initial}")
    exits = common_exits(release)
    for key, state in release.states.items():
        if not state.final:
            _add_ways(process, release, key, exits)
    return process


def _add_state(process: Process, release: Release, key: str) -> None:
    state = release.states[key]
    if state.final:
        aside = common_exits(release)
        if any(key in ways_of(action) for name, action in release.actions.items() if name not in aside):
            process.add(Element(f"state_{key}", "endEvent", state.name, state=key))
        return
    process.add(Element(f"state_{key}", "userTask", state.name, _performers(release, key), state=key))


def _performers(release: Release, state: str) -> tuple[Performer, ...]:
    keys = dict.fromkeys(role for action in release.actions.values() if state in action.sources for role in action.by)
    known: Mapping[str, Performer] = {
        APPLICANT: Performer(Text("Người nộp hồ sơ", "Applicant"), APPLICANT),
        **{key: Performer(role.name, key, role.unit) for key, role in release.roles.items()},
    }
    holder = release.states[state].role
    return tuple(known[key] for key in sorted(keys, key=lambda one: one != holder) if key != SYSTEM)


def _add_ways(process: Process, release: Release, state: str, exits: frozenset[str]) -> None:
    task = f"state_{state}"
    leaving = {key: action for key, action in release.actions.items() if state in action.sources}
    by_hand = {key: action for key, action in leaving.items() if action.after is None}
    chosen = task
    if len(by_hand) > 1:
        chosen = process.add(Element(f"choice_{state}", "exclusiveGateway", _EMPTY))
        process.join(task, chosen)
    for key, action in by_hand.items():
        target = _end_of_its_own(process, release, state, action) if key in exits else _target(process, key, action)
        process.join(chosen, target, action.name, action.guard, key)
    for key, action in leaving.items():
        if action.after is not None:
            event = Element(
                f"timer_{key}_{state}", "boundaryEvent", action.name, host=task, after=action.after, action=key
            )
            process.join(process.add(event), _target(process, key, action))


def _end_of_its_own(process: Process, release: Release, state: str, action: Action) -> str:
    final = action.to[0].then
    name = release.states[final].name
    return process.add(Element(f"state_{final}_from_{state}", "endEvent", name, state=final))


def _target(process: Process, key: str, action: Action) -> str:
    """The state that an action leads to, or the gateway from which its arms lead on."""
    if len(action.to) == 1:
        return f"state_{action.to[0].then}"
    gateway = f"arms_{key}"
    if gateway not in process.elements:
        process.add(Element(gateway, "exclusiveGateway", _EMPTY))
        for branch in action.to:
            process.join(gateway, f"state_{branch.then}", when=branch.when)
    return gateway

"""A procedure as a graph: its states are nodes, its actions are edges, and one way through it is the main path."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from engine.rules.procedure.definition import Action, Release, State
from engine.rules.procedure.portal_status import PortalStatus
from engine.text import Text

LEAVES_NEARLY_EVERYWHERE = 3
"""A withdrawal or a stop that so many states allow is named at each of them, and drawn as no line."""

_ASIDE = frozenset({"ask", "back", "refuse", "stop", "withdraw"})
"""Effects of actions that lead away from the main path."""


class NodeKind(StrEnum):
    """How a state is drawn."""

    STEP = "step"
    INITIAL = "initial"
    WAITING = "waiting"
    FINAL = "final"


class EdgeKind(StrEnum):
    """How a way from one state to another is drawn."""

    MAIN = "main"
    BACK = "back"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Node:
    """One state. ``leaves`` names the ways out that are drawn as no line."""

    key: str
    name: Text
    kind: NodeKind
    leaves: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """The actions that lead from one state to another, in the author's order."""

    source: str
    target: str
    kind: EdgeKind
    actions: tuple[str, ...]
    names: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """The picture's content. ``main`` is the main path: the keys of its states from the initial to a final one."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    main: tuple[str, ...]


def graph_of(release: Release) -> Graph:
    """The states in the author's order, the ways between them, and the main path."""
    main = _main_path(release)
    exits = common_exits(release)
    arrows = _arrows(release, exits)
    touched = {*main, release.initial, *(end for pair in arrows for end in pair)}
    depth = _depths(release.initial, main, arrows)
    nodes = [
        Node(key, state.name, _kind(state), _leaves(release, key, exits))
        for key, state in release.states.items()
        if key in touched
    ]
    steps = set(pairwise(main))
    edges = [
        Edge(
            source,
            target,
            _edge_kind((source, target), [release.actions[key] for key in keys], steps, depth),
            tuple(keys),
            tuple(release.actions[key].name for key in keys),
        )
        for (source, target), keys in arrows.items()
    ]
    return Graph(tuple(nodes), tuple(edges), main)


def ways_of(action: Action) -> tuple[str, ...]:
    """The states that the action can lead to, each once."""
    return tuple(dict.fromkeys(branch.then for branch in action.to))


def _main_path(release: Release) -> tuple[str, ...]:
    """The shortest way from the initial state to the return of a result; of equal ones the first in the author's order.

    It waits for nobody and takes no action of ``_ASIDE``. A procedure without such a way may wait on it; one that
    returns nothing has its shortest way to any end.
    """
    goals = {key for key, state in release.states.items() if state.final and state.status is PortalStatus.RETURNED}
    waiting = {key for key, state in release.states.items() if _kind(state) is NodeKind.WAITING}
    finals = {key for key, state in release.states.items() if state.final}
    return (
        _shortest(release, goals, _ASIDE, waiting)
        or _shortest(release, goals, _ASIDE, set())
        or _shortest(release, finals, frozenset(), set())
        or (release.initial,)
    )


def _shortest(release: Release, goals: Set[str], aside: Set[str], closed: Set[str]) -> tuple[str, ...]:
    reached: dict[str, tuple[str, ...]] = {release.initial: (release.initial,)}
    waiting = deque(reached)
    while waiting:
        state = waiting.popleft()
        if state in goals:
            return reached[state]
        for action in release.actions.values():
            if state in action.sources and action.effect not in aside:
                for target in ways_of(action):
                    if target not in reached and target not in closed:
                        reached[target] = (*reached[state], target)
                        waiting.append(target)
    return ()


def common_exits(release: Release) -> frozenset[str]:
    """The actions that end a dossier from nearly everywhere, in one final state."""
    return frozenset(
        key
        for key, action in release.actions.items()
        if action.effect in {"stop", "withdraw"}
        and len(action.sources) >= LEAVES_NEARLY_EVERYWHERE
        and len(ways_of(action)) == 1
        and release.states[action.to[0].then].final
    )


def _arrows(release: Release, exits: frozenset[str]) -> dict[tuple[str, str], list[str]]:
    arrows: dict[tuple[str, str], list[str]] = {}
    for key, action in release.actions.items():
        if key not in exits:
            for source in action.sources:
                for target in ways_of(action):
                    arrows.setdefault((source, target), []).append(key)
    return arrows


def _depths(initial: str, main: Sequence[str], arrows: dict[tuple[str, str], list[str]]) -> dict[str, int]:
    """How far each state lies from the beginning: along the main path, and beside it by the fewest steps."""
    depth = {key: 2 * place for place, key in enumerate(main)} or {initial: 0}
    level = list(depth)
    while level:
        found: dict[str, int] = {}
        for source, target in arrows:
            if source in level and target not in depth:
                found[target] = min(found.get(target, depth[source] + 1), depth[source] + 1)
        depth |= found
        level = list(found)
    return depth


def _edge_kind(
    way: tuple[str, str], actions: Sequence[Action], steps: Set[tuple[str, str]], depth: dict[str, int]
) -> EdgeKind:
    """A way back leads nearer to the beginning; asking the applicant and ending a dossier lead on."""
    source, target = way
    if way in steps:
        return EdgeKind.MAIN
    leads_on = depth.get(target, 0) >= depth.get(source, 0) or any(
        action.effect in _ASIDE - {"back"} for action in actions
    )
    return EdgeKind.OTHER if leads_on else EdgeKind.BACK


def _leaves(release: Release, state: str, exits: frozenset[str]) -> tuple[Text, ...]:
    return tuple(action.name for key, action in release.actions.items() if key in exits and state in action.sources)


def _kind(state: State) -> NodeKind:
    if state.final:
        return NodeKind.FINAL
    if state.initial:
        return NodeKind.INITIAL
    return NodeKind.WAITING if state.clock == "paused" or state.status.asks else NodeKind.STEP

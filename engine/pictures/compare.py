"""Two versions of a procedure in one picture: what was added, what was removed, and what is otherwise now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from engine.pictures.graph import Edge, EdgeKind, Graph, Node, graph_of
from engine.pictures.layout import lay_out
from engine.pictures.svg import Drawing, Mark, svg_of
from engine.rules.procedure.definition import Release
from engine.text import Text

Way = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Compared:
    """Both versions as one graph, with the marks of its states and ways; what is alike has none."""

    graph: Graph
    states: Mapping[str, Mark]
    ways: Mapping[Way, Mark]


def compare(old: Release, new: Release) -> Compared:
    """Everything of the new picture, and whatever of the old one is not in it any more."""
    was, now = graph_of(old), graph_of(new)
    drawn = {node.key for node in now.nodes}
    gone = [node for node in was.nodes if node.key not in drawn]
    ways = {(edge.source, edge.target): edge for edge in now.edges}
    lost = [replace(edge, kind=_aside(edge.kind)) for edge in was.edges if (edge.source, edge.target) not in ways]
    states: dict[str, Mark] = dict.fromkeys((node.key for node in gone if node.key not in new.states), "removed")
    states |= {key: mark for key in drawn if (mark := _mark(old.states.get(key), new.states.get(key)))}
    marks: dict[Way, Mark] = {(edge.source, edge.target): "removed" for edge in lost}
    marks |= {way: mark for way, edge in ways.items() if (mark := _of_way(way, edge, was.edges, old, new))}
    return Compared(Graph((*now.nodes, *_kept(gone)), (*now.edges, *lost), now.main), states, marks)


def compared_svg(old: Release, new: Release, language: str, alone: bool = False) -> str:
    """The picture of both versions; ``alone`` makes it a file that carries its own colours."""
    both = compare(old, new)
    title = Text(
        f"{new.in_lists.vi}: phiên bản {old.version} → {new.version}",
        f"{new.in_lists.en}: version {old.version} → {new.version}",
    )
    drawing = Drawing(title, both.graph, lay_out(both.graph, language), {}, states=both.states, ways=both.ways)
    return svg_of(drawing, language, alone=alone)


def _kept(gone: Iterable[Node]) -> list[Node]:
    return [replace(node, leaves=()) for node in gone]


def _aside(kind: EdgeKind) -> EdgeKind:
    """A way that is no more is no part of the main path."""
    return EdgeKind.OTHER if kind is EdgeKind.MAIN else kind


def _mark(was: object, now: object) -> Mark | None:
    if was is None or now is None:
        return "added" if was is None else "removed"
    return None if was == now else "changed"


def _of_way(way: Way, edge: Edge, was: Iterable[Edge], old: Release, new: Release) -> Mark | None:
    before = next((one for one in was if (one.source, one.target) == way), None)
    if before is None:
        return "added"
    actions = {key: old.actions.get(key) for key in before.actions}
    return _mark(actions, {key: new.actions.get(key) for key in edge.actions})

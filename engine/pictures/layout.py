"""Where each state and each way of a procedure's picture lies, with the words that stand in boxes and on lines."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from engine.pictures.arrange import Box, Link, Point, Size, arrange
from engine.pictures.graph import Edge, EdgeKind, Graph, Node

NODE_WIDTH, LINE_HEIGHT = 184.0, 16.0  # pixels
_LETTERS_A_LINE = 24
_LETTER, _BESIDE = 6.2, 8.0  # the mean width of a letter of 11 pixels; the margin of a label
_WEIGHTS = {EdgeKind.MAIN: 12.0, EdgeKind.OTHER: 2.0, EdgeKind.BACK: 1.0}


@dataclass(frozen=True, slots=True)
class Placed:
    """A state, the top left corner of its box, the box's height, and the state's name in lines.

    The height has room for the name, for one line of figures and for one of ways out.
    """

    node: Node
    at: Point
    height: float
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """A way, the corners of its line from box to box, and its label: the lines of words and their middle."""

    edge: Edge
    points: tuple[Point, ...]
    label: tuple[str, ...]
    middle: Point


@dataclass(frozen=True, slots=True)
class Layout:
    """The places of everything in one picture."""

    nodes: tuple[Placed, ...]
    routes: tuple[Route, ...]
    size: Size


def lay_out(graph: Graph, language: str) -> Layout:
    """The places of the states and ways, with room for the names of the actions in ``language``."""
    names = [_broken(node.name.in_(language)) for node in graph.nodes]
    heights = [LINE_HEIGHT * (len(name) + 2 + bool(node.leaves)) for name, node in zip(names, graph.nodes, strict=True)]
    labels = [tuple(name.in_(language) for name in edge.names) for edge in graph.edges]
    found = arrange(
        [Box(node.key, Size(NODE_WIDTH, height)) for node, height in zip(graph.nodes, heights, strict=True)],
        [
            Link(edge.source, edge.target, _WEIGHTS[edge.kind], label_size(label))
            for edge, label in zip(graph.edges, labels, strict=True)
        ],
    )
    return Layout(
        tuple(Placed(*placed) for placed in zip(graph.nodes, found.corners, heights, names, strict=True)),
        tuple(
            Route(edge, line.points, label, line.middle)
            for edge, line, label in zip(graph.edges, found.lines, labels, strict=True)
        ),
        found.size,
    )


def label_size(lines: tuple[str, ...]) -> Size:
    """About how large these lines are, with their margin."""
    longest = max((len(line) for line in lines), default=0)
    return Size(longest * _LETTER + _BESIDE, LINE_HEIGHT * len(lines))


def _broken(words: str) -> tuple[str, ...]:
    """The words in one or two lines; what does not fit into them ends with an ellipsis."""
    lines = textwrap.wrap(words, _LETTERS_A_LINE, max_lines=2, placeholder="…", break_on_hyphens=False)
    return tuple(lines or [""])

"""Places for boxes and for the lines between them: in layers, with right angles, the same places for the same input.

This is the only file that knows the layout library.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, NamedTuple

import graphlay

_MARGIN = 12.0  # pixels around the picture
_BETWEEN_LAYERS = 64.0


class Point(NamedTuple):
    """A place in pixels from the top left corner of the picture."""

    x: float
    y: float


class Size(NamedTuple):
    """A width and a height in pixels."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Box:
    """What is to be placed."""

    key: str
    size: Size


@dataclass(frozen=True, slots=True)
class Link:
    """A line to be drawn between two boxes, with room for its label. The heavier it is, the straighter it runs."""

    source: str
    target: str
    weight: float
    label: Size


@dataclass(frozen=True, slots=True)
class Line:
    """The corners of a line from box to box, and the middle of its label."""

    points: tuple[Point, ...]
    middle: Point


@dataclass(frozen=True, slots=True)
class Arrangement:
    """The top left corners of the boxes and the lines, both in the order that was given, and the size of it all."""

    corners: tuple[Point, ...]
    lines: tuple[Line, ...]
    size: Size


def arrange(
    boxes: Sequence[Box], links: Sequence[Link], direction: Literal["topbottom", "leftright"] = "topbottom"
) -> Arrangement:
    """Places all boxes and lines. Each link names two of the boxes."""
    request = graphlay.Graph()
    for box in boxes:
        request.node(box.key, width=box.size.width, height=box.size.height)
    for link in links:
        request.edge(link.source, link.target, weight=link.weight, label_size=list(link.label))
    found = graphlay.layout(request, options={"direction": direction, "spacing": {"layer_gap": _BETWEEN_LAYERS}})
    corners = [
        Point(node["center"]["x"] - box.size.width / 2, node["center"]["y"] - box.size.height / 2)
        for box, node in zip(boxes, found.nodes, strict=True)
    ]
    lines = [_line(edge) for edge in found.edges]
    labels = [
        (Point(line.middle.x - link.label.width / 2, line.middle.y - link.label.height / 2), link.label)
        for line, link in zip(lines, links, strict=True)
    ]
    filled = [*zip(corners, (box.size for box in boxes), strict=True), *labels]
    filled += [(point, Size(0, 0)) for line in lines for point in line.points]
    left = min((corner.x for corner, _size in filled), default=0.0) - _MARGIN
    top = min((corner.y for corner, _size in filled), default=0.0) - _MARGIN
    right = max((corner.x + size.width for corner, size in filled), default=0.0) + _MARGIN
    bottom = max((corner.y + size.height for corner, size in filled), default=0.0) + _MARGIN

    def moved(point: Point) -> Point:
        return Point(round(point.x - left, 1), round(point.y - top, 1))

    return Arrangement(
        tuple(map(moved, corners)),
        tuple(Line(tuple(map(moved, line.points)), moved(line.middle)) for line in lines),
        Size(round(right - left, 1), round(bottom - top, 1)),
    )


def _line(edge: dict[str, Any]) -> Line:
    points = tuple(_point(point) for point in edge["points"])
    anchor = edge.get("label_anchor")
    return Line(points, _point(anchor) if anchor else _half_way(points))


def _point(found: dict[str, float]) -> Point:
    return Point(found["x"], found["y"])


def _half_way(points: Sequence[Point]) -> Point:
    """The middle of the longest stretch, where the library names no place for a label."""
    first, second = max(pairwise(points), key=lambda pair: abs(pair[0].x - pair[1].x) + abs(pair[0].y - pair[1].y))
    return Point((first.x + second.x) / 2, (first.y + second.y) / 2)

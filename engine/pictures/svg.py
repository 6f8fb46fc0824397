"""A laid out procedure as SVG: the same bytes for the same content, told in words too, coloured by the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import hypot
from typing import Literal
from xml.etree import ElementTree as ET

from engine.pictures.arrange import Point, Size
from engine.pictures.graph import EdgeKind, Graph, NodeKind
from engine.pictures.layout import LINE_HEIGHT, NODE_WIDTH, Layout, Placed, Route, label_size
from engine.text import Text

LATE_FROM = 0.1
"""The share of late dossiers from which a state is drawn as a bottleneck."""

_CORNER, _ROUND = 7.0, 6.0  # the radius of a line's bend and of a box, in pixels
_OF_KIND = {
    NodeKind.STEP: "node",
    NodeKind.INITIAL: "node",
    NodeKind.WAITING: "node node-paused",
    NodeKind.FINAL: "node node-final",
}
_FLOWS = {EdgeKind.MAIN: "flow flow-main", EdgeKind.BACK: "flow flow-back", EdgeKind.OTHER: "flow"}
_LOOK = (
    "svg{font:12px system-ui,sans-serif;background:#fff}text{fill:#3d4650}.t-strong{font-weight:650;fill:#14191f}"
    ".mid{text-anchor:middle}.t-small{font-size:11px}.t-soft{fill:#5d6873}.t-late{fill:#a51d1d;font-weight:650}"
    ".paper-bg{fill:#fff}.node{fill:#fff;stroke:#77828d;stroke-width:1.25}"
    ".node-paused{stroke-dasharray:5 4;fill:#eaf1fb}"
    ".node-final{fill:#f1f3f5}.node-now{stroke:#0b5cad;stroke-width:3}.node-late{fill:#fdecea;stroke:#c62828}"
    ".flow{fill:none;stroke:#77828d;stroke-width:1.25}.flow-main{stroke:#14191f;stroke-width:2.25}"
    ".flow-back{stroke-dasharray:5 4}.tip{fill:#77828d}.tip-main{fill:#14191f}"
    ".node-added{fill:#e8f5ec;stroke:#1a7f4b;stroke-width:2}"
    ".node-removed{fill:#fdecea;stroke:#c62828;stroke-dasharray:2 3}"
    ".node-changed{fill:#fff6e0;stroke:#9a5b00;stroke-width:2}"
    ".flow-added{stroke:#1a7f4b;stroke-width:2}.flow-removed{stroke:#c62828;stroke-dasharray:2 3}"
    ".flow-changed{stroke:#9a5b00;stroke-width:2}"
)
"""The colours of a picture that lies in a file of its own. A page's stylesheet has the same classes."""

Mark = Literal["added", "removed", "changed"]
"""What became of a state or a way from one version to the next. It is drawn as a sign too, not by its colour alone."""
_SIGNS: Mapping[Mark, str] = {"added": "+", "removed": "−", "changed": "±"}
_MARKED: Mapping[Mark, Text] = {
    "added": Text("Thêm", "Added"),
    "removed": Text("Bỏ", "Removed"),
    "changed": Text("Thay đổi", "Changed"),
}


@dataclass(frozen=True, slots=True)
class Figures:
    """What stands in a state now: dossiers, the share of them that is late at this step (0 to 1), and the address of
    their list."""

    dossiers: int
    late: float = 0.0
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    """What to draw. ``figures`` are by state; ``now`` is the state in which one dossier stands.

    ``states`` and ``ways`` are the marks of a picture of two versions.
    """

    title: Text
    graph: Graph
    layout: Layout
    figures: Mapping[str, Figures]
    now: str | None = None
    states: Mapping[str, Mark] = field(default_factory=dict)
    ways: Mapping[tuple[str, str], Mark] = field(default_factory=dict)


def svg_of(drawing: Drawing, language: str, alone: bool = False) -> str:
    """The ``svg`` element; ``alone`` makes it a file that carries its own colours."""
    layout = drawing.layout
    picture = ET.Element(
        "svg", {"class": "pic", "viewBox": f"0 0 {_figure(layout.size.width)} {_figure(layout.size.height)}"}
    )
    if alone:
        picture.attrib |= {"xmlns": "http://www.w3.org/2000/svg", "xml:lang": language}
        _part(picture, "style", _LOOK)
    picture.attrib |= {"role": "group", "aria-labelledby": "dg-t dg-d"}
    _part(picture, "title", drawing.title.in_(language), id="dg-t")
    _part(picture, "desc", in_words(drawing, language), id="dg-d")
    _arrowheads(picture)
    for route in layout.routes:
        _line(picture, route, drawing.ways.get((route.edge.source, route.edge.target)))
    for route in layout.routes:
        _label(picture, route, drawing.ways.get((route.edge.source, route.edge.target)))
    for placed in layout.nodes:
        _node(picture, placed, drawing, language)
    return ET.tostring(picture, encoding="unicode")


def in_words(drawing: Drawing, language: str) -> str:
    """The picture for somebody who does not see it: the main path, every other way, and where dossiers stand."""
    names = {node.key: node.name.in_(language) for node in drawing.graph.nodes}
    path, others, exits = ("Đường chính", "Khác", "Lối ra") if language != "en" else ("Main path", "Others", "Ways out")
    told = [f"{path}: {' → '.join(names[key] for key in drawing.graph.main)}."]
    ways = [
        f"{names[edge.source]} → {names[edge.target]} ({', '.join(name.in_(language) for name in edge.names)})"
        for edge in drawing.graph.edges
        if edge.kind is not EdgeKind.MAIN
    ]
    told += [f"{others}: {'; '.join(ways)}."] if ways else []
    leaves = [
        f"{names[node.key]}: {', '.join(leaf.in_(language) for leaf in node.leaves)}"
        for node in drawing.graph.nodes
        if node.leaves
    ]
    told += [f"{exits}: {'; '.join(leaves)}."] if leaves else []
    told += [f"{names[key]}: {_count(there, language)}." for key, there in drawing.figures.items() if key in names]
    for mark, word in _MARKED.items():
        marked = [names[key] for key in names if drawing.states.get(key) == mark]
        marked += [f"{names[one]} → {names[other]}" for (one, other), found in drawing.ways.items() if found == mark]
        told += [f"{word.in_(language)}: {'; '.join(marked)}."] if marked else []
    return " ".join(told)


def _arrowheads(picture: ET.Element) -> None:
    definitions = ET.SubElement(picture, "defs")
    for name, size, look in (("dg-a", "8", "tip"), ("dg-m", "10", "tip-main")):
        marker = ET.SubElement(
            definitions,
            "marker",
            {
                "id": name,
                "viewBox": "0 0 8 8",
                "refX": "7",
                "refY": "4",
                "markerWidth": size,
                "markerHeight": size,
                "markerUnits": "userSpaceOnUse",
                "orient": "auto",
            },
        )
        ET.SubElement(marker, "path", {"class": look, "d": "M0 0 8 4 0 8z"})


def _line(picture: ET.Element, route: Route, mark: Mark | None) -> None:
    tip = "url(#dg-m)" if route.edge.kind is EdgeKind.MAIN else "url(#dg-a)"
    look = _FLOWS[route.edge.kind] + (f" flow-{mark}" if mark else "")
    ET.SubElement(picture, "path", {"class": look, "marker-end": tip, "d": _bent(route.points)})


def _bent(points: tuple[Point, ...]) -> str:
    """The line through these corners, each of them rounded as far as its two stretches allow."""
    drawn = [f"M{_at(points[0])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(_CORNER, _length(before, corner) / 2, _length(corner, after) / 2)
        drawn.append(f"L{_at(_towards(corner, before, radius))}Q{_at(corner)} {_at(_towards(corner, after, radius))}")
    return "".join([*drawn, f"L{_at(points[-1])}"])


def _label(picture: ET.Element, route: Route, mark: Mark | None) -> None:
    if not route.label:
        return
    size = label_size(route.label)
    corner = Point(route.middle.x - size.width / 2, route.middle.y - size.height / 2)
    ET.SubElement(picture, "rect", {"class": "paper-bg", **_box(corner, size), "rx": "3"})
    for number, line in enumerate(route.label):
        at = _at_point(route.middle.x, corner.y + LINE_HEIGHT * number + 12)
        sign = f"{_SIGNS[mark]} " if mark and not number else ""
        _part(picture, "text", sign + line, **{"class": "mid t-small", **at})


def _node(picture: ET.Element, placed: Placed, drawing: Drawing, language: str) -> None:
    node, figures = placed.node, drawing.figures.get(placed.node.key)
    inside = picture
    if figures is not None and figures.href is not None:
        inside = ET.SubElement(picture, "a", {"href": figures.href})
    look = _OF_KIND[node.kind]
    look += " node-late" if figures is not None and figures.late >= LATE_FROM else ""
    look += " node-now" if node.key == drawing.now else ""
    mark = drawing.states.get(node.key)
    look += f" node-{mark}" if mark else ""
    radius = placed.height / 2 if node.kind is NodeKind.FINAL else _ROUND
    ET.SubElement(
        inside, "rect", {"class": look, **_box(placed.at, Size(NODE_WIDTH, placed.height)), "rx": _figure(radius)}
    )
    told = [(line, "mid t-strong") for line in placed.lines]
    if mark:
        told[0] = (f"{_SIGNS[mark]} {told[0][0]}", told[0][1])
    if figures is not None:
        told.append((_count(figures, language), "mid t-late" if figures.late >= LATE_FROM else "mid"))
    if node.leaves:
        told.append(("↘ " + " · ".join(leaf.in_(language) for leaf in node.leaves), "mid t-soft t-small"))
    first = placed.at.y + (placed.height - LINE_HEIGHT * len(told)) / 2 + 12
    for number, (words, kind) in enumerate(told):
        _part(
            inside,
            "text",
            words,
            **{"class": kind, **_at_point(placed.at.x + NODE_WIDTH / 2, first + LINE_HEIGHT * number)},
        )


def _count(there: Figures, language: str) -> str:
    if language == "en":
        words = f"{there.dossiers} dossier{'' if there.dossiers == 1 else 's'}"
        return words + (f" · {there.late:.0%} late" if there.late >= LATE_FROM else "")
    return f"{there.dossiers} hồ sơ" + (f" · {round(there.late * 100)} % quá hạn" if there.late >= LATE_FROM else "")


def _part(parent: ET.Element, tag: str, words: str, **attributes: str) -> ET.Element:
    part = ET.SubElement(parent, tag, attributes)
    part.text = words
    return part


def _at_point(x: float, y: float) -> dict[str, str]:
    return {"x": _figure(x), "y": _figure(y)}


def _box(corner: Point, size: Size) -> dict[str, str]:
    return {**_at_point(*corner), "width": _figure(size.width), "height": _figure(size.height)}


def _length(first: Point, second: Point) -> float:
    return hypot(first.x - second.x, first.y - second.y)


def _towards(start: Point, end: Point, distance: float) -> Point:
    whole = _length(start, end) or 1.0
    return Point(start.x + (end.x - start.x) * distance / whole, start.y + (end.y - start.y) * distance / whole)


def _at(point: Point) -> str:
    return f"{_figure(point.x)} {_figure(point.y)}"


def _figure(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")

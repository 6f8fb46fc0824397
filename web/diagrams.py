"""Pictures of procedures in pages: the state diagram, alone or of two versions, sized so that its words are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from engine.pictures.compare import compared_svg
from engine.pictures.graph import graph_of
from engine.pictures.layout import lay_out
from engine.pictures.svg import Drawing, Figures, svg_of
from engine.rules.procedure.definition import Release
from server.context import language

_WIDTHS = (400.0, 680.0, 920.0, 1240.0)


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG element, and the class of its box: the wider the picture, the wider its box."""

    svg: Markup
    size: int


def diagram(release: Release, figures: Mapping[str, Figures] | None = None, now: str | None = None) -> Picture:
    """The states of a version; with figures in them, or with the state marked in which one dossier stands."""
    graph = graph_of(release)
    layout = lay_out(graph, language())
    drawn = svg_of(Drawing(release.in_lists, graph, layout, figures or {}, now=now), language())
    return _picture(drawn, layout.size.width)


def comparison(old: Release, new: Release) -> Picture:
    """Both versions as one picture."""
    drawn = compared_svg(old, new, language())
    return _picture(drawn, float(drawn.partition('viewBox="0 0 ')[2].partition(" ")[0]))


def _picture(drawn: str, width: float) -> Picture:
    size = next((number for number, most in enumerate(_WIDTHS, 1) if width <= most), len(_WIDTHS) + 1)
    return Picture(Markup(drawn), size)  # noqa: S704 - made by the engine's XML writer, which escapes every name

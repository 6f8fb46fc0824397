"""``motcua workflows diagram``: a workflow file as a picture, or in a notation that other tools read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from cli.output import language
from engine.pictures.bpmn import bpmn_of
from engine.pictures.graph import graph_of
from engine.pictures.layout import lay_out
from engine.pictures.mermaid import mermaid_of
from engine.pictures.scxml import scxml_of
from engine.pictures.svg import Drawing, svg_of
from engine.rules.procedure.definition import Release
from workflows.loader import load


def _svg(release: Release, language: str) -> str:
    graph = graph_of(release)
    return svg_of(Drawing(release.in_lists, graph, lay_out(graph, language), {}), language, alone=True) + "\n"


_FORMATS: dict[str, Callable[[Release, str], str]] = {
    "svg": _svg,
    "bpmn": bpmn_of,
    "mermaid": mermaid_of,
    "scxml": scxml_of,
}


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(list(_FORMATS)), default="svg", show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Write to this file.")
def diagram(file: Path, form: str, output: Path | None) -> None:
    """Draw FILE's states and actions: SVG for a browser, BPMN 2.0 with its diagram for modelling tools, Mermaid for
    documents, SCXML for programs. The same file gives the same bytes. Names are in the language of --lang.
    """
    drawn = _FORMATS[form](load(file), language())
    if output is None:
        click.echo(drawn, nl=False)
    else:
        output.write_text(drawn, encoding="utf-8")

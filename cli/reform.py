"""``motcua reform``: shows a reorganisation and plans what it does to open dossiers; ``cli.reform_apply`` does it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from cli.compose import compose_from_environment
from cli.output import json_option, language, say, show
from cli.reform_apply import apply_command, decide_command, revert_command, status_command, triage_command
from cli.reform_report import plan_lines, plan_picture, reform_lines
from cli.shipped import Shipped
from engine.reform.planning import make_plan
from engine.reform.reader import ReformReader
from engine.rules.offices.index import OfficeIndex
from engine.rules.offices.routing import Map
from engine.rules.reform.policy import Reform
from workflows.problems import render_text
from workflows.reform_files import REFORMS, ReformRefused, read_reform


@click.group()
def reform() -> None:
    """Reorganisations: units abolished, merged or divided, competences moved."""


for _command in (apply_command, status_command, revert_command, triage_command, decide_command):
    reform.add_command(_command)


@reform.command("show")
@click.argument("file", type=click.Path(path_type=Path))
def show_command(file: Path) -> None:
    """Show what FILE says and what follows from it on the shipped territory. Exits with 1 on a mistake in it."""
    shipped = Shipped.here()
    known = Map(shipped.territory, OfficeIndex(shipped.offices), shipped.competences)
    for line in reform_lines(_read(file, known), known, language() == "vi"):
        click.echo(line)


@reform.command("plan")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where to write the plan (JSON).")
@click.option("--page", type=click.Path(path_type=Path, dir_okay=False), help="Where to write the picture (HTML).")
@json_option
def plan_command(file: Path, out: Path | None, page: Path | None, as_json: bool) -> None:
    """Plan what FILE does to the live dossiers of the database. Changes nothing, locks nothing.

    Exits with 0 when nothing changes, with 2 when something does, with 1 when the plan could not be applied.
    """
    runtime = compose_from_environment(pooled=False)
    known = runtime.catalogue.map
    read = _read(file, known)
    count = ReformReader(runtime.database, runtime.catalogue, read).count()
    label = say("Đang lập kế hoạch", "Planning")
    with click.progressbar(length=count, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        totals = make_plan(runtime, read, out, bar.update)
    vi = language() == "vi"
    if page is not None:
        page.write_text(plan_picture(totals, known, vi), encoding="utf-8")
    show(as_json, totals.summary(), plan_lines(totals, known, vi))
    if totals.outcomes["without"]:
        raise SystemExit(1)
    if totals.changes or totals.members or totals.names:
        raise SystemExit(2)


def _read(file: Path, known: Map) -> Reform:
    """Reads a file, or a shipped one by name. Prints every mistake in it and raises ReformRefused."""
    path = file if file.exists() or file.parent != Path() else REFORMS / file.name
    try:
        return read_reform(path, known)
    except ReformRefused as refused:
        click.echo(render_text(refused.problems, language()), err=True, nl=False)
        raise

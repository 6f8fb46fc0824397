"""``motcua workflows``: checks, tests, simulates and publishes workflow files, for authors of procedures."""

from __future__ import annotations

from pathlib import Path

import click

from cli.diagram import diagram
from cli.explain import explain
from cli.new_workflow import new
from cli.output import language, say
from cli.publish import publish, yaml_files
from cli.shipped import Shipped
from cli.simulation import simulate
from cli.stories import test
from workflows.explanations import reasons
from workflows.lint import lint_files, render_json, render_sarif, render_text

_FILES = click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))


@click.group()
def workflows() -> None:
    """Workflow files: the procedures, written as YAML."""


@workflows.command()
@_FILES
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Same as --format json.")
@click.option("--strict", is_flag=True, help="Warnings fail as well.")
def lint(files: tuple[Path, ...], form: str, as_json: bool, strict: bool) -> None:
    """Check FILES (files or folders; the shipped procedures when none is given). Exits with 1 on an error."""
    shipped = Shipped.here()
    problems = lint_files(yaml_files(files) or shipped.files("procedures"), shipped.context)
    form = "json" if as_json else form
    if form == "text":
        click.echo(render_text(problems, language()) if problems else say("Không có lỗi.", "No problems."))
    elif form == "sarif":
        click.echo(render_sarif(problems, language(), reasons(language())))
    else:
        click.echo(render_json(problems, language()))
    if any(problem.severity == "error" or strict for problem in problems):
        raise SystemExit(1)


workflows.add_command(new)
workflows.add_command(test)
workflows.add_command(explain)
workflows.add_command(simulate)
workflows.add_command(diagram)
workflows.add_command(publish)

"""``motcua workflows``: checks, tests, simulates and publishes workflow files, for authors of procedures."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import cast

import click

from cli.output import language, say
from cli.shipped import Shipped, folder_not_read, yaml_files
from workflows.explanations import reasons
from workflows.lint import lint_files, render_json, render_sarif, render_text

_FILES = click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))


_ELSEWHERE = {
    "new": "cli.new_workflow:new",
    "import": "cli.bpmn_import:import_bpmn",
    "test": "cli.stories:test",
    "explain": "cli.explain:explain",
    "simulate": "cli.simulation:simulate",
    "diagram": "cli.diagram:diagram",
    "what-if": "cli.what_if:what_if_command",
    "publish": "cli.publish:publish",
    "diff": "cli.versions:diff",
    "plan": "cli.version_plans:plan_command",
    "apply": "cli.version_plans:apply_command",
    "plans": "cli.version_plans:plans_command",
    "versions": "cli.version_plans:versions_command",
    "revert": "cli.version_plans:revert_command",
}
"""Commands that are imported when they are run: publishing needs the database, whose import takes half a second."""


class _Group(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *_ELSEWHERE]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        module, _, name = _ELSEWHERE[cmd_name].partition(":")
        return cast(click.Command, getattr(importlib.import_module(module), name))


@click.group(cls=_Group)
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
    beside = folder_not_read(files)
    if beside is not None and not shipped.has_own:
        told = say(
            "Không đọc {folder}: đó là nội dung của nơi cài đặt. Chạy: export MOTCUA_CONTENT={folder}",
            "The content of an installation in {folder} is not read. Run: export MOTCUA_CONTENT={folder}",
        )
        click.echo(told.format(folder=beside), err=True)
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

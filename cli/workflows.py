"""``motcua workflows``: checks, tests, simulates and publishes workflow files, for authors of procedures."""

from __future__ import annotations

from pathlib import Path

import click

from cli.diagram import diagram
from cli.output import json_option, language, say, show
from cli.publish import publish, yaml_files
from cli.shipped import Shipped
from cli.simulation import simulate
from cli.version_plans import apply_command, plan_command, plans_command, revert_command, versions_command
from cli.versions import diff
from workflows.lint import lint_files, render_json, render_sarif, render_text
from workflows.loader import load_files
from workflows.scenario_files import is_story, read_scenarios
from workflows.scenario_runner import coverage, run_all

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
    else:
        click.echo((render_sarif if form == "sarif" else render_json)(problems, language()))
    if any(problem.severity == "error" or strict for problem in problems):
        raise SystemExit(1)


@workflows.command()
@_FILES
@click.option("--coverage", "with_coverage", is_flag=True, help="Name what no story goes through; that fails too.")
@json_option
def test(files: tuple[Path, ...], with_coverage: bool, as_json: bool) -> None:
    """Walk the golden stories in FILES (the shipped ones when none is given). Exits with 1 on a difference.

    FILES may hold procedures beside stories: a story then walks through the given version of its procedure.
    """
    shipped, given = Shipped.here(), yaml_files(files)
    stories = [file for file in given if is_story(file)] or shipped.files("scenarios")
    own = load_files([file for file in given if not is_story(file)], shipped.context)
    named = {(one.procedure, one.version) for one in own}
    releases = [*(one for one in shipped.releases if (one.procedure, one.version) not in named), *own]
    outcomes = run_all([story for file in stories for story in read_scenarios(file)], releases, shipped.calendars)
    gaps = coverage(own or releases, outcomes) if with_coverage else []
    wrong = [difference.sentence(language()) for outcome in outcomes for difference in outcome.differences]
    lacking = [f"{gap.procedure}: {gap.part}" for gap in gaps]
    document = {"stories": len(outcomes), "differences": wrong, "gaps": lacking}
    summary = say(
        f"{len(outcomes)} câu chuyện, {len(wrong)} sai lệch.", f"{len(outcomes)} stories, {len(wrong)} differences."
    )
    show(as_json, document, [*wrong, *lacking, summary])
    if wrong or gaps:
        raise SystemExit(1)


workflows.add_command(simulate)
workflows.add_command(diagram)
workflows.add_command(publish)
workflows.add_command(diff)
for _command in (plan_command, apply_command, plans_command, revert_command, versions_command):
    workflows.add_command(_command)

"""``motcua workflows``: checks, tests, simulates and publishes workflow files, for authors of procedures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from cli.compose import compose_from_environment
from cli.output import json_option, language, say, show
from cli.shipped import PROCEDURES, Shipped
from cli.simulation import simulate
from engine.acts.migrate_dossier import LostState, migrate_dossier, running_under_others
from engine.acts.publish import publish_release
from engine.rules.procedure.definition import Release
from engine.rules.procedure.machine import Workflow
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.transaction import Runtime, in_transaction
from workflows.lint import lint_files, render_json, render_sarif, render_text
from workflows.loader import check_files
from workflows.problems import WorkflowRefused, in_order
from workflows.scenario_files import SCENARIOS, read_scenarios
from workflows.scenario_runner import Outcome, coverage, run_all

PAGE = 500
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
    problems = lint_files(_yaml_files(files or (PROCEDURES,)), Shipped().context)
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
    """Walk the golden stories in FILES (the shipped ones when none is given). Exits with 1 on a difference."""
    shipped, outcomes = Shipped(), _walked(Shipped(), files or (SCENARIOS,))
    gaps = coverage(shipped.releases, outcomes) if with_coverage else []
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


@workflows.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check only. Exits with 2 when there is something to publish.")
@json_option
def publish(files: tuple[Path, ...], dry_run: bool, as_json: bool) -> None:
    """Release FILES; running dossiers are moved where the file says so (effective.running: migrate)."""
    releases, runtime = _checked(files), compose_from_environment(pooled=False)
    known = set(_published(runtime))
    if dry_run:
        fresh = [f"{one.procedure} v{one.version}" for one in releases if one.digest() not in known]
        show(as_json, {"pending": fresh}, fresh or [say("Không có gì mới.", "Nothing is new.")])
        raise SystemExit(2 if fresh else 0)
    done = [_publish(runtime, release) for release in releases]
    show(as_json, done, [_told(one) for one in done])
    if any(one["lost"] for one in done):
        raise SystemExit(1)


def _publish(runtime: Runtime, release: Release) -> dict[str, Any]:
    fresh = in_transaction(runtime, SYSTEM_ACTOR, lambda unit: publish_release(unit, release))
    moved, lost, running = 0, [], 0
    workflow, after = runtime.catalogue.workflow(release.digest()), 0
    while release.effective.running != "keep" and (page := _running(runtime, workflow, after)):
        after, running = page[-1], running + len(page)
        for number in page if release.effective.running == "migrate" else ():
            try:
                _move(runtime, number, workflow)
                moved += 1
            except LostState as refusal:
                lost.append(refusal.sentence(language()))
    return {
        "procedure": release.procedure,
        "version": release.version,
        "digest": release.digest(),
        "new": fresh,
        "running_under_others": running - moved,
        "moved": moved,
        "lost": lost,
    }


def _move(runtime: Runtime, number: int, workflow: Workflow) -> None:
    in_transaction(runtime, SYSTEM_ACTOR, lambda unit: migrate_dossier(unit, number, workflow))


def _running(runtime: Runtime, workflow: Workflow, after: int) -> list[int]:
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        return running_under_others(connection, workflow, PAGE, after)


def _published(runtime: Runtime) -> Iterable[str]:
    from sqlalchemy import select

    from engine.store.releases import releases

    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        return connection.execute(select(releases.c.digest)).scalars().all()


def _told(done: dict[str, Any]) -> str:
    state = say("đã phát hành", "released") if done["new"] else say("đã có", "there already")
    told = f"{done['procedure']} v{done['version']}: {state}"
    if done["moved"] or done["running_under_others"]:
        told += say(
            f"; {done['moved']} hồ sơ chuyển sang, {done['running_under_others']} hồ sơ giữ phiên bản cũ",
            f"; {done['moved']} dossiers moved, {done['running_under_others']} stay under another version",
        )
    return "\n".join([told, *done["lost"]])


def _checked(files: Sequence[Path]) -> list[Release]:
    """The releases of these files. Raises WorkflowRefused with every finding."""
    checked = check_files(_yaml_files(files), Shipped().context)
    problems = in_order(problem for one in checked for problem in one.problems)
    if any(problem.severity == "error" for problem in problems):
        click.echo(render_text(problems, language()), err=True)
        raise WorkflowRefused(problems)
    releases = [one.draft for one in checked if one.draft is not None]
    return sorted(releases, key=lambda one: (one.procedure, one.version))


def _walked(shipped: Shipped, files: Sequence[Path]) -> list[Outcome]:
    stories = [story for file in _yaml_files(files) for story in read_scenarios(file)]
    return run_all(stories, shipped.releases, shipped.calendars)


def _yaml_files(paths: Iterable[Path]) -> list[Path]:
    return [file for path in paths for file in (sorted(path.glob("*.yaml")) if path.is_dir() else [path])]

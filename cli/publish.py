"""``motcua workflows publish``: releases workflow files, all or none, and says beforehand what that does."""

from __future__ import annotations

import contextlib
import getpass
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import click

from cli.compose import compose_from_environment
from cli.output import json_option, language, say, show
from cli.shipped import Shipped, yaml_files
from engine.acts.publish_procedures import Planned, plan_release, publish_procedures, unknown_competences
from engine.clock import civil_day
from engine.errors import Forbidden, NotFound
from engine.jobs.migration import Migrated, migrate_due
from engine.rules.offices.competence import Competence
from engine.rules.offices.competence_proof import Defect
from engine.rules.procedure.definition import Release
from engine.rules.procedure.permissions import SYSTEM_ACTOR, Actor
from engine.settings import missing_database
from engine.store.actors import actor_of_person
from engine.store.people import person_named
from engine.transaction import Runtime, UnitOfWork, in_transaction
from workflows.lint import render_text
from workflows.lint_context import LintContext
from workflows.loader import check_files
from workflows.problems import WorkflowRefused, in_order


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check only. Exits with 2 when there is something to publish.")
@click.option("--by", "username", metavar="USERNAME", help="Who publishes; otherwise the machine's account is kept.")
@json_option
def publish(files: tuple[Path, ...], dry_run: bool, username: str | None, as_json: bool) -> None:
    """Release FILES, all or none; running dossiers move on the first day where the file says so.

    A file with effective.running: migrate moves the running dossiers of its procedure. If one of them is in a state
    that the new version neither has nor maps, nothing is published.

    The lines of competences.csv (MOTCUA_CONTENT) for a procedure of which the database has none are published with it.
    """
    if dry_run and missing_database(os.environ):
        fresh = [_named(release) for release in checked_releases(files)]
        show(as_json, {"pending": fresh, "plans": []}, fresh)
        raise SystemExit(2)
    runtime = compose_from_environment(pooled=False)
    releases = checked_releases(files, runtime)
    brought = Shipped.here().competences
    if dry_run:
        _show_plans(as_json, in_transaction(runtime, SYSTEM_ACTOR, lambda unit: _plans(unit, releases, brought)))
    by, name = publisher_of(runtime, username)
    plans = in_transaction(runtime, by, lambda unit: publish_procedures(unit, releases, name, brought))
    moved = migrate_due(runtime, seconds=float("inf"))
    done = [_done(plan, moved.get(plan.release.digest(), Migrated()), runtime) for plan in plans]
    show(as_json, done, [_told(one) for one in done])
    if any(one["lost"] for one in done):
        raise SystemExit(1)


def _plans(unit: UnitOfWork, releases: Sequence[Release], brought: Sequence[Competence]) -> list[Planned]:
    fresh = unknown_competences(unit, releases, brought)
    return [plan_release(unit, release, fresh) for release in releases]


def _show_plans(as_json: bool, plans: Sequence[Planned]) -> NoReturn:
    """Tells what publishing would do. Exits with 2 when it would change something, with 1 when it would be refused."""
    fresh = [_named(plan.release) for plan in plans if plan.new]
    lines, refused = [], False
    for plan in (one for one in plans if one.new):
        lines.append(_plan_line(plan))
        lines += [f"  ! {one.dossier}: {one.state}" for one in plan.left]
        lines += [f"  ! {word.vi if language() == 'vi' else word.en}" for word in map(Defect.in_words, plan.defects)]
        refused |= bool(plan.left or plan.defects)
    document = {"pending": fresh, "plans": [_plan_document(plan) for plan in plans if plan.new]}
    show(as_json, document, lines or [say("Không có gì mới.", "Nothing is new.")])
    raise SystemExit(1 if refused else 2 if fresh else 0)


def _plan_line(plan: Planned) -> str:
    line = say(f"{_named(plan.release)}: sẽ phát hành", f"{_named(plan.release)}: to be released")
    if not plan.running:
        return line
    start, stay = plan.release.effective.start, plan.running - plan.moves
    return line + say(
        f"; {plan.moves} hồ sơ chuyển sang từ ngày {start:%d/%m/%Y}, {stay} hồ sơ giữ phiên bản cũ",
        f"; {plan.moves} dossiers move from {start} on, {stay} stay under another version",
    )


def _plan_document(plan: Planned) -> dict[str, Any]:
    return {
        "release": _named(plan.release),
        "from": plan.release.effective.start.isoformat(),
        "running": plan.running,
        "moves": plan.moves,
        "left": [{"dossier": one.dossier, "state": one.state} for one in plan.left],
        "defects": [one.in_words().in_(language()) for one in plan.defects],
    }


def publisher_of(runtime: Runtime, username: str | None) -> tuple[Actor, str | None]:
    """The acting person, or the program with the name of the machine's account. Raises NotFound."""
    if username is None:
        with contextlib.suppress(OSError, KeyError):
            return SYSTEM_ACTOR, getpass.getuser()
        return SYSTEM_ACTOR, None
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        number = person_named(connection, username)
        found = actor_of_person(connection, number) if number is not None else None
    if found is None:
        raise NotFound(what=username)
    if not found.admin:
        raise Forbidden(why_vi=f"{username} không phải quản trị viên", why_en=f"{username} is no administrator")
    return found, None


def _done(plan: Planned, migrated: Migrated, runtime: Runtime) -> dict[str, Any]:
    release = plan.release
    return {
        "procedure": release.procedure,
        "version": release.version,
        "digest": release.digest(),
        "new": plan.new,
        "running_under_others": plan.running - migrated.moved,
        "moved": migrated.moved,
        "moves_from": release.effective.start.isoformat()
        if plan.moves and release.effective.start > civil_day(runtime.now())
        else None,
        "lost": [refusal.sentence(language()) for refusal in migrated.left],
    }


def _told(done: dict[str, Any]) -> str:
    state = say("đã phát hành", "released") if done["new"] else say("đã có", "there already")
    told = f"{done['procedure']} v{done['version']}: {state}"
    if done["moves_from"]:
        told += say(
            f"; {done['running_under_others']} hồ sơ chuyển sang từ ngày {done['moves_from']}",
            f"; {done['running_under_others']} dossiers move from {done['moves_from']} on",
        )
    elif done["moved"] or done["running_under_others"]:
        told += say(
            f"; {done['moved']} hồ sơ chuyển sang, {done['running_under_others']} hồ sơ giữ phiên bản cũ",
            f"; {done['moved']} dossiers moved, {done['running_under_others']} stay under another version",
        )
    return "\n".join([told, *done["lost"]])


def _named(release: Release) -> str:
    return f"{release.procedure} v{release.version}"


def checked_releases(files: Sequence[Path], runtime: Runtime | None = None) -> list[Release]:
    """The releases of these files, checked beside the other procedures that are published.

    Raises WorkflowRefused with every finding.
    """
    paths = yaml_files(files)
    own = {one.draft.procedure for one in check_files(paths) if one.draft is not None}
    checked = check_files(paths, _around(runtime, own))
    problems = in_order(problem for one in checked for problem in one.problems)
    if any(problem.severity == "error" for problem in problems):
        click.echo(render_text(problems, language()), err=True)
        raise WorkflowRefused(problems)
    releases = [one.draft for one in checked if one.draft is not None]
    return sorted(releases, key=lambda one: (one.procedure, one.version))


def _around(runtime: Runtime | None, own: set[str]) -> LintContext:
    """The surroundings of files of the procedures ``own``: the installation's content, and the other procedures that
    are published."""
    content = Shipped.here().context
    if runtime is None:
        return content
    known = [one.release for one in runtime.catalogue.procedures(civil_day(runtime.now()))]
    named = tuple((f"{one.procedure} v{one.version}", one) for one in known if one.procedure not in own)
    return replace(content, releases=named)

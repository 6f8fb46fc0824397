"""``motcua workflows diff``: two versions of a procedure side by side, in sentences, as JSON or drawn."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import click
import orjson

from cli.compose import compose_from_environment
from cli.output import language, say
from engine.errors import Conflict, NotFound
from engine.pictures.compare import compared_svg
from engine.queries.versions import Difference, counted_difference, difference, version_of
from engine.rules.procedure.definition import Release
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.rules.versions.changes import by_group
from engine.rules.versions.names import GROUPS
from engine.transaction import Runtime, in_transaction
from workflows.lint import render_text
from workflows.loader import load
from workflows.problems import WorkflowRefused

_PUBLISHED = re.compile(r"([A-Za-z0-9][A-Za-z0-9.-]*)@([0-9]+)")
_MOST_DIGITS = 9  # a database knows no larger version


class OtherProcedure(Conflict):
    """Two files of different procedures are no two versions of one."""

    code = "other-procedure"
    vi = "{old} và {new} là hai thủ tục khác nhau, không phải hai phiên bản của một thủ tục."
    en = "{old} and {new} are two procedures, not two versions of one."


@click.command()
@click.argument("old")
@click.argument("new")
@click.option("--format", "form", type=click.Choice(["text", "json", "svg"]), default="text", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Same as --format json.")
@click.option("--output", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Write to this file.")
@click.option("--running", "counted", is_flag=True, help="Count running dossiers also where both are files.")
def diff(old: str, new: str, form: str, as_json: bool, output: Path | None, counted: bool) -> None:
    """Say what differs from OLD to NEW: files, or versions of the database such as 1.012783@2.

    With a version of the database, each change says how many running dossiers of OLD it touches: those that may still
    come to what has changed. Exits with 2 when anything differs.
    """
    asked = counted or any(_PUBLISHED.fullmatch(one) for one in (old, new))
    runtime = compose_from_environment(pooled=False) if asked else None
    was, now = (release_at(one, runtime) for one in (old, new))
    if was.procedure != now.procedure:
        raise OtherProcedure(old=was.procedure, new=now.procedure)
    counting = partial(counted_difference, old=was, new=now)
    found = difference(was, now) if runtime is None else in_transaction(runtime, SYSTEM_ACTOR, counting)
    form = "json" if as_json else form
    if form == "svg":
        told = compared_svg(was, now, language(), alone=True)
    elif form == "json":
        told = orjson.dumps(found.document(), option=orjson.OPT_INDENT_2).decode()
    else:
        told = "\n".join(difference_lines(found))
    if output is None:
        click.echo(told)
    else:
        output.write_text(told + "\n", encoding="utf-8")
    if found.changes:
        raise SystemExit(2)


def release_at(named: str, runtime: Runtime | None) -> Release:
    """The release in a file, or a published one named as PROCEDURE@VERSION. Raises WorkflowRefused, NotFound."""
    published = _PUBLISHED.fullmatch(named)
    if published is None:
        return _checked(Path(named))
    if len(published[2]) > _MOST_DIGITS:
        raise NotFound(what=named)
    known = runtime or compose_from_environment(pooled=False)
    version = partial(version_of, procedure=published[1], version=int(published[2]))
    return in_transaction(known, SYSTEM_ACTOR, version)


def _checked(path: Path) -> Release:
    """The release in a file. Prints every mistake in it and raises WorkflowRefused."""
    try:
        return load(path)
    except WorkflowRefused as refused:
        click.echo(render_text(refused.problems, language()), err=True)
        raise


def difference_lines(found: Difference) -> list[str]:
    """The differences as lines for a person."""
    head = f"{found.new.procedure}: {found.old.version} → {found.new.version}"
    if not found.changes:
        return [head, say("Không có gì khác.", "Nothing differs.")]
    if found.running is not None:
        count = sum(found.running.values())
        head += say(f"; {count} hồ sơ đang chạy", f"; {count} running dossier{'' if count == 1 else 's'}")
    lines, counted = [head], dict(zip(map(id, found.changes), found.touched, strict=False))
    for key, changes in by_group(list(found.changes)).items():
        lines += ["", GROUPS[key].in_(language())]
        for change in changes:
            touched = counted.get(id(change))
            told = "" if touched is None else say(f"  [{touched} hồ sơ]", f"  [touches {touched}]")
            lines.append(f"  {change.sentence().in_(language())}{told}")
    return lines

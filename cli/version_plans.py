"""``motcua workflows plan``, ``apply``, ``plans`` and ``revert``: a version takes effect exactly as it was planned."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path

import click

from cli.compose import compose_from_environment
from cli.output import NUMBER, json_option, say, show
from cli.publish import checked_releases, publisher_of
from cli.version_plan_words import item_line, plan_lines, standing_lines
from cli.versions import release_at
from engine.acts.rounds import Done, Tally, Told
from engine.acts.versions.batches import apply_all, revert_all
from engine.acts.versions.load import load_version_plan, rehearse
from engine.acts.versions.run import open_plan
from engine.clock import civil_day
from engine.errors import NotFound
from engine.queries.version_plans import outcomes, plans, side_by_side
from engine.rules.procedure.definition import Release
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.rules.versions.fates import STAY, Orders, Running
from engine.transaction import Runtime, in_transaction
from engine.versions.document import read_plan
from engine.versions.planning import make_plan
from engine.versions.reader import count_running

_PLAN_FILE = click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
_ORDER = "OLD=NEW"


@click.command("plan")
@click.argument("version")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Where to write the plan (JSON).")
@click.option("--running", type=click.Choice(["keep", "migrate", "ask"]), help="Instead of what the file says.")
@click.option("--state", "states", multiple=True, metavar=_ORDER, help="New step for dossiers in an old one; - keeps.")
@click.option("--dossier", "dossiers", multiple=True, metavar="CODE=NEW", help="New step of one dossier; - keeps.")
@click.option("--recompute-deadlines", "recompute", is_flag=True, help="Moved dossiers get the new time limit.")
@json_option
def plan_command(
    version: str,
    out: Path | None,
    running: Running | None,
    states: tuple[str, ...],
    dossiers: tuple[str, ...],
    recompute: bool,
    as_json: bool,
) -> None:
    """Plan what VERSION does to running dossiers: a file, or a version of the database such as 1.012783@2.

    Changes nothing. Exits with 2 when there is something to apply, with 1 when the version could not be published.
    """
    runtime = compose_from_environment(pooled=False)
    release = _release(version, runtime)
    orders = Orders(running, _pairs(states), _pairs(dossiers), recompute)
    in_transaction(runtime, SYSTEM_ACTOR, partial(rehearse, release=release))
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        count = count_running(connection, release)
    label = say("Đang lập kế hoạch", "Planning")
    with click.progressbar(length=count, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        summary = make_plan(runtime, release, orders, out, bar.update)
    show(as_json, summary, plan_lines(summary))
    known = in_transaction(runtime, SYSTEM_ACTOR, partial(side_by_side, procedure=release.procedure))
    fresh = all(one.digest != release.digest() for one in known)
    if fresh or summary["dossiers"]["open"] > summary["dossiers"]["stays"]:
        raise SystemExit(2)


@click.command("apply")
@_PLAN_FILE
@click.option("--by", "username", metavar="USERNAME", help="Who applies; otherwise the machine's account is kept.")
@json_option
def apply_command(file: Path, username: str | None, as_json: bool) -> None:
    """Carry out the plan in FILE, exactly; a stale one is refused. After an interruption the same command continues.

    It publishes the version at once. The dossiers move on its first day: by this command from then on, or by the
    worker. Exits with 2 when dossiers are left over.
    """
    with _pooled() as runtime:
        by, name = publisher_of(runtime, username)
        plan_id = load_version_plan(runtime, read_plan(file), by, name)
        run, tally = open_plan(runtime, plan_id), Tally()
        early = civil_day(runtime.now()) < run.day
        if not early:
            with _bar(_standing(runtime, plan_id).get("waiting", 0), say("Đang chuyển", "Moving")) as told:
                tally = apply_all(runtime, run, told)
        left = _standing(runtime, plan_id)
    words = say(f"Đã chuyển {tally.moved} hồ sơ.", f"{tally.moved} dossiers were moved.")
    if early:
        words = say(
            f"Đã công bố; {left.get('waiting', 0)} hồ sơ chuyển từ ngày {run.day:%d/%m/%Y}.",
            f"Published; {left.get('waiting', 0)} dossiers move from {run.day} on.",
        )
    document = {"plan": plan_id, "digest": run.digest, "moved": tally.moved, "standing": left}
    show(as_json, document, [words, *standing_lines(left)])
    if any(left.get(key) for key in ("stale", "choice", "cannot")) or (left.get("waiting") and not early):
        raise SystemExit(2)


@click.command("plans")
@click.argument("plan", type=NUMBER, required=False)
@json_option
def plans_command(plan: int | None, as_json: bool) -> None:
    """List the version plans with their dossiers by outcome; with PLAN (its number) every dossier and its outcome."""
    runtime = compose_from_environment(pooled=False)
    if plan is not None:
        open_plan(runtime, plan)
        items = in_transaction(runtime, SYSTEM_ACTOR, partial(outcomes, plan_id=plan))
        show(as_json, [asdict(one) for one in items], [item_line(one) for one in items])
        return
    found = in_transaction(runtime, SYSTEM_ACTOR, plans)
    lines = [
        line
        for one in found
        for line in (
            f"{one.plan}  {one.procedure}@{one.version}  {one.state}  {one.digest[:12]}",
            *(f"    {line}" for line in standing_lines(one.standing)),
        )
    ]
    show(as_json, [asdict(one) for one in found], lines or [say("Chưa có kế hoạch nào.", "No plan was loaded yet.")])


@click.command("revert")
@click.argument("plan", type=NUMBER)
@click.option("--legal", required=True, help="The written decision to take the version back.")
@click.option("--reason", required=True, help="Why; the journal keeps it.")
@json_option
def revert_command(plan: int, legal: str, reason: str, as_json: bool) -> None:
    """Take back PLAN (its number in `workflows plans`): its version ends, the one before is in force again, and the
    dossiers that were not changed since they moved go back.

    Exits with 2 when some were changed, and stay where they are.
    """
    with _pooled() as runtime:
        run = open_plan(runtime, plan)
        with _bar(_standing(runtime, plan).get("done", 0), say("Đang hoàn lại", "Taking back")) as told:
            revert_all(runtime, run, legal, reason, told)
        left = _standing(runtime, plan)
    show(as_json, {"plan": plan, "standing": left}, standing_lines(left))
    if left.get("touched") or left.get("done"):
        raise SystemExit(2)


@click.command("versions")
@click.argument("procedure")
@json_option
def versions_command(procedure: str, as_json: bool) -> None:
    """Show the published versions of PROCEDURE side by side, with the dossiers that run under each."""
    runtime = compose_from_environment(pooled=False)
    found = in_transaction(runtime, SYSTEM_ACTOR, partial(side_by_side, procedure=procedure))
    if not found:
        raise NotFound(what=procedure)
    lines = [
        f"v{one.version}  {one.start} – {one.until or '…'}  "
        + say(f"{one.running} hồ sơ đang chạy", f"{one.running} running")
        for one in found
    ]
    show(as_json, [asdict(one) for one in found], lines)


def _release(version: str, runtime: Runtime) -> Release:
    """The version to plan: a published one, or a file checked beside the other procedures."""
    if "@" in version:
        return release_at(version, runtime)
    path = Path(version)
    if not path.is_file():
        raise click.UsageError(say(f"Không có tệp {version}.", f"There is no file {version}."))
    (release,) = checked_releases([path], runtime)
    return release


def _pairs(given: tuple[str, ...]) -> dict[str, str]:
    """Orders as they are written, ``old=new``."""
    pairs = {}
    for one in given:
        key, sign, target = one.partition("=")
        if not (key and sign and target):
            raise click.UsageError(say(f"Viết {_ORDER}, không phải {one}.", f"Write {_ORDER}, not {one}."))
        pairs[key] = STAY if target == STAY else target
    return pairs


def _standing(runtime: Runtime, plan_id: int) -> dict[str, int]:
    found = in_transaction(runtime, SYSTEM_ACTOR, plans)
    return next((dict(one.standing) for one in found if one.plan == plan_id), {})


@contextmanager
def _pooled() -> Iterator[Runtime]:
    """A runtime with a pool of connections, which is closed at the end."""
    runtime = compose_from_environment()
    try:
        yield runtime
    finally:
        runtime.database.dispose()


@contextmanager
def _bar(count: int, label: str) -> Iterator[Told]:
    """A progress bar on a terminal, nothing elsewhere; yields what takes the result of each batch."""
    with click.progressbar(length=count, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def told(done: Done) -> None:
            bar.update(done.settled)

        yield told

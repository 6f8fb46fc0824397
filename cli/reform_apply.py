"""``motcua reform apply``, ``status``, ``revert``, ``triage`` and ``decide``: carry out an approved plan."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from cli.compose import compose_from_environment
from cli.output import NUMBER, json_option, language, say, show
from engine.acts.reform.batches import apply_all, revert_all
from engine.acts.reform.decide import decide, in_triage
from engine.acts.reform.load import load_plan
from engine.acts.reform.run import Run, open_run
from engine.acts.rounds import Done, Tally
from engine.errors import NotFound
from engine.reform.document import read_plan
from engine.reform.triage import triage
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.rules.reform.words import office_name
from engine.store.people import person_named
from engine.store.plans import counts_by_status, reforms
from engine.transaction import Runtime, in_transaction


@click.command("apply")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@json_option
def apply_command(file: Path, as_json: bool) -> None:
    """Carry out the plan in FILE, exactly. After an interruption the same command continues.

    Exits with 2 when dossiers are left over: changed since the plan, or waiting for a person.
    """
    with _pooled() as runtime:
        run = open_run(runtime, load_plan(runtime, read_plan(file)))
        tally = Tally()
        if run.state != "applied":
            with _Bar(_count(runtime, run).get("waiting", 0), say("Đang chuyển", "Moving")) as bar:
                tally = apply_all(runtime, run, bar.add)
        left = _count(runtime, run)
    document = {"plan": run.id, "digest": run.digest, "moved": tally.moved, "standing": left}
    show(as_json, document, [_moved_words(tally), *_standing_lines(left)])
    if left.get("waiting") or left.get("stale") or left.get("person"):
        raise SystemExit(2)


@click.command("status")
@json_option
def status_command(as_json: bool) -> None:
    """List every loaded plan, with the numbers of its dossiers by status."""
    runtime = compose_from_environment(pooled=False)
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        rows = connection.execute(select(reforms).order_by(reforms.c.id)).all()
        found: list[dict[str, Any]] = [
            {
                "plan": row.id,
                "reform": row.code,
                "date": row.date.isoformat(),
                "digest": row.digest,
                "state": row.state,
                "standing": counts_by_status(connection, row.id),
            }
            for row in rows
        ]
    lines = [
        line
        for one in found
        for line in (
            f"{one['plan']}  {one['reform']}  {one['date']}  {one['state']}  {one['digest'][:12]}",
            *(f"    {line}" for line in _standing_lines(one["standing"])),
        )
    ]
    show(as_json, found, lines or [say("Chưa có kế hoạch nào.", "No plan was loaded yet.")])


@click.command("revert")
@click.argument("plan", type=NUMBER)
@click.option("--reason", required=True, help="Why; the applicants are told.")
@json_option
def revert_command(plan: int, reason: str, as_json: bool) -> None:
    """Move back the dossiers of PLAN (its number in `reform status`) that were not changed since they moved.

    Exits with 2 when some were changed, and stay where they are.
    """
    with _pooled() as runtime:
        run = open_run(runtime, plan)
        with _Bar(_count(runtime, run).get("done", 0), say("Đang hoàn lại", "Taking back")) as bar:
            revert_all(runtime, run, reason, bar.add)
        left = _count(runtime, run)
    show(as_json, {"plan": run.id, "standing": left}, _standing_lines(left))
    if left.get("touched") or left.get("done"):
        raise SystemExit(2)


@click.command("triage")
@click.argument("plan", type=NUMBER)
@click.option("--province", help="Only the dossiers of this province (code before the reform).")
@json_option
def triage_command(plan: int, province: str | None, as_json: bool) -> None:
    """Show the dossiers of PLAN that wait for a person, with the candidates. Exits with 2 when there are any."""
    runtime = compose_from_environment(pooled=False)
    run = open_run(runtime, plan)
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        found = triage(connection, run.id, run.groups, province)
    document = [
        {
            "province": one.province,
            "commune": one.commune,
            "dossiers": one.dossiers,
            "candidates": [
                {
                    "commune": each.commune,
                    "office": each.office,
                    "share": str(each.share) if each.share is not None else None,
                    "suggested": each.is_default,
                }
                for each in one.candidates
            ],
        }
        for one in found
    ]
    lines = []
    for one in found:
        lines.append(say(f"{one.commune}: {one.dossiers} hồ sơ", f"{one.commune}: {one.dossiers} dossiers"))
        for each in one.candidates:
            name = office_name(each.office, run.known.offices).in_(language())
            mark = say(" (gợi ý)", " (suggested)") if each.is_default else ""
            lines.append(f"    --to {each.commune}  {name}{mark}")
    show(as_json, document, lines or [say("Không còn hồ sơ nào chờ.", "Nothing waits.")])
    if found:
        raise SystemExit(2)


@click.command("decide")
@click.argument("plan", type=NUMBER)
@click.option("--commune", help="All waiting dossiers of this old commune (code).")
@click.option("--hamlet", help="Of those, only the ones of this hamlet or quarter.")
@click.option("--dossier", "codes", multiple=True, help="The dossier with this code; may be given several times.")
@click.option("--to", "target", required=True, help="The commune of the new order (code).")
@click.option("--by", required=True, help="Username of the person who decided.")
@click.option("--legal", required=True, help="The written decision.")
@click.option("--reason", required=True, help="Why; the applicants are told.")
@json_option
def decide_command(
    plan: int,
    commune: str | None,
    hamlet: str | None,
    codes: tuple[str, ...],
    target: str,
    by: str,
    legal: str,
    reason: str,
    as_json: bool,
) -> None:
    """Decide where waiting dossiers of PLAN go. Exits with 2 when some need a further decision, or none was found."""
    if bool(codes) == bool(commune) or (codes and hamlet):
        raise click.UsageError(say("Dùng --commune (và --hamlet) hoặc --dossier.", "Give --commune or --dossier."))
    runtime = compose_from_environment(pooled=False)
    run = open_run(runtime, plan)
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        person = person_named(connection, by)
        ids = in_triage(connection, run, codes=codes, commune=commune, hamlet=hamlet)
    if person is None:
        raise NotFound(what=by)
    moved, label = 0, f"staff:{person}"
    for dossier in ids:
        act = partial(decide, run=run, dossier_id=dossier, commune=target, by=label, legal=legal, reason=reason)
        found = in_transaction(runtime, SYSTEM_ACTOR, act)
        moved += found.outcome == "moves"
    words = say(f"Đã chuyển {moved} trong {len(ids)} hồ sơ.", f"{moved} of {len(ids)} dossiers were moved.")
    show(as_json, {"plan": plan, "asked": len(ids), "moved": moved}, [words])
    if moved < len(ids) or not ids:
        raise SystemExit(2)


@contextmanager
def _pooled() -> Iterator[Runtime]:
    """A runtime with a pool of connections, which is closed at the end."""
    runtime = compose_from_environment()
    try:
        yield runtime
    finally:
        runtime.database.dispose()


def _count(runtime: Runtime, run: Run) -> dict[str, int]:
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        return counts_by_status(connection, run.id)


def _moved_words(tally: Tally) -> str:
    return say(f"Đã chuyển {tally.moved} hồ sơ.", f"{tally.moved} dossiers were moved.")


_STANDING = {
    "waiting": ("chờ chuyển, hãy chạy lại lệnh", "still to be moved; run the command again"),
    "person": ("chờ người quyết định", "wait for a person"),
    "done": ("đã chuyển", "moved"),
    "stale": ("đã thay đổi sau khi lập kế hoạch, hãy lập lại", "changed since the plan; plan again"),
    "ended": ("đã kết thúc trước khi chuyển", "ended before they were moved"),
    "replaced": ("thuộc kế hoạch sau", "belong to a later plan"),
    "reverted": ("đã hoàn lại", "taken back"),
    "touched": ("đã có người xử lý tiếp nên không hoàn lại", "were worked on since and stay"),
}


def _standing_lines(counts: dict[str, int]) -> list[str]:
    return [f"{counts[key]:>9} {say(*words)}" for key, words in _STANDING.items() if counts.get(key)]


class _Bar:
    """A progress bar with rate and time left on a terminal, nothing elsewhere."""

    def __init__(self, count: int, label: str) -> None:
        self._bar = click.progressbar(
            length=count, label=label, file=sys.stderr, hidden=not sys.stderr.isatty(), item_show_func=self._rate
        )
        self._began, self._done = time.monotonic(), 0

    def __enter__(self) -> _Bar:
        self._bar.__enter__()
        return self

    def __exit__(self, *failure: Any) -> None:
        self._bar.__exit__(*failure)

    def add(self, done: Done) -> None:
        self._done += done.settled
        self._bar.update(done.settled, self._done)

    def _rate(self, done: int | None) -> str:
        took = time.monotonic() - self._began
        return f"{(done or 0) / took:.0f}/s" if took > 0 else ""

"""``motcua portal``: the national portal: what waits and what is stuck, comparisons, differences, the mapping file."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import click

from cli.compose import compose_from_environment, compose_portal
from cli.output import Day, json_option, language, say, show
from engine.acts.portal.again import NoPortal, replay_portal, resend_dossiers, retry_portal
from engine.acts.portal.compare import compare_with_portal
from engine.clock import LOCAL
from engine.queries import portal as queries
from engine.rules.portal.differences import FAULTS, KINDS
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.text import Text
from engine.transaction import Runtime, UnitOfWork, in_transaction
from workflows.portal_mapping import SHIPPED, check_mapping
from workflows.problems import render_json, render_text
from workflows.yaml_reader import MOST_BYTES

T = TypeVar("T")
_REASON = click.option("--reason", required=True, help="Goes into the journal of staff.")
_SLICE = 60.0  # seconds


@click.group()
def portal() -> None:
    """What the national portal is told, and what differs."""


@portal.command()
@json_option
def status(as_json: bool) -> None:
    """Show what waits, what is stuck, and the last comparisons."""
    runtime = compose_from_environment(pooled=False)
    told = _read(runtime, queries.standing)
    stuck = _read(runtime, lambda unit: queries.unsent_tellings(unit, "parked", 50))
    lines = [
        say("Đã nối" if told.connected else "Chưa nối", "connected" if told.connected else "not connected"),
        say(f"Chờ gửi: {told.waiting}", f"waiting: {told.waiting}") + _since(told.oldest_waiting),
        say(f"Bị giữ lại: {told.parked}", f"parked: {told.parked}") + _since(told.oldest_parked),
        say(f"Đã gửi trong giờ qua: {told.sent_last_hour}", f"sent in the last hour: {told.sent_last_hour}"),
        say(f"Khác nhau: {told.open_differences}", f"differences: {told.open_differences}"),
        *(_comparison(one) for one in told.comparisons[:3]),
        *(f"  {one.code}  {one.kind}  {_words(one.fault)}  {one.error}" for one in stuck),
    ]
    show(as_json, {**dataclasses.asdict(told), "stuck": [dataclasses.asdict(one) for one in stuck]}, lines)


@portal.command()
@_REASON
def retry(reason: str) -> None:
    """Send everything that is parked or failing again, now."""
    count = _done(lambda unit: retry_portal(unit, reason))
    click.echo(say(f"{count} thông điệp sẽ được gửi lại.", f"{count} messages will be sent again."))


@portal.command()
@click.option("--from", "start", type=Day(), required=True, help="First day of the events.")
@click.option("--until", "end", type=Day(), required=True, help="Last day of the events, inclusive.")
@_REASON
def replay(start: dt.date, end: dt.date, reason: str) -> None:
    """Send what was sent about a period once more, under the same keys."""
    count = _done(lambda unit: replay_portal(unit, start, end, reason))
    click.echo(say(f"{count} thông điệp sẽ được gửi lại.", f"{count} messages will be sent again."))


@portal.command()
@click.argument("codes", nargs=-1, required=True)
@_REASON
def resend(codes: tuple[str, ...], reason: str) -> None:
    """Send whole dossiers anew, in place of what is unsent about them."""
    count = _done(lambda unit: resend_dossiers(unit, codes, reason))
    click.echo(say(f"{count} hồ sơ sẽ được gửi lại.", f"{count} dossiers will be sent again."))


@portal.command()
@click.option("--repair", is_flag=True, help="Afterwards send again what a resend settles.")
@json_option
def reconcile(repair: bool, as_json: bool) -> None:
    """Compare both sides now, to the end; exit code 2 if they differ."""
    runtime = compose_from_environment(pooled=False)
    connection = compose_portal(runtime.settings)
    if connection is None:
        raise NoPortal()
    while not compare_with_portal(runtime, connection, seconds=_SLICE).ended:
        click.echo(say("… còn nữa", "… more"), err=True)
    told = _read(runtime, queries.standing).comparisons[0]
    again = _repaired(runtime) if repair else 0
    lines = [_comparison(told)]
    if repair:
        lines.append(say(f"{again} hồ sơ sẽ được gửi lại.", f"{again} dossiers will be sent again."))
    document = {
        **dataclasses.asdict(told),
        "share": told.share,
        "points": told.points,
        "share_on_time": told.share_on_time,
        "resent": again,
    }
    show(as_json, document, lines)
    if told.differing:
        raise SystemExit(2)


@portal.command()
@click.option("--kind", type=click.Choice(list(KINDS)), help="Only this kind.")
@click.option("--fault", type=click.Choice(list(FAULTS)), help="Only where this side has to act.")
@click.option("--dossier", "code", help="Only this dossier.")
@click.option("--ended", is_flag=True, help="The history, too.")
@click.option("--most", type=click.IntRange(1, 1_000_000), default=1000, show_default=True)
@json_option
def differences(kind: str | None, fault: str | None, code: str | None, ended: bool, most: int, as_json: bool) -> None:
    """List how the two sides differ, since when, whose turn it is, and what to do."""
    runtime = compose_from_environment(pooled=False)
    found = _read(
        runtime, lambda unit: queries.differences(unit, kind=kind, fault=fault, code=code, ended=ended, most=most)
    )
    lines = [
        f"{one.code}  {_words(one.kind_name)}  {one.ours or '–'} | {one.theirs or '–'}  {_words(one.fault_name)}"
        f"{_since(one.since)}  {_words(one.advice)}"
        for one in found
    ]
    none = say("Hai bên không khác nhau.", "The two sides do not differ.")
    show(as_json, [dataclasses.asdict(one) for one in found], lines or [none])


@portal.command()
@click.option("--from", "start", type=Day(), help="Only events of this day or later.")
@click.option("--dossier", "code", help="Only this dossier.")
@json_option
def lateness(start: dt.date | None, code: str | None, as_json: bool) -> None:
    """List time limits that were kept here, and look broken at the portal since it was told too late."""
    runtime = compose_from_environment(pooled=False)
    since = dt.datetime.combine(start, dt.time(), LOCAL) if start else None
    found = _read(runtime, lambda unit: queries.late_by_telling(unit, code=code, since=since))
    lines = [
        f"{one.code}  {one.limit}  {_moment(one.limit_at)}  {_moment(one.done_at)}  "
        + (_moment(one.told_at) if one.told_at else say("chưa gửi", "not told yet"))
        for one in found
    ]
    none = say("Không có hồ sơ nào trễ do đồng bộ.", "No dossier is late by synchronisation.")
    show(as_json, [dataclasses.asdict(one) for one in found], lines or [none])


@portal.command("check-mapping")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@json_option
def check_mapping_command(file: Path | None, as_json: bool) -> None:
    """Check a mapping file (default: the shipped one); every mistake with line and column."""
    path = file or SHIPPED
    with path.open("rb") as opened:
        mapping, problems = check_mapping(opened.read(MOST_BYTES + 1), path.name)
    if as_json:
        click.echo(render_json(problems, language()), nl=False)
    elif mapping is None:
        click.echo(render_text(problems, language()), nl=False)
    else:
        verified = say("chưa đối chiếu", "unverified") if not mapping.verified else say("đã đối chiếu", "verified")
        click.echo(say(f"{path.name}: đúng ({verified}).", f"{path.name}: correct ({verified})."))
    if mapping is None:
        raise SystemExit(1)


def _repaired(runtime: Runtime) -> int:
    """Sends again what a resend settles, in portions."""
    found = _read(runtime, lambda unit: queries.differences(unit, most=1_000_000))
    codes = sorted({one.code for one in found if one.safe})
    reason = "motcua portal reconcile --repair"
    count = 0
    for at in range(0, len(codes), 500):
        some = codes[at : at + 500]
        count += in_transaction(runtime, SYSTEM_ACTOR, partial(resend_dossiers, codes=some, reason=reason))
    return count


def _done(act: Callable[[UnitOfWork], int]) -> int:
    runtime = compose_from_environment(pooled=False)
    count = in_transaction(runtime, SYSTEM_ACTOR, act)
    runtime.ring()
    return count


def _read(runtime: Runtime, query: Callable[[UnitOfWork], T]) -> T:
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        return query(UnitOfWork(runtime, connection, SYSTEM_ACTOR, runtime.now(), begun=False, read_only=True))


def _comparison(one: queries.Compared) -> str:
    when = _moment(one.started_at)
    if one.finished_at is None:
        why = one.error or say("chưa xong", "not ended")
        return say(f"So lúc {when}: {why}", f"compared at {when}: {why}")
    share = "–" if one.share is None else f"{one.share:.2%}"
    timely = "–" if one.share_on_time is None else f"{one.share_on_time:.2%}"
    return say(
        f"So lúc {when}: {one.here} bên này, {one.there} bên Cổng, khớp {one.same} ({share}; đúng lúc {timely}), "
        f"đang gửi {one.under_way}, khác {one.differing}",
        f"compared at {when}: {one.here} here, {one.there} there, {one.same} the same ({share}; on time {timely}), "
        f"{one.under_way} under way, {one.differing} differ",
    )


def _words(text: Text) -> str:
    return text.vi if language() == "vi" else text.en


def _since(moment: dt.datetime | None) -> str:
    return "" if moment is None else say(f" (từ {_moment(moment)})", f" (since {_moment(moment)})")


def _moment(moment: dt.datetime) -> str:
    return f"{moment.astimezone(LOCAL):%Y-%m-%d %H:%M}"

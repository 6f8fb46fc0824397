"""``motcua filings``: inbound filings of another system: pull, look at the queue, route, try again, refuse, answers."""

from __future__ import annotations

import dataclasses
import getpass
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from cli.compose import compose_from_environment
from cli.output import json_option, language, say, show
from engine.acts.filings.settle_filing import refuse_filing, retry_filing, route_filing
from engine.clock import LOCAL
from engine.dossier.filings import NoFilings
from engine.errors import NotFound
from engine.jobs import filings as jobs
from engine.queries.filings import QueuedFiling, exchange, filing_queue
from engine.queries.mirrors import DifferingMirror, differing_mirrors
from engine.rules.procedure.permissions import SYSTEM_ACTOR, Actor
from engine.store.filings import filing_of_key, retry_answers
from engine.transaction import Runtime, UnitOfWork, in_transaction
from workflows.filings_file import SHIPPED, FilingFormRefused, read_filing_form
from workflows.problems import render_text

_PAGE = 500


@click.group()
def filings() -> None:
    """Filings that another system took, such as the national portal and VNeID."""


@filings.command()
@json_option
def status(as_json: bool) -> None:
    """Show how many filings stand where, which answers wait or were given up, and when the feeds moved on."""
    runtime = compose_from_environment(pooled=False)
    with _reading(runtime) as unit:
        found = exchange(unit)
    counts = {name: getattr(found, name) for name in ("waiting", "queued", "filed", "refused", "elsewhere")}
    counts |= {"answers_waiting": found.answers_waiting, "answers_parked": len(found.parked)}
    counts |= {"filings_at": found.filings_at, "mirrors_at": found.mirrors_at}
    lines = [f"{name}: {value if value is not None else '–'}" for name, value in counts.items()]
    lines += [f"  {one.key}  {one.kind}  {one.error}" for one in found.parked]
    parked = [{"key": one.key, "kind": one.kind, "error": one.error} for one in found.parked]
    show(as_json, {**counts, "parked": parked}, lines)


@filings.command()
@click.option("--cause", help="Only filings with this cause, such as filing-unit-divided.")
@json_option
def queue(cause: str | None, as_json: bool) -> None:
    """List the filings that wait for a person, with their cause and what may be chosen, longest first."""
    runtime = compose_from_environment(pooled=False)
    with _reading(runtime) as unit:
        found = filing_queue(unit, cause)
    show(as_json, [_plain(one) for one in found], [_line(one) for one in found])


@filings.command()
@click.option("--source", help="Only dossiers of this system.")
@json_option
def differences(source: str | None, as_json: bool) -> None:
    """List the mirrored dossiers that differ from their source, with whose turn it is."""
    runtime = compose_from_environment(pooled=False)
    found, after = list[DifferingMirror](), None
    with _reading(runtime) as unit:
        while True:
            page = differing_mirrors(unit, source, after=after, limit=_PAGE)
            found, after = [*found, *page.lines], page.after
            if after is None:
                break
    spoken = language()
    lines = [
        f"{one.code}  {one.source} {one.number}  {one.synced_at.astimezone(LOCAL):%d/%m/%Y %H:%M}  "
        f"{told.what.in_(spoken)}: {told.here.in_(spoken) or '–'} | {told.there or '–'}  {told.whose.in_(spoken)}"
        for one in found
        for told in one.differences
    ]
    none = say("Không hồ sơ nào khác với hệ thống giữ nó.", "No mirrored dossier differs.")
    show(as_json, [dataclasses.asdict(one) for one in found], lines or [none])


@filings.command()
def pull() -> None:
    """Read what was filed there now, open the dossiers, and send the answers."""
    runtime = compose_from_environment(pooled=False)
    if runtime.filing_source is None:
        raise NoFilings()
    fresh = jobs.pull_filings(runtime)
    taken, sent = jobs.take_filings(runtime), jobs.answer_filings(runtime)
    told = ", ".join(f"{name}: {count}" for name, count in sorted(taken.items())) or "–"
    click.echo(
        say(
            f"{fresh} hồ sơ mới. Kết quả: {told}. Trả lời đã gửi: {sent['sent']}.",
            f"{fresh} new. Outcomes: {told}. Answers sent: {sent['sent']}.",
        )
    )


@filings.command()
@click.argument("key")
@click.argument("choice")
@click.option("--reason", required=True, help="Why this office or commune; it stands in the journal.")
def route(key: str, choice: str, reason: str) -> None:
    """Choose CHOICE (the code of an office or a commune) for the filing KEY of the queue."""
    _settle(key, lambda unit, number: route_filing(unit, number, choice, reason))


@filings.command()
@click.argument("key")
@click.option("--reason", required=True, help="What was mended; it stands in the journal.")
def retry(key: str, reason: str) -> None:
    """Try the filing KEY of the queue again, after its cause was mended."""
    _settle(key, lambda unit, number: retry_filing(unit, number, reason))


@filings.command()
@click.argument("key")
@click.option("--reason", required=True, help="What the applicant is told (Form 03).")
def refuse(key: str, reason: str) -> None:
    """Refuse the filing KEY of the queue; the applicant is told the reason."""
    _settle(key, lambda unit, number: refuse_filing(unit, number, reason))


@filings.command("retry-answers")
def answers_again() -> None:
    """Send the answers again that were given up."""
    runtime = compose_from_environment(pooled=False)
    count = in_transaction(runtime, SYSTEM_ACTOR, lambda unit: retry_answers(unit.begin(), unit.now))
    click.echo(say(f"{count} trả lời sẽ được gửi lại.", f"{count} answers will be sent again."))


@filings.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), default=SHIPPED)
def check(file: Path) -> None:
    """Check a mapping FILE (default: the shipped one); each mistake has its line."""
    try:
        form = read_filing_form(file)
    except FilingFormRefused as refusal:
        click.echo(render_text(refusal.problems, language()), nl=False)
        raise SystemExit(1) from refusal
    verified = say("đã xác nhận", "verified") if form.verified else say("chưa xác nhận", "unverified")
    click.echo(f"{file.name}: {form.source}, {verified}")


def _settle(key: str, act: Callable[[UnitOfWork, int], None]) -> None:
    runtime = compose_from_environment(pooled=False)
    form = runtime.filing_form
    if form is None:
        raise NoFilings()

    def settle(unit: UnitOfWork) -> None:
        row = filing_of_key(unit.begin(), form.source, key)
        if row is None:
            raise NotFound(what=key)
        act(unit, row.id)

    in_transaction(runtime, Actor("system", getpass.getuser()), settle)
    click.echo(say(f"Đã ghi nhận cho hồ sơ nộp {key}.", f"Done for the filing {key}."))


class _Reading:
    """A unit of work for queries, as the system."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._connection = runtime.database.connect().execution_options(motcua_read_only=True)

    def __enter__(self) -> UnitOfWork:
        now = self._runtime.now()
        return UnitOfWork(self._runtime, self._connection, SYSTEM_ACTOR, now, begun=False, read_only=True)

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def _reading(runtime: Runtime) -> _Reading:
    return _Reading(runtime)


def _plain(one: QueuedFiling) -> dict[str, Any]:
    told = {name: getattr(one, name) for name in ("key", "source", "way", "filed_at", "came_at", "procedure", "unit")}
    told |= {"channel": one.channel, "cause": one.cause, "why": {"vi": one.why.vi, "en": one.why.en}}
    return told | {"wants": one.wants, "candidates": [candidate.code for candidate in one.candidates]}


def _line(one: QueuedFiling) -> str:
    choices = ", ".join(f"{found.code} {found.name.in_(language())}" for found in one.candidates)
    parts = [one.key, one.procedure or "–", one.unit or "–", one.why.in_(language()), choices]
    return "  ".join(part for part in parts if part)

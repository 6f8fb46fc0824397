"""``motcua journal reads``: who saw whose personal data, when and why."""

from __future__ import annotations

import datetime as dt
from typing import Any

import click

from cli.compose import compose_from_environment
from cli.months_away import tell_months_away
from cli.output import Day, json_option, say, show
from engine.clock import LOCAL
from engine.errors import NotFound
from engine.queries.reads import Look, looks_at
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.people import person_named
from engine.transaction import UnitOfWork


@click.command()
@click.option("--dossier", "code", help="Only the dossier with this code.")
@click.option("--person", "username", help="Only what the person with this username saw.")
@click.option("--from", "start", type=Day(), help="First day.")
@click.option("--until", "end", type=Day(), help="Last day, inclusive.")
@click.option("--most", type=click.IntRange(1, 1_000_000), default=1000, show_default=True)
@json_option
def reads(
    code: str | None, username: str | None, start: dt.date | None, end: dt.date | None, most: int, as_json: bool
) -> None:
    """List who saw whose personal data, newest first, with the reason."""
    runtime = compose_from_environment(pooled=False)
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        person = None if username is None else person_named(connection, username)
        if username is not None and person is None:
            raise NotFound(what=username)
        unit = UnitOfWork(runtime, connection, SYSTEM_ACTOR, runtime.now(), begun=False, read_only=True)
        tell_months_away(connection, "reads")
        found = looks_at(unit, code=code, person=person, start=start, end=end, limit=most)
    lines = [_line(one) for one in found.lines]
    if found.next is not None:
        lines.append(say("Còn nữa; tăng --most.", "There are more; raise --most."))
    show(as_json, [_document(one) for one in found.lines], lines or [say("Không có lần xem nào.", "Nobody looked.")])


def _line(one: Look) -> str:
    who = one.name or say("hệ thống", "the system")
    return f"{one.at.astimezone(LOCAL):%Y-%m-%d %H:%M}  {one.code}  {one.what}  {who} ({one.person})  {one.reason}"


def _document(one: Look) -> dict[str, Any]:
    return {
        "id": one.id,
        "at": one.at.isoformat(),
        "person": one.person,
        "name": one.name,
        "dossier": one.code,
        "what": one.what,
        "reason": one.reason,
    }

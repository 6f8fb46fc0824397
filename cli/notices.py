"""``motcua notices``: shows the waiting and the parked notices of the outbox, and retries the parked ones."""

from __future__ import annotations

from typing import Any

import click
from sqlalchemy import select

from cli.compose import compose_from_environment
from cli.output import json_option, say, show
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.backlog import waiting
from engine.store.delivery import retry_parked
from engine.store.outbox import outbox
from engine.transaction import in_transaction

_SHOWN: tuple[Any, ...] = (
    outbox.c.id,
    outbox.c.dossier_id,
    outbox.c.channel,
    outbox.c.recipient,
    outbox.c.template,
    outbox.c.attempts,
    outbox.c.next_attempt_at,
    outbox.c.error,
)


@click.group()
def notices() -> None:
    """Notices to applicants, staff and programs."""


@notices.command()
@json_option
def status(as_json: bool) -> None:
    """Show how many notices are waiting, and how long the oldest has waited."""
    runtime = compose_from_environment(pooled=False)
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        found = waiting(connection, runtime.now())
    show(as_json, found, [f"{name}: {value:g}" for name, value in found.items()])


@notices.command("list")
@click.option("--status", "wanted", type=click.Choice(["waiting", "parked", "dropped"]), default="parked")
@click.option("--most", type=click.IntRange(1, 10_000), default=50, show_default=True)
@json_option
def list_notices(wanted: str, most: int, as_json: bool) -> None:
    """List notices that were not sent, with the reason, oldest first. Addresses are not shown."""
    runtime = compose_from_environment(pooled=False)
    statement = select(*_SHOWN).where(outbox.c.status == wanted).order_by(outbox.c.id).limit(most)
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        rows = [dict(row) for row in connection.execute(statement).mappings()]
    words = ("id", "channel", "recipient", "template", "attempts", "error")
    lines = ["  ".join(str(row[name] or "–") for name in words) for row in rows]
    show(as_json, rows, lines)


@notices.command()
@click.option("--most", type=click.IntRange(1, 1_000_000), default=10_000, show_default=True)
def retry(most: int) -> None:
    """Retry parked notices, oldest first."""
    runtime = compose_from_environment(pooled=False)
    count = in_transaction(runtime, SYSTEM_ACTOR, lambda unit: retry_parked(unit.begin(), unit.now, most))
    runtime.ring()
    click.echo(say(f"{count} thông báo sẽ được gửi lại.", f"{count} notices will be sent again."))

"""The note of commands that read journal or read log: which months are not here, so that no list seems whole."""

from __future__ import annotations

import click
from sqlalchemy import Connection

from cli.output import say
from engine.store.detached import months_said


def tell_months_away(connection: Connection, *sources: str) -> None:
    """Says on standard error which months of ``sources`` are detached; nothing where all are here."""
    for source in sources:
        if months := ", ".join(months_said(connection, source)):
            vi = f"Chú ý: {source} thiếu các tháng đã tách ({months}); `motcua retention attach` để gắn lại."
            en = f"Note: {source} lacks the months that were detached ({months}); `motcua retention attach` them."
            click.echo(say(vi, en), err=True)

"""``motcua events xes | ocel``: the journal as a log of events, for process mining with other tools."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any

import click

from cli.compose import compose_from_environment
from cli.months_away import tell_months_away
from cli.output import Day, language, say
from engine.journal.event_ocel import ocel_pieces
from engine.journal.event_source import Chosen, Written
from engine.journal.event_xes import xes_lines
from engine.transaction import Runtime

Command = Callable[..., Any]
Pieces = Callable[[Runtime, Chosen, str, Written], Iterator[bytes]]


@click.group()
def events() -> None:
    """The journal as a log of events, for process mining.

    A log holds no personal data: no names, forms or reasons, and of those who acted only whether they were staff, the
    applicant or the system. It is written dossier by dossier, so any number of them fits into little memory.
    """


_CHOICE: Sequence[Callable[[Command], Command]] = (
    click.option("--procedure", help="Only this procedure."),
    click.option("--from", "start", type=Day(), help="Filed on this day or later."),
    click.option("--until", "end", type=Day(), help="Filed on this day or earlier."),
    click.option("--office", help="Only dossiers that this office handles."),
    click.option("--staff", is_flag=True, help="Tell which member of staff acted, by number: personal data."),
    click.option("--output", type=click.File("wb"), default="-", help="Write to this file; else to the output."),
)


def _choice(command: Command) -> Command:
    """The options that choose dossiers."""
    for option in reversed(_CHOICE):
        command = option(command)
    return command


@events.command()
@_choice
def xes(output: IO[bytes], **chosen: Any) -> None:
    """Write an XES log (IEEE 1849): a trace for each dossier, an event for each entry of its journal."""
    _write(xes_lines, output, **chosen)


@events.command()
@_choice
def ocel(output: IO[bytes], **chosen: Any) -> None:
    """Write an OCEL 2.0 log (JSON): events with the dossiers, offices and versions of procedures that they touch."""
    _write(ocel_pieces, output, **chosen)


def _write(pieces: Pieces, output: IO[bytes], **chosen: Any) -> None:
    runtime, written = compose_from_environment(pooled=False), Written()
    for piece in pieces(runtime, Chosen(**chosen), language(), written):
        output.write(piece)
    output.flush()
    told = say(
        f"Đã ghi {written.dossiers} hồ sơ, {written.events} sự kiện.",
        f"{written.dossiers} dossiers and {written.events} events were written.",
    )
    click.echo(told, err=True)
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        tell_months_away(connection, "journal")

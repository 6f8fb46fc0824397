"""``motcua reports``: indicators of Decision 766, variants, step times and live figures, over all dossiers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

import click
import orjson

from cli.compose import compose_from_environment
from cli.months_away import tell_months_away
from cli.output import NUMBER, Day, language
from engine.queries.histories import Asked, taken_ways
from engine.queries.indicators import Wanted
from engine.queries.indicators import indicators as all_indicators
from engine.queries.state_figures import state_figures
from engine.queries.step_times import BY, By, step_times
from engine.queries.ways import ways
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.indicator_counts import COLUMNS
from engine.transaction import UnitOfWork
from server.report_tables import indicator_tables, state_table, step_table, way_tables
from server.tables import DECIMALS, Cell, Decimal, Table, csv_of, xlsx_of

Command = Callable[..., Any]
FORMATS = ("text", "json", "csv", "xlsx")
_OUT = (
    click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True),
    click.option(
        "--decimal",
        type=click.Choice(DECIMALS),
        default="point",
        show_default=True,
        help="Decimal sign in CSV; with a comma, cells are separated by semicolons.",
    ),
    click.option("--output", type=click.File("wb"), default="-", help="Write to this file; else to the output."),
)
_PERIOD = (
    click.option("--from", "start", type=Day(), required=True, help="First day."),
    click.option("--until", "end", type=Day(), required=True, help="Last day, inclusive."),
)
_OFFICE = click.option("--office", help="Only dossiers that this office handles.")
_PROCEDURE = click.option("--procedure", required=True, help="The code of the procedure.")
_VERSION = click.option("--version", type=NUMBER, help="Only this version of the procedure.")


def _with(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Adds several options to a command, in this order."""

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


@click.group()
def reports() -> None:
    """Indicators, variants and step times, over all dossiers; as text, JSON, or for a spreadsheet program."""


@reports.command()
@_with(*_PERIOD, _OFFICE, click.option("--procedure", help="Only this procedure."))
@click.option("--by", type=click.Choice(list(COLUMNS)), help="Tell the indicators over dossiers apart by this.")
@_with(*_OUT)
def indicators(
    start: dt.date, end: dt.date, office: str | None, procedure: str | None, by: Any, form: str, **out: Any
) -> None:
    """Every indicator of Decision 766/QĐ-TTg that the data allow, and which ones they do not."""
    wanted = Wanted(start=start, end=end, office=office, procedure=procedure)
    with _reading() as unit:
        found = all_indicators(unit, wanted, by)
    _write(indicator_tables(found, language()), form, unit.now, **out)


@reports.command()
@_with(_PROCEDURE, *_PERIOD, _OFFICE, _VERSION, *_OUT)
def variants(form: str, output: IO[bytes], decimal: Decimal, **asked: Any) -> None:
    """The ways that the dossiers of a procedure took that ended in a period, and where they left the main path."""
    with _reading() as unit:
        found = ways(unit, taken_ways(unit, Asked(**asked)))
    _write(way_tables(found, language()), form, unit.now, output, decimal)


@reports.command()
@_with(_PROCEDURE, *_PERIOD, _OFFICE, _VERSION)
@click.option("--by", type=click.Choice(BY), help="Tell the times of a state apart by this.")
@_with(*_OUT)
def steps(by: By | None, form: str, output: IO[bytes], decimal: Decimal, **asked: Any) -> None:
    """How long dossiers stood in each state: the median, nine of ten and the longest, in working minutes."""
    with _reading() as unit:
        lines = step_times(unit, taken_ways(unit, Asked(**asked)), by)
    _write([step_table(lines, language())], form, unit.now, output, decimal)


@reports.command()
@_with(_PROCEDURE, _OFFICE, _VERSION, *_OUT)
def states(
    procedure: str, office: str | None, version: int | None, form: str, output: IO[bytes], decimal: Decimal
) -> None:
    """What stands in each state of a procedure now, and the share whose step or time limit is over."""
    with _reading() as unit:
        figures = state_figures(unit, procedure, office=office, version=version).by_state
        release = unit.catalogue.current(procedure, unit.today).release
    names = {key: state.name for key, state in release.states.items()}
    _write([state_table(figures, names, language())], form, unit.now, output, decimal)


@contextmanager
def _reading() -> Iterator[UnitOfWork]:
    """A unit of work that reads as the system, which sees every dossier."""
    runtime = compose_from_environment(pooled=False)
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        tell_months_away(connection, "journal")
        yield UnitOfWork(runtime, connection, SYSTEM_ACTOR, runtime.now(), begun=False, read_only=True)


def _write(tables: Sequence[Table], form: str, now: dt.datetime, output: IO[bytes], decimal: Decimal) -> None:
    """Writes the tables; CSV has room for the first of them alone."""
    if form == "xlsx":
        output.write(xlsx_of(tables, now))
    elif form == "csv":
        output.write(csv_of(tables[0], decimal))
    elif form == "json":
        told = [
            {"title": one.title, "rows": [dict(zip(one.head, row, strict=True)) for row in one.rows]} for one in tables
        ]
        output.write(orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n")
    else:
        output.write("\n\n".join(_lines(one) for one in tables).encode() + b"\n")
    output.flush()


def _lines(table: Table) -> str:
    """A table for a person: the cells of a line side by side."""
    rows = [[_shown(cell, column in table.shares) for column, cell in enumerate(row)] for row in table.rows]
    lines = [" | ".join(one) for one in ([list(table.head), *rows])]
    return "\n".join([table.title, *lines])


def _shown(cell: Cell, share: bool) -> str:
    if cell is None:
        return "–"
    return f"{cell:.1%}" if share and isinstance(cell, int | float) else str(cell)

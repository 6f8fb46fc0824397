"""``motcua retention``: months of journal, outbox and read log that may leave, and their detaching and attaching."""

from __future__ import annotations

import datetime as dt
import os

import click

from cli.output import Day, json_option, language, say, show
from cli.staff import operator
from engine.clock import LOCAL, utc_now
from engine.settings import settings_from
from engine.store.detaching import Order, attach, detach
from engine.store.dividing import owners_engine
from engine.store.retention import SOURCES, Month, left_over, months_of, name_of

SOURCE = click.argument("source", type=click.Choice(list(SOURCES)))
BEFORE = click.option("--before", "day", type=Day(), required=True, help="Everything in the month is from before.")


class MonthName(click.ParamType[int]):
    """``2026-01``, or ``before``: all dossiers from before the months began."""

    name = "month"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if value == "before":
            return 0
        shape = "%Y%m" if value.isdecimal() and len(value) == 6 else "%Y-%m"  # tables are called 202601
        try:
            return int(dt.datetime.strptime(value, shape).strftime("%Y%m"))  # noqa: DTZ007 - a month has no zone
        except ValueError:
            self.fail(say(f"{value} không phải tháng (2026-01, before)", f"{value} is no month (2026-01, before)"))


MONTH = click.argument("month", type=MonthName())


@click.group()
def retention() -> None:
    """Months of journal, outbox and read log: which may leave, detach, attach."""


@retention.command()
@BEFORE
@json_option
def status(day: dt.date, as_json: bool) -> None:
    """Tell of each month whether it may be detached, and why not. Changes nothing."""
    with owners_engine(_url()).connect() as connection:
        months, late = list(months_of(connection, _moment(day))), left_over(connection)
    document = {
        "months": [
            {
                "source": one.source,
                "month": name_of(one.month),
                "attached": one.attached,
                "rows": one.rows,
                "may_leave": one.attached and not one.reasons,
                "reasons": [{"vi": reason.vi, "en": reason.en} for reason in one.reasons],
            }
            for one in months
        ],
        "left_over": late,
    }
    lines = [_line(one) for one in months]
    lines += [
        say(f"{table}: {rows} dòng đến sau khi tách", f"{table}: {rows} rows came after their month was detached")
        for table, rows in late.items()
        if rows
    ]
    show(as_json, document, lines)


@retention.command("detach")
@SOURCE
@MONTH
@BEFORE
@click.option("--reason", required=True, help="Why; it is kept with the month.")
def detach_month(source: str, month: int, day: dt.date, reason: str) -> None:
    """Detach a month while everybody works. It stays in the database as a table by itself; nothing is dropped."""
    order = Order(source, month, _moment(day), utc_now(), operator().label, reason)
    rows = detach(owners_engine(_url()), order)
    name = f"months.{source}_{name_of(month)}"
    click.echo(say(f"Đã tách {rows} dòng thành bảng {name}.", f"{rows} rows were detached; they are the table {name}."))


@retention.command("attach")
@SOURCE
@MONTH
def attach_month(source: str, month: int) -> None:
    """Attach a detached month again, with what came in since."""
    rows = attach(owners_engine(_url()), source, month)
    click.echo(say(f"Đã gắn lại {rows} dòng.", f"{rows} rows were attached again."))


def _line(one: Month) -> str:
    about = f"{one.source} {name_of(one.month)}: {one.rows}"
    if not one.attached:
        return f"{about}  {say('đã tách', 'detached')}"
    if not one.reasons:
        return f"{about}  {say('có thể tách', 'may be detached')}"
    return f"{about}  {say('ở lại', 'stays')}: {'; '.join(reason.in_(language()) for reason in one.reasons)}"


def _moment(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), LOCAL)


def _url() -> str:
    settings = settings_from(os.environ)
    return settings.owner_database_url or settings.database_url

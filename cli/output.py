"""The output of commands: lines for a person, or one JSON document for a program; messages in vi or en."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click
import orjson

from cli.main import language_of
from engine.rules.values.written_day import read_day
from engine.text import Text

_AS_PEOPLE_READ = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS  # the names of columns are no plain strings
F = TypeVar("F", bound=Callable[..., Any])


def json_option(command: F) -> F:
    """``--json``: print one JSON document instead of lines."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")(command)


NUMBER = click.IntRange(1, 2**63 - 1)
"""The number of a plan, a proposal, a checkpoint, a row: what every database can compare with its own."""


class Day(click.ParamType[dt.date]):
    """A civil day: ``2025-07-01``."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        day = value if isinstance(value, dt.date) else read_day(value)
        if day is None:
            self.fail(
                say(
                    f"{value!r} không phải ngày như 2025-07-01, từ năm 1900 đến năm 2100",
                    f"{value!r} is not a day such as 2025-07-01, from 1900 to 2100",
                ),
                param,
                ctx,
            )
        return day


def show(as_json: bool, document: Any, lines: Iterable[str]) -> None:
    """Prints ``document`` as JSON, or ``lines``."""
    if as_json:
        click.echo(
            orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS, default=_plain).decode()
        )
    else:
        for line in lines:
            click.echo(line)


def _plain(value: Any) -> Any:
    """What JSON has for a value of ours: both languages of a text, and the words of anything else."""
    return {"vi": value.vi, "en": value.en} if isinstance(value, Text) else str(value)


def language() -> str:
    """``vi`` or ``en`` for the command that runs."""
    return language_of(click.get_current_context())


def say(vi: str, en: str) -> str:
    """The sentence in the language of the command that runs."""
    return vi if language() == "vi" else en

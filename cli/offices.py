"""``motcua offices``: publishes days on which one office closes, apart from the holidays of the whole country."""

from __future__ import annotations

import datetime as dt

import click

from cli.compose import compose_from_environment
from cli.output import Day, json_option, say, show
from engine.acts.publish import publish_closure
from engine.rules.deadlines.office_hours import Closure, read_spans
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.transaction import in_transaction


@click.group()
def offices() -> None:
    """Offices: the days on which one closes on its own."""


@offices.command()
@click.argument("office")
@click.option("--from", "first", type=Day(), required=True, help="First day.")
@click.option("--to", "last", type=Day(), required=True, help="Last day, included.")
@click.option("--reason", required=True, help="Why, in Vietnamese: it stands in the trace of due moments.")
@click.option("--reason-en", required=True, help="The same in English.")
@click.option("--legal", required=True, help="Number and date of the decision or announcement.")
@click.option("--hours", multiple=True, help="Close only in these hours of each day: 08:00-12:00. May be repeated.")
@json_option
def close(
    office: str,
    first: dt.date,
    last: dt.date,
    reason: str,
    reason_en: str,
    legal: str,
    hours: tuple[str, ...],
    as_json: bool,
) -> None:
    """Publish that OFFICE (its code) closes, apart from the holidays of the whole country.

    The time limits of its dossiers do not run meanwhile; due moments follow at the next step of each dossier. A
    closure of the office that begins on the same day is replaced.
    """
    closure = Closure(first, last, reason, reason_en, legal, read_spans(hours, first.isoformat()))
    runtime = compose_from_environment(pooled=False)
    in_transaction(runtime, SYSTEM_ACTOR, lambda unit: publish_closure(unit, office, closure))
    told = say(f"{office} đóng cửa từ {first} đến hết {last}.", f"{office} closes from {first} to {last}.")
    show(as_json, {"office": office, **closure.to_data()}, [told])

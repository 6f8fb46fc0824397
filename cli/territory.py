"""``motcua territory``: finds the unit that an address means on a day, and checks the units and successions.

It reads the published rows where the database has some, else the shipped files; ``--source`` chooses.
"""

from __future__ import annotations

import datetime as dt
import os
from typing import Any, Literal, cast

import click
from sqlalchemy.exc import SQLAlchemyError

from cli.compose import clock_from, compose_from_environment
from cli.output import Day, json_option, language, say, show
from cli.shipped import Shipped
from engine.clock import civil_day
from engine.rules.territory.addresses import AddressReader
from engine.rules.territory.resolution import Candidate
from engine.rules.territory.territory import Territory
from engine.settings import missing_database

Source = Literal["auto", "files", "published"]
source_option = click.option(
    "--source",
    type=click.Choice(["auto", "files", "published"]),
    default="auto",
    show_default=True,
    help="Where to read from; auto: published rows where there are some, else files.",
)


@click.group()
def territory() -> None:
    """Administrative units, past and present."""


@territory.command()
@click.argument("text")
@click.option("--on", "on", type=Day(), help="The day asked about; today when not given.")
@source_option
@json_option
def resolve(text: str, on: dt.date | None, source: str, as_json: bool) -> None:
    """Find the unit that TEXT (a name, an address or a code) means. Exits with 1 when there is not exactly one."""
    day = on or civil_day(clock_from(os.environ)())
    answer = AddressReader(territory_from(cast(Source, source))).resolve(text, day)
    document = {
        "asked": text,
        "on": day,
        "outcome": answer.outcome,
        "candidates": [_candidate(one) for one in answer.candidates],
        "reason": {"vi": answer.reason_vi, "en": answer.reason_en},
        "also": [_candidate(one) for one in answer.also],
        "leftover": answer.leftover,
    }
    lines = [f"{one.unit.code}  {one.full_name}" for one in answer.candidates]
    show(as_json, document, [*lines, answer.reason(language())])
    if answer.outcome != "one":
        raise SystemExit(1)


@territory.command()
@source_option
@json_option
def verify(source: str, as_json: bool) -> None:
    """Check that all land of every unit passes on somewhere and every unit has its parents. Exits with 1 otherwise."""
    known = territory_from(cast(Source, source))
    defects = known.defects()
    document = {
        "units": len(known.units()),
        "successions": len(known.successions()),
        "defects": [{"unit": one.unit.id, "vi": one.vi, "en": one.en} for one in defects],
        "doubtful": [{"from": one.from_id, "to": one.to_id} for one in known.standing("doubtful")],
        "unread": sorted({one.legal for one in known.standing("unread")}),
    }
    lines = [f"{one.unit.id}: {one.vi if language() == 'vi' else one.en}" for one in defects]
    counted = say(
        f"{document['units']} đơn vị, {document['successions']} bước kế thừa, {len(defects)} lỗi.",
        f"{document['units']} units, {document['successions']} successions, {len(defects)} defects.",
    )
    show(as_json, document, [*lines, *_doubts(known), counted])
    if defects:
        raise SystemExit(1)


def territory_from(source: Source) -> Territory:
    """The territory of the published rows or of the shipped files."""
    if source != "files":
        published = _published(must=source == "published")
        if published is not None and (source == "published" or published.units()):
            return published
    return Shipped.here().territory


def _published(must: bool) -> Territory | None:
    if not must and missing_database(os.environ):
        return None
    runtime = compose_from_environment(pooled=False)
    try:
        return runtime.catalogue.territory
    except SQLAlchemyError:
        if must:
            raise
        return None


def _doubts(known: Territory) -> list[str]:
    """One line for each succession about which sources disagree, and one for the orders that nobody has read."""
    lines = []
    for edge in known.standing("doubtful"):
        names = [known.unit(one).name_vi for one in (edge.from_id, edge.to_id)]
        where = f"{names[0]} ({edge.from_id}) → {names[1]} ({edge.to_id})"
        lines.append(say(f"còn nghi vấn: {where}", f"in doubt: {where}"))
    if laws := "; ".join(sorted({edge.legal for edge in known.standing("unread")})):
        lines.append(say(f"chưa đối chiếu với Công báo: {laws}", f"not read in the official gazette: {laws}"))
    return lines


def _candidate(one: Candidate) -> dict[str, Any]:
    return {
        "id": one.unit.id,
        "code": one.unit.code,
        "level": one.unit.level,
        "name": one.full_name,
        "origin": one.origin_name,
        "share": str(one.share) if one.share is not None else None,
        "default": one.is_default,
        "standing": one.standing,
    }

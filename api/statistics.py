"""Operations of statistics that hold across reorganisations: time held by offices, and counts by old or new units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api import parameters, shapes
from api.answers import answer, moment, next_address
from api.dossier_json import both
from api.operations import LINK, Gives, Resource
from engine.queries.by_unit import on_time_by_unit
from engine.queries.held_time import LateLine, held_time
from engine.queries.reports import rate_of
from engine.rules.territory.counts import UnitCount
from server.answer import Answer
from server.identity import Access, reading
from server.paging import key_of, read_after

statistics = Resource("statistics", __name__, description="Reports that hold across reorganisations.")


@statistics.operation(
    "GET",
    "/reports/held-time",
    access=Access.STAFF,
    query=parameters.HeldTime,
    gives=Gives(shape=shapes.HeldTime, headers=LINK, description="Late dossiers in order of their end."),
)
def held(query: dict[str, Any]) -> Answer:
    """Report which offices held the dossiers that an office ended late, and which of them were late on arrival

    ``finished``, ``on_time`` and ``late`` count the whole period. ``came_late`` and ``longest`` count the items of this
    page; add them up over the pages.
    """
    after, limit = read_after(query["after"]), query["limit"]
    with reading() as uow:
        found = held_time(uow, query["office"], query["start"], query["end"], after=after, limit=limit)
    following = key_of(found.page.after)
    told = _asked(query) | {
        "office": found.office,
        "finished": found.finished,
        "on_time": found.on_time,
        "late": found.late,
        "came_late": found.came_late,
        "longest": [
            {"office": one.office, "office_name": both(one.office_name), "dossiers": one.dossiers}
            for one in found.longest
        ],
        "items": [_late(line) for line in found.page.lines],
        "next": following,
    }
    made = answer(told)
    if following:
        made.headers["Link"] = f'<{next_address(following)}>; rel="next"'
    return made


@statistics.operation(
    "GET",
    "/reports/on-time-by-unit",
    access=Access.STAFF,
    query=parameters.OnTimeByUnit,
    gives=Gives(shape=shapes.OnTimeByUnit, description="By unit of the day asked for; every dossier once."),
)
def by_unit(query: dict[str, Any]) -> Answer:
    """Report the share of dossiers finished on time in the provinces that the caller oversees, by the units of any day

    Two answers for the same period and different days count the same dossiers, whatever was merged or divided between.
    """
    with reading() as uow:
        found = on_time_by_unit(uow, query["start"], query["end"], query["level"], query["on"])
    items = [_line(one) for one in found.counts]
    return answer(_asked(query) | {"on": found.on.isoformat(), "level": found.level, "items": items})


def _asked(query: Mapping[str, Any]) -> dict[str, Any]:
    return {"start": query["start"].isoformat(), "end": query["end"].isoformat()}


def _late(line: LateLine) -> dict[str, Any]:
    return {
        "code": line.code,
        "procedure": line.procedure,
        "procedure_name": both(line.procedure_name),
        "promised_at": moment(line.promised_at),
        "finished_at": moment(line.finished_at),
        "came_at": moment(line.came_at),
        "came_late": line.came_late,
        "held": [
            {"office": one.office, "office_name": both(one.office_name), "minutes": one.minutes} for one in line.held
        ],
        "longest": line.longest,
    }


def _line(one: UnitCount) -> dict[str, Any]:
    unit = one.unit
    return {
        "unit": unit.id if unit else None,
        "code": unit.code if unit else None,
        "level": unit.level if unit else None,
        "name": unit.name_vi if unit else None,
        "certain": one.certain,
        "finished": one.finished,
        "on_time": one.finished - one.late,
        "late": one.late,
        "rate": rate_of(one.finished - one.late, one.finished),
    }

"""Figures that outlive a reorganisation: who held the time of what ended late, and dossiers by old or by new units."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from api import dossier_json, parameters, shapes
from api.answers import answer, moment, next_address
from api.operations import LINK, Gives, Resource
from api.reports import period_of, rate_of
from engine.acts.wrong_input import wrong
from engine.rules.deadlines.held_time import comings, held_time, longest
from engine.rules.deadlines.timing import read_pauses
from engine.rules.territory.counts import UnitCount, count_by_unit
from engine.store import statistics as figures
from engine.store.reports import on_time
from engine.store.visibility import visible_dossiers
from engine.transaction import UnitOfWork
from server.answer import Answer
from server.identity import Access, reading
from server.paging import page_key, read_moment_key

statistics = Resource("statistics", __name__, description="Reports that hold across reorganisations.")
LONGEST = 92
"""Days in a report by unit, which looks at every dossier that ended in them."""


@statistics.operation(
    "GET",
    "/reports/held-time",
    access=Access.STAFF,
    query=parameters.HeldTime,
    gives=Gives(shape=shapes.HeldTime, headers=LINK, description="Late dossiers in order of their end."),
)
def held(query: dict[str, Any]) -> Answer:
    """Tell, of what an office ended late, which office held the time, and what was late already when it came

    ``finished``, ``on_time`` and ``late`` are of the whole period; ``came_late`` and ``longest`` of this page's items,
    to be added up over the pages.
    """
    start, end = period_of(query)
    key, limit, office = read_moment_key(query["after"]), query["limit"], query["office"]
    after = (dt.datetime.fromisoformat(key[0]), key[1]) if key and key[0] else None
    with reading() as uow:
        visible = visible_dossiers(uow.actor, uow.today)
        rows = figures.late_ones(uow.connection, visible, office, start, end, after=after, limit=limit + 1)
        entries = figures.journals(uow.connection, [row.id for row in rows[:limit]])
        items = [_late(uow, row, entries[row.id]) for row in rows[:limit]]
        totals = on_time(uow.connection, uow.actor, query["start"], query["end"], uow.now, office)
        most = Counter(one["longest"] for one in items)
        mostly = [_named(uow, name) | {"dossiers": most[name]} for name in sorted(most)]
    finished, late = (totals[0].finished, totals[0].late) if totals else (0, 0)
    last = rows[limit - 1] if len(rows) > limit else None
    following = page_key(moment(last.finished_at), last.id) if last is not None else None
    told = _asked(query) | {
        "office": office,
        "finished": finished,
        "on_time": finished - late,
        "late": late,
        "came_late": sum(one["came_late"] for one in items),
        "longest": mostly,
        "items": items,
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
    """Share of dossiers finished on time in the provinces that the caller oversees, by the units of any day

    Two answers for the same period and different days hold the same dossiers, whatever was merged or divided between.
    """
    period_of(query)
    if (query["end"] - query["start"]).days >= LONGEST:
        raise wrong("end", f"kỳ báo cáo dài nhất {LONGEST} ngày", f"the period may have {LONGEST} days at most")
    with reading() as uow:
        territory, on = uow.catalogue.territory, query["on"] or uow.today
        if not territory.units(query["level"], on):
            raise wrong("level", f"ngày {on:%d/%m/%Y} không có cấp này", f"there is no such level on {on}")
        eras = sorted({unit.valid_from for unit in territory.units()})
        counts = figures.finished_by_place(uow.connection, uow.actor, query["start"], query["end"], on, eras, uow.now)
    lines = count_by_unit(territory, counts, on, query["level"])
    told = {"on": on.isoformat(), "level": query["level"], "items": [_line(one) for one in lines]}
    return answer(_asked(query) | told)


def _asked(query: Mapping[str, Any]) -> dict[str, Any]:
    return {"start": query["start"].isoformat(), "end": query["end"].isoformat()}


def _late(uow: UnitOfWork, row: Row[Any], entries: list[dict[str, Any]]) -> dict[str, Any]:
    release, came = uow.catalogue.workflow(row.release).release, comings(entries, row.finished_at)
    minutes = held_time(
        came,
        row.started_at,
        row.finished_at,
        read_pauses({"pauses": row.pauses}),
        lambda office: uow.catalogue.calendar(release.sla.calendar, office),
    )
    return {
        "code": row.code,
        "procedure": row.procedure,
        "procedure_name": dossier_json.both(release.name),
        "promised_at": moment(row.promised_at),
        "finished_at": moment(row.finished_at),
        "came_at": moment(came[-1].at),
        "came_late": came[-1].late,
        "held": [_named(uow, office) | {"minutes": minutes[office]} for office in minutes],
        "longest": longest(minutes),
    }


def _named(uow: UnitOfWork, office: str) -> dict[str, Any]:
    known = uow.catalogue.offices.get(office)
    return {"office": office, "office_name": dossier_json.both(known.name) if known else None}


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

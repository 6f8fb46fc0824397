"""Operations of the figures about offices and provinces: delays, use of services against a floor, and readiness."""

from __future__ import annotations

from typing import Any

from api import parameters, shapes
from api.answers import answer, moment, next_address
from api.dossier_json import both
from api.operations import LINK, Gives, Resource
from engine.queries.delays import CLASSES, delays
from engine.queries.figure_readers import figure_reader
from engine.queries.indicators import Wanted
from engine.queries.readiness import FORMULAS, ITEMS, Province, readiness
from engine.queries.service_floors import Place, Service, service_floors
from server.answer import Answer
from server.identity import Access, reading
from server.paging import page_key, read_parts

figures = Resource("figures", __name__, description="Delays, floors of services, and readiness of provinces.")
_PLACE = (int, int, int, str, str)


@figures.operation(
    "GET",
    "/reports/delays",
    access=Access.STAFF,
    query=parameters.Delays,
    gives=Gives(shape=shapes.Delays, description="By office, the largest share late first."),
)
def late(query: dict[str, Any]) -> Answer:
    """Report by how much the dossiers of each office ended after their appointment

    The numbers of `dossiers` follow the order of `classes`, the first of which is on time.
    """
    with reading() as uow:
        lines = delays(uow, Wanted(**query))
    items = [
        {
            "office": line.office,
            "office_name": both(line.name),
            "finished": line.finished,
            "late_share": round(line.late, 4),
            "dossiers": list(line.classes),
        }
        for line in lines
    ]
    asked = {"start": query["start"].isoformat(), "end": query["end"].isoformat()}
    return answer(asked | {"classes": [both(one) for one in CLASSES], "items": items})


@figures.operation(
    "GET",
    "/reports/floors",
    access=Access.STAFF,
    query=parameters.Floors,
    gives=Gives(shape=shapes.Floors, headers=LINK, description="The fewest online first."),
    refuses=(403, 404),
)
def floors(query: dict[str, Any]) -> Answer:
    """Report the dossiers of each service in each province and year against a floor, for those who read figures

    A service reaches the floor by the dossiers that were filed over the portal. `offered` and `reached` count the
    services that take such filings, those of every page.
    """
    after: Place | None = read_parts(query["after"], _PLACE)
    with reading() as uow:
        reader, year = figure_reader(uow), query["year"] or uow.today.year
        found = service_floors(uow, reader, year, query["floor"], query["province"])
    told = {"year": found.year, "floor": found.floor, "offered": found.offered, "reached": found.reached}
    lines, last = found.page(after, query["limit"])
    following = page_key(*last) if last else None
    headers = {"Link": f'<{next_address(following)}>; rel="next"'} if following else {}
    return answer(told | {"items": [_service(one) for one in lines], "next": following}, 200, **headers)


@figures.operation(
    "GET",
    "/reports/readiness",
    access=Access.STAFF,
    gives=Gives(shape=shapes.Readiness, description="The province that misses most first."),
    refuses=(403,),
)
def ready() -> Answer:
    """Report what is in place today in each province, for those who read figures

    The numbers of `done` and `of` follow the order of `items_counted`. Equipment and lines are what a person said.
    """
    with reading() as uow:
        found = readiness(uow, figure_reader(uow))
    counted = [{"name": both(name), "formula": both(FORMULAS[number])} for number, name in enumerate(ITEMS[:-1])]
    return answer({"items_counted": counted, "items": [_province(one) for one in found]})


def _service(one: Service) -> dict[str, Any]:
    return {
        "procedure": one.procedure,
        "procedure_name": both(one.name),
        "province": one.province,
        "province_name": both(one.province_name),
        "offered": one.offered,
        "filed": one.filed,
        "online": one.online,
        "reached": one.reached,
    }


def _province(one: Province) -> dict[str, Any]:
    return {
        "province": one.code,
        "province_name": both(one.name),
        "done": [item.part for item in one.items],
        "of": [item.of for item in one.items],
        "equipped": one.equipped,
        "said_by": one.said_by,
        "said_at": moment(one.said_at),
    }

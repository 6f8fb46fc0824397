"""The operation that lists the offices, with address, hotline, and whether they receive dossiers."""

from __future__ import annotations

from typing import Any

from api import parameters, shapes
from api.answers import page
from api.dossier_json import both
from api.operations import LINK, Gives, Resource
from engine.clock import civil_day
from engine.rules.offices.offices import Office
from server.answer import Answer
from server.context import runtime
from server.identity import Access
from server.paging import page_key, read_key

offices = Resource("offices", __name__, description="Offices and centres.")


@offices.operation(
    "GET",
    "/offices",
    access=Access.PUBLIC,
    query=parameters.OfficeList,
    gives=Gives(shape=shapes.Offices, headers=LINK, description="By code."),
)
def every(query: dict[str, Any]) -> Answer:
    """List the offices in being on a day"""
    catalogue, after = runtime().catalogue, read_key(query["after"])
    on = query["on"] or civil_day(runtime().now())
    receives = None if query["receives"] is None else query["receives"] == "true"
    found = [
        office
        for code, office in sorted(catalogue.offices.items())
        if (after is None or code > (after[0] or ""))
        and office.valid(on)
        and (query["province"] is None or office.province == query["province"])
        and (query["commune"] is None or _stands_on(office, query["commune"]))
        and (receives is None or office.receives is receives)
    ]
    limit = query["limit"]
    following = page_key(found[limit - 1].code, 0) if len(found) > limit else None
    return page([_office(one) for one in found[:limit]], following)


def _stands_on(office: Office, commune: str) -> bool:
    return any(unit.startswith(f"c:{commune}@") for unit in (office.unit_id, *office.area))


def _office(office: Office) -> dict[str, Any]:
    return {
        "code": office.code,
        "name": both(office.name),
        "body": office.body,
        "unit": office.unit_id,
        "province": office.province,
        "receives": office.receives,
        "address": office.address,
        "hotline": office.hotline,
        "valid_from": office.valid_from.isoformat(),
        "valid_to": office.valid_to.isoformat() if office.valid_to else None,
    }

"""Operations on offices: the list with address, hotline and whether they receive dossiers; publishing contact data."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from api import parameters, shapes
from api.answers import answer, page
from api.dossier_json import both
from api.operations import LINK, Gives, Resource
from engine.acts.own_offices import change_offices, lock_offices
from engine.clock import civil_day
from engine.rules.offices.offices import Office
from engine.transaction import UnitOfWork
from server.answer import Answer
from server.context import runtime
from server.identity import Access
from server.once import perform
from server.paging import page_key, read_key
from server.values import Body, Line

offices = Resource("offices", __name__, description="Offices and centres.")


class OfficeContact(Body):
    """Hotline and address as they will be; null takes one away. The reason goes into the journal of staff."""

    hotline = Line(40, required=True, allow_none=True)
    address = Line(500, required=True, allow_none=True)
    reason = Line(required=True)


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


@offices.operation(
    "PUT",
    "/offices/<code>/contact",
    access=Access.ADMIN,
    body=OfficeContact,
    gives=Gives(shape=shapes.Office, description="Published: pages show it at once."),
    refuses=(404,),
    key="optional",
)
def keep_contact(code: str, body: dict[str, Any]) -> Answer:
    """Publish hotline and address of an office; null takes away what is there"""

    def doing(uow: UnitOfWork) -> Answer:
        lock_offices(uow)
        one = replace(uow.catalogue.office(code), hotline=body["hotline"], address=body["address"])
        change_offices(uow, [one], body["reason"])
        return answer(_office(one))

    return perform("change_offices", doing)


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

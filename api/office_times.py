"""Operations on the working time of one office: its closures, and the hours that it keeps instead of the country's."""

from __future__ import annotations

from typing import Any

from api import bodies, parameters, shapes
from api.answers import answer
from api.operations import LOCATION, Gives, Resource
from engine.acts.publish import publish_closure, publish_hours
from engine.acts.reopen import end_hours, reopen
from engine.queries.office_times import office_times
from engine.rules.deadlines.office_hours import Closure, SpecialDay, read_date, read_spans
from engine.rules.deadlines.own_hours import OwnHours, own_week
from engine.transaction import UnitOfWork
from server.answer import Answer
from server.context import reading_connection, runtime
from server.identity import Access
from server.once import perform

times = Resource("office_times", __name__, description="Closures and own hours of one office.")


@times.operation(
    "GET",
    "/offices/<code>/times",
    access=Access.PUBLIC,
    gives=Gives(shape=shapes.OfficeTimes, description="Past and to come, the earliest first."),
    refuses=(404,),
)
def every(code: str) -> Answer:
    """List the closures and the own hours of an office"""
    with reading_connection() as connection:
        found = office_times(connection, runtime().catalogue, code)
    return answer(
        {
            "closures": [one.to_data() for one in found.closures],
            "hours": [one.to_data() for one in found.hours],
        }
    )


@times.operation(
    "POST",
    "/offices/<code>/closures",
    access=Access.ADMIN,
    body=bodies.NewClosure,
    gives=Gives(status=201, shape=shapes.Closure, headers=LOCATION, description="Published; dossiers follow."),
    refuses=(404,),
    key="required",
)
def close(code: str, body: dict[str, Any]) -> Answer:
    """Publish that an office closes; the due moments of its open dossiers are counted anew"""
    first = body["first"]
    spans = read_spans(body["spans"], first.isoformat())
    closure = Closure(first, body["last"], body["vi"], body["en"], body["legal"], spans)

    def doing(uow: UnitOfWork) -> Answer:
        publish_closure(uow, code, closure)
        return answer(closure.to_data(), 201, Location=f"/api/v1/offices/{code}/times")

    return perform("publish_closure", doing, key_required=True)


@times.operation(
    "DELETE",
    "/offices/<code>/closures/<day>",
    access=Access.ADMIN,
    query=parameters.FromDay,
    gives=Gives(shape=shapes.ClosureLeft, description="What is left of it."),
    refuses=(404,),
    key="optional",
)
def open_again(code: str, day: str, query: dict[str, Any]) -> Answer:
    """Take back the closure that began on a day, or end it so that the office is open again on another"""

    def doing(uow: UnitOfWork) -> Answer:
        left = reopen(uow, code, read_date(day, "day"), query["on"])
        return answer({"left": left.to_data() if left else None})

    return perform("reopen", doing)


@times.operation(
    "POST",
    "/offices/<code>/hours",
    access=Access.ADMIN,
    body=bodies.NewHours,
    gives=Gives(status=201, shape=shapes.OwnHours, headers=LOCATION, description="Published; dossiers follow."),
    refuses=(404,),
    key="required",
)
def keep_hours(code: str, body: dict[str, Any]) -> Answer:
    """Publish the hours that an office keeps from a day on, such as a Saturday morning or a calendar of its own"""
    week = own_week(runtime().catalogue.calendar("vn").week, body["week"])
    days = [dict(one) | {"day": one["day"].isoformat(), "source": "official"} for one in body["days"]]
    moved = [one | {"instead_of": one["instead_of"].isoformat() if one["instead_of"] else None} for one in days]
    words = {name: body[name] for name in ("vi", "en", "legal")}
    hours = OwnHours(
        first=body["first"],
        last=body["last"],
        week=week,
        days=tuple(SpecialDay.from_data(one) for one in moved),
        own_days=body["own_days"],
        **words,
    )

    def doing(uow: UnitOfWork) -> Answer:
        publish_hours(uow, code, hours)
        return answer(hours.to_data(), 201, Location=f"/api/v1/offices/{code}/times")

    return perform("publish_hours", doing, key_required=True)


@times.operation(
    "DELETE",
    "/offices/<code>/hours/<day>",
    access=Access.ADMIN,
    query=parameters.FromDay,
    gives=Gives(shape=shapes.HoursLeft, description="What is left of them."),
    refuses=(404,),
    key="optional",
)
def end(code: str, day: str, query: dict[str, Any]) -> Answer:
    """Take back the own hours that begin on a day, or end them on another"""

    def doing(uow: UnitOfWork) -> Answer:
        left = end_hours(uow, code, read_date(day, "day"), query["on"])
        return answer({"left": left.to_data() if left else None})

    return perform("end_hours", doing)

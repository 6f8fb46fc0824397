"""Operations of what really happened: variants of a procedure, the time that its steps took, and what stands where."""

from __future__ import annotations

from typing import Any

from api import parameters, shapes
from api.answers import answer, moment
from api.dossier_json import both
from api.operations import Gives, Resource
from engine.queries.histories import MOST_READ, Asked, Lately, must_be_short, taken_lately
from engine.queries.reports import rate_of
from engine.queries.state_figures import state_figures
from engine.queries.step_times import step_times
from engine.queries.ways import ways
from engine.rules.history.spread import Spread
from server.answer import Answer
from server.identity import Access, reading

histories = Resource("histories", __name__, description="What really happened, read from the journals.")


@histories.operation(
    "GET",
    "/reports/variants",
    access=Access.STAFF,
    query=parameters.Histories,
    gives=Gives(shape=shapes.Variants, description="The most frequent first."),
)
def variants(query: dict[str, Any]) -> Answer:
    """Report the ways that the ended dossiers of a procedure took, and where they left its main path

    A way is the states in the order in which a dossier came to them. `minutes` are working minutes from filing to the
    end. `asides` are the steps beside the main path; one that is not `foreseen` follows no action of the procedure.
    Of more than 10,000 dossiers the 10,000 that ended last are read, those that ended from `since` on.
    """
    asked = _asked(query)
    with reading() as uow:
        read = taken_lately(uow, asked, MOST_READ)
        found = ways(uow, read.taken)
    items = [
        {
            "states": list(one.states),
            "dossiers": one.dossiers,
            "share": rate_of(one.dossiers, found.found.dossiers),
            "left_at": one.left_at,
            "minutes": _times(one.taken),
            "examples": list(one.sample),
        }
        for one in found.found.variants
    ]
    asides = [
        {
            "source": one.source,
            "target": one.target,
            "foreseen": one.kind == "allowed",
            "dossiers": one.dossiers,
            "times": one.times,
            "examples": list(one.sample),
        }
        for one in found.found.asides
    ]
    told = _told(asked, read) | {"dossiers": found.found.dossiers, "on_main_path": found.found.on_main_path}
    told |= {"states": [{"state": key, "name": both(name)} for key, name in found.names.items()]}
    return answer(told | {"main_path": list(found.main), "items": items, "asides": asides})


@histories.operation(
    "GET",
    "/reports/steps",
    access=Access.STAFF,
    query=parameters.StepTimes,
    gives=Gives(shape=shapes.StepTimes, description="In the order of the procedure's states."),
)
def steps(query: dict[str, Any]) -> Answer:
    """Report how long the ended dossiers of a procedure stood in each state: median, nine of ten, longest

    The times are working minutes by the calendar of the office that had the dossier. Of more than 10,000 dossiers the
    10,000 that ended last are read, those that ended from `since` on.
    """
    asked = _asked(query)
    with reading() as uow:
        read = taken_lately(uow, asked, MOST_READ)
        lines = step_times(uow, read.taken, query["by"])
    items = [
        {
            "state": line.state,
            "name": both(line.state_name),
            "within": line.within,
            "within_name": both(line.within_name),
            "minutes": _times(line.spread),
        }
        for line in lines
    ]
    return answer(_told(asked, read) | {"by": query["by"], "items": items})


@histories.operation(
    "GET",
    "/reports/states",
    access=Access.STAFF,
    query=parameters.StateCounts,
    gives=Gives(shape=shapes.StateFigures, description="The states in which dossiers stand now."),
)
def states(query: dict[str, Any]) -> Answer:
    """Count the running dossiers of a procedure by state, with the share whose step or time limit is over"""
    with reading() as uow:
        found = state_figures(uow, query["procedure"], office=query["office"], version=query["version"])
    items = [
        {"state": state, "dossiers": one.dossiers, "late": round(one.late, 4)} for state, one in found.by_state.items()
    ]
    return answer({"procedure": query["procedure"], "items": items})


def _asked(query: dict[str, Any]) -> Asked:
    """The question of a report; its period may be as long as one answer can read. Raises InvalidInput."""
    asked = Asked(
        procedure=query["procedure"],
        start=query["start"],
        end=query["end"],
        office=query["office"],
        version=query["version"],
    )
    must_be_short(asked)
    return asked


def _told(asked: Asked, read: Lately) -> dict[str, Any]:
    return {
        "procedure": asked.procedure,
        "start": asked.start.isoformat(),
        "end": asked.end.isoformat(),
        "since": moment(read.since),
    }


def _times(spread: Spread | None) -> dict[str, int] | None:
    if spread is None:
        return None
    return {"times": spread.count, "median": spread.median, "p90": spread.p90, "longest": spread.longest}

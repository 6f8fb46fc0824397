"""Operations on reorganisations: the progress of their plans, and the dossiers that a province has to decide itself."""

from __future__ import annotations

from typing import Any

from api import bodies, shapes
from api.answers import answer
from api.dossier_json import both
from api.operations import Gives, Resource
from engine.acts.reform.decide_many import Choice, decide_many
from engine.acts.reform.run import open_run
from engine.errors import wrong
from engine.queries import reforms as queries
from engine.transaction import UnitOfWork
from server.answer import Answer
from server.context import runtime
from server.identity import Access, reading
from server.once import perform

reforms = Resource("reforms", __name__, description="Reorganisations, and what they leave to a person.")


@reforms.operation(
    "GET", "/reforms", access=Access.STAFF, gives=Gives(shape=shapes.Reforms, description="Every plan, oldest first.")
)
def every() -> Answer:
    """List the plans, with the progress of the dossiers of the caller's province"""
    with reading() as uow:
        found = queries.reforms(uow)
    items = [
        {
            "number": line.number,
            "code": line.code,
            "name": both(line.name),
            "date": line.date.isoformat(),
            "digest": line.digest,
            "state": line.state,
            "dossiers": line.dossiers,
        }
        for line in found
    ]
    return answer({"items": items})


@reforms.operation(
    "GET",
    "/reforms/<int:number>/triage",
    access=Access.STAFF,
    gives=Gives(shape=shapes.Triage, description="What the caller's province has to decide, most dossiers first."),
    refuses=(403, 404),
)
def waiting(number: int) -> Answer:
    """List the dossiers of divided communes that wait for a decision"""
    with reading() as uow:
        found = queries.triage_of(uow, number)
    return answer({"items": [_waiting(line) for line in found]})


@reforms.operation(
    "POST",
    "/reforms/<int:number>/decisions",
    access=Access.STAFF,
    body=bodies.Decision,
    gives=Gives(shape=shapes.Decided, description="Done; ``left`` are to be asked for again."),
    refuses=(403, 404, 409),
    key="required",
)
def decide(number: int, body: dict[str, Any]) -> Answer:
    """Decide where waiting dossiers go, one by one or all of an old commune or hamlet"""
    if bool(body["dossiers"]) == bool(body["commune"]) or (body["dossiers"] and body["hamlet"]):
        raise wrong("commune", "nêu commune (và hamlet) hoặc dossiers", "name commune (and hamlet), or dossiers")
    run = open_run(runtime(), number)
    choice = Choice(
        target=body["to"],
        legal=body["legal"],
        reason=body["reason"],
        codes=body["dossiers"],
        commune=body["commune"],
        hamlet=body["hamlet"],
    )

    def doing(uow: UnitOfWork) -> Answer:
        done = decide_many(uow, run, choice)
        return answer({"asked": done.asked, "moved": done.moved, "left": done.left})

    return perform("decide_triage", doing, key_required=True)


def _waiting(line: queries.WaitingLine) -> dict[str, Any]:
    return {
        "province": line.province,
        "commune": line.commune,
        "commune_name": line.commune_name,
        "dossiers": line.dossiers,
        "candidates": [
            {
                "commune": each.commune,
                "office": each.office,
                "office_name": both(each.office_name),
                "share": None if each.share is None else float(each.share),
                "suggested": each.suggested,
            }
            for each in line.candidates
        ],
    }

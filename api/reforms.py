"""Reorganisations that are being carried out: where their plans stand, and what a province has to decide itself."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from api import bodies, shapes
from api.answers import answer
from api.dossier_json import both
from api.operations import Gives, Resource
from engine.acts.reform.decide import Waiting
from engine.acts.reform.decide_many import LEADER, Choice, decide_many, provinces_of, triage_of
from engine.acts.reform.run import Run, open_run
from engine.acts.wrong_input import wrong
from engine.rules.procedure.permissions import MONITOR
from engine.store.plans import counts_by_status
from engine.store.plans import reforms as plans
from engine.transaction import UnitOfWork
from server.answer import Answer
from server.context import runtime
from server.identity import Access, reading
from server.once import perform

reforms = Resource("reforms", __name__, description="Reorganisations, and what they leave to a person.")

OVERSEERS = (LEADER, MONITOR)
"""Who learns, in the authority of a province, how many of its dossiers stand where."""


@reforms.operation(
    "GET", "/reforms", access=Access.STAFF, gives=Gives(shape=shapes.Reforms, description="Every plan, oldest first.")
)
def every() -> Answer:
    """List the plans and where the dossiers of the caller's province stand"""
    with reading() as uow:
        known, today = uow.catalogue.map, uow.today
        rows = uow.reader().execute(select(plans).order_by(plans.c.id)).all()
        items = [
            {
                "number": row.id,
                "code": row.code,
                "name": {"vi": row.document["name"]["vi"], "en": row.document["name"]["en"]},
                "date": row.date.isoformat(),
                "digest": row.digest,
                "state": row.state,
                "dossiers": counts_by_status(
                    uow.reader(), row.id, provinces_of(uow.actor, OVERSEERS, known, row.date, today)
                ),
            }
            for row in rows
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
    run = open_run(runtime(), number)
    with reading() as uow:
        items = [_waiting(one, run) for one in triage_of(uow, run)]
    return answer({"items": items})


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


def _waiting(one: Waiting, run: Run) -> dict[str, Any]:
    before = run.known.territory.find(one.commune or "", "commune", run.day_before)
    return {
        "province": one.province,
        "commune": one.commune,
        "commune_name": before.name_vi if before else None,
        "dossiers": one.dossiers,
        "candidates": [
            {
                "commune": each.commune,
                "office": each.office,
                "office_name": both(office.name if (office := run.known.offices.get(each.office)) else None),
                "share": None if each.share is None else float(each.share),
                "suggested": each.is_default,
            }
            for each in one.candidates
        ],
    }

"""Who has a dossier open: signs that its page gives, and the note that its holder has opened it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Response, request

from engine.acts.hold import mark_opened
from engine.dossier.case import read_case
from engine.transaction import UnitOfWork
from server.identity import Access, reading
from server.once import perform_unkept
from server.presence import Present, presence
from web.desk.dossier.group import dossier
from web.render import render


def note_open(unit: UnitOfWork, dossier_id: int, *, typing: bool = False) -> tuple[Present, ...]:
    """Says that the person has the dossier open; answers who else has."""
    actor = unit.actor
    if actor.person_id is None:
        return ()
    signs = presence()
    signs.note(dossier_id, actor.person_id, actor.name, typing=typing)
    return signs.at([dossier_id], without=actor.person_id).get(dossier_id, ())


def opened_by(unit: UnitOfWork, dossier_ids: Sequence[int]) -> Mapping[int, Sequence[Present]]:
    """The others who have these dossiers open, for the list of dossiers."""
    return presence().at(dossier_ids, without=unit.actor.person_id)


@dossier.post("/ho-so/<code>/presence", access=Access.STAFF)
def stay(code: str) -> str:
    """Say that the page is still open, and whether somebody types; who else has it open"""
    with reading() as unit:
        case = read_case(unit, code)
        others = note_open(unit, case.id, typing=request.form.get("typing") == "1")
        changed = request.form.get("version", "") not in ("", str(case.row["version"]))
        return render("desk/dossier/presence.html", others=others, changed=changed, code=code)


@dossier.post("/ho-so/<code>/opening", access=Access.STAFF)
def opening(code: str) -> Response:
    """Note that the present holder has opened the dossier: it cannot be recalled any more"""
    case = perform_unkept("mark_opened", lambda unit: mark_opened(unit, code))
    response = Response(status=204)
    response.headers["X-Version"] = str(case.row["version"])
    return response

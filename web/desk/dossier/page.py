"""The page of one dossier: where it stands, what the person may do, its clock, papers, values, people and story."""

from __future__ import annotations

from typing import Any

from flask import request

from engine.dossier.case import Case, read_case
from engine.errors import NotFound
from engine.queries.dossier import standing_of
from engine.queries.elsewhere import elsewhere
from engine.queries.filings import inbound_of
from engine.queries.portal import late_of
from engine.queries.verifications import verifications
from engine.transaction import UnitOfWork
from server.identity import Access, reading
from server.preview import can_preview
from web.desk.dossier.acting import open_door
from web.desk.dossier.drawn import drawn
from web.desk.dossier.every_door import DOORS
from web.desk.dossier.gathered import gather
from web.desk.dossier.group import dossier
from web.desk.dossier.listed import neighbours
from web.desk.dossier.looking import person
from web.desk.dossier.money import LEDGER, METHODS
from web.desk.dossier.opened import stay
from web.desk.dossier.parties import PARTY_KINDS
from web.desk.dossier.story import KINDS
from web.desk.dossier.words import LINK_KINDS, may_answer
from web.form_values import whole
from web.render import render

__all__ = ["dossier", "drawn", "person", "show", "stay"]


@dossier.page("/ho-so/<code>", access=Access.STAFF)
def show(code: str) -> str:
    """A dossier with everything that the person may see of it and do on it"""
    chosen = request.args.get("loc", "")
    upto = whole(request.args.get("den", ""))
    trong = request.args.get("trong", "")
    with reading() as unit:
        try:
            case = read_case(unit, code, along=("documents", "fees", "ledger", "parties"))
        except NotFound:
            return _asked_only(unit, code)
        return render(
            "desk/dossier/page.html",
            page=gather(case, chosen if chosen in KINDS else "", upto or None),
            around=neighbours(unit, trong, code),
            trong=trong,
            then=request.args.get("tiep-theo", ""),
            office_name=unit.catalogue.office_name,
            **_words(case),
        )


def _asked_only(unit: UnitOfWork, code: str) -> str:
    """What an office that was only asked something sees: its questions and what was attached to them."""
    case = read_case(unit, code, asked=True)
    questions = [(one, may_answer(case, one)) for one in verifications(unit, case)]
    name, standing = case.release.name, standing_of(case)
    return render("desk/dossier/asked.html", standing=standing, procedure_name=name, questions=questions)


def _words(case: Case) -> dict[str, Any]:
    """The words of kinds that the page names."""
    return {
        "link_kinds": dict(LINK_KINDS),
        "party_kinds": PARTY_KINDS,
        "methods": METHODS,
        "ledger_kinds": LEDGER,
        "money": case.money(),
        "can_preview": can_preview,
        "elsewhere": elsewhere(case),
        "late_by_telling": late_of(case),
        "inbound": inbound_of(case),
    }


for _door in DOORS:
    open_door(_door)

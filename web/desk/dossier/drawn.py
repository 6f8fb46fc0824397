"""The diagram of a dossier's procedure, with the state marked in which the dossier stands."""

from __future__ import annotations

from engine.dossier.case import read_case
from engine.queries.dossier import standing_of
from server.identity import Access, reading
from web.desk.dossier.group import dossier
from web.diagrams import diagram
from web.render import render


@dossier.page("/ho-so/<code>/so-do", access=Access.STAFF)
def drawn(code: str) -> str:
    """The diagram of a dossier's procedure"""
    with reading() as unit:
        case = read_case(unit, code)
        stand, release = standing_of(case), case.release
    return render(
        "desk/dossier/drawn.html", stand=stand, release=release, picture=diagram(release, now=stand.state.key)
    )

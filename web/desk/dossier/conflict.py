"""The page of a conflict: who did what since, how the dossier stood and stands, and what was typed, to send again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request

from engine.dossier.case import read_case
from engine.dossier.stale import Stale
from engine.queries.dossier import offers_of, standing_of
from engine.queries.since import since
from server.identity import reading
from web.desk.dossier.doors import Door
from web.desk.dossier.steps import title_of
from web.render import render

_UNSAID = frozenset({"csrf", "key", "version", "trong", "then", "action"})


def conflict(door: Door, code: str, version: int, stale: Stale, path: Mapping[str, Any]) -> Response:
    """The answer to an act whose dossier has changed since its form was made. Raises NotFound."""
    with reading() as unit:
        case = read_case(unit, code, along=("documents", "fees", "ledger"), asked=door.asked)
        why = door.why_not(case, path)
        told = [value for name, value in request.form.items(multi=True) if name not in _UNSAID and value.strip()]
        html = render(
            "desk/dossier/conflict.html",
            door=door,
            title=title_of(door, case, path),
            stale=stale.facts,
            since=since(case, version),
            standing=standing_of(case),
            inputs=() if why else door.inputs(case, path),
            why=why,
            possible=[one for one in offers_of(case) if one.allowed],
            typed_text="\n".join(told),
            action=request.path,
            code_of_refusal=stale.code,
            trong=request.form.get("trong", ""),
        )
    return Response(html, stale.status, mimetype="text/html")

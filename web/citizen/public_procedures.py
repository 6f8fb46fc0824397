"""The procedures for citizens: found by name, and each with its papers, fees, term, and where it is handed in."""

from __future__ import annotations

from flask import request

from engine.queries.public_catalogue import public_procedure, public_procedures
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from server.identity import Access, reading
from web.pages import Pages
from web.render import render

public = Pages("public_procedures", audience="citizen")
_LONGEST_SEARCH = 100


@public.page("/thu-tuc", access=Access.PUBLIC)
def find() -> str:
    """Procedures in force"""
    words = " ".join(request.args.get("q", "").replace("\0", " ").split())[:_LONGEST_SEARCH]
    with reading(SYSTEM_ACTOR) as unit:
        found = public_procedures(unit, words)
    return render("citizen/procedures.html", found=found, words=words)


@public.page("/thu-tuc/<procedure>", access=Access.PUBLIC)
def show(procedure: str) -> str:
    """One procedure"""
    with reading(SYSTEM_ACTOR) as unit:
        found = public_procedure(unit, procedure)
    return render("citizen/procedure.html", found=found, release=found.release)

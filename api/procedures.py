"""Operations that read the procedures in force: the list, and one with form, papers, fees, steps and time limit."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from api import parameters, shapes
from api.answers import answer
from api.dossier_json import both
from api.operations import Gives, Resource
from engine.clock import civil_day
from engine.rules.plain_text import plain_text
from engine.rules.procedure.definition import Release
from server.answer import Answer
from server.context import runtime
from server.identity import Access

procedures = Resource("procedures", __name__, description="Procedures in force.")
FOR_A_WHILE = "public, max-age=60"


@procedures.operation(
    "GET",
    "/procedures",
    access=Access.PUBLIC,
    query=parameters.ProcedureList,
    gives=Gives(shape=shapes.Procedures, description="By code."),
)
def every(query: dict[str, Any]) -> Answer:
    """List the procedures in force on a day"""
    words = plain_text(query["q"]).split()
    items = [
        _line(workflow.release)
        for workflow in runtime().catalogue.procedures(query["on"] or _today())
        if workflow.release.public and _fits(workflow.release, words)
    ]
    return answer({"items": items}, Cache_Control=FOR_A_WHILE)


@procedures.operation(
    "GET",
    "/procedures/<procedure>",
    access=Access.PUBLIC,
    query=parameters.ProcedureOne,
    gives=Gives(shape=shapes.Procedure, description="The release in force on the day."),
    refuses=(404,),
)
def one(procedure: str, query: dict[str, Any]) -> Answer:
    """Read one procedure: its form, papers, fees, states, actions and time limit"""
    workflow = runtime().catalogue.current(procedure, query["on"] or _today())
    release = workflow.release
    whole: dict[str, Any] = {
        **_line(release),
        "release": workflow.digest,
        "legal": list(release.legal),
        "fields": _listed(release.fields),
        "documents": _listed(release.documents),
        "fees": [_fee(one, query["province"]) for one in _listed(release.fees)],
        "states": _listed(release.states),
        "actions": _listed(release.actions),
        "roles": _listed(release.roles),
        "sla": msgspec.to_builtins(release.sla),
    }
    return answer(whole, Cache_Control=FOR_A_WHILE)


def _line(release: Release) -> dict[str, Any]:
    return {
        "procedure": release.procedure,
        "version": release.version,
        "name": both(release.name),
        "short": both(release.in_lists),
        "sector": release.sector.code,
        "sector_name": both(release.sector.name),
        "channels": list(release.channels),
        "applicants": list(release.applicants),
    }


def _fits(release: Release, words: list[str]) -> bool:
    text = plain_text(release.procedure, release.name.vi, release.name.en)
    return all(word in text for word in words)


def _listed(parts: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts of a release in their order, each as an object with its key."""
    return [{"key": key, **msgspec.to_builtins(part)} for key, part in parts.items()]


def _fee(fee: dict[str, Any], province: str | None) -> dict[str, Any]:
    return fee | {"here_vnd": fee["by_province"].get(province, fee["vnd"])} if province else fee


def _today() -> dt.date:
    return civil_day(runtime().now())

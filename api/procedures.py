"""Operations that read the procedures in force: the list, and one with form, papers, fees, steps and time limit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import msgspec

from api import parameters, shapes
from api.answers import answer
from api.dossier_json import both
from api.operations import Gives, Resource
from engine.clock import civil_day
from engine.queries.procedure_catalogue import CatalogueEntry, entries_of, entries_on, entry_for
from engine.queries.public_catalogue import received_at
from engine.rules.plain_text import plain_text
from engine.rules.procedure.definition import Release
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from server.answer import Answer
from server.context import runtime
from server.identity import Access, reading

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
    words, on = plain_text(query["q"]).split(), query["on"] or _today()
    with reading(SYSTEM_ACTOR) as unit:
        begun = entries_on(unit, on)
    entries = {name: tuple(each) for name, each in groupby(sorted(begun, key=_of), key=_of)}
    items = [
        _line(workflow.release, entries.get(workflow.release.procedure, ()), on)
        for workflow in runtime().catalogue.procedures(on)
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
    on = query["on"] or _today()
    workflow = runtime().catalogue.current(procedure, on)
    release = workflow.release
    with reading(SYSTEM_ACTOR) as unit:
        entries = entries_of(unit, procedure)
    whole: dict[str, Any] = {
        **_line(release, entries, on),
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


def _of(entry: CatalogueEntry) -> str:
    return entry.procedure


def _line(release: Release, entries: Sequence[CatalogueEntry], on: dt.date) -> dict[str, Any]:
    until, entry = release.effective.until, entry_for(entries, release.version, on)
    return {
        "procedure": release.procedure,
        "version": release.version,
        "name": both(release.name),
        "short": both(release.in_lists),
        "sector": release.sector.code,
        "sector_name": both(release.sector.name),
        "channels": list(release.open_channels),
        "applicants": list(release.applicants),
        "effective_from": release.effective.start.isoformat(),
        "effective_until": until.isoformat() if until else None,
        "received_at": both(received_at(release)),
        "publication": _publication(entry) if entry else None,
    }


def _publication(entry: CatalogueEntry) -> dict[str, Any]:
    """Where the procedure is processed, and by which decision it was published."""
    return {
        "processed": entry.processed,
        "system": entry.system,
        "online": entry.online,
        "since": entry.since.isoformat(),
        "decision": entry.decision,
        "decided_on": entry.decided_on.isoformat(),
        "listed_on": entry.listed_on.isoformat() if entry.listed_on else None,
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

"""The facts of tellings to the national portal: the row as the event left it, with names, papers and fees as they are
when it is sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from engine.catalogue import Catalogue
from engine.connection_ports import Fact, Telling
from engine.rules.procedure.machine import Workflow
from engine.store.portal_queue import Leased
from engine.store.portal_reading import Owed, Own, Paper, Parts, last_told, names_of, own_rows, parts_of_many

_MOMENTS = ("received_at", "due_at", "promised_at", "finished_at", "returned_at", "entered_at", "step_due_at")
_REFUSED, _ENDS = 3, frozenset({7, 8, 9, 10})
_NO_LISTS: Mapping[str, Sequence[Mapping[str, Fact]]] = {}


def tellings_from(connection: Connection, catalogue: Catalogue, rows: Sequence[Leased]) -> list[Telling]:
    """The tellings of rows of ``portal_tellings``, in their order."""
    ids = {row.dossier_id for row in rows}
    owns, parts = own_rows(connection, ids), parts_of_many(connection, ids)
    people = names_of(connection, {row.data["actor"] for row in rows if row.data.get("actor")})
    return [_telling(catalogue, row, owns[row.dossier_id], parts, people) for row in rows]


def present_tellings(connection: Connection, catalogue: Catalogue, owns: Iterable[Own]) -> dict[str, Telling]:
    """By code, what a whole telling of each dossier would say now, under the codes of its last told event.

    ``owns`` are rows with ``OWN_COLUMNS``.
    """
    found = {row["id"]: row for row in owns}
    if not found:
        return {}
    parts, told = parts_of_many(connection, found), last_told(connection, found)
    return {
        row["code"]: Telling(
            key=row["code"],
            sequence=0,
            kind="dossier",
            at=told.get(row["id"]) or row["entered_at"],
            state=row["state"],
            facts=_facts(catalogue, row, row, parts, ""),
            lists=_lists(catalogue.workflow(row["release"]), row["id"], parts),
        )
        for row in found.values()
    }


def _telling(catalogue: Catalogue, row: Leased, own: Own, parts: Parts, people: Mapping[int, str]) -> Telling:
    then: dict[str, Any] = {**own, **row.data}
    for name in _MOMENTS:
        if isinstance(then[name], str):
            then[name] = dt.datetime.fromisoformat(then[name])
    facts = _facts(catalogue, own, then, parts, people.get(row.data.get("actor") or 0, ""))
    lists = _NO_LISTS if row.kind == "progress" else _lists(catalogue.workflow(own["release"]), own["id"], parts)
    return Telling(
        key=f"{own['code']}:{row.key}",
        sequence=row.id,
        kind=row.kind,
        at=row.at,
        state=str(then["state"]),
        facts={**facts, "at": row.at},
        lists=lists,
    )


def _facts(catalogue: Catalogue, own: Own, then: Mapping[str, Any], parts: Parts, person: str) -> dict[str, Fact]:
    release = catalogue.workflow(own["release"]).release
    portal, role = int(then["portal"]), release.roles.get(then["holder_role"] or "")
    state = release.states.get(then["state"])
    ended = then["finished_at"] if portal in _ENDS else None
    methods = [fee.method for fee in parts.fees.get(own["id"], ()) if fee.method is not None]
    papers = parts.papers.get(own["id"], ())
    return {
        "code": own["code"],
        "procedure": own["procedure"],
        "procedure.name": release.name.vi,
        "sector": release.sector.code,
        "sector.name": release.sector.name.vi,
        "channel": own["channel"],
        "applicant": own["applicant"],
        "applicant.number": own["identity_number"],
        "applicant.kind": own["applicant_kind"],
        "verified": own["verified"],
        "filed": own["filed_at"],
        "received": then["received_at"],
        "due": then["due_at"] or then["promised_at"],
        "status": str(portal),
        "ended": ended,
        "returned": then["returned_at"],
        "refused": then["finished_at"] if portal == _REFUSED else None,
        "digitised": int(any(paper.digitised for paper in papers)),
        "paid_online": 2 if "portal" in methods else 1 if methods else 0,
        "person": person,
        "role": role.name.vi if role else None,
        "step": state.name.vi if state else None,
        "entered": then["entered_at"],
        "step_due": then["step_due_at"],
        **_office(catalogue, "handler", then["handler_office"]),
        **_office(catalogue, "intake", then["intake_office"]),
        **_office(catalogue, "holder", then["holder_office"] or then["handler_office"]),
    }


def _office(catalogue: Catalogue, part: str, code: str) -> dict[str, Fact]:
    """The facts of an office: its code, identifier, name, and the code of its unit."""
    office = catalogue.offices.get(code)
    unit = office.unit_id.partition(":")[2].partition("@")[0] if office else ""
    return {
        part: code,
        f"{part}.identifier": office.identifier if office else "",
        f"{part}.name": office.name.vi if office else code,
        f"{part}.unit": unit,
    }


def _lists(workflow: Workflow, dossier_id: int, parts: Parts) -> dict[str, Sequence[Mapping[str, Fact]]]:
    papers, release = parts.papers.get(dossier_id, ()), workflow.release
    results = workflow.results.bringing

    def name(key: str) -> str:
        return release.documents[key].name.vi if key in release.documents else key

    def fee_name(key: str) -> str:
        return release.fees[key].name.vi if key in release.fees else key

    return {
        "documents": [_paper(name(one.key), one) for one in papers if one.key not in results],
        "results": [_result(name(one.key), one) for one in papers if one.key in results],
        "fees": [_fee(fee_name(one.key), one) for one in parts.fees.get(dossier_id, ())],
    }


def _paper(name: str, paper: Paper) -> dict[str, Fact]:
    return {"name": name, "copies": paper.copies, "digitised": int(paper.digitised), "reused": int(paper.reused)}


def _result(name: str, paper: Paper) -> dict[str, Fact]:
    return {"name": name, "signed_at": paper.signed_at if paper.signed else None, "signed": int(paper.signed)}


def _fee(name: str, fee: Owed) -> dict[str, Fact]:
    paid = fee.settled_at is not None
    return {"name": name, "vnd": fee.vnd, "paid": int(paid), "paid_at": fee.settled_at, "method": fee.method}

"""All that can be known of one dossier, from the database and from the model, in the same plain JSON values."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Column, Connection, Select, Table, bindparam, select

from engine.store.clocks import clocks
from engine.store.documents import documents
from engine.store.dossiers import applicants, dossier_offices, dossiers, verifications
from engine.store.fees import fees
from engine.store.journal import journal
from engine.store.outbox import outbox
from tests.model.dossier import Dossier

LEFT_OUT = ("id", "head", "link_nonce", "link_hash", "search", "parent_id")
Picture = dict[str, Any]

_ROW = select(dossiers).where(dossiers.c.code == bindparam("code"))
_CODE = select(dossiers.c.code).where(dossiers.c.id == bindparam("id"))
_APPLICANT = select(applicants.c.name, applicants.c.form).where(applicants.c.dossier_id == bindparam("id"))


def told_by_database(connection: Connection, code: str) -> Picture:
    """The picture of the dossier with this code."""
    row = dict(connection.execute(_ROW, {"code": code}).mappings().one())
    number = row["id"]
    applicant = connection.execute(_APPLICANT, {"id": number}).one()

    def rows(table: Any, order: Any) -> list[Any]:
        return list(connection.execute(_of(table, order), {"id": number}))

    return _plain(
        {
            "row": {key: row[key] for key in row if key not in LEFT_OUT}
            | {"parent": row["parent_id"] and connection.execute(_CODE, {"id": row["parent_id"]}).scalar_one()},
            "applicant": applicant.name,
            "form": applicant.form,
            "papers": [
                [
                    paper.id, paper.key, paper.original, paper.certified, paper.copy, paper.storage_key is not None,
                    paper.accepted, paper.removed_at is not None, paper.signature is not None, paper.reused_from,
                ]
                for paper in rows(documents, documents.c.id)
            ],
            "fees": {fee.key: [fee.vnd, fee.method] for fee in rows(fees, fees.c.key)},
            "questions": [
                [one.id, one.office, one.due_at, one.answered_at is not None]
                for one in rows(verifications, verifications.c.id)
            ],
            "clocks": sorted(
                [one.kind, one.subject, one.due_at.isoformat(), one.outcome] for one in rows(clocks, clocks.c.due_at)
            ),
            "journal": [_entry(entry) for entry in rows(journal, journal.c.number)],
            "notices": sorted([one.template, one.recipient, one.channel] for one in rows(outbox, outbox.c.id)),
            "seen by": sorted(
                [one.office, one.until and one.until.isoformat()]
                for one in rows(dossier_offices, dossier_offices.c.office)
            ),
        }
    )  # fmt: skip


def told_by_model(dossier: Dossier) -> Picture:
    return _plain(
        {
            "row": dossier.row,
            "applicant": dossier.applicant["name"],
            "form": dossier.form,
            "papers": [
                [
                    paper.number, paper.key, *paper.counts.values(), paper.file, paper.accepted, paper.removed,
                    paper.signed, paper.reused_from,
                ]
                for paper in dossier.papers
            ],
            "fees": dossier.fees,
            "questions": [[one.number, one.office, one.due_at, one.answered is not None] for one in dossier.questions],
            "clocks": sorted(
                [kind, subject, due_at.isoformat(), outcome]
                for (kind, subject, due_at), outcome in dossier.clocks.items()
            ),
            "journal": [
                [number, entry.act, entry.who, list(entry.step) if entry.step else None]
                for number, entry in enumerate(dossier.journal, 1)
            ],
            "notices": sorted([template, recipient, channel] for _, template, recipient, channel in dossier.notices),
            "seen by": sorted([office, end and end.isoformat()] for office, end in dossier.seen_by.items()),
        }
    )  # fmt: skip


def differences(told: Picture, expected: Picture) -> list[str]:
    """In words what the two pictures do not agree on."""
    found = []
    for part in told.keys() | expected.keys():
        ours, theirs = expected.get(part), told.get(part)
        if part == "row" and ours != theirs:
            names = sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))
            found += [f"{name}: expected {ours.get(name)}, found {theirs.get(name)}" for name in names]
        elif ours != theirs:
            found.append(f"{part}: expected {ours}, found {theirs}")
    return sorted(found)


@cache
def _of(table: Table, order: Column[Any]) -> Select[Any]:
    return select(table).where(table.c.dossier_id == bindparam("id")).order_by(order)


def _entry(entry: Any) -> list[Any]:
    data = orjson.loads(entry.body)["data"]
    step = [data["from"], data["to"], data["effect"], data["role"]] if "effect" in data else None
    return [entry.number, entry.act, "citizen" if entry.actor.startswith("citizen:") else entry.actor, step]


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value

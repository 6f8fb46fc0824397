"""What the other side is told of a dossier that came from there: received, refused, a supplement asked.

``tell_filing`` writes the answer in the act's own transaction, and without a word of its reason: that is read from the
journal when the answer is sent, as long as it stands there.
"""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import Connection, Row, and_, select, update

from engine.dossier.case import Case
from engine.dossier.filings import words_of
from engine.rules.procedure.definition import ONLINE, Release
from engine.rules.procedure.portal_status import PortalStatus
from engine.store.dossiers import dossiers
from engine.store.filings import AnswerRow, answer_row, filing_answers, filing_of_dossier, filings
from engine.store.journal import journal, journal_private
from engine.transaction import UnitOfWork

RECEIVED, REFUSED, SUPPLEMENT = "received", "refused", "supplement"


def tell_filing(case: Case, number: int) -> None:
    """Adds the answer that journal entry ``number`` causes; nothing where the dossier came from nowhere."""
    kind = _kind(case)
    if kind is None:
        return
    filing = filing_of_dossier(case.unit.reader(), case.id)
    if filing is None:
        return
    data: dict[str, Any] = {"code": case.code, "portal": case.row["portal"]}
    if kind == RECEIVED:
        due = case.row["promised_at"] or case.row["due_at"]
        data |= {"received_at": case.row["received_at"].isoformat()} if case.row["received_at"] else {}
        data |= {"due_at": due.isoformat()} if due else {}
    case.unit.writes.insert(filing_answers, [answer_row(filing, number, kind, data, case.unit.now)], new_only=True)


def pass_filing(unit: UnitOfWork, old: Case, new: Case) -> None:
    """Lets a dossier that is filed anew under another procedure answer for the filing from now on."""
    if old.row["channel"] in ONLINE:
        of_old = update(filings).where(filings.c.dossier_id == old.id)
        unit.begin().execute(of_old.values(dossier_id=new.id))


def facts_of(unit: UnitOfWork, source: str, row: AnswerRow) -> dict[str, Any]:
    """The facts of an answer as they are sent, by our names (``engine.rules.filings.form.TOLD``)."""
    told: dict[str, Any] = {"filing": row.key, "answer": row.kind, "at": row.made_at}
    told |= {name: row.data[name] for name in ("code", "due_at", "system") if name in row.data}
    if row.number == 0 or row.dossier_id is None:
        return told | {"reason": words_of(unit, source, row.key, row.reason)}
    if row.kind not in (REFUSED, SUPPLEMENT):
        return told
    entry = _entry(unit.reader(), row.dossier_id, row.number)
    if entry is None:
        return told
    told["reason"] = (entry.private or {}).get("reason") if entry.erased_at is None else None
    if row.kind == SUPPLEMENT:
        told |= _asked(unit.catalogue.workflow(entry.release).release, orjson.loads(entry.body)["data"])
    return told


def _kind(case: Case) -> str | None:
    if case.is_new or case.row["channel"] not in ONLINE or case.row["portal"] == case.before["portal"]:
        return None
    row, before = case.row, case.before
    if row["portal"] == PortalStatus.REFUSED:
        return REFUSED
    if row["portal"] == PortalStatus.SUPPLEMENT:
        return SUPPLEMENT
    return RECEIVED if row["received_at"] is not None and before["received_at"] is None else None


def _entry(connection: Connection, dossier_id: int, number: int) -> Row[*tuple[Any, ...]] | None:
    own = and_(
        journal_private.c.dossier_id == journal.c.dossier_id,
        journal_private.c.number == journal.c.number,
    )
    columns = (journal.c.body, journal_private.c.data.label("private"), journal_private.c.erased_at)
    wanted = select(*columns, dossiers.c.release).join(dossiers, dossiers.c.id == journal.c.dossier_id)
    wanted = wanted.outerjoin(journal_private, own)
    this = and_(journal.c.dossier_id == dossier_id, journal.c.number == number)
    return connection.execute(wanted.where(this)).one_or_none()


def _asked(release: Release, data: dict[str, Any]) -> dict[str, Any]:
    """The papers and fields that a request names; where it names none, the papers that were missing."""
    asks = data.get("asks") or {}
    papers = list(asks.get("documents", ())) or list(data.get("missing", ()))
    names = {key: release.documents[key].name.vi for key in papers if key in release.documents}
    fields = {key: release.fields[key].name.vi for key in asks.get("fields", ()) if key in release.fields}
    return {
        "items": [{"key": key, "name": names.get(key, key)} for key in papers],
        "fields": [{"key": key, "name": name} for key, name in fields.items()],
    }

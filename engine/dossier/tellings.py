"""What an act writes for the national portal: rows of its outbox, in the act's own transaction.

A row holds the dossier as the event left it, without personal data; names, papers and fees are read when it is sent.
Where no portal is set up, or the truth about the dossier is elsewhere, nothing is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any, Final

from engine.dossier.case import Case

TOLD: Final = frozenset(
    {"state", "portal", "received_at", "due_at", "promised_at", "finished_at", "returned_at", "handler_office"}
    | {"intake_office", "cancelled_at", "supplements"}
)
"""The columns whose change the portal is told of."""
SNAPSHOT: Final = (
    *("state", "portal", "received_at", "due_at", "promised_at", "finished_at", "returned_at", "entered_at"),
    *("step_due_at", "handler_office", "intake_office", "holder_office", "holder_role"),
)
"""The columns that a row holds as the event left them."""
_ALONE: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("settle_fee", "settle_refund", "correct_payment", "cancel_payment"), ("fees",)),
    **dict.fromkeys(("add_document", "check_document", "remove_document"), ("documents", "results")),
    **dict.fromkeys(("rectify", "succeed_applicant"), ("dossier",)),
}
"""What acts tell that change none of the columns above."""


def tellings_of(case: Case, number: int, act: str, changed: Collection[str]) -> list[dict[str, Any]]:
    """The rows that the journal entry ``number`` of an act causes; ``case.before`` is still the row before it."""
    if case.unit.settings.portal is None or case.row["source"] is not None:
        return []
    limit = _limit_kept(case)
    unit, row = case.unit, case.row
    rows = [_row(row, number, kind, unit.now, unit.actor.person_id) for kind in _kinds(case, act, changed)]
    if limit is not None:
        rows = [one | dict(zip(_LIMIT, limit, strict=True)) if one["kind"] == "dossier" else one for one in rows]
    return rows


def whole_telling(row: Mapping[str, Any], now: dt.datetime, token: str) -> dict[str, Any]:
    """The row that tells a whole dossier (a row of ``dossiers``) as it stands now, under a key of its own."""
    return _row(row, row["version"], "dossier", now, None) | {"key": f"{row['version']}-whole-{token}"}


def _kinds(case: Case, act: str, changed: Collection[str]) -> tuple[str, ...]:
    if case.is_new or act in case.release.actions or "state" in changed:
        return ("dossier", "progress")
    if not TOLD.isdisjoint(changed):
        return ("dossier",)
    return _ALONE.get(act, ())


_LIMIT = ("limit_kind", "limit_at")


def _row(row: Mapping[str, Any], number: int, kind: str, now: dt.datetime, actor: int | None) -> dict[str, Any]:
    return {
        "dossier_id": row["id"],
        "entry": number,
        "key": f"{number}-{kind}-{row['head'][:16]}",
        "kind": kind,
        "at": now,
        "data": {name: row[name] for name in SNAPSHOT if name in row} | {"actor": actor},
        "status": "waiting",
        "attempts": 0,
        "next_attempt_at": now,
        "limit_kind": None,
        "limit_at": None,
    }


def _limit_kept(case: Case) -> tuple[str, dt.datetime] | None:
    """The time limit that the event kept: of intake, or of the whole dossier. None where it kept none.

    If the portal learns of the event only after the limit, the dossier looks late there by the telling alone.
    """
    row, before = case.row, None if case.is_new else case.before
    for kind, done, due in (
        ("intake", "intake_done_at", row["intake_due_at"]),
        ("end", "finished_at", row["due_at"] or row["promised_at"]),
    ):
        columns: Mapping[str, Any] = row
        earlier: Mapping[str, Any] = before or {}
        at = columns[done]
        if at is not None and earlier.get(done) is None and due is not None and at <= due:
            return kind, due
    return None

"""Everything that an installation has written, read once after it came to rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Table, select

from engine.store.clocks import clocks
from engine.store.documents import documents
from engine.store.dossiers import code_counters, dossier_offices, dossiers, verifications
from engine.store.journal import journal, journal_private
from engine.store.outbox import outbox
from engine.store.people import memberships, people
from engine.transaction import Runtime
from tests.faults.installation import RunningInstallation
from tests.faults.load import Acknowledged

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was promised (``acknowledged``), what is written, and what the receivers got."""

    acknowledged: Sequence[Acknowledged]
    runtime: Runtime
    dossiers: dict[int, dict[str, Any]]
    journal: dict[int, Rows]  # by dossier, in order; with ``told``: the body read from JSON
    private: dict[tuple[int, int], dict[str, Any]]
    outbox: Rows
    clocks: dict[int, Rows]
    offices: dict[int, set[str]]  # which may see the dossier
    counters: dict[tuple[str, str], int]
    documents: Rows
    verifications: Rows
    received: dict[str, dict[str, Any]]  # by key: what came by HTTP or stands in the notice file
    twice_in_file: list[str]
    wrong_at_receiver: list[str]
    members: Rows  # username, office, role

    @property
    def ids(self) -> dict[str, int]:
        """Dossier code → row id."""
        return {row["code"]: number for number, row in self.dossiers.items()}


def gather(installation: RunningInstallation, acknowledged: Sequence[Acknowledged]) -> Evidence:
    """Reads it all."""
    with installation.runtime.database.connect().execution_options(motcua_read_only=True) as connection:

        def rows(table: Table, *order: Any) -> Rows:
            return [dict(row) for row in connection.execute(select(table).order_by(*order)).mappings()]

        entries: dict[int, Rows] = {}
        for entry in rows(journal, journal.c.dossier_id, journal.c.number):
            entries.setdefault(entry["dossier_id"], []).append(entry | {"told": orjson.loads(entry["body"])})
        armed: dict[int, Rows] = {}
        for clock in rows(clocks, clocks.c.dossier_id):
            armed.setdefault(clock["dossier_id"], []).append(clock)
        seen_by: dict[int, set[str]] = {}
        for row in rows(dossier_offices):
            seen_by.setdefault(row["dossier_id"], set()).add(row["office"])
        staff = select(people.c.username, memberships.c.office, memberships.c.role).join(people)
        received, twice = _received(installation)
        return Evidence(
            acknowledged=acknowledged,
            runtime=installation.runtime,
            dossiers={row["id"]: row for row in rows(dossiers, dossiers.c.id)},
            journal=entries,
            private={(row["dossier_id"], row["number"]): row for row in rows(journal_private)},
            outbox=rows(outbox, outbox.c.id),
            clocks=armed,
            offices=seen_by,
            counters={(row["office"], row["day"]): row["last"] for row in rows(code_counters)},
            documents=rows(documents, documents.c.id),
            verifications=rows(verifications, verifications.c.id),
            received=received,
            twice_in_file=twice,
            wrong_at_receiver=list(installation.receiver.wrong),
            members=[dict(row) for row in connection.execute(staff).mappings()],
        )


def _received(installation: RunningInstallation) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Every notice that left the installation, by key; and the keys that stand in the notice file more than once."""
    received = {key: {"path": taken.path, **taken.body} for key, taken in dict(installation.receiver.taken).items()}
    twice = []
    lines = installation.notice_file.read_bytes().splitlines() if installation.notice_file.exists() else []
    for line in lines:
        try:
            notice = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue  # cut short by a kill; it was written again
        if notice["key"] in received:
            twice.append(notice["key"])
        received[notice["key"]] = {"path": "file", **notice}
    return received, twice

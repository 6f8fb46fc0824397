"""The papers that Form 01 lists: those handed in with the dossier, never a result."""

from __future__ import annotations

from engine.dossier.case import Case
from engine.forms.told import Told
from engine.rules.part_rows import DocumentRow
from engine.store import dossier_parts


def submitted_papers(case: Case, told: Told, received: int, corrected: bool = False) -> list[DocumentRow]:
    """The papers handed in until the dossier left the state into which entry ``received`` led, oldest first.

    Papers removed or added later do not count. If ``corrected``, a paper removed later is left out, and what was added
    later in its place stands instead.
    """
    last = told.stay(received)
    brought = {entry["data"]["document"]: entry["number"] for entry in told.entries if entry["act"] == "add_document"}
    removed = {
        entry["data"]["document"]: entry["number"] for entry in told.entries if entry["act"] == "remove_document"
    }
    every = dossier_parts.every_paper(case.unit.begin(), case.id)
    papers = [row for row in every if row["key"] not in case.workflow.results.bringing]
    then = [row for row in papers if brought.get(row["id"], 1) <= last and removed.get(row["id"], last + 1) > last]
    if not corrected:
        return then
    replaced = {row["key"] for row in then if row["removed_at"] is not None}
    return [
        row
        for row in papers
        if row["removed_at"] is None and (brought.get(row["id"], 1) <= last or row["key"] in replaced)
    ]

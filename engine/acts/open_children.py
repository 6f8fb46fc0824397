"""Linked filing (liên thông): opens the child dossiers of other procedures when a dossier enters a state."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, insert, select

from engine.acts.open_dossier import Filing, open_dossier
from engine.clock import civil_day
from engine.dossier.case import Case
from engine.dossier.rights import must_have_counter
from engine.rules.offices.routing import DEFAULT_PLACE, place_name
from engine.rules.procedure.machine import Workflow
from engine.store.dossiers import dossier_links, dossiers
from engine.store.journal import journal

KEPT_OF_PAPERS = (
    "key", "original", "certified", "copy", "digitised", "file_name", "media_type", "size", "sha256", "storage_key"
)  # fmt: skip


def open_children(case: Case) -> list[int]:
    """Opens the missing children of the state just entered; returns their row ids.

    A child is a dossier with its own code, clock, offices and journal. It is received on the same day at the same
    centre, or at the successor that a reform gave. It takes over the form values that the release maps, and the
    parent's papers of the same key, so that the applicant gives nothing twice. Raises CounterClosed and the refusals
    of ``open_dossier``.
    """
    wanted = dict(case.workflow.children_opened(case.row["state"], case.facts()))
    if not wanted:
        return []
    unit, opened = case.unit, []
    known = select(dossiers.c.child_key).where(dossiers.c.parent_id == case.id)
    for key in unit.begin().execute(known).scalars():
        wanted.pop(key, None)
    if not wanted:
        return []
    must_have_counter(case)
    office, commune = (
        unit.catalogue.office(case.counter),
        _commune_today(case, DEFAULT_PLACE, case.applicant["commune"]),
    )
    for key, child in wanted.items():
        workflow = unit.catalogue.current(child.procedure, case.today)
        filing = Filing(
            procedure=child.procedure,
            applicant={"kind": case.row["applicant_kind"], **case.applicant, "commune": commune},
            intake_office=office.code,
            channel=case.row["channel"],
            fields=_values(case, key),
        )
        filed = open_dossier(
            unit, workflow, office, filing, parent=(case.id, key), taken_over=papers_for(case, workflow)
        )
        link = {"dossier_id": case.id, "other_id": filed.case.id, "kind": "child", "since": unit.now}
        unit.begin().execute(insert(dossier_links), link)
        opened.append(filed.case.id)
    case.forget()
    return opened


def _values(case: Case, key: str) -> dict[str, Any]:
    """The child's form. Commune codes are translated to today's; a divided commune is left out."""
    release, values = case.release, case.workflow.child_values(key, case.facts())
    for field, name in release.children[key].fields.items():
        if name == DEFAULT_PLACE or (name in release.fields and release.fields[name].type == "unit"):
            values[field] = _commune_today(case, name, values[field])
    return {field: value for field, value in values.items() if value is not None}


def _commune_today(case: Case, name: str, code: str | None) -> str | None:
    """Today's code of the commune under ``name`` in a form; None where it was divided, since nothing is guessed.

    After a reform the form keeps the code that was filled in, and codes are reused. The commune that decides the
    competence is the dossier's own place. Any other is followed from the day on which the dossier was opened.
    """
    if name == place_name(case.release, "handler") and case.row["place"]:
        return str(case.row["place"])
    first = and_(journal.c.dossier_id == case.id, journal.c.number == 1)
    opened = case.unit.begin().execute(select(journal.c.at).where(first)).scalar_one()
    territory = case.unit.catalogue.territory
    written = territory.find(code, "commune", civil_day(opened)) if code else None
    if written is None:  # no code was given, or it was corrected later
        return code
    today = territory.successors(written.id, case.today)
    return today[0].unit.code if len(today) == 1 else None


def papers_for(case: Case, workflow: Workflow) -> list[dict[str, Any]]:
    """The papers of a dossier that another procedure knows by the same key, with their files."""
    asked, own = workflow.release.documents, workflow.results.bringing
    rows = [row for row in case.documents() if row["accepted"] != 0 and row["key"] in asked]
    return [
        {
            **{name: value for name, value in row.items() if name in KEPT_OF_PAPERS},
            "reused_from": row["id"] if row["storage_key"] else None,
        }
        for row in rows
        if row["key"] not in own
    ]

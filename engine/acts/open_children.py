"""Linked filing (liên thông): reaching a state opens the dossiers of other procedures that hang on this one."""

from __future__ import annotations

from sqlalchemy import insert, select

from engine.acts.open_dossier import Filing, open_dossier
from engine.case import Case
from engine.store.dossiers import dossier_links, dossiers


def open_children(case: Case) -> list[int]:
    """Opens every child that the state just entered calls for and that is not open yet; returns their row ids.

    A child is a dossier of its own: its own code, clock, offices and journal, received at the same centre on the same
    day. Its form takes over the values that the release maps.
    """
    wanted = case.workflow.children_opened(case.row["state"], case.facts)
    if not wanted:
        return []
    unit, opened = case.unit, []
    known = select(dossiers.c.child_key).where(dossiers.c.parent_id == case.id)
    there = set(unit.connection.execute(known).scalars())
    office = unit.catalogue.office(case.row["intake_office"])
    for key, child in wanted:
        if key in there:
            continue
        workflow = unit.catalogue.current(child.procedure, case.today)
        filing = Filing(
            procedure=child.procedure,
            applicant={"kind": case.row["applicant_kind"], **case.applicant},
            intake_office=office.code,
            channel=case.row["channel"],
            fields=case.workflow.child_values(key, case.facts),
        )
        filed = open_dossier(unit, workflow, office, filing, parent=(case.id, key))
        link = {"dossier_id": case.id, "other_id": filed.case.id, "kind": "child", "since": unit.now}
        unit.connection.execute(insert(dossier_links), link)
        opened.append(filed.case.id)
    case.forget()
    return opened

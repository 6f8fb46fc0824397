"""The act ``migrate_dossier``: moves a running dossier to another release of its procedure, with the legal reference.

Without it a dossier keeps the release under which it was received. Code, offices, received moment, term, pauses and
extensions stay, since a new release does not change a given promise. The due moment moves only where the new release
counts days differently, or where its state stops the clock and the old one did not. The term is replaced only where
somebody ordered it (``move_case`` with ``recompute``).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, and_, select

from engine.dossier.case import Case, lock_case_by_id
from engine.dossier.charge import charge
from engine.dossier.joint import role_asked
from engine.dossier.notices import NEW_APPOINTMENT, rows_of
from engine.dossier.record import arm, record, send
from engine.errors import Conflict
from engine.rules.deadlines import timing
from engine.rules.deadlines.pauses import term_to_data
from engine.rules.deadlines.recounting import promise_moved
from engine.rules.procedure.machine import Workflow
from engine.store.dossiers import dossiers
from engine.transaction import UnitOfWork


class LostState(Conflict):
    """The new release neither has the dossier's state nor maps it."""

    code = "lost-state"
    vi = "Hồ sơ {dossier} đang ở trạng thái “{state}”, không có trong phiên bản {version} và chưa có ánh xạ."
    en = "Dossier {dossier} is in state “{state}”, which version {version} does not have and does not map."


def running_under_others(connection: Connection, workflow: Workflow, limit: int, after: int = 0) -> list[int]:
    """Row ids, in order, of the unfinished dossiers of the procedure that run under another release."""
    other = and_(
        dossiers.c.procedure == workflow.release.procedure,
        dossiers.c.release != workflow.digest,
        dossiers.c.finished_at.is_(None),
        dossiers.c.id > after,
    )
    return list(connection.execute(select(dossiers.c.id).where(other).order_by(dossiers.c.id).limit(limit)).scalars())


def migrate_dossier(unit: UnitOfWork, dossier_id: int, workflow: Workflow) -> Case:
    """Makes ``workflow`` the dossier's release, its state mapped by ``effective.migrate`` of that release.

    A dossier that is already under this release is left unchanged, so an interrupted run can be repeated. Raises
    NotFound, LostState.
    """
    case = lock_case_by_id(unit, dossier_id)
    if case.row["release"] == workflow.digest:
        return case
    move_case(case, workflow, mapped_state(case, workflow.release.effective.migrate, workflow))
    return case


def move_case(
    case: Case,
    workflow: Workflow,
    state: str,
    *,
    recompute: bool = False,
    more: Mapping[str, Any] = MappingProxyType({}),
) -> int:
    """Moves a locked case to ``state`` of another release; returns the number of its journal entry.

    ``recompute`` gives it the time limit of that release, from the moment at which its own began; the applicant is
    told of another appointment. ``more`` is what the entry says beside the passage. Raises OutsideCalendar.
    """
    before, release, was = case.row["release"], workflow.release, case.row.copy()
    case.workflow = workflow
    case.bring("fees", case.part("fees"))  # drops the facts and what they made owed under the old release
    role = role_asked(case.unit.reader(), case.id, release, state)
    office = case.row["offices"].get(release.roles[role].unit) if role else None
    case.change(
        release=workflow.digest,
        state=state,
        portal=release.states[state].portal,
        holder_role=role,
        holder_office=office,
    )
    if recompute and case.row["started_at"] is not None:
        case.change(term=term_to_data(workflow.total_term(case.facts())))
    case.change(**timing.after_migration(case.row, release, case.calendar, case.unit.now))
    data = {"from": before, "to": workflow.digest, "version": release.version, "legal": list(release.legal)}
    number = record(case, "migrate", data=data | dict(more))
    arm(case)
    charge(case)
    if recompute and promise_moved(was, case.row, case.unit.now):
        send(case.unit, rows_of(case, NEW_APPOINTMENT, f"{number}:migrate", number))
    return number


def mapped_state(case: Case, mapping: Mapping[str, str], workflow: Workflow) -> str:
    """The state of the new release that the dossier's state becomes. Raises LostState."""
    state = mapping.get(case.row["state"], str(case.row["state"]))
    if state not in workflow.release.states:
        raise LostState(dossier=case.code, state=case.row["state"], version=workflow.release.version)
    return state

"""The act ``link_dossiers``: records that two dossiers belong together, and in which way (``KINDS``)."""

from __future__ import annotations

from sqlalchemy import and_, insert, or_, select

from engine.dossier.case import Case, lock_case, read_case
from engine.dossier.record import record
from engine.dossier.rights import must_may
from engine.errors import wrong
from engine.store.dossiers import dossier_links
from engine.transaction import UnitOfWork

KINDS = ("related", "replaces", "same_parcel", "complaint_about")


def link_dossiers(unit: UnitOfWork, code: str, other: str, kind: str = "related", version: int | None = None) -> Case:
    """Links two dossiers; both get a journal entry, so the actor needs the right in both. A repeat changes nothing.

    Raises NotFound, Stale, InvalidInput, Forbidden.
    """
    if kind not in KINDS:
        raise wrong("kind", f"phải là một trong: {', '.join(KINDS)}", f"must be one of {', '.join(KINDS)}")
    if code == other:
        raise wrong("other", "hồ sơ không liên kết với chính nó", "a dossier is not linked to itself")
    read_case(unit, code)  # the dossier of the address is refused first, whatever its code
    cases = {name: lock_case(unit, name, version if name == code else None) for name in sorted((code, other))}
    case, second = cases[code], cases[other]
    for each in (case, second):  # both get an entry
        must_may(each, "link")
    either = or_(
        and_(dossier_links.c.dossier_id == case.id, dossier_links.c.other_id == second.id),
        and_(dossier_links.c.dossier_id == second.id, dossier_links.c.other_id == case.id),
    )
    if unit.begin().execute(select(dossier_links.c.kind).where(either, dossier_links.c.kind == kind)).first():
        return case
    row = {"dossier_id": case.id, "other_id": second.id, "kind": kind, "since": unit.now}
    unit.begin().execute(insert(dossier_links), row)
    record(case, "link", data={"other": second.code, "kind": kind})
    record(second, "link", data={"other": case.code, "kind": kind})
    return case

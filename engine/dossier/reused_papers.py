"""Papers of earlier dossiers of the same person that a filing may take over: which there are, and the file of one.

The same person is known by the identity number. Only dossiers that the actor may see give a paper, only papers that
nobody rejected, and only for a paper that the procedure lets be reused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, select

from engine.clock import civil_day
from engine.dossier.consent import ReuseNeedsConsent, may_reuse
from engine.errors import NotFound, wrong
from engine.rules.procedure.machine import Workflow
from engine.store.documents import documents
from engine.store.dossiers import applicants, dossiers
from engine.store.visibility import visible_dossiers
from engine.transaction import UnitOfWork

_KEPT = ("file_name", "media_type", "size", "sha256", "storage_key")
MOST = 50


class KnownPaper(NamedTuple):
    """A file of an earlier dossier that may be taken over."""

    id: int
    key: str
    file_name: str | None
    dossier: str
    release: str


def reused_file(
    unit: UnitOfWork, workflow: Workflow, key: str, reuse: int, identity_number: str | None
) -> dict[str, Any]:
    """The columns of document ``reuse`` for the paper ``key`` of another dossier of the same person.

    Raises InvalidInput, NotFound, ReuseNeedsConsent.
    """
    wanted = None if key in workflow.results.bringing else workflow.release.documents.get(key)
    if wanted is None or not wanted.reusable:
        raise wrong(
            "reuse",
            f"không được dùng lại giấy tờ {key} từ hồ sơ trước",
            f"the document {key} may not be taken over from an earlier dossier",
        )
    if not identity_number:
        raise wrong("reuse", "chưa có số định danh của người nộp", "the applicant's identity number is not known")
    if not may_reuse(unit, identity_number):
        raise ReuseNeedsConsent()
    statement = (
        select(documents)
        .join(applicants, applicants.c.dossier_id == documents.c.dossier_id)
        .join(dossiers, dossiers.c.id == documents.c.dossier_id)
        .where(documents.c.id == reuse, _usable(unit, identity_number))
    )
    found = unit.begin().execute(statement).mappings().one_or_none()
    if found is None:
        raise NotFound(what=f"document {reuse}")
    return {name: found[name] for name in _KEPT} | {"digitised": 1, "reused_from": reuse}


def papers_known(unit: UnitOfWork, identity_number: str) -> Sequence[KnownPaper]:
    """The files of the person's earlier dossiers that may be taken over, newest first; none without their consent."""
    if not may_reuse(unit, identity_number):
        return []
    statement = (
        select(documents.c.id, documents.c.key, documents.c.file_name, dossiers.c.code, dossiers.c.release)
        .join(applicants, applicants.c.dossier_id == documents.c.dossier_id)
        .join(dossiers, dossiers.c.id == documents.c.dossier_id)
        .where(_usable(unit, identity_number), documents.c.signature.is_(None))
        .order_by(documents.c.id.desc())
        .limit(MOST)
    )
    return [KnownPaper(*row) for row in unit.reader().execute(statement).all()]


def _usable(unit: UnitOfWork, identity_number: str) -> ColumnElement[bool]:
    return and_(
        applicants.c.identity_number == identity_number,
        documents.c.removed_at.is_(None),
        documents.c.storage_key.is_not(None),
        documents.c.accepted.is_distinct_from(0),
        visible_dossiers(unit.actor, civil_day(unit.now)),
    )

"""The running dossiers of one office: those that its end, or another working time of it, concerns."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select, union_all

from engine.store.dossiers import dossier_offices, dossiers, verifications

ANY_PART = ("handler_office", "intake_office", "holder_office")
ITS_WORK = ("handler_office", "holder_office")
"""Columns of ``dossiers`` that name the office which handles it, whose counter received it, and which must act now."""


def running_at(office: str, parts: tuple[str, ...] = ANY_PART, *, asked: bool = False) -> ColumnElement[bool]:
    """The condition on ``dossiers`` that one is unfinished and one of ``parts`` is the office; with ``asked`` also that
    the office was asked something about it and has not answered.

    Looked up in the office's own list of dossiers: no index serves these columns among the unfinished of a country.
    """
    own = select(dossier_offices.c.dossier_id).where(dossier_offices.c.office == office)
    concerned = [dossiers.c[name] == office for name in parts]
    if not asked:
        return and_(dossiers.c.finished_at.is_(None), dossiers.c.id.in_(own), or_(*concerned))
    standing = and_(verifications.c.office == office, verifications.c.answered_at.is_(None))
    put = select(verifications.c.dossier_id).where(standing)
    listed = dossiers.c.id.in_(union_all(own, put))
    return and_(dossiers.c.finished_at.is_(None), listed, or_(*concerned, dossiers.c.id.in_(put)))

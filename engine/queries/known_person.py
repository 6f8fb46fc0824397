"""A person who filed before, known by the identity number: dossiers that the actor may see, and papers to reuse."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from engine.dossier.consent import known_consent
from engine.dossier.reused_papers import KnownPaper, papers_known
from engine.rules.procedure.machine import Workflow
from engine.rules.values.identity_papers import identity_number
from engine.rules.values.wrong_value import WrongValue
from engine.store.dossiers import applicants, dossiers
from engine.store.visibility import visible_dossiers
from engine.text import Text
from engine.transaction import UnitOfWork

_MOST = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An earlier dossier of the person."""

    code: str
    procedure: Text
    filed_at: dt.datetime
    ended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """The newest consent to reuse: since when, at which office, for what; ``withdrawn_at`` where it was taken back."""

    given_at: dt.datetime
    office: str
    purpose: str
    withdrawn_at: dt.datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """``dossiers`` are the newest ones; ``papers`` by key of the new procedure are files that may be taken over."""

    name: str
    dossiers: tuple[Earlier, ...]
    more: bool
    consent: Consent | None
    papers: dict[str, tuple[KnownPaper, ...]]


def known_person(unit: UnitOfWork, number: str, workflow: Workflow | None) -> KnownPerson | None:
    """The person with this identity number, as the dossiers know whom the actor may see; None for nobody.

    The name is what the offices of a dossier see; contacts and address are shown by ``read_personal_data`` only.
    """
    try:
        number = identity_number(number)
    except WrongValue:
        return None
    statement = (
        select(dossiers.c.code, dossiers.c.release, dossiers.c.filed_at, dossiers.c.finished_at, applicants.c.name)
        .join(applicants, applicants.c.dossier_id == dossiers.c.id)
        .where(applicants.c.identity_number == number, visible_dossiers(unit.actor, unit.today))
        .order_by(dossiers.c.id.desc())
        .limit(_MOST)
    )
    rows = unit.reader().execute(statement).all()
    if not rows:
        return None
    earlier = [
        Earlier(
            code=row.code,
            procedure=unit.catalogue.workflow(row.release).release.in_lists,
            filed_at=row.filed_at,
            ended=bool(row.finished_at),
        )
        for row in rows
    ]
    papers = _papers(unit, number, workflow) if workflow is not None else {}
    return KnownPerson(
        name=rows[0].name or "",
        dossiers=tuple(earlier[: _MOST - 1]),
        more=len(rows) == _MOST,
        consent=_consent(unit, number),
        papers=papers,
    )


def _consent(unit: UnitOfWork, number: str) -> Consent | None:
    known = known_consent(unit, number)
    if known is None:
        return None
    told = ("given_at", "office", "purpose", "withdrawn_at")
    return Consent(**{name: getattr(known, name) for name in told})


def _papers(unit: UnitOfWork, number: str, workflow: Workflow) -> dict[str, tuple[KnownPaper, ...]]:
    """The files of earlier dossiers under the keys that this procedure lets be reused."""
    wanted = {key for key, one in workflow.release.documents.items() if one.reusable}
    wanted -= set(workflow.results.bringing)
    if not wanted:
        return {}
    found: dict[str, list[KnownPaper]] = {}
    for paper in papers_known(unit, number):
        if paper.key in wanted:
            found.setdefault(paper.key, []).append(paper)
    return {key: tuple(papers) for key, papers in found.items()}

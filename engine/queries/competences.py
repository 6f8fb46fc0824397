"""Competences with their proof: who decides each subject on a day, and every gap and overlap of a span of days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from engine.errors import wrong
from engine.rules.offices.competence import KIND_NAMES, LEVEL_NAMES, Competence
from engine.rules.offices.competence_proof import Defect, Subject, subjects_of, verify
from engine.rules.offices.routing import Map
from engine.store.releases import release_digests
from engine.text import Text
from engine.transaction import UnitOfWork

MOST_DAYS = 1100
"""The longest span that one page proves."""
MOST_COMMUNES = 30
"""The communes of a defect that are named; the others are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """A rule of competence in words; ``last`` is its last day (None: open)."""

    level: Text
    body: str
    kinds: tuple[Text, ...]
    first: dt.date
    last: dt.date | None
    legal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectLine:
    """A procedure or a task, with the rules of the span; ``name`` is that of the procedure."""

    code: str
    name: Text | None
    rules: tuple[RuleLine, ...]
    defects: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectLine:
    """A gap or an overlap: what, for whom, when, by which texts, and in which communes (named; ``more`` are not)."""

    kind: str
    where: str
    subject: str
    kinds: tuple[Text, ...]
    first: dt.date
    last: dt.date
    legal: tuple[str, ...]
    offices: tuple[str, ...]
    communes: tuple[str, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The proof of a span of days: without defects, every subject has one competent office in each commune each day."""

    first: dt.date
    last: dt.date
    subjects: tuple[SubjectLine, ...]
    communes: int
    defects: tuple[DefectLine, ...]


def competence_proof(unit: UnitOfWork, first: dt.date, last: dt.date) -> Proof:
    """The proof for what is published, from ``first`` to ``last`` included. Raises InvalidInput, BeforeFirstDate."""
    if last < first or (last - first).days >= MOST_DAYS:
        raise wrong(
            "den", f"phải trong {MOST_DAYS} ngày kể từ ngày đầu", f"must be within {MOST_DAYS} days of the first"
        )
    known = unit.catalogue.map
    known.territory.must_be_known(first)
    end = last + dt.timedelta(days=1)
    releases = [unit.catalogue.workflow(digest).release for digest in release_digests(unit.reader())]
    subjects = subjects_of(releases)
    defects = verify(known.competences, subjects, known.territory, known.offices, first, end)
    names = {one.procedure: one.name for one in releases}
    communes = {one.id for one in known.territory.units("commune") if _meets(one.valid_from, one.valid_to, first, end)}
    return Proof(
        first=first,
        last=last,
        subjects=_subjects(subjects, known.competences, defects, names, (first, end)),
        communes=len(communes),
        defects=tuple(_defect(one, known) for one in defects),
    )


def _subjects(
    subjects: Iterable[Subject],
    competences: Iterable[Competence],
    defects: Iterable[Defect],
    names: dict[str, Text],
    span: tuple[dt.date, dt.date],
) -> tuple[SubjectLine, ...]:
    rules, wrongs = list(competences), [one.subject for one in defects]
    return tuple(
        SubjectLine(
            code=code,
            name=names.get(code),
            rules=tuple(
                _rule(one)
                for one in sorted(rules, key=lambda rule: (rule.valid_from, rule.level))
                if one.subject == code and _meets(one.valid_from, one.valid_to, *span)
            ),
            defects=wrongs.count(code),
        )
        for code in sorted({one.code for one in subjects if _meets(one.valid_from or dt.date.min, one.valid_to, *span)})
    )


def _rule(one: Competence) -> RuleLine:
    return RuleLine(
        level=LEVEL_NAMES[one.level],
        body=one.body,
        kinds=_kinds(sorted(one.applicant_kinds or ())),
        first=one.valid_from,
        last=one.valid_to - dt.timedelta(days=1) if one.valid_to else None,
        legal=one.legal,
    )


def _defect(one: Defect, known: Map) -> DefectLine:
    return DefectLine(
        kind=one.kind,
        where=one.where,
        subject=one.subject,
        kinds=_kinds(one.applicant_kinds),
        first=one.start,
        last=one.end - dt.timedelta(days=1),
        legal=one.legal,
        offices=one.offices,
        communes=tuple(known.territory.unit(each).name_vi for each in one.communes[:MOST_COMMUNES]),
        more=max(0, len(one.communes) - MOST_COMMUNES),
    )


def _kinds(kinds: Iterable[str]) -> tuple[Text, ...]:
    return tuple(KIND_NAMES.get(kind, Text(kind, kind)) for kind in kinds)


def _meets(start: dt.date, stop: dt.date | None, first: dt.date, end: dt.date) -> bool:
    return start < end and (stop is None or stop > first)

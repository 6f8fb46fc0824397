"""The proof that every subject, commune, kind of applicant and day has exactly one competent office, or its defects.

The proof uses interval arithmetic and does not visit single days. The intervals of the legal texts are computed once
for each subject and kind of applicant, those of the offices once for each level and body that any text names. A gap
or an overlap in either is a defect, named with its dates, legal texts, offices and communes.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

from engine.rules.offices.competence import KIND_NAMES, Competence
from engine.rules.offices.index import OfficeIndex
from engine.rules.procedure.definition import Release
from engine.rules.territory.territory import Territory
from engine.rules.territory.units import Level, Unit
from engine.text import Text

Span = tuple[dt.date, dt.date]
"""First day, and the day after the last one."""
_LEVELS: tuple[Level, ...] = ("commune", "district", "province")


@dataclass(frozen=True, slots=True)
class Subject:
    """A procedure code or task that must have a competent office for these kinds of applicant on these days.

    ``valid_to`` is exclusive; None: open.
    """

    code: str
    kinds: tuple[str, ...]
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Defect:
    """A gap (no office is competent) or an overlap (several are) from ``start`` to the day before ``end``.

    ``where`` is ``law`` when the texts themselves leave a gap or overlap; it concerns every commune, and ``communes``
    is empty. It is ``offices`` when a text names a level and body that has no office, or several, for these communes
    (ids).
    """

    kind: Literal["gap", "overlap"]
    where: Literal["law", "offices"]
    subject: str
    applicant_kinds: tuple[str, ...]
    start: dt.date
    end: dt.date
    legal: tuple[str, ...]
    communes: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()

    def in_words(self) -> Text:
        """The defect in one sentence."""
        names = [KIND_NAMES.get(kind, Text(kind, kind)) for kind in self.applicant_kinds]
        who_vi, who_en = ", ".join(name.vi for name in names), ", ".join(name.en for name in names)
        last = self.end - dt.timedelta(days=1)
        texts, codes = "; ".join(self.legal), ", ".join(self.offices)
        days_vi, days_en = f"từ {self.start} đến {last}", f"from {self.start} to {last}"
        if self.where == "law":
            named = texts or ("–" if self.kind == "overlap" else "")
            vi = "các văn bản chồng nhau: " if self.kind == "overlap" else "không văn bản nào giao thẩm quyền"
            en = "these texts overlap: " if self.kind == "overlap" else "no text makes anyone competent"
            if self.kind == "gap" and texts:
                vi, en = f"{vi}, gần nhất là: ", f"{en}, the nearest are: "
            return Text(
                f"{self.subject}, {who_vi}, {days_vi}: {vi}{named}", f"{self.subject}, {who_en}, {days_en}: {en}{named}"
            )
        count, example = len(self.communes), self.communes[0]
        vi = f"có nhiều cơ quan ({codes})" if self.kind == "overlap" else "không có cơ quan nào"
        en = f"there are several offices ({codes})" if self.kind == "overlap" else "there is no office"
        return Text(
            f"{self.subject}, {who_vi}, {days_vi}: {vi} cho {count} xã, ví dụ {example} ({texts})",
            f"{self.subject}, {who_en}, {days_en}: {en} for {count} communes, such as {example} ({texts})",
        )


def verify(
    competences: Iterable[Competence],
    subjects: Iterable[Subject],
    territory: Territory,
    offices: OfficeIndex,
    start: dt.date,
    end: dt.date,
) -> tuple[Defect, ...]:
    """Every gap and overlap from ``start`` to the day before ``end``, by subject, day and kind. Empty means proved."""
    proof = _Proof(tuple(competences), territory, offices, (start, end))
    found = [defect for subject in subjects for defect in proof.of_subject(subject)]
    return tuple(sorted(found, key=lambda d: (d.subject, d.start, d.where, d.kind, d.applicant_kinds, d.communes)))


def law_defects(
    competences: Iterable[Competence], subjects: Iterable[Subject], start: dt.date, end: dt.date
) -> tuple[Defect, ...]:
    """The gaps and overlaps of the legal texts alone, from ``start`` to the day before ``end``; no office is looked
    at."""
    by_subject: dict[str, list[Competence]] = defaultdict(list)
    for one in competences:
        by_subject[one.subject].append(one)
    return tuple(
        _unclear(subject.code, kinds, texts, valid, span)
        for subject in subjects
        if (window := _window(subject, (start, end))) is not None
        for kinds, texts in _together(subject, by_subject[subject.code])
        for span, valid in _layers(_spans(texts), window)
        if len(valid) != 1
    )


def subjects_of(releases: Iterable[Release]) -> list[Subject]:
    """The subjects for which the routing of these releases needs competence: procedures, and the tasks they name."""
    kinds: dict[tuple[str, dt.date | None, dt.date | None], set[str]] = defaultdict(set)
    for release in releases:
        until = release.effective.until
        end = until + dt.timedelta(days=1) if until else None
        for route in release.routing.values():
            if route.by is not None and route.by.startswith("competent"):
                task = route.by.partition(":")[2]
                spans = (task, None, None) if task else (release.procedure, release.effective.start, end)
                kinds[spans] |= set(release.applicants)
    return [Subject(code, tuple(sorted(who)), start, end) for (code, start, end), who in sorted(kinds.items(), key=str)]


@dataclass(frozen=True, slots=True)
class _Hole:
    """Communes that have no office of some level and body, or several, during ``span``."""

    span: Span
    communes: tuple[str, ...]
    offices: tuple[str, ...]


class _Proof:
    def __init__(
        self, competences: Sequence[Competence], territory: Territory, offices: OfficeIndex, window: Span
    ) -> None:
        self._by_subject: dict[str, list[Competence]] = defaultdict(list)
        for one in competences:
            self._by_subject[one.subject].append(one)
        self._territory = territory
        self._offices = offices
        self._window = window
        self._holes: dict[tuple[Level, str], list[_Hole]] = {}

    def of_subject(self, subject: Subject) -> Iterator[Defect]:
        """The defects of one subject. Kinds of applicant to which the same texts apply are checked together."""
        window = _window(subject, self._window)
        if window is None:
            return
        for kinds, texts in _together(subject, self._by_subject[subject.code]):
            yield from self._of_texts(subject.code, kinds, texts, window)

    def _of_texts(
        self, subject: str, kinds: tuple[str, ...], texts: tuple[Competence, ...], window: Span
    ) -> Iterator[Defect]:
        for (start, end), valid in _layers(_spans(texts), window):
            if len(valid) != 1:
                yield _unclear(subject, kinds, texts, valid, (start, end))
                continue
            text = texts[valid[0]]
            for hole in self._of_body(text.level, text.body):
                common = _common(hole.span, (start, end))
                if common:
                    what: Literal["gap", "overlap"] = "overlap" if hole.offices else "gap"
                    yield Defect(what, "offices", subject, kinds, *common, (text.legal,), hole.communes, hole.offices)

    def _of_body(self, level: Level, body: str) -> list[_Hole]:
        """The gaps and overlaps of the offices of ``body`` on ``level``, with their communes."""
        if (level, body) not in self._holes:
            grouped: dict[tuple[Span, tuple[str, ...]], list[str]] = defaultdict(list)
            for commune_id, target_id, span in self._places[level]:
                offices = self._offices.ever_serving(level, body, target_id, commune_id)
                if len(offices) == 1 and _covers(offices[0].valid_from, offices[0].valid_to, span):
                    continue
                spans = [(one.valid_from, one.valid_to or dt.date.max) for one in offices]
                for part, valid in _layers(spans, span):
                    if len(valid) != 1:
                        grouped[part, tuple(offices[index].code for index in valid)].append(commune_id)
            self._holes[level, body] = [_Hole(span, tuple(c), codes) for (span, codes), c in grouped.items()]
        return self._holes[level, body]

    @cached_property
    def _places(self) -> dict[Level, list[tuple[str, str | None, Span]]]:
        """For each level: a commune, the unit of that level that contains it, and the span of that in the window."""
        versions: dict[str, list[Unit]] = defaultdict(list)
        for unit in self._territory.units():
            versions[unit.key].append(unit)
        places: dict[Level, list[tuple[str, str | None, Span]]] = {level: [] for level in _LEVELS}
        for commune in self._territory.units("commune"):
            span = _common(self._window, (commune.valid_from, commune.valid_to or dt.date.max))
            if span is None:
                continue
            above = list(_above(commune, span, versions))
            for level in _LEVELS:
                known = [(unit, part) for unit, part in above if unit.level == level]
                places[level] += [(commune.id, unit.id, part) for unit, part in known]
                missing = (part for part, valid in _layers([part for _, part in known], span) if not valid)
                places[level] += [(commune.id, None, part) for part in missing]
        return places


def _window(subject: Subject, span: Span) -> Span | None:
    return _common(span, (subject.valid_from or dt.date.min, subject.valid_to or dt.date.max))


def _together(
    subject: Subject, competences: Iterable[Competence]
) -> Iterator[tuple[tuple[str, ...], tuple[Competence, ...]]]:
    """The kinds of applicant to which the same texts apply, with these texts."""
    together: dict[tuple[Competence, ...], list[str]] = defaultdict(list)
    for kind in subject.kinds:
        together[tuple(one for one in competences if one.covers(subject.code, kind))].append(kind)
    for texts, kinds in together.items():
        yield tuple(kinds), texts


def _spans(texts: Iterable[Competence]) -> list[Span]:
    return [(one.valid_from, one.valid_to or dt.date.max) for one in texts]


def _unclear(
    subject: str, kinds: tuple[str, ...], texts: Sequence[Competence], valid: Sequence[int], span: Span
) -> Defect:
    """The defect of a span in which no text, or several, apply."""
    legal = tuple(texts[index].legal for index in valid or _nearest(texts, *span))
    return Defect("overlap" if valid else "gap", "law", subject, kinds, *span, legal)


def _above(unit: Unit, span: Span, versions: dict[str, list[Unit]]) -> Iterator[tuple[Unit, Span]]:
    """The unit and all units above it, each with the part of ``span`` in which it is above."""
    yield unit, span
    for parent in versions.get(unit.parent or "", ()):
        part = _common(span, (parent.valid_from, parent.valid_to or dt.date.max))
        if part:
            yield from _above(parent, part, versions)


def _layers(spans: Sequence[Span], window: Span) -> Iterator[tuple[Span, list[int]]]:
    """``window`` cut at the start and end of every span; each piece with the indexes of the spans that cover it."""
    days = {window[0], window[1]}
    days.update(day for span in spans for day in span if window[0] < day < window[1])
    cuts = sorted(days)
    for start, end in pairwise(cuts):
        yield (start, end), [index for index, span in enumerate(spans) if span[0] <= start and end <= span[1]]


def _covers(start: dt.date, end: dt.date | None, span: Span) -> bool:
    return start <= span[0] and (end is None or span[1] <= end)


def _common(one: Span, other: Span) -> Span | None:
    start, end = max(one[0], other[0]), min(one[1], other[1])
    return (start, end) if start < end else None


def _nearest(texts: Sequence[Competence], start: dt.date, end: dt.date) -> list[int]:
    """The indexes of the texts that end where a gap begins, or begin where it ends."""
    return [index for index, one in enumerate(texts) if one.valid_to == start or one.valid_from == end]

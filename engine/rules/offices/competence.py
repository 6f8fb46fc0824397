"""Competence: the level and body that decide a subject for a kind of applicant, with dates and legal text.

On every day exactly one competence may apply to a subject and a kind of applicant. None or several are refused with
their dates and legal texts; the code never chooses among them. ``competence_proof`` proves it for all days at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from engine.errors import Refusal
from engine.rules.territory.units import Level
from engine.text import Text

LEVEL_NAMES: dict[str, Text] = {
    "commune": Text("cấp xã", "commune"),
    "district": Text("cấp huyện", "district"),
    "province": Text("cấp tỉnh", "province"),
}
KIND_NAMES: dict[str, Text] = {
    "citizen": Text("công dân", "citizens"),
    "business": Text("doanh nghiệp", "businesses"),
    "organisation": Text("tổ chức", "organisations"),
    "state_body": Text("cơ quan nhà nước", "state bodies"),
    "foreigner": Text("người nước ngoài", "foreigners"),
}


@dataclass(frozen=True, slots=True)
class Competence:
    """A rule that the office of ``body`` on ``level`` decides ``subject``, under the legal text ``legal``.

    It applies from ``valid_from`` to the day before ``valid_to`` (None: open). ``subject`` is a procedure code or a
    task (``tax``, ``verification``); ``applicant_kinds`` None means all kinds.
    """

    subject: str
    applicant_kinds: frozenset[str] | None
    level: Level
    body: str
    valid_from: dt.date
    valid_to: dt.date | None
    legal: str

    def covers(self, subject: str, kind: str) -> bool:
        return self.subject == subject and (self.applicant_kinds is None or kind in self.applicant_kinds)

    def valid(self, on: dt.date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)

    def in_words(self) -> Text:
        """Level, body, first and last day and legal text, in one line."""
        level, body = LEVEL_NAMES[self.level], self.body
        first = self.valid_from.isoformat()
        last = (self.valid_to - dt.timedelta(days=1)).isoformat() if self.valid_to else ""
        vi = f"từ {first} đến {last}" if last else f"từ {first}"
        en = f"from {first} to {last}" if last else f"from {first}"
        return Text(f"{level.vi} ({body}) {vi}, {self.legal}", f"{level.en} ({body}) {en}, {self.legal}")


class _CompetenceRefused(Refusal):
    status: ClassVar[int] = 409

    def __init__(self, subject: str, kind: str, on: dt.date, listed: Iterable[Competence]) -> None:
        words = [one.in_words() for one in listed]
        who = KIND_NAMES.get(kind, Text(kind, kind))
        super().__init__(
            subject=subject,
            kind=kind,
            on=on.isoformat(),
            who_vi=who.vi,
            who_en=who.en,
            listed_vi="; ".join(word.vi for word in words) or "không có",
            listed_en="; ".join(word.en for word in words) or "none",
        )


class NoCompetence(_CompetenceRefused):
    """No known legal text gives any body this competence on that day."""

    code = "no-competence"
    vi = "Không văn bản nào giao thẩm quyền “{subject}” đối với {who_vi} vào ngày {on}. Quy định đã biết: {listed_vi}."
    en = "No text makes anyone competent for “{subject}” for {who_en} on {on}. What is known: {listed_en}."


class OverlappingCompetence(_CompetenceRefused):
    """Several legal texts give this competence on that day; a person must decide which one applies."""

    code = "overlapping-competence"
    vi = "Nhiều văn bản cùng giao thẩm quyền “{subject}” đối với {who_vi} vào ngày {on}: {listed_vi}."
    en = "Several texts give the competence for “{subject}” for {who_en} on {on}: {listed_en}."


def competent(competences: Iterable[Competence], subject: str, kind: str, on: dt.date) -> Competence:
    """The one competence for ``subject`` and a kind of applicant on a day.

    Raises NoCompetence, OverlappingCompetence.
    """
    about = sorted(
        (one for one in competences if one.covers(subject, kind)), key=lambda one: (one.valid_from, one.level, one.body)
    )
    found = [one for one in about if one.valid(on)]
    if not found:
        raise NoCompetence(subject, kind, on, about)
    if len(found) > 1:
        raise OverlappingCompetence(subject, kind, on, found)
    return found[0]

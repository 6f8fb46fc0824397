"""What the page of a supplement asks: the papers and fields that the request names, and what has come already."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from engine.dossier.asks import asked_now
from engine.dossier.case import Case, read_case
from engine.dossier.papers import NothingAsked, asks_applicant
from engine.queries.citizen_page import PARTS, Handed, Move, handed_in, moves_left
from engine.queries.status import status_of
from engine.rules.procedure.definition import FieldType
from engine.text import Text
from engine.transaction import UnitOfWork

OTHER = "other"
"""The key of a paper that the procedure does not name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPaper:
    """A paper to send. ``come`` are the files that came since the request, ``named`` whether the request names it."""

    key: str
    name: Text
    come: Sequence[Handed]
    named: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedField:
    """A field of the form to give anew. ``partial`` is that of dates. ``choices`` are keys with their words."""

    key: str
    name: Text
    type: FieldType
    help: Text | None
    partial: bool
    choices: Sequence[tuple[str, Text]]

    def options(self, language: str) -> list[tuple[str, str]]:
        """The choices with their words in ``vi`` or ``en``."""
        return [(key, words.in_(language)) for key, words in self.choices]


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplement:
    """The request and the answer to it so far. ``answer`` is the action that sends it, None where the office takes it.

    ``most_bytes`` bounds one file.
    """

    code: str
    why: str | None
    stops_at: dt.datetime | None
    if_asked_nothing: bool
    papers: Sequence[AskedPaper]
    fields: Sequence[AskedField]
    answer: Move | None
    most_bytes: int


def supplement_of(unit: UnitOfWork, code: str) -> Supplement:
    """What is asked of the applicant now. Raises NotFound, NothingAsked."""
    case = read_case(unit, code, along=PARTS)
    if not asks_applicant(case):
        raise NothingAsked()
    asked, status = asked_now(case), status_of(case)
    open_moves = [move for move in moves_left(case) if not move.ends]
    return Supplement(
        code=case.code,
        why=status.asked,
        stops_at=status.stops_at,
        if_asked_nothing=not asked,
        papers=_papers(case, asked.documents),
        fields=tuple(_field(case, key) for key in asked.fields if key in case.release.fields),
        answer=next(iter(sorted(open_moves, key=lambda move: move.effect != "answer")), None),
        most_bytes=unit.settings.max_upload_bytes,
    )


def _papers(case: Case, named: Sequence[str]) -> tuple[AskedPaper, ...]:
    """The papers that the request names; else those that are missing, and any other."""
    known, come = case.release.documents, [one for one in handed_in(case) if one.sent and one.fresh]
    keys = [key for key in named if key in known]
    if not keys:
        keys = [key for key in case.facts()["documents"]["missing"] if key in known]
        keys += [*sorted({one.key for one in come if one.key != OTHER} - {*keys}), OTHER]
    other = Text("Giấy tờ khác", "Another document")
    return tuple(
        AskedPaper(
            key=key,
            name=known[key].name if key in known else other,
            come=[one for one in come if one.key == key],
            named=key in named,
        )
        for key in keys
    )


def _field(case: Case, key: str) -> AskedField:
    known = case.release.fields[key]
    return AskedField(
        key=key,
        name=known.name,
        type=known.type,
        help=known.help,
        partial=known.partial is True,
        choices=tuple(known.choices.items()),
    )

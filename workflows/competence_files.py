"""The strict parser of ``territory/competences.csv``: which body decides on a procedure, from when, by which law.

One row: subject (a procedure code, or a task such as ``tax``), the kinds of applicant (``*`` or kinds joined by
``|``), the level and the body that is competent, first day, day after the last one (empty: open), legal reference. For
a subject and a kind of applicant the rows follow each other; a file with a gap or an overlap is refused.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

from engine.errors import Refusal
from engine.rules.offices.competence import Competence
from engine.rules.procedure.definition import APPLICANT_KINDS

COMPETENCES = Path(__file__).parent / "territory" / "competences.csv"
COLUMNS = ("subject", "applicant_kinds", "level", "body", "valid_from", "valid_to", "legal")
LEVELS = ("commune", "district", "province")
KINDS: tuple[str, ...] = APPLICANT_KINDS


class MalformedCompetences(Refusal):
    """A line of the table of competences is malformed, or leaves a gap or an overlap."""

    code = "malformed-competences"
    vi = "{file}, dòng {line}: {why_vi}"
    en = "{file}, line {line}: {why_en}"


def read_competences(path: Path = COMPETENCES) -> list[Competence]:
    """The competences of a file, in its order. Raises MalformedCompetences for the first malformed line."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise _wrong(path, 1, "cần các cột " + ", ".join(COLUMNS), "the columns must be " + ", ".join(COLUMNS))
        rows = [(number, _competence(row, path, number)) for number, row in enumerate(reader, start=2)]
    _check_follow(rows, path)
    return [one for _, one in rows]


def amended_competences(path: Path, known: Iterable[Competence]) -> list[Competence]:
    """The known competences, in which the rows of a file replace all rows of their subjects.

    Raises MalformedCompetences.
    """
    given = read_competences(path)
    named = {one.subject for one in given}
    return [*(one for one in known if one.subject not in named), *given]


def _competence(row: dict[str, Any], path: Path, line: int) -> Competence:
    kinds = None if row["applicant_kinds"] == "*" else frozenset(str(row["applicant_kinds"]).split("|"))
    if kinds is not None and not kinds <= set(KINDS):
        listed = "|".join(KINDS)
        raise _wrong(path, line, f"applicant_kinds là * hoặc {listed}", f"applicant_kinds is * or {listed}")
    if row["level"] not in LEVELS:
        raise _wrong(path, line, "level là " + ", ".join(LEVELS), "level is one of " + ", ".join(LEVELS))
    if None in row or not all(row[key] for key in ("subject", "body", "legal")):
        raise _wrong(path, line, "cần đủ subject, body, legal", "subject, body and legal are needed, no more columns")
    start, end = _day(row["valid_from"], path, line), _day(row["valid_to"], path, line) if row["valid_to"] else None
    if end is not None and end <= start:
        raise _wrong(path, line, "valid_to phải sau valid_from", "valid_to must be after valid_from")
    return Competence(row["subject"], kinds, row["level"], row["body"], start, end, row["legal"])


def _check_follow(rows: Iterable[tuple[int, Competence]], path: Path) -> None:
    by_key: dict[tuple[str, str], list[tuple[int, Competence]]] = defaultdict(list)
    for line, one in rows:
        for kind in one.applicant_kinds if one.applicant_kinds is not None else KINDS:
            by_key[one.subject, kind].append((line, one))
    for (subject, kind), ones in by_key.items():
        ordered = sorted(ones, key=lambda pair: pair[1].valid_from)
        for (_, before), (line, after) in pairwise(ordered):
            if before.valid_to != after.valid_from:
                vi = f"{subject}, {kind}: có ngày trống hoặc trùng trước {after.valid_from}"
                raise _wrong(path, line, vi, f"{subject}, {kind}: a gap or an overlap before {after.valid_from}")


def _day(text: str, path: Path, line: int) -> dt.date:
    try:
        if (day := dt.date.fromisoformat(text)).isoformat() == text:
            return day  # 2025-W27-2 is an ISO date too
    except ValueError:
        pass
    raise _wrong(path, line, f'"{text}" không phải ngày như 2025-07-01', f'"{text}" is not a date like 2025-07-01')


def _wrong(path: Path, line: int, vi: str, en: str) -> MalformedCompetences:
    return MalformedCompetences(file=path.name, line=line, why_vi=vi, why_en=en)

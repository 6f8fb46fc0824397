"""``read_cases``: many dossiers at once for queries, each as a ``Case``, in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import cast

from sqlalchemy import bindparam, select

from engine.dossier.case import APPLICANT_COLUMNS, Case
from engine.rules.dossier_row import DossierRow
from engine.rules.part_rows import ApplicantRow, PartRow
from engine.store.dossier_parts import ALONG
from engine.store.dossiers import applicants, dossiers
from engine.store.sql.question import PreparedSelect
from engine.store.visibility import Sight, sight_of
from engine.transaction import UnitOfWork

_ROW = tuple(str(column.name) for column in dossiers.c)
_STEP = 25
"""The list of codes is filled up to a multiple of this, so that few statements are prepared."""


def read_cases(unit: UnitOfWork, codes: Sequence[str], *, along: tuple[str, ...] = ("documents",)) -> list[Case]:
    """The dossiers with these codes that the actor may see, in the order of ``codes``; unknown ones are left out.

    ``along`` names the parts that come with the rows. The cases are for reading: nothing is locked.
    """
    if not codes:
        return []
    sight, values = sight_of(unit.actor, unit.today)
    asked = [*codes, *[codes[-1]] * (-len(codes) % _STEP)]
    found = _reading(sight, along).fetch(unit.reader(), values | {"codes": asked})
    cases = {one.code: one for one in (_case(unit, row, along) for row in found)}
    return [cases[code] for code in dict.fromkeys(codes) if code in cases]


@lru_cache(maxsize=50)
def _reading(sight: Sight, along: tuple[str, ...]) -> PreparedSelect:
    applicant = (applicants.c[name].label(f"applicant_{name}") for name in APPLICANT_COLUMNS)
    return PreparedSelect(
        select(dossiers, *applicant, *(ALONG[name].column.label(name) for name in along))
        .join(applicants, applicants.c.dossier_id == dossiers.c.id)
        .where(dossiers.c.code.in_(bindparam("codes", expanding=True)), sight.rule())
    )


def _case(unit: UnitOfWork, found: Sequence[object], along: tuple[str, ...]) -> Case:
    row = cast(DossierRow, dict(zip(_ROW, found, strict=False)))
    end = len(_ROW) + len(APPLICANT_COLUMNS)
    case = Case(unit, row, cast(ApplicantRow, dict(zip(APPLICANT_COLUMNS, found[len(_ROW) : end], strict=True))))
    for name, text in zip(along, found[end:], strict=True):
        case.bring(name, [cast(PartRow, part) for part in ALONG[name].rows(cast(str, text))])
    return case

"""What a reform leaves to a person, in groups that one decision settles: an old commune and, where told, a hamlet."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from engine.rules.offices.routing import Map
from engine.rules.plain_text import plain_text
from engine.rules.reform.plan import Candidate
from engine.rules.reform.totals import Group
from engine.rules.reform.words import office_name
from engine.store.plans import items_to_decide
from engine.text import Text
from engine.transaction import UnitOfWork

MOST_WAITING = 5000
"""The dossiers that are looked at for groups; further ones follow once these are decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A commune of the new order that may be chosen, with its office; ``share`` is its part of the old commune."""

    commune: str
    name: str
    office: Text
    share: Fraction | None
    suggested: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingGroup:
    """Dossiers that wait for the same decision. ``key`` names the group in addresses; ``hamlet`` is as first typed."""

    key: str
    province: str
    commune: str | None
    commune_name: str
    hamlet: str | None
    codes: tuple[str, ...]
    offered: tuple[Offered, ...]

    @property
    def dossiers(self) -> int:
        return len(self.codes)

    @property
    def suggestion(self) -> Offered | None:
        return next((one for one in self.offered if one.suggested), None)


def waiting_groups(
    unit: UnitOfWork, number: int, groups: Sequence[Group], date: dt.date, provinces: Collection[str] | None
) -> tuple[WaitingGroup, ...]:
    """The groups of the first ``MOST_WAITING`` dossiers that wait for a person, most dossiers first.

    ``provinces`` (old codes) narrows them.
    """
    known = unit.catalogue.map
    found: dict[tuple[str, str | None, tuple[Candidate, ...], str], list[Any]] = defaultdict(list)
    for row in items_to_decide(unit.reader(), number, provinces, MOST_WAITING):
        passages = (groups[at].passage for _, at in sorted(row.passages.items()))
        candidates = next((one.candidates for one in passages if one.candidates), ())
        found[row.province, row.place, candidates, plain_text(_hamlet(row.form) or "")].append(row)
    made = [_group(key, rows, known, date) for key, rows in found.items()]
    return tuple(sorted(made, key=lambda one: (-one.dossiers, one.commune_name, one.hamlet or "")))


def _group(
    key: tuple[str, str | None, tuple[Candidate, ...], str], rows: Sequence[Any], known: Map, date: dt.date
) -> WaitingGroup:
    province, commune, candidates, hamlet = key
    before = known.territory.find(commune or "", "commune", date - dt.timedelta(days=1))
    named = hashlib.sha256(repr((province, commune, hamlet, [one.commune for one in candidates])).encode())
    return WaitingGroup(
        key=named.hexdigest()[:16],
        province=province,
        commune=commune,
        commune_name=before.name_vi if before else commune or "–",
        hamlet=_hamlet(rows[0].form),
        codes=tuple(row.code for row in rows),
        offered=tuple(_offered(one, known, date) for one in candidates),
    )


def _offered(one: Candidate, known: Map, date: dt.date) -> Offered:
    unit = known.territory.find(one.commune, "commune", date)
    return Offered(
        commune=one.commune,
        name=unit.name_vi if unit else one.commune,
        office=office_name(one.office, known.offices),
        share=one.share,
        suggested=one.is_default,
    )


def _hamlet(form: Mapping[str, Any]) -> str | None:
    return next((str(value) for key, value in sorted(form.items()) if key.endswith(".hamlet") and value), None)

"""The triage of a plan: counts the dossiers of divided communes that wait for a person, by the candidates for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from engine.rules.reform.plan import Candidate
from engine.rules.reform.totals import Group
from engine.store.plans import items_in_triage


@dataclass(frozen=True, slots=True)
class Waiting:
    """Dossiers of one province and old commune that wait for the same decision among ``candidates``."""

    province: str
    commune: str | None
    candidates: tuple[Candidate, ...]
    dossiers: int


def triage(
    connection: Connection, reform_id: int, groups: Sequence[Group], province: str | None = None
) -> list[Waiting]:
    """The waiting dossiers by province, commune and candidates, most first; ``groups`` are the plan's, by number.

    ``province`` limits them to one province.
    """
    counted: Counter[tuple[str, str | None, tuple[Candidate, ...]]] = Counter()
    for row in items_in_triage(connection, reform_id, province):
        passages = (groups[number].passage for _, number in sorted(row.passages.items()))
        candidates = next((one.candidates for one in passages if one.candidates), ())
        counted[row.province, row.place, candidates] += 1
    found = [Waiting(*key, count) for key, count in counted.items()]
    return sorted(found, key=lambda one: (-one.dossiers, one.province, one.commune or ""))

"""A plan as a whole: the dossiers one by one in canonical lines, what they have in common, the totals, and the digest.

Dossiers that pass in the same way share a *group* (desk, procedure, office left, office reached or candidates, cause),
numbered in the order of appearance. The same facts, in order of the dossiers' ids, give the same digest. Those
that stay are counted and have no line.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import orjson

from engine.rules.journal import canonical
from engine.rules.reform import Reform
from engine.rules.reform_plan import Candidate, Cause, Item, Outcome, Passage

OUTCOMES: tuple[Outcome, ...] = ("stays", "moves", "person", "without")
_MOST_WITHOUT = 1000  # listed by code; the counts are whole


@dataclass(frozen=True, slots=True)
class Group:
    """What dossiers have in common that pass in the same way; ``desk`` without the number of a question."""

    procedure: str
    passage: Passage

    def to_data(self) -> dict[str, Any]:
        one = self.passage
        return {
            "procedure": self.procedure,
            "desk": one.desk,
            "from": one.source,
            "to": one.target,
            "cause": one.cause,
            "policy": one.policy,
            "legal": one.legal,
            "detail": one.detail,
            "candidates": [
                {
                    "office": each.office,
                    "commune": each.commune,
                    "share": str(each.share) if each.share is not None else None,
                    "default": each.is_default,
                }
                for each in one.candidates
            ],
        }


class PlanDigest:
    """The digest of a plan, line by line."""

    def __init__(self, reform: Reform) -> None:
        self._hash = hashlib.sha256(canonical({"reform": reform.code, "date": reform.date.isoformat()}))

    def line(self, line: bytes) -> None:
        """Adds the canonical line of one dossier."""
        self._hash.update(line)

    def of(self, groups: Iterable[Mapping[str, Any]], members: Iterable[Mapping[str, Any]]) -> str:
        """The digest, hexadecimal, of what was added with these groups (without their counts) and memberships."""
        whole = self._hash.copy()
        for part in (*groups, *members):
            whole.update(orjson.dumps(part, option=orjson.OPT_SORT_KEYS))
        return whole.hexdigest()


class Totals:
    """Counts items as they are decided. ``hours`` tells apart offices with closures of their own, by which due moments
    could differ. ``flow`` counts dossiers by the office that decided and the one that will (None: a person says)."""

    def __init__(self, reform: Reform, hours: Mapping[str, Any] | None = None) -> None:
        self.reform = reform
        self.groups: list[Group] = []
        self.dossiers: Counter[int] = Counter()  # desks by the number of their group
        self.outcomes: Counter[Outcome] = Counter()
        self.by_procedure: Counter[tuple[str, Outcome]] = Counter()
        self.by_province: Counter[tuple[str, Outcome]] = Counter()
        self.names: Counter[tuple[str, tuple[str, ...]]] = Counter()
        self.flow: Counter[tuple[str, str | None]] = Counter()
        self.members: list[dict[str, Any]] = []
        self.without: list[tuple[str, str, Cause, str]] = []
        self.running = 0
        self.other_hours = 0
        self._hours = hours or {}
        self._numbers: dict[Group, int] = {}
        self._seen: dict[tuple[str, int], tuple[int, Passage]] = {}
        self._digest = PlanDigest(reform)

    def add(self, item: Item, running: bool = False) -> bytes | None:
        """Counts one item; its canonical line, None when it stays."""
        self.outcomes[item.outcome] += 1
        self.by_procedure[item.procedure, item.outcome] += 1
        if item.old_unit is not None and item.new_units != (item.old_unit,):
            self.names[item.old_unit, item.new_units] += 1
        if item.outcome == "stays":
            return None
        self.by_province[item.province, item.outcome] += 1
        self.running += running
        passages = {one.desk: self._number(item.procedure, one) for one in item.passages}
        self._look_at(item)
        main = next((one for one in item.passages if one.desk == "handler"), item.passages[0])
        self.flow[main.source, main.target] += 1
        line = orjson.dumps(
            {
                "id": item.id,
                "code": item.code,
                "version": item.version,
                "outcome": item.outcome,
                "province": item.province,
                "place": item.place,
                "passages": passages,
            },
            option=orjson.OPT_SORT_KEYS,
        )
        self._digest.line(line)
        return line

    @property
    def digest(self) -> str:
        """SHA-256 over the reform, the lines so far, their groups, and the memberships that follow."""
        return self._digest.of(map(Group.to_data, self.groups), self.members)

    @property
    def changes(self) -> int:
        """Dossiers that do not simply stay."""
        return sum(count for outcome, count in self.outcomes.items() if outcome != "stays")

    def summary(self) -> dict[str, Any]:
        """The totals as plain data, in a settled order."""
        reform = self.reform
        return {
            "reform": {
                "code": reform.code,
                "date": reform.date.isoformat(),
                "vi": reform.name.vi,
                "en": reform.name.en,
                "legal": [{"text": one.text, "vi": one.about.vi, "en": one.about.en} for one in reform.legal],
            },
            "digest": self.digest,
            "dossiers": {outcome: self.outcomes[outcome] for outcome in OUTCOMES},
            "procedures": _table(self.by_procedure),
            "provinces": _table(self.by_province),
            "deadlines": {"restarted": 0, "running": self.running, "other_closures": self.other_hours},
            "names": [
                {"old": old, "new": list(new), "dossiers": count} for (old, new), count in sorted(self.names.items())
            ],
            "members": self.members,
            "without": [
                {"code": code, "desk": desk, "cause": cause, "office": office}
                for code, desk, cause, office in self.without
            ],
        }

    def groups_data(self) -> list[dict[str, Any]]:
        """The groups in order of their numbers, each with how many desks pass in this way."""
        return [group.to_data() | {"dossiers": self.dossiers[number]} for number, group in enumerate(self.groups)]

    def _number(self, procedure: str, passage: Passage) -> int:
        """The number of a passage's group. Planners give the same object for the same answer, so most are known by it;
        ``self._seen`` keeps them alive, or their numbers would be given out again."""
        seen = self._seen.get((procedure, id(passage)))
        if seen is not None:
            self.dossiers[seen[0]] += 1
            return seen[0]
        desk = passage.desk.partition(":")[0]
        group = Group(procedure, passage if desk == passage.desk else replace(passage, desk=desk))
        number = self._numbers.get(group)
        if number is None:
            number = self._numbers[group] = len(self.groups)
            self.groups.append(group)
        if desk == passage.desk:
            self._seen[procedure, id(passage)] = (number, passage)
        self.dossiers[number] += 1
        return number

    def _look_at(self, item: Item) -> None:
        for one in item.passages:
            if one.desk == "handler" and one.target and self._hours.get(one.source) != self._hours.get(one.target):
                self.other_hours += 1
            if one.target is None and not one.candidates and len(self.without) < _MOST_WITHOUT:
                self.without.append((item.code, one.desk, one.cause, one.source))


def group_from_data(data: Mapping[str, Any]) -> Group:
    """What ``Group.to_data`` wrote."""
    candidates = tuple(
        Candidate(each["office"], each["commune"], Fraction(each["share"]) if each["share"] else None, each["default"])
        for each in data["candidates"]
    )
    passage = Passage(
        data["desk"],
        data["from"],
        data["to"],
        data["cause"],
        data["policy"],
        data["legal"],
        candidates,
        data["detail"],
    )
    return Group(data["procedure"], passage)


def _table(counted: Counter[tuple[str, Outcome]]) -> dict[str, dict[str, int]]:
    rows: dict[str, dict[str, int]] = {}
    for (key, outcome), count in sorted(counted.items()):
        rows.setdefault(key, {})[outcome] = count
    return rows


def whole_plan(reform: Reform, items: Iterable[Item]) -> tuple[Totals, list[bytes]]:
    """The totals and lines of items that all fit into memory."""
    totals = Totals(reform)
    lines = [line for item in items if (line := totals.add(item)) is not None]
    return totals, lines

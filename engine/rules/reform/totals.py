"""The plan of a reform as a whole: a canonical line for each dossier, the groups, the totals and the digest.

Dossiers that pass in the same way share a *group* (desk, procedure, office left, office reached or candidates, cause).
Groups are numbered in the order of appearance. The same facts, in order of the dossiers' ids, give the same digest.
Dossiers that stay are counted and have no line.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import orjson

from engine.rules.journal.entries import canonical
from engine.rules.reform.plan import Candidate, Item, Outcome, Passage
from engine.rules.reform.policy import Reform

OUTCOMES: tuple[Outcome, ...] = ("stays", "moves", "person", "without")
_MOST_WITHOUT = 1000  # limits the list of codes only; the counts are complete


@dataclass(frozen=True, slots=True)
class Group:
    """The procedure and passage of dossiers that pass in the same way; its ``desk`` has no number of a verification."""

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


@dataclass(slots=True)
class Alike:
    """Dossiers with the same decision: the item of the first, and the template of their canonical lines (empty where
    they stay). ``dossiers`` and ``running`` are the numbers that ``Totals.count`` has not added yet."""

    item: Item
    line: bytes
    dossiers: int = 0
    running: int = 0


class PlanDigest:
    """The digest of a plan, line by line."""

    def __init__(self, reform: Reform) -> None:
        self._hash = hashlib.sha256(canonical({"reform": reform.code, "date": reform.date.isoformat()}))

    def line(self, line: bytes) -> None:
        """Adds the canonical line of one dossier."""
        self._hash.update(line)

    def of(self, groups: Iterable[Mapping[str, Any]], members: Iterable[Mapping[str, Any]]) -> str:
        """The digest, hexadecimal, of the lines added so far, the groups (without their counts) and the memberships."""
        whole = self._hash.copy()
        for part in (*groups, *members):
            whole.update(orjson.dumps(part, option=orjson.OPT_SORT_KEYS))
        return whole.hexdigest()


class Totals:
    """The counts of a plan. ``hours`` maps offices to their own closures, by which due moments could differ. ``flow``
    counts dossiers by the deciding office before and after (None: a person chooses, or there is none). ``left_behind``
    are those that wait for an earlier reform, which this one does not reach."""

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
        self.without: list[tuple[str, Passage]] = []
        self.left_behind = 0
        self.running = 0
        self.other_hours = 0
        self._hours = hours or {}
        self._numbers: dict[Group, int] = {}
        self._seen: dict[tuple[str, int], tuple[int, Passage]] = {}
        self._digest = PlanDigest(reform)

    def add(self, item: Item, running: bool = False) -> bytes | None:
        """Counts one item. Returns its canonical line, None when it stays. ``running``: its clock runs."""
        alike = self.alike(item)
        line = self.one_of(alike, item.id, item.code, item.version, running)
        self.count(alike)
        return line

    def alike(self, item: Item) -> Alike:
        """The ``Alike`` of an item, to be shared by dossiers with the same decision."""
        if item.outcome == "stays":
            return Alike(item, b"")
        data = {
            "id": "@id",
            "code": "@code",
            "version": "@version",
            "outcome": item.outcome,
            "province": item.province,
            "place": item.place,
            "passages": {one.desk: self._number(item.procedure, one) for one in item.passages},
        }
        line = orjson.dumps(data, option=orjson.OPT_SORT_KEYS).replace(b"%", b"%%")
        for gap, filled in ((b'"@code"', b"%b"), (b'"@id"', b"%d"), (b'"@version"', b"%d")):
            line = line.replace(gap, filled, 1)
        return Alike(item, line)

    def one_of(self, alike: Alike, number: int, code: str, version: int, running: bool) -> bytes | None:
        """The canonical line of one dossier, None when it stays. The dossier is noted in ``alike`` for ``count``."""
        alike.dossiers += 1
        if not alike.line:
            return None
        alike.running += running
        if alike.item.outcome == "without":
            self._name_without(alike.item, code)
        line = alike.line % (orjson.dumps(code), number, version)
        self._digest.line(line)
        return line

    def count(self, alike: Alike) -> None:
        """Adds the dossiers noted in ``alike`` to the totals, and resets its numbers to zero."""
        item, many = alike.item, alike.dossiers
        self.outcomes[item.outcome] += many
        self.by_procedure[item.procedure, item.outcome] += many
        self.left_behind += many if item.left_behind else 0
        if item.old_unit is not None and item.new_units != (item.old_unit,):
            self.names[item.old_unit, item.new_units] += many
        if item.outcome != "stays":
            self.by_province[item.province, item.outcome] += many
            self.running += alike.running
            for one in item.passages:
                self.dossiers[self._number(item.procedure, one)] += many
                if one.desk == "handler" and one.target and self._hours.get(one.source) != self._hours.get(one.target):
                    self.other_hours += many
            main = next((one for one in item.passages if one.desk == "handler"), item.passages[0])
            self.flow[main.source, main.target] += many
        alike.dossiers = alike.running = 0

    @property
    def digest(self) -> str:
        """The SHA-256 over the reform, the lines so far, their groups, and the memberships that follow."""
        return self._digest.of(map(Group.to_data, self.groups), self.members)

    @property
    def changes(self) -> int:
        """The number of dossiers that do not stay."""
        return sum(count for outcome, count in self.outcomes.items() if outcome != "stays")

    def summary(self) -> dict[str, Any]:
        """The totals as plain data, in a fixed order."""
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
                {"code": code, "desk": one.desk, "cause": one.cause, "office": one.source, "detail": one.detail}
                for code, one in self.without
            ],
            "left_behind": self.left_behind,
        }

    def groups_data(self) -> list[dict[str, Any]]:
        """The groups in order of their numbers, each with the number of desks that pass in this way."""
        return [group.to_data() | {"dossiers": self.dossiers[number]} for number, group in enumerate(self.groups)]

    def _number(self, procedure: str, passage: Passage) -> int:
        """The number of a passage's group. A planner returns the same object for the same answer, so most are found by
        ``id``. ``self._seen`` keeps the objects alive, because Python reuses the ``id`` of a freed object."""
        seen = self._seen.get((procedure, id(passage)))
        if seen is not None:
            return seen[0]
        desk = passage.desk.partition(":")[0]
        group = Group(procedure, passage if desk == passage.desk else replace(passage, desk=desk))
        number = self._numbers.get(group)
        if number is None:
            number = self._numbers[group] = len(self.groups)
            self.groups.append(group)
        if desk == passage.desk:
            self._seen[procedure, id(passage)] = (number, passage)
        return number

    def _name_without(self, item: Item, code: str) -> None:
        for one in item.passages:
            if one.target is None and not one.candidates and len(self.without) < _MOST_WITHOUT:
                self.without.append((code, one))


def group_from_data(data: Mapping[str, Any]) -> Group:
    """The group that ``Group.to_data`` wrote."""
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

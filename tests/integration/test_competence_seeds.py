"""``motcua competence verify`` on the shipped law and offices of three former districts, with one fault at a time."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pytest
from click.testing import CliRunner
from msgspec import structs

from cli import competence as command
from cli.main import main
from engine.rules.offices.competence import Competence
from engine.rules.offices.offices import Office
from engine.rules.procedure.definition import Effective, Release
from engine.rules.territory.territory import Territory
from tests.installation import short_releases
from tests.installation.content import DISTRICTS, territory_around
from tests.installation.short_releases import LAND, RESIDENCE, world_releases
from workflows.competence_files import read_competences
from workflows.offices import generate_offices

PERMIT = "1.013225"


@cache
def territory() -> Territory:
    return territory_around(*DISTRICTS)


@cache
def releases() -> tuple[Release, ...]:
    since = Effective(dt.date(2024, 1, 1))
    of_the_world = [structs.replace(one, effective=since) for one in world_releases()]
    land = structs.replace(short_releases.permit(), procedure=LAND, applicants=("citizen", "business"))
    return (*of_the_world, short_releases.permit(), land)


@dataclass
class Seeded:
    """What ships, cut to three districts, to put a fault into."""

    competences: list[Competence] = field(default_factory=read_competences)
    offices: list[Office] = field(default_factory=lambda: generate_offices(territory()))

    @property
    def territory(self) -> Territory:
        return territory()

    @property
    def releases(self) -> tuple[Release, ...]:
        return releases()

    def text(self, subject: str, start: str | None = None, kinds: set[str] | None = None) -> Competence:
        """The one text on a subject that begins on a day, for these kinds of applicant."""
        (found,) = (
            one
            for one in self.competences
            if one.subject == subject
            and (start is None or one.valid_from == day(start))
            and (kinds is None or one.applicant_kinds == kinds)
        )
        return found

    def change(self, text: Competence, **changes: Any) -> None:
        self.competences[self.competences.index(text)] = replace(text, **changes)

    def also(self, text: Competence, **changes: Any) -> None:
        self.competences.append(replace(text, **changes))

    def drop(self, subject: str) -> None:
        self.competences = [one for one in self.competences if one.subject != subject]

    def office(self, code: str, **changes: Any) -> None:
        """Changes an office."""
        self.offices = [replace(one, **changes) if one.code == code else one for one in self.offices]

    def no_office(self, code: str) -> None:
        self.offices = [one for one in self.offices if one.code != code]

    def another(self, like: str, **changes: Any) -> None:
        """One more office like that with this code."""
        self.offices += [replace(one, **changes) for one in self.offices if one.code == like]

    def area(self, code: str) -> tuple[str, ...]:
        return next(one.area for one in self.offices if one.code == code)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _area_without_one(seeded: Seeded) -> None:
    seeded.office("VPDK-CN-LONGKHANH", area=seeded.area("VPDK-CN-LONGKHANH")[1:])


def _areas_that_share_one(seeded: Seeded) -> None:
    seeded.office("VPDK-CN-BIENHOA", area=(*seeded.area("VPDK-CN-BIENHOA"), seeded.area("VPDK-CN-LONGKHANH")[0]))


Fault = Callable[[Seeded], None]
AT_JULY = "2025-07-01"
SEEDS: dict[str, tuple[Fault, str, str, str]] = {
    "the next text begins two weeks late": (
        lambda s: s.change(s.text(PERMIT, AT_JULY), valid_from=day("2025-07-15")),
        PERMIT, "gap", "from 2025-07-01 to 2025-07-14",
    ),
    "a text ends a day too early": (
        lambda s: s.change(s.text(PERMIT, "2024-01-01"), valid_to=day("2025-06-30")),
        PERMIT, "gap", "from 2025-06-30 to 2025-06-30",
    ),
    "a text ends and none follows": (
        lambda s: s.change(s.text(PERMIT, AT_JULY), valid_to=day("2026-01-01")),
        PERMIT, "gap", "from 2026-01-01 to 2027-12-31",
    ),
    "no text speaks of the procedure": (lambda s: s.drop(RESIDENCE), RESIDENCE, "gap", "from 2025-01-01"),
    "no text speaks of the tax part": (lambda s: s.drop("tax"), "tax", "gap", "from 2025-01-01"),
    "a text begins after the first day asked for": (
        lambda s: s.change(s.text(RESIDENCE), valid_from=day("2025-02-01")),
        RESIDENCE, "gap", "from 2025-01-01 to 2025-01-31",
    ),
    "a text forgets one kind of applicant": (
        lambda s: s.change(s.text(LAND, AT_JULY), applicant_kinds=frozenset({"foreigner"})),
        LAND, "gap", "citizens, from 2025-07-01",
    ),
    "two texts share one day": (
        lambda s: s.change(s.text(PERMIT, "2024-01-01"), valid_to=day("2025-07-02")),
        PERMIT, "overlap", "from 2025-07-01 to 2025-07-01",
    ),
    "a text goes on beside the one that replaces it": (
        lambda s: s.change(s.text("tax", "2024-01-01"), valid_to=None), "tax", "overlap", "from 2025-07-01",
    ),
    "the same text stands twice": (
        lambda s: s.also(s.text(RESIDENCE)), RESIDENCE, "overlap", "68/2020/QH14; 68/2020/QH14",
    ),
    "another level is competent as well": (
        lambda s: s.also(s.text(PERMIT, AT_JULY), level="province", legal="1/2025/X"),
        PERMIT, "overlap", "140/2025/NĐ-CP; 1/2025/X",
    ),
    "a text for all beside one for some": (
        lambda s: s.also(s.text(LAND, AT_JULY), applicant_kinds=None, valid_from=day("2026-05-01")),
        LAND, "overlap", "citizens, from 2026-05-01",
    ),
    "a text names a level that was abolished": (
        lambda s: s.change(s.text(PERMIT, AT_JULY), level="district"), PERMIT, "gap", "there is no office",
    ),
    "a text names a body that nobody has": (
        lambda s: s.change(s.text(PERMIT, AT_JULY), body="cadastre"), PERMIT, "gap", "there is no office",
    ),
    "an office is missing": (lambda s: s.no_office("UB-26740"), PERMIT, "gap", "for 1 communes, such as c:26740@2025"),
    "an office opens late": (
        lambda s: s.office("UB-26740", valid_from=day("2025-08-01")), PERMIT, "gap", "from 2025-07-01 to 2025-07-31",
    ),
    "an office closes early": (
        lambda s: s.office("UB-760-C", valid_to=day("2025-06-01")), PERMIT, "gap", "from 2025-06-01 to 2025-06-30",
    ),
    "two offices serve one commune": (
        lambda s: s.another("UB-26740", code="UB-26740-B"), PERMIT, "overlap", "(UB-26740, UB-26740-B) for 1 communes",
    ),
    "a branch leaves a commune out": (_area_without_one, LAND, "gap", "there is no office for 1 communes"),
    "two branches claim one commune": (
        _areas_that_share_one, LAND, "overlap", "(VPDK-CN-BIENHOA, VPDK-CN-LONGKHANH) for 1 communes",
    ),
}  # fmt: skip


def verify(monkeypatch: pytest.MonkeyPatch, seeded: Seeded) -> tuple[int, list[dict[str, str]]]:
    monkeypatch.setattr(command.Shipped, "here", lambda: seeded)
    arguments = ["competence", "verify", "--from", "2025-01-01", "--to", "2027-12-31", "--json"]
    told = CliRunner().invoke(main, arguments)
    return told.exit_code, json.loads(told.stdout)["defects"]


def test_without_a_fault_there_is_nothing_to_find(monkeypatch: pytest.MonkeyPatch) -> None:
    assert verify(monkeypatch, Seeded()) == (0, [])


def test_there_are_twenty_faults() -> None:
    assert len(SEEDS) == 20


@pytest.mark.parametrize("name", SEEDS)
def test_every_seeded_gap_and_overlap_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fault, subject, kind, words = SEEDS[name]
    seeded = Seeded()
    fault(seeded)
    code, defects = verify(monkeypatch, seeded)
    assert code == 1
    assert all(one["kind"] == kind for one in defects), "one fault is not told as another"
    found = [one for one in defects if one["subject"] == subject]
    assert found and any(words in one["en"] for one in found), defects

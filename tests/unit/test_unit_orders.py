"""Dossiers counted by the units of another day: each once, and for a unit only where it certainly lies in it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from engine.rules.territory.counts import Count, count_by_unit
from tests.installation.places import FIRST, JULY, JUNE, REFORM, TERRITORY

OLD = [Count(code, FIRST, 10, late) for code, late in (("100", 1), ("101", 2), ("102", 3), ("200", 4))]
NEW = [Count(code, REFORM, 100, late) for code, late in (("100", 10), ("103", 20), ("200", 40))]
NOWHERE = [Count(None, FIRST, 7, 0), Count("999", REFORM, 1, 1)]


def told(counts: list[Count], on: dt.date, level: Any) -> dict[str | None, tuple[bool, int, int]]:
    lines = count_by_unit(TERRITORY, counts, on, level)
    assert sum(line.finished for line in lines) == sum(one.finished for one in counts), "every dossier once"
    assert sum(line.late for line in lines) == sum(one.late for one in counts)
    found = {line.unit.id if line.unit else None: (line.certain, line.finished, line.late) for line in lines}
    assert len(found) == len(lines)
    return found


def test_by_the_new_order_what_was_divided_cannot_be_told() -> None:
    assert told(OLD + NEW, JULY, "commune") == {
        "c:100@2025-07-01": (True, 120, 13),
        "c:103@2025-07-01": (True, 100, 20),
        "c:200@2025-07-01": (True, 110, 44),
        "c:102@2024-01-01": (False, 10, 3),
    }


def test_by_the_old_order_what_was_merged_cannot_be_told_but_its_district_can() -> None:
    assert told(OLD + NEW, JUNE, "commune") == {
        "c:100@2024-01-01": (True, 10, 1),
        "c:101@2024-01-01": (True, 10, 2),
        "c:102@2024-01-01": (True, 110, 23),
        "c:200@2024-01-01": (True, 110, 44),
        "c:100@2025-07-01": (False, 100, 10),
    }
    assert told(OLD + NEW, JUNE, "district") == {
        "d:760@2024-01-01": (True, 230, 36),
        "d:010@2024-01-01": (True, 110, 44),
    }


@pytest.mark.parametrize("on", [JUNE, JULY])
def test_provinces_are_told_by_either_order(on: dt.date) -> None:
    expected = {"p:01@2024-01-01": (True, 110, 44), "p:79@2024-01-01": (True, 230, 36)}
    assert told(OLD + NEW, on, "province") == expected


def test_what_has_no_commune_is_counted_all_the_same_and_stands_last() -> None:
    assert told(NOWHERE + OLD[:1], JULY, "commune") == {"c:100@2025-07-01": (True, 10, 1), None: (False, 8, 1)}
    assert count_by_unit(TERRITORY, NOWHERE + OLD[:1], JULY, "commune")[-1].unit is None


def test_a_level_that_is_no_more_tells_nothing() -> None:
    assert told(OLD, JULY, "district").keys() == {f"c:{one.place}@2024-01-01" for one in OLD}

"""The list of sabotages (``bin/mutants``) stays true while the code changes."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.mutants.sabotage import Sabotage
from tests.mutants.sabotages import SABOTAGES
from tests.mutants.workshop import ROOT, places


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda one: one.name)
def test_what_is_to_be_broken_still_stands_there_once(sabotage: Sabotage) -> None:
    assert places(sabotage) == 1
    assert sabotage.text != sabotage.instead
    for test in sabotage.tests:
        file, *names = test.partition("[")[0].split("::")
        source = (ROOT / file).read_text(encoding="utf-8")
        assert [name for name in names if f"def {name}(" not in source and f"class {name}" not in source] == []


def test_a_sabotage_has_a_name_of_its_own_and_someone_who_should_notice() -> None:
    assert [name for name, count in Counter(one.name for one in SABOTAGES).items() if count > 1] == []
    assert [one.name for one in SABOTAGES if not one.tests or not one.what] == []
    assert len(SABOTAGES) >= 16

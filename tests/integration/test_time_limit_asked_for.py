"""When the conditions of the whole time limit are evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from engine.rules.procedure.definition import Term
from engine.rules.procedure.machine import Workflow
from tests.installation.world import World


def test_they_are_evaluated_only_by_the_step_that_starts_the_clock(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluated: list[Term] = []
    total_term = Workflow.total_term

    def counted(workflow: Workflow, facts: Mapping[str, Any]) -> Term:
        evaluated.append(total_term(workflow, facts))
        return evaluated[-1]

    monkeypatch.setattr(Workflow, "total_term", counted)
    code = world.file().case.code
    assert evaluated == []
    world.do("counter", code, "receive")
    assert evaluated == [Term(5, "working_day")]
    world.do("counter", code, "forward")
    world.do("specialist", code, "finish_review")
    assert len(evaluated) == 1

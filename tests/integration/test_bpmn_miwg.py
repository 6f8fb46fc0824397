"""The reference diagrams of the BPMN Model Interchange Working Group (bpmn-miwg/bpmn-miwg-test-suite, CC BY 3.0).

They are not part of the project: they are read from ``MOTCUA_VECTORS`` (default ``../shared/vectors``), and the tests
are skipped where they are not there. A.1 and A.2 are imported whole; of A.4 and C.1 what fits, and the rest is named.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections import Counter
from pathlib import Path

import pytest

from engine.rules.procedure.definition import Release
from workflows.bpmn.draft import draft_of
from workflows.bpmn.written import Given
from workflows.loader import check_bytes

ROOT = Path(__file__).parents[2]
VECTORS = Path(os.environ.get("MOTCUA_VECTORS", ROOT.parent / "shared" / "vectors")) / "bpmn"
pytestmark = pytest.mark.skipif(not VECTORS.is_dir(), reason=f"no BPMN reference diagrams in {VECTORS}")


def drafted(name: str, process: str = "") -> tuple[Release, Counter[str]]:
    """The draft of a reference diagram, which has no error, and how often each thing is said of the diagram."""
    given = Given(f"{name}.bpmn", dt.date(2027, 1, 1))
    made = draft_of((VECTORS / f"{name}.bpmn").read_bytes(), given, "draft.yaml", process)
    assert made.text is not None, made.problems
    checked = check_bytes(made.text, "draft.yaml", [])
    assert checked.draft is not None and not [one for one in checked.problems if one.severity == "error"]
    told = Counter(one.rule for one in made.problems if "decide" not in one.rule)
    states, actions = len(checked.draft.states), len(checked.draft.actions)
    sys.stdout.write(f"{name}: {states} states, {actions} actions, {dict(told)}\n")
    return checked.draft, told


def ways(release: Release) -> set[tuple[str, str]]:
    return {(s, arm.then) for one in release.actions.values() for s in one.sources for arm in one.to}


def test_a_1_is_imported_whole() -> None:
    release, told = drafted("A.1.0")
    assert list(release.states) == ["task_1", "task_2", "task_3", "end_event"]
    assert ways(release) == {("task_1", "task_2"), ("task_2", "task_3"), ("task_3", "end_event")}
    assert told == {}


BRANCHES = ("task_2", "task_3", "task_4")
A_2 = {*(("task_1", one) for one in BRANCHES), *((one, "end_event") for one in BRANCHES)}


def test_a_2_is_imported_whole() -> None:
    release, told = drafted("A.2.0")
    assert ways(release) == A_2 and told == {}


def test_a_2_with_default_flows_and_a_condition_of_another_language() -> None:
    release, told = drafted("A.2.1")
    assert ways(release) == {*A_2, ("task_2", "task_3"), ("task_4", "task_3")}
    assert told == {"bpmn-condition": 1}


def test_a_4_keeps_one_pool_and_makes_a_step_of_each_sub_process() -> None:
    release, told = drafted("A.4.0")
    assert {key: one.unit for key, one in release.roles.items()} == {"lane_1": "intake", "lane_2": "handler"}
    assert told == {"bpmn-other-process": 1, "bpmn-subprocess": 2, "bpmn-split": 1, "bpmn-message-flow": 2}
    assert "task_1" in drafted("A.4.0", "WFP-6-1")[0].states


INVOICE = {
    ("assign_approver", "approve_invoice"), ("approve_invoice", "prepare_bank_transfer"),
    ("approve_invoice", "rechnung_klaren"), ("rechnung_klaren", "approve_invoice"),
    ("rechnung_klaren", "invoice_not_processed"), ("prepare_bank_transfer", "archive_invoice"),
    ("archive_invoice", "invoice_processed"),
}  # fmt: skip


def test_c_1_is_imported_as_far_as_it_fits() -> None:
    release, told = drafted("C.1.0")
    assert ways(release) == INVOICE
    assert set(release.roles) == {"team_assistant", "approver", "accountant"}
    assert told == {
        "bpmn-message-flow": 5, "bpmn-other-process": 1, "bpmn-trigger": 1, "bpmn-task-kind": 1, "bpmn-condition": 4,
    }  # fmt: skip


def test_c_1_with_performers_in_place_of_lanes() -> None:
    release, told = drafted("C.1.1")
    assert ways(release) == INVOICE
    assert set(release.roles) == {"team_assistant", "approver", "accountant", "specialist"}
    assert told == {"bpmn-task-kind": 1, "bpmn-condition": 4, "bpmn-data": 3}


def test_the_other_pool_of_c_1_has_events_that_the_draft_only_names() -> None:
    release, told = drafted("C.1.0", "sid-5FBB6CB3-8A7C-42B5-9024-15BB2684EC57")
    assert told["bpmn-event"] == 3 and told["bpmn-event-gateway"] == 1
    assert {"scan_invoice", "archive_original", "assign_approver"} <= set(release.states)

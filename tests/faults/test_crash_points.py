"""Every act is killed at every statement and around every commit: nothing of it is there, or all of it, and done again
it happens once. A new act, or a new effect of an action, without a story fails."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import typing
from collections.abc import Iterator

import pytest

import engine.acts
from engine.rules.procedure.definition import Action
from tests.faults.apart import Apart
from tests.faults.crash_stories import EFFECTS
from tests.faults.crash_stories_reform import LOADED, REFORM_STORIES
from tests.faults.crash_stories_versions import VERSION_LOADED, VERSION_STORIES
from tests.faults.tellers import ERRANDS, STORIES, TELLERS

CHANGE_NOTHING = {
    "archive.export.must_archive",
    "batch.own_batch",
    "change_form.search_of",
    "extend_deadline.must_extend",
    "follow_office.who_works",
    "follow_office.works_at",
    "migrate_dossier.mapped_state",
    "open_charge.must_be_payable",
    "open_children.papers_for",
    "parties.must_hand_over",
    "possible.why_not",
    "publish_procedures.plan_release",
    *("own_offices.plan_offices", "own_offices.with_own", "reconcile.without_contradictions"),
    "publish_procedures.unknown_competences",
    "publish.must_administer",
    "recall.must_recall",
    "remote_items.paper_to_prepare",
    "remote_sign.end_if_done",
    "remote_sign.remote_of",
    "refile.end_without_result",
    "reform.run.open_run",
    "refunds.must_go_back_by_gateway",
    "reform.run.rows_standing",
    "send_feedback.feedback_office",
    "versions.drafts.open_draft",
    "versions.load.rehearse",
    "versions.run.open_plan",
    "reopen_dossier.must_reopen",
    "return_result.returning",
    "staff.administrators.is_first_administrator",
    "staff.administrators.must_not_be_the_last",
    "staff.import_staff.plan_import",
    "staff.password_policy.weakness",
    "staff.second_factor.has_second_factor",
    "staff.sign_in.must_be_unchanged",
    "staff.sign_in.known_account",
    "staff.sign_in.known_person",
    "withdraw_at_counter.counter_role",
    "withdraw_at_counter.withdrawing_action",
}
"""They look and refuse; there is nothing to be left half-done."""
CALL_OTHERS = {
    "reform.batches.apply_all",
    "reform.batches.revert_all",
    "rebuild_search.rebuild_search",
    "versions.batches.apply_all",
    "versions.drafts.apply_draft",
    "versions.drafts.move_now",
    "versions.batches.revert_all",
}
"""They call acts that have a story, each in its own transaction."""


@pytest.fixture(scope="module")
def apart(worker_id: str) -> Iterator[Apart]:
    """The process in which acts die."""
    with Apart(f"deaths_{worker_id}") as process:
        yield process


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("name", STORIES)
def test_a_killed_act_leaves_nothing_or_everything_and_happens_once(apart: Apart, kind: str, name: str) -> None:
    apart.tell("story", kind, name)


@pytest.mark.parametrize("name", ERRANDS)
def test_what_takes_several_transactions_is_taken_up_after_any_death(apart: Apart, kind: str, name: str) -> None:
    apart.tell("errand", kind, name)


def test_a_reform_is_taken_up_after_any_death_from_the_plan_to_the_way_back(apart: Apart, kind: str) -> None:
    apart.tell("reform", kind)


def test_a_version_is_taken_up_after_any_death_from_the_plan_to_the_way_back(apart: Apart, kind: str) -> None:
    apart.tell("version", kind)


def test_a_story_that_fails_is_told_again_where_its_assertion_is_explained(
    apart: Apart, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(KeyError, match="nobody"):
        apart.tell("story", "sqlite", "nobody wrote this")
    monkeypatch.setitem(TELLERS, "story", lambda *_: None)
    with pytest.raises(AssertionError, match="KeyError: 'nobody wrote this'"):
        apart.tell("story", "sqlite", "nobody wrote this")


def test_every_act_and_every_effect_has_its_story() -> None:
    told = {act for story in STORIES.values() for act in story.acts}
    told |= {act for story in VERSION_STORIES.values() for act in story.acts} | VERSION_LOADED
    told |= {act for story in REFORM_STORIES.values() for act in story.acts}
    told |= {act for acts, _ in ERRANDS.values() for act in acts} | LOADED
    assert _acts() - told - CHANGE_NOTHING - CALL_OTHERS == set()
    assert (told | CHANGE_NOTHING | CALL_OTHERS) - _acts() == set()
    assert set(typing.get_args(typing.get_type_hints(Action)["effect"])) == set(EFFECTS)


def _acts() -> set[str]:
    """All that ``engine.acts`` offers to whoever has a transaction, a dossier in hand, or the whole runtime."""
    found = set()
    for module in pkgutil.walk_packages(engine.acts.__path__, "engine.acts."):
        for name, function in inspect.getmembers(importlib.import_module(module.name), inspect.isfunction):
            if function.__module__ != module.name:
                continue
            first = next(iter(inspect.signature(function).parameters.values()), None)
            if first and first.annotation in ("UnitOfWork", "Case", "Runtime") and not name.startswith("_"):
                found.add(f"{module.name.removeprefix('engine.acts.')}.{name}")
    return found

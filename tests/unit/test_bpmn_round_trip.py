"""Our own export of every shipped procedure, imported again: the same states and the same ways between them."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from engine.pictures.bpmn import bpmn_of
from engine.rules.procedure.definition import Release
from tests.installation.content import shipped
from workflows.bpmn.draft import draft_of
from workflows.bpmn.written import Given
from workflows.loader import check_bytes

RELEASES = shipped().releases
GIVEN = Given("own.bpmn", dt.date(2027, 1, 1))
Way = tuple[object, ...]


def imported(document: str) -> tuple[Release, set[str]]:
    made = draft_of(document.encode(), GIVEN, "draft.yaml")
    assert made.text is not None, made.problems
    checked = check_bytes(made.text, "draft.yaml", [])
    assert checked.draft is not None, checked.problems
    errors = {one.rule for one in checked.problems if one.severity == "error"}
    assert errors <= {"unknown-name", "unknown-document"}  # fields and papers are not in a diagram
    return checked.draft, {one.rule for one in made.problems if one.severity != "information"}


def ways(release: Release) -> set[Way]:
    return {
        (source, key, arm.then, arm.when, one.guard, one.after, one.by, one.effect)
        for key, one in release.actions.items()
        for source in one.sources
        for arm in one.to
    }


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("release", RELEASES, ids=lambda one: f"{one.procedure}-{one.version}")
def test_an_export_is_imported_with_its_states_actions_and_roles(release: Release, language: str) -> None:
    back, told = imported(bpmn_of(release, language))
    assert told == set()
    assert ways(back) == ways(release)
    assert {key: (one.portal, one.clock, one.initial, one.final) for key, one in back.states.items()} == {
        key: (one.portal, one.clock, one.initial, one.final) for key, one in release.states.items()
    }
    assert {key: one.name.in_("vi") for key, one in back.states.items()} == {
        key: one.name.in_(language) for key, one in release.states.items()
    }
    acting = {role for one in release.actions.values() for role in one.by} & set(release.roles)
    assert {key: one.unit for key, one in back.roles.items()} == {key: release.roles[key].unit for key in acting}
    assert (back.procedure, back.name.vi) == (release.procedure, release.name.in_(language))


@pytest.mark.parametrize("release", RELEASES, ids=lambda one: f"{one.procedure}-{one.version}")
def test_without_what_our_export_adds_the_names_still_give_the_same_ways(release: Release) -> None:
    """As after an editor that drops what it does not know: keys, codes and effects are then made of the names."""
    document = re.sub(r' motcua:\w+="[^"]*"', "", bpmn_of(release, "vi"))
    back, told = imported(document)
    assert told == set()
    assert named(back) == named(release)


def named(release: Release) -> set[Way]:
    name = {key: one.name.vi for key, one in release.states.items()}
    return {
        (name[source], one.name.vi, name[arm.then], arm.when, one.guard, one.after)
        for one in release.actions.values()
        for source in one.sources
        for arm in one.to
    }


def test_what_a_diagram_does_not_hold_is_lost() -> None:
    """The list in docs/workflow-file.md: whoever exports, draws and imports writes these again."""
    release = next(one for one in RELEASES if one.procedure == "1.013225")
    back, _ = imported(bpmn_of(release, "vi"))
    assert set(back.fields) == {"request.commune", "request.content"} and set(back.documents) == {"don"}
    assert not back.fees and not back.children and back.sla.total != release.sla.total
    assert not any(one.form or one.attach or one.reason == "required" for one in back.actions.values())
    assert not any(one.limit for one in back.states.values())

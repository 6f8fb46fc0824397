"""Drafts of procedures: who may keep them, and that nobody writes over what somebody else saved."""

from __future__ import annotations

import pytest

from engine.acts.procedure_drafts import (
    LONGEST,
    MOST_DRAFTS,
    DraftChanged,
    DraftContent,
    TooManyDrafts,
    delete_draft,
    make_draft,
    save_draft,
)
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.queries.procedure_drafts import Draft, draft, drafts
from tests.installation.world import World

FIRST = DraftContent("procedure: x\n", "", "x", "Tên", 3)
SECOND = DraftContent("procedure: y\n", "scenarios: []\n", "y", "Tên khác", 0)


def _read(world: World, number: int) -> Draft:
    return world.act("admin", draft, number)


def test_a_draft_is_kept_read_saved_and_deleted(world: World) -> None:
    number = world.act("admin", make_draft, FIRST, "text")
    kept = _read(world, number)
    assert (kept.text, kept.procedure, kept.title, kept.errors, kept.version) == ("procedure: x\n", "x", "Tên", 3, 1)
    assert kept.saved_by and kept.made_at == kept.saved_at
    assert world.act("admin", save_draft, number, 1, SECOND) == 2
    saved = _read(world, number)
    assert (saved.text, saved.stories, saved.version, saved.source) == (SECOND.text, SECOND.stories, 2, "text")
    assert [one.id for one in world.act("admin", drafts)] == [number]
    world.act("admin", delete_draft, number, 2)
    assert world.act("admin", drafts) == ()
    with pytest.raises(NotFound):
        _read(world, number)


def test_a_draft_that_was_saved_meanwhile_is_neither_written_over_nor_deleted(world: World) -> None:
    number = world.act("admin", make_draft, FIRST, "new")
    world.act("admin", save_draft, number, 1, SECOND)
    for doing in (
        lambda: world.act("admin", save_draft, number, 1, FIRST),
        lambda: world.act("admin", delete_draft, number, 1),
    ):
        with pytest.raises(DraftChanged) as refused:
            doing()
        assert refused.value.facts["name"] and refused.value.facts["version"] == 2
    with pytest.raises(DraftChanged):
        world.act("admin", save_draft, number, None, FIRST)
    assert _read(world, number).text == SECOND.text


def test_only_administrators_keep_drafts(world: World) -> None:
    number = world.act("admin", make_draft, FIRST, "new")
    with pytest.raises(Forbidden):
        world.act("leader", make_draft, FIRST, "new")
    with pytest.raises(Forbidden):
        world.act("leader", save_draft, number, 1, SECOND)
    with pytest.raises(Forbidden):
        world.act("system", delete_draft, number, 1)
    assert _read(world, number).version == 1


def test_a_draft_has_a_size_and_there_are_only_so_many(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    huge = DraftContent("é" * (LONGEST // 2 + 1), "", "", "", 0)
    with pytest.raises(InvalidInput):
        world.act("admin", make_draft, huge, "text")
    monkeypatch.setattr("engine.acts.procedure_drafts.MOST_DRAFTS", 1)
    assert MOST_DRAFTS > 1
    world.act("admin", make_draft, FIRST, "text")
    with pytest.raises(TooManyDrafts):
        world.act("admin", make_draft, FIRST, "text")

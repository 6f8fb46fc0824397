"""The acts of the desk, ready to be killed in: batches, saved views, what one has seen, and dossiers told from
elsewhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from engine.acts.batch import retry_batch, start_batch, stop_batch
from engine.acts.batch_work import KEPT, forget_batches, work_batches
from engine.acts.hold import claim
from engine.acts.mirror import Mirrored, mirror
from engine.acts.saved_views import change_view, delete_view, save_view, see_desk
from engine.store.batches import batch_items, batches
from engine.store.dossiers import mirrors
from engine.store.saved_views import desk_visits, saved_views
from tests.faults.crash_stage import Deed, Errand, Stage, Story
from tests.installation.short_releases import LAND
from tests.installation.world import BRANCH, LONG_KHANH

_QUERY = "viec=qua-han"


def _as(stage: Stage, who: str, act: Callable[..., Any], *arguments: Any) -> Callable[[], Any]:
    return stage.direct(act, *arguments, who=stage.world.actor(who), now=stage.world.now)


def _items(stage: Stage, *codes: str) -> list[tuple[str, int]]:
    """Dossiers with the versions that whoever chooses them sees now."""
    return [(code, stage.world.row(code)["version"]) for code in codes]


def _batch(stage: Stage) -> int:
    """A batch that waits, of one dossier."""
    wanted = _items(stage, stage.world.land_at("checking"))
    return int(stage.world.try_act("specialist", start_batch, "claim", wanted))


def _stopped(stage: Stage) -> int:
    number = _batch(stage)
    stage.world.try_act("specialist", stop_batch, number)
    return number


def batch_asked(stage: Stage) -> Deed:
    wanted = _items(stage, *(stage.world.land_at("checking") for _ in range(2)))
    return Deed(_as(stage, "specialist", start_batch, "claim", wanted), stage.rows(batches, act="claim"))


def batch_stopped(stage: Stage) -> Deed:
    number, now = _batch(stage), stage.world.now
    run = _as(stage, "specialist", stop_batch, number)
    return Deed(run, stage.rows(batches, id=number, stopped_at=now, finished_at=now))


def batch_waits_again(stage: Stage) -> Deed:
    number = _stopped(stage)
    run = _as(stage, "specialist", retry_batch, number)
    return Deed(run, stage.rows(batch_items, batch_id=number, status="waiting"))


def batch_forgotten(stage: Stage) -> Deed:
    number = _stopped(stage)
    late = replace(stage.doomed.runtime, now=lambda: stage.doomed.now + KEPT * 2)
    return Deed(lambda: forget_batches(late), lambda: 1 - stage.number(batches, id=number))


def _view(stage: Stage) -> int:
    return int(stage.world.try_act("specialist", save_view, "Quá hạn", _QUERY))


def view_saved(stage: Stage) -> Deed:
    run = _as(stage, "specialist", save_view, "Của văn phòng", _QUERY, BRANCH)
    return Deed(run, stage.rows(saved_views, office=BRANCH))


def view_changed(stage: Stage) -> Deed:
    number = _view(stage)
    run = _as(stage, "specialist", change_view, number, "Gấp", BRANCH)
    return Deed(run, stage.rows(saved_views, id=number, name="Gấp", office=BRANCH))


def view_deleted(stage: Stage) -> Deed:
    number = _view(stage)
    return Deed(_as(stage, "specialist", delete_view, number), lambda: 1 - stage.number(saved_views, id=number))


def desk_seen(stage: Stage) -> Deed:
    mine = {"person_id": stage.world.person("leader"), "seen_at": stage.world.now}
    return Deed(_as(stage, "leader", see_desk), stage.rows(desk_visits, **mine))


def _told(stage: Stage, number: str, **changes: Any) -> Mirrored:
    said: dict[str, Any] = {
        "source": "btp",
        "number": number,
        "procedure": LAND,
        "state": "checking",
        "intake_office": LONG_KHANH,
        "offices": {"intake": LONG_KHANH, "handler": BRANCH},
        "applicant": "Hồ Minh Nhật",
        "received_at": stage.world.now,
        "due_at": stage.world.now + dt.timedelta(days=3),
    }
    return Mirrored(**(said | changes))


def mirrored(stage: Stage) -> Deed:
    number = "G22.99-260302-0007"
    return Deed(_as(stage, "system", mirror, _told(stage, number)), stage.rows(mirrors, number=number))


def mirrored_later(stage: Stage) -> Deed:
    """What the other system says of a dossier that it has told of before."""
    number = "G22.99-260302-0008"
    code = stage.world.try_act("system", mirror, _told(stage, number)).code
    moved = _told(stage, number, state="signing", differs=[{"what": "hạn trả", "here": "05/03", "there": "06/03"}])
    return Deed(_as(stage, "system", mirror, moved), stage.entries(code, "mirror"))


def working(stage: Stage) -> Errand:
    """A batch of three, of which the second was changed since it was chosen, so that its turn ends in a refusal."""
    codes = [stage.world.land_at("accepted") for _ in range(3)]
    number = stage.world.try_act("counter", start_batch, "step:forward", _items(stage, *codes))
    stage.world.try_act("counter", claim, codes[1])

    def run() -> None:
        work_batches(stage.doomed.runtime, 60)

    def whole() -> None:
        with stage.world.reading() as connection:
            mine = select(batch_items).where(batch_items.c.batch_id == number).order_by(batch_items.c.number)
            items = connection.execute(mine).all()
        assert [(one.status, one.code) for one in items] == [("done", None), ("refused", "stale"), ("done", None)]
        assert [stage.world.row(code)["state"] for code in codes] == ["checking", "accepted", "checking"]
        acts = [[one["act"] for one in stage.world.entries(code)] for code in codes]
        assert [one.count("forward") for one in acts] == [1, 0, 1]
        assert stage.number(batches, id=number, finished_at=None) == 0
        stage.world.check()

    return Errand(run, run, whole)


STORIES_OF_DESKS: Mapping[str, Story] = {
    "ask for a batch": Story(
        {"batch.start_batch"}, batch_asked, again="each is a batch of its own; a page sends it under a key"
    ),
    "stop a batch": Story({"batch.stop_batch"}, batch_stopped),
    "let a batch wait again": Story({"batch.retry_batch"}, batch_waits_again),
    "forget batches": Story({"batch_work.forget_batches"}, batch_forgotten),
    "save a view": Story(
        {"saved_views.save_view"}, view_saved, again="each is a view of its own; a page sends it under a key"
    ),
    "change a view": Story({"saved_views.change_view"}, view_changed),
    "delete a view": Story({"saved_views.delete_view"}, view_deleted),
    "see the desk": Story({"saved_views.see_desk"}, desk_seen),
    "mirror a dossier": Story({"mirror.mirror"}, mirrored),
    "mirror what changed": Story({"mirror.mirror"}, mirrored_later),
}
ERRANDS_OF_DESKS: Mapping[str, tuple[set[str], Callable[[Stage], Errand]]] = {
    "work on batches": (
        {"batch_work.work_batches", "batch_work.work_batch", "perform_action.perform_action"},
        working,
    ),
}

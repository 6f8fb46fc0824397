"""A reform from the plan to the way back, each of its acts ready to be killed in. One follows from the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select, update

from engine.acts.reform.apply import apply_batch, begin_applying, finish_applying
from engine.acts.reform.decide import decide, in_triage
from engine.acts.reform.decide_groups import decide_groups
from engine.acts.reform.drafts import ask_plan, keep_plan, refuse_plan
from engine.acts.reform.load import load_plan
from engine.acts.reform.orders import approve, ask_revert, put_up, put_up_kept, withdraw
from engine.acts.reform.orders import begin as begin_order
from engine.acts.reform.revert import begin_reverting, finish_reverting, revert_batch
from engine.acts.reform.run import Run, ids_standing, open_run
from engine.acts.staff.people import add_membership
from engine.reform.document import PlanFile, read_plan
from engine.reform.planning import make_plan
from engine.store.dossiers import dossiers
from engine.store.plans import reform_items, reforms
from engine.store.reform_drafts import reform_drafts
from engine.store.reform_orders import reform_orders
from tests.faults.crash_stage import Deed, Errand, Stage, Story
from tests.installation.june import DA_KAO, JULY, permit, prepare_june, reform_of
from tests.installation.plans_of_reforms import second_administrator
from tests.installation.world import World

_SAID = {"legal": "QĐ 5/QĐ-UBND", "reason": "Thuộc Tân Định"}
LOADED = {"reform.load.load_plan"}


def june(world: World) -> None:
    """One dossier that moves by rule, and one that a person has to decide; another such one follows."""
    prepare_june(world)
    second_administrator(world)
    permit(world)
    permit(world, DA_KAO)


def another(world: World) -> None:
    permit(world, DA_KAO)


def loading(stage: Stage) -> Errand:
    path = stage.folder / "plan.json"
    make_plan(stage.world.runtime, reform_of(stage.world), path)
    stage.at(JULY)

    def run() -> None:
        load_plan(stage.doomed.runtime, read_plan(path))

    def whole() -> None:
        assert stage.number(reforms, state="ready") == 1
        assert stage.number(reform_items) == 3

    return Errand(run, run, whole)


def _run(stage: Stage) -> Run:
    return open_run(stage.doomed.runtime, 1)


def stood(state: str, act: Callable[..., Any]) -> Callable[[Stage], Deed]:
    """What brings the plan to another state."""
    return lambda stage: Deed(stage.direct(act, _run(stage)), stage.rows(reforms, state=state))


def batch(status: str, becomes: str, act: Callable[..., Any], *more: str) -> Callable[[Stage], Deed]:
    """What brings dossiers from one status to another: here a single one."""

    def prepare(stage: Stage) -> Deed:
        run = _run(stage)
        with stage.world.reading() as connection:
            ids = ids_standing(connection, run, status, 0, 1)
        return Deed(stage.direct(act, run, ids, *more), stage.rows(reform_items, status=becomes))

    return prepare


def decided(stage: Stage) -> Deed:
    run = _run(stage)
    with stage.world.reading() as connection:
        number, _ = in_triage(connection, run, commune=DA_KAO)
    deciding = stage.direct(decide, run, number, "26737", by="staff:1", **_SAID)
    return Deed(deciding, stage.rows(reform_items, status="done"))


def decided_by_the_province(stage: Stage) -> Deed:
    person = stage.world.person("monitor")
    stage.world.try_act("system", add_membership, person, "UB-79", "leader", dt.date(2025, 7, 1))
    run = _run(stage)
    with stage.world.reading() as connection:
        numbers = in_triage(connection, run, commune=DA_KAO)
        codes = list(connection.execute(select(dossiers.c.code).where(dossiers.c.id.in_(numbers))).scalars())
    deciding = stage.direct(decide_groups, run, [(codes, "26737")], _SAID, who=stage.world.actor("monitor"))
    return Deed(deciding, stage.rows(reform_items, status="done"))


def _plan(stage: Stage) -> PlanFile:
    return read_plan(stage.folder / "plan.json")


def put_up_once(stage: Stage) -> Deed:
    run = stage.direct(put_up, _plan(stage), who=stage.world.actor("admin"))
    return Deed(run, stage.rows(reform_orders, kind="apply"))


def plan_asked(stage: Stage) -> Deed:
    run = stage.direct(ask_plan, reform_of(stage.world), who=stage.world.actor("admin"))
    return Deed(run, stage.rows(reform_drafts))


def plan_kept(stage: Stage) -> Deed:
    number, plan = stage.world.try_act("admin", ask_plan, reform_of(stage.world)), _plan(stage)
    run = stage.direct(keep_plan, number, plan, stage.world.person("admin"))
    return Deed(run, stage.rows(reform_drafts, id=number, digest=plan.digest))


def plan_refused(stage: Stage) -> Deed:
    number = stage.world.try_act("admin", ask_plan, reform_of(stage.world))
    run = stage.direct(refuse_plan, number, {"code": "x", "vi": "y", "en": "z"})
    return Deed(run, stage.rows(reform_drafts, id=number, made_at=stage.world.now))


def put_up_again(stage: Stage) -> Deed:
    run = stage.direct(put_up_kept, _plan(stage).digest, who=stage.world.actor("admin"))
    return Deed(run, stage.rows(reform_orders, outcome=None))


def withdrawn(stage: Stage) -> Deed:
    run = stage.direct(withdraw, _plan(stage).digest, who=stage.world.actor("admin"))
    return Deed(run, stage.rows(reform_orders, outcome="withdrawn"))


def approved(stage: Stage) -> Deed:
    plan = _plan(stage)
    run = stage.direct(approve, plan.digest, plan.digest[:8], who=stage.world.actor("admin2"))
    return Deed(run, stage.rows(reform_orders, approved_at=stage.world.now))


def order_begun(stage: Stage) -> Deed:
    run = stage.direct(begin_order, _plan(stage).digest, who=stage.world.actor("admin"))
    return Deed(run, stage.rows(reform_orders, begun_at=stage.world.now))


def way_back_asked(stage: Stage) -> Deed:
    ended = update(reform_orders).values(ended_at=stage.world.now, outcome="done")
    stage.world.try_act("system", lambda unit: unit.begin().execute(ended) and None)
    run = stage.direct(ask_revert, _plan(stage).digest, "Thử hoàn lại", who=stage.world.actor("admin"))
    return Deed(run, stage.rows(reform_orders, kind="revert"))


REFORM_STORIES: Mapping[str, Story] = {
    "put up": Story({"reform.orders.put_up"}, put_up_once),
    "ask for a plan": Story({"reform.drafts.ask_plan"}, plan_asked, again="a second policy waits"),
    "keep the plan": Story({"reform.drafts.keep_plan", "reform.orders.keep_file"}, plan_kept),
    "refuse a plan": Story({"reform.drafts.refuse_plan"}, plan_refused),
    "withdraw": Story({"reform.orders.withdraw"}, withdrawn),
    "put up what is kept": Story({"reform.orders.put_up_kept"}, put_up_again),
    "approve": Story({"reform.orders.approve"}, approved),
    "begin the order": Story({"reform.orders.begin"}, order_begun),
    "begin": Story(
        {
            "reform.apply.begin_applying",
            "follow_office.join_successor",
            "reform.contacts.publish_contacts",
            "reform.move_dossiers.hand_lists_over",
        },
        stood("applying", begin_applying),
    ),
    "move": Story({"reform.apply.apply_batch", "reform.run.rows_standing"}, batch("waiting", "done", apply_batch)),
    "finish": Story(
        {"reform.apply.finish_applying", "follow_office.leave_predecessor"}, stood("applied", finish_applying)
    ),
    "decide": Story({"reform.decide.decide", "reform.move_dossiers.hand_lists_over"}, decided),
    "decide groups": Story(
        {"reform.decide_groups.decide_groups", "reform.decide_many.decide_many", "reform.decide.decide"},
        decided_by_the_province,
    ),
    "ask for the way back": Story({"reform.orders.ask_revert"}, way_back_asked),
    "begin the way back": Story(
        {
            "reform.revert.begin_reverting",
            "follow_office.return_to_office",
            "reform.contacts.publish_contacts_of_before",
        },
        stood("reverting", begin_reverting),
    ),
    "take back": Story(
        {"reform.revert.revert_batch"}, batch("done", "reverted", revert_batch, "Theo yêu cầu của tỉnh")
    ),
    "take back the second": Story(
        {"reform.revert.revert_batch"}, batch("done", "reverted", revert_batch, "Theo yêu cầu của tỉnh")
    ),
    "take back the third": Story(
        {"reform.revert.revert_batch"}, batch("done", "reverted", revert_batch, "Theo yêu cầu của tỉnh")
    ),
    "finish the way back": Story({"reform.revert.finish_reverting"}, stood("reverted", finish_reverting)),
}
"""In this order, on one stage."""

"""A plan that is put up by one administrator, approved by another, and carried out by a worker."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update

from engine.acts.reform.apply import TooEarly
from engine.acts.reform.orders import (
    OrderNotOpen,
    SecondPersonApproves,
    approve,
    ask_revert,
    begin,
    put_up,
    withdraw,
)
from engine.acts.reform.run import Run
from engine.acts.rounds import Tally
from engine.errors import Forbidden, InvalidInput
from engine.jobs.reforms import LEASE, carry_out
from engine.reform.document import PlanFile
from engine.store.plans import reforms
from engine.store.reform_orders import reform_orders
from engine.transaction import Runtime
from tests.installation.june import JULY, SAI_GON, permit, prepare_june
from tests.installation.plans_of_reforms import planned, second_administrator
from tests.installation.world import World, moment

REASON = "Thử hoàn lại"


@pytest.fixture
def june(world: World) -> World:
    prepare_june(world)
    second_administrator(world)
    return world


def approved(world: World, plan: PlanFile) -> str:
    """The digest of a plan that was put up and approved."""
    world.try_act("admin", put_up, plan)
    world.try_act("admin2", approve, plan.digest, plan.digest[:8].upper())
    return plan.digest


def state_of(world: World, digest: str) -> str | None:
    with world.reading() as connection:
        found = connection.execute(select(reforms.c.state).where(reforms.c.digest == digest)).scalar_one_or_none()
        return str(found) if found is not None else None


def test_a_plan_is_applied_and_taken_back_by_the_worker(june: World, tmp_path: Path) -> None:
    code = permit(june)
    digest = approved(june, planned(june, tmp_path))
    before = june.row(code)
    assert carry_out(june.runtime) == {}
    assert state_of(june, digest) is None, "nothing is loaded before it begins"
    june.refuse(TooEarly, "admin", begin, digest)
    june.at(JULY)
    june.try_act("admin", begin, digest)
    (tally,) = carry_out(june.runtime).values()
    assert (tally.moved, state_of(june, digest)) == (1, "applied")
    assert june.row(code)["handler_office"] == f"UB-{SAI_GON}"
    assert carry_out(june.runtime) == {}, "the order has ended"
    june.refuse(OrderNotOpen, "admin", begin, digest)

    june.try_act("admin", ask_revert, digest, REASON)
    june.refuse(SecondPersonApproves, "admin", approve, digest, digest[:8])
    assert carry_out(june.runtime) == {}
    june.try_act("admin2", approve, digest, digest[:8])
    carry_out(june.runtime)
    assert state_of(june, digest) == "reverted"
    assert june.row(code)["handler_office"] == before["handler_office"]
    assert june.entries(code)[-1]["act"] == "reform_revert"
    june.check()


def test_who_approves_is_another_administrator_who_has_read_the_number(june: World, tmp_path: Path) -> None:
    permit(june)
    plan = planned(june, tmp_path)
    june.refuse(Forbidden, "monitor", put_up, plan)
    june.try_act("admin", put_up, plan)
    june.refuse(OrderNotOpen, "admin2", put_up, plan)
    june.refuse(SecondPersonApproves, "admin", approve, plan.digest, plan.digest[:8])
    june.refuse(Forbidden, "monitor", approve, plan.digest, plan.digest[:8])
    june.refuse(InvalidInput, "admin2", approve, plan.digest, "0" * 8)
    june.at(JULY)
    june.refuse(OrderNotOpen, "admin2", begin, plan.digest)
    june.try_act("admin2", withdraw, plan.digest)
    june.refuse(OrderNotOpen, "admin2", approve, plan.digest, plan.digest[:8])
    june.try_act("admin2", put_up, plan)  # put up again, by the other one
    june.try_act("admin", approve, plan.digest, plan.digest[:8])


def test_a_killed_worker_holds_a_plan_until_its_lease_ends(june: World, tmp_path: Path) -> None:
    code = permit(june)
    digest = approved(june, planned(june, tmp_path))
    june.at(JULY)
    june.try_act("admin", begin, digest)
    with june.database.begin() as connection:  # as a worker leaves it that was killed
        connection.execute(update(reform_orders).values(leased_until=june.now + LEASE))
    assert carry_out(june.runtime) == {}
    june.now = moment(JULY) + LEASE + dt.timedelta(seconds=1)
    assert carry_out(june.runtime)[digest].moved == 1
    assert june.row(code)["handler_office"] == f"UB-{SAI_GON}"


def test_the_lease_is_renewed_while_batches_are_done(
    june: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    permit(june)
    digest = approved(june, planned(june, tmp_path))
    june.at(JULY)
    june.try_act("admin", begin, digest)
    seen: list[dt.datetime | None] = []

    def slow(runtime: Runtime, run: Run, told: Callable[[object], None], seconds: float) -> Tally:
        june.now += dt.timedelta(seconds=8)
        told(None)
        with june.reading() as connection:
            seen.append(connection.execute(select(reform_orders.c.leased_until)).scalar_one())
        return Tally()

    monkeypatch.setattr("engine.jobs.reforms.RENEWED", -1.0)
    monkeypatch.setattr("engine.jobs.reforms.apply_all", slow)
    carry_out(june.runtime)
    assert seen == [moment(JULY) + dt.timedelta(seconds=8) + LEASE]


def test_a_slice_without_time_leaves_the_rest_to_the_next_one(june: World, tmp_path: Path) -> None:
    code = permit(june)
    digest = approved(june, planned(june, tmp_path))
    june.at(JULY)
    june.try_act("admin", begin, digest)
    assert carry_out(june.runtime, seconds=-1)[digest].moved == 0
    assert state_of(june, digest) == "applying"
    assert carry_out(june.runtime)[digest].moved == 1
    assert june.row(code)["handler_office"] == f"UB-{SAI_GON}"

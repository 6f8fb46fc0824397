"""Forecasts of a version: generated dossiers repeat past ones, people are the capacity, a version changes the way."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from engine.rules.history.what_if import DAY, Past, Stay, Terms, adapted, simulate
from engine.rules.procedure.definition import Branch, Release, Sla, Term, TermBranch
from tests.installation.land_release import land_release

OFFICE = "VPDK-CN-LONGKHANH"
TEN_DAYS, FIVE_DAYS = Term(10, "working_day"), Term(5, "working_day")


def past(arrived: int = 0, checking: int = 2 * DAY, allowed: int = 5 * DAY, late: bool = False) -> Past:
    stays = Stay("accepted", "TT", 60), Stay("checking", OFFICE, checking), Stay("signing", OFFICE, 120)
    return Past(arrived, stays, allowed, late, FIVE_DAYS)


def forecast(pasts: list[Past], release: Release | None = None, **terms: Any) -> Any:
    return simulate(pasts, release or land_release(), Terms(**{"dossiers": 500, **terms}))


def test_the_same_seed_gives_the_same_forecast_and_another_one_another() -> None:
    pasts = [past(number * 100, DAY * (1 + number % 6)) for number in range(30)]
    assert forecast(pasts) == forecast(pasts)
    assert forecast(pasts) != forecast(pasts, seed=2)


def test_without_a_queue_the_share_on_time_is_that_of_the_past() -> None:
    pasts = [past(number * DAY, checking=(6 if number % 4 == 0 else 1) * DAY) for number in range(40)]
    told = forecast(pasts, dossiers=4000)
    assert abs(told.on_time - 0.75) < 0.03
    assert told.bottleneck == "checking" and told.counted.longest >= 6 * DAY


def test_more_dossiers_than_people_can_do_wait_and_another_person_helps() -> None:
    pasts = [past(number * 60, checking=60, allowed=DAY) for number in range(40)]
    one = forecast(pasts, hands_on=60, arrivals=3)
    two = forecast(
        pasts, hands_on=60, arrivals=3, people={("TT", "counter"): 4, (OFFICE, "specialist"): 4, (OFFICE, "leader"): 4}
    )
    queued = {step.state: step.queue for step in one.steps}
    assert queued["accepted"] > DAY and one.on_time < 0.5 < two.on_time
    assert max(step.busy for step in one.steps) > 0.9


def test_a_longer_limit_lets_more_be_on_time() -> None:
    before = land_release()
    longer = replace(before, sla=Sla((TermBranch(TEN_DAYS, "land.remeasured"), TermBranch(Term(8, "working_day")))))
    late = past(checking=7 * DAY, late=True)
    assert adapted(late, before, longer).allowed == late.allowed + 3 * DAY
    assert forecast([late]).on_time == 0 and forecast([adapted(late, before, longer)], longer).on_time == 1


def test_a_state_that_is_gone_is_left_out_and_a_new_one_is_passed_at_the_dossiers_pace() -> None:
    before = land_release()
    states, actions = dict(before.states), dict(before.actions)
    states["second_look"] = replace(states["checking"], limit=Term(2, "working_hour"))
    actions["finish_review"] = replace(actions["finish_review"], to=(Branch("second_look"),))
    actions["look"] = replace(actions["finish_review"], sources=("second_look",), to=(Branch("signing"),))
    after = replace(before, states=states, actions=actions)
    slow = past()  # 60 minutes at the counter, whose limit is 4 hours: a quarter of it
    found = adapted(slow, before, after)
    assert [one.state for one in found.stays] == ["accepted", "checking", "second_look", "signing"]
    assert found.stays[2].minutes == 30
    left = {key: one for key, one in before.actions.items() if "checking" not in one.sources and key != "resubmit"}
    left["forward"] = replace(left["forward"], to=(Branch("signing"),))
    without = replace(
        before, actions=left, states={key: one for key, one in before.states.items() if key != "checking"}
    )
    assert [one.state for one in adapted(slow, before, without).stays] == ["accepted", "signing"]

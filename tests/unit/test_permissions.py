"""Permissions: role, office and dates together; deputies, claims, applicants, timers, overseers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.procedure.definition import Action
from engine.rules.procedure.permissions import (
    SYSTEM_ACTOR,
    Actor,
    Membership,
    Substitution,
    may,
    roles_in,
)
from tests.installation.land_release import land_release
from tests.plain_sight import sees

RELEASE = land_release()
ACTIONS = RELEASE.actions
START, DAY, END = dt.date(2027, 1, 1), dt.date(2027, 3, 1), dt.date(2027, 6, 1)
DOSSIER: dict[str, Any] = {
    "id": 7,
    "offices": {"intake": "TT-26740", "handler": "UB-26740", "tax": "THUE-1"},
    "province": "79",
    "intake_office": "TT-26740",
    "handler_office": "UB-26740",
    "support_office": None,
    "holder_role": None,
    "holder_id": None,
}


def staff(*roles: tuple[str, str], person_id: int = 1, until: dt.date | None = END, **more: Any) -> Actor:
    memberships = tuple(Membership(office, role, START, until, "79") for office, role in roles)
    return Actor("staff", "Trần Bình", person_id, memberships, **more)


def deputy(*roles: tuple[str, str], office: str | None = None, until: dt.date = END) -> Actor:
    absent = tuple(Membership(one, role, START, None, "79") for one, role in roles)
    substitution = Substitution(99, "Lê Chi", absent, START, until, office, "12/QĐ")
    return staff(("UB-26740", "specialist"), substitutions=(substitution,))


def ask(actor: Actor, action: str, on: dt.date = DAY, **changes: Any) -> Any:
    return may(actor, ACTIONS[action], DOSSIER | changes, RELEASE, on)


def test_the_role_in_the_routed_office_may() -> None:
    verdict = ask(staff(("UB-26740", "specialist")), "ask")
    assert (verdict.allowed, verdict.role, verdict.behalf_of, verdict.why) == (True, "specialist", None, None)


@pytest.mark.parametrize(
    "actor",
    [
        staff(("UB-99999", "specialist")),
        staff(("TT-26740", "specialist")),
        staff(("UB-26740", "counter")),
        staff(("UB-26740", "specialist"), until=DAY),
        staff(),
    ],
    ids=["another office", "the intake office", "another role", "membership ended today", "no membership"],
)
def test_anything_else_may_not(actor: Actor) -> None:
    verdict = ask(actor, "ask")
    assert not verdict.allowed
    assert verdict.why.vi == 'cần vai trò "Chuyên viên" tại UB-26740'
    assert verdict.why.en == 'needs the role "Specialist" in UB-26740'


def test_a_membership_holds_from_its_first_day_to_the_day_before_its_end() -> None:
    actor = staff(("UB-26740", "specialist"))
    days = (START - dt.timedelta(1), START, END - dt.timedelta(1), END)
    assert [ask(actor, "ask", day).allowed for day in days] == [False, True, True, False]


def test_any_of_several_roles_will_do() -> None:
    assert ask(staff(("THUE-1", "tax")), "paid").role == "tax"
    assert ask(staff(("UB-26740", "specialist")), "paid").role == "specialist"


def test_an_office_not_yet_decided_is_said() -> None:
    verdict = ask(staff(("THUE-1", "tax")), "paid", offices={"intake": "TT-26740"})
    assert verdict.why.en == 'no office is decided yet for the role "Tax office"'


def test_only_whoever_claimed_it_may_act_in_that_role() -> None:
    claimed: dict[str, Any] = {"holder_role": "specialist", "holder_id": 2}
    mine, other = staff(("UB-26740", "specialist"), person_id=2), staff(("UB-26740", "specialist"), person_id=1)
    assert ask(mine, "ask", **claimed).allowed
    refused = ask(other, "ask", **claimed)
    assert not refused.allowed
    assert "someone else holds" in refused.why.en
    assert ask(other, "ask", holder_role="specialist", holder_id=None).allowed
    assert ask(staff(("UB-26740", "leader")), "sign", **claimed).allowed, "another role is not bound by the claim"


def test_a_deputy_acts_for_the_absent_person_between_the_dates() -> None:
    actor = deputy(("UB-26740", "leader"), until=DAY)
    verdict = ask(actor, "sign", DAY - dt.timedelta(1))
    assert (verdict.allowed, verdict.role, verdict.behalf_of) == (True, "leader", 99)
    assert not ask(actor, "sign", DAY).allowed
    assert ask(actor, "ask").behalf_of is None, "own roles come first"


def test_a_deputy_for_one_office_is_none_for_another() -> None:
    assert not ask(deputy(("UB-26740", "leader"), office="UB-1"), "sign").allowed
    assert ask(deputy(("UB-26740", "leader"), office="UB-26740"), "sign").allowed


def test_a_deputy_may_act_on_what_the_absent_person_claimed() -> None:
    claimed: dict[str, Any] = {"holder_role": "specialist", "holder_id": 99}
    verdict = ask(deputy(("UB-26740", "specialist")), "ask", **claimed)
    assert (verdict.allowed, verdict.behalf_of) == (True, 99)
    assert not ask(deputy(("UB-26740", "specialist")), "ask", holder_role="specialist", holder_id=5).allowed


def test_the_applicant_acts_on_the_own_dossier_only() -> None:
    citizen = Actor("citizen", "", dossier_id=7)
    assert ask(citizen, "withdraw").role == "applicant"
    assert not ask(citizen, "receive").allowed
    other = ask(Actor("citizen", "", dossier_id=8), "withdraw")
    assert not other.allowed
    assert other.why.vi == "đây không phải hồ sơ của bạn"
    assert not ask(Actor("citizen", ""), "withdraw", id=None).allowed


def test_timers_take_only_what_is_left_to_them() -> None:
    assert ask(SYSTEM_ACTOR, "lapse").role == "system"
    assert not ask(SYSTEM_ACTOR, "withdraw").allowed
    assert not ask(staff(("UB-26740", "specialist")), "lapse").allowed


def test_whoever_administers_acts_on_no_dossier() -> None:
    admin = Actor("admin", "Quản trị", 3, (Membership("UB-26740", "specialist", START),))
    assert admin.admin
    assert not ask(admin, "ask").allowed


def test_roles_in_an_office() -> None:
    actor = deputy(("UB-26740", "leader"))
    assert roles_in(actor, "UB-26740", DAY) == {"specialist", "leader"}
    assert roles_in(actor, "TT-26740", DAY) == frozenset()


@pytest.mark.parametrize(
    ("actor", "seen"),
    [
        (staff(("TT-26740", "counter")), True),
        (staff(("THUE-1", "tax")), True),
        (staff(("UB-1", "counter")), False),
        (staff(("SO-79", "monitor")), True),
        (staff(("UB-1", "counter"), until=DAY), False),
        (deputy(("TT-26740", "counter")), True),
        (Actor("citizen", "", dossier_id=7), True),
        (Actor("citizen", "", dossier_id=8), False),
        (Actor("admin", "Quản trị", 3), False),
        (SYSTEM_ACTOR, True),
    ],
)
def test_who_may_know_of_a_dossier(actor: Actor, seen: bool) -> None:
    assert sees(actor, DOSSIER, DAY, seen_by=["THUE-1"]) is seen


def test_an_overseer_sees_one_province_and_an_office_sees_for_some_days_what_it_had() -> None:
    assert not sees(staff(("THUE-1", "tax")), DOSSIER, DAY)
    assert not sees(staff(("SO-79", "monitor")), DOSSIER | {"province": "01"}, DAY)
    assert sees(staff(("UB-1", "counter")), DOSSIER, DAY, seen_by=["UB-1"])


def test_labels_hold_no_names() -> None:
    assert staff().label == "staff:1"
    assert Actor("citizen", "Lê Chi", dossier_id=7).label == "citizen:7"
    assert SYSTEM_ACTOR.label == "system"


PAIRS = st.tuples(
    st.sampled_from(["TT-26740", "UB-26740", "THUE-1", "UB-1"]), st.sampled_from([*RELEASE.roles, "monitor"])
)


@given(roles=st.lists(PAIRS, max_size=4), key=st.sampled_from(list(ACTIONS)), holder=st.sampled_from([None, 1, 2]))
def test_whoever_may_act_has_the_role_in_the_routed_office_and_may_see(
    roles: list[tuple[str, str]], key: str, holder: int | None
) -> None:
    actor, action = staff(*roles), ACTIONS[key]
    dossier = DOSSIER | {"holder_role": "specialist", "holder_id": holder}
    verdict = may(actor, action, dossier, RELEASE, DAY)
    wanted = {(DOSSIER["offices"][RELEASE.roles[role].unit], role) for role in _roles_of(action)}
    if holder == 2:
        wanted = {pair for pair in wanted if pair[1] != "specialist"}
    assert verdict.allowed is bool(wanted & set(roles))
    assert (verdict.why is None) is verdict.allowed
    if verdict.allowed:
        assert sees(actor, dossier, DAY, seen_by=DOSSIER["offices"].values())


def _roles_of(action: Action) -> list[str]:
    return [role for role in action.by if role in RELEASE.roles]

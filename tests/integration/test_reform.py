"""The reform of 1 July 2025 carried out on a small Quận 1: planned, applied, broken off, taken up, taken back."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from sqlalchemy import select

from engine.acts.perform_action import perform_action
from engine.acts.publish import publish_offices
from engine.acts.reform.apply import TooEarly, apply_batch, begin_applying
from engine.acts.reform.batches import apply_all, revert_all
from engine.acts.reform.decide import NotInTriage, decide, in_triage
from engine.acts.reform.load import NotApplicable, load_plan
from engine.acts.reform.run import Run, ids_standing, open_run
from engine.acts.verification import ask_verification
from engine.dossier.stale import Stale
from engine.errors import InvalidInput
from engine.reform.document import BadPlanFile, read_plan
from engine.reform.planning import make_plan
from engine.reform.triage import triage
from engine.rules.reform.policy import Reform
from engine.rules.reform.totals import Totals
from engine.store.dossiers import verifications
from engine.store.plans import counts_by_status, reform_items
from engine.transaction import UnitOfWork
from tests.installation.june import DA_KAO, JULY, PERMIT, SAI_GON, permit, prepare_june, reform_of
from tests.installation.world import APPLICANT, World

KEPT = ("code", "intake_office", "state", "portal", "clock", "term", "pauses", "extensions", "filed_at", "received_at")
JULY_DAY = dt.date(2025, 7, 1)
TIMES = ("started_at", "due_at", "promised_at", "entered_at", "step_due_at", "finished_at", "link_hash", "link_nonce")


@pytest.fixture
def june(world: World) -> World:
    return prepare_june(world)


def plan(world: World, folder: Path, more: str = "") -> tuple[Totals, Path]:
    path = folder / "plan.json"
    before = world.everything()
    totals = make_plan(world.runtime, reform_of(world, more), path)
    assert world.everything() == before, "planning changes nothing"
    return totals, path


def applied(world: World, path: Path) -> int:
    reform_id = load_plan(world.runtime, read_plan(path))
    apply_all(world.runtime, open_run(world.runtime, reform_id))
    world.check()
    return reform_id


def statuses(world: World, reform_id: int) -> dict[str, int]:
    with world.reading() as connection:
        return counts_by_status(connection, reform_id)


def test_open_permits_of_the_district_go_to_the_commune_of_the_plot(june: World, tmp_path: Path) -> None:
    code, fresh = permit(june), permit(june, received=False)
    divided = permit(june, DA_KAO)
    before = {one: june.row(one) for one in (code, fresh, divided)}
    totals, path = plan(june, tmp_path)
    assert dict(totals.outcomes) == {"moves": 2, "person": 1}
    june.at(JULY)
    reform_id = applied(june, path)
    assert statuses(june, reform_id) == {"done": 2, "person": 1}
    row = june.row(code)
    assert row["offices"] == {"intake": "TT-26740", "handler": "UB-26740"}
    assert (row["handler_office"], row["holder_office"]) == ("UB-26740", "UB-26740")
    assert {key: row[key] for key in (*KEPT, *TIMES)} == {key: before[code][key] for key in (*KEPT, *TIMES)}
    assert row["intake_office"] == "MC-26740-C", "the receiving office is part of what happened"
    assert june.row(fresh)["holder_office"] == "TT-26740"
    assert june.row(divided) == before[divided], "nothing is guessed"
    entry = june.entries(code)[-1]
    assert (entry["act"], entry["actor"]) == ("reform", "system")
    assert entry["data"]["legal"] == "140/2025/NĐ-CP; 118/2025/NĐ-CP"
    assert june.messages(code, "chuyen-co-quan") == [
        ("chuyen-co-quan", "applicant", "sms"),
        ("chuyen-co-quan", "applicant", "email"),
    ]
    assert {"MC-26740-C", "UB-760-C", "TT-26740", "UB-26740"} <= june.seen_by(code)
    # The clerk who followed to the commune finishes it there, and the counter that succeeded returns it.
    june.do("district", code, "finish", at="2025-07-02 09:00")
    june.do("old_counter", code, "return")
    assert june.row(code)["returned_at"] is not None


def test_a_clerk_who_had_the_dossier_open_is_told_what_happened(june: World, tmp_path: Path) -> None:
    code = permit(june)
    seen = june.row(code)["version"]
    _, path = plan(june, tmp_path)
    june.at(JULY)
    applied(june, path)
    stale = june.refuse(Stale, "district", perform_action, code, "finish", version=seen)
    assert stale.facts["act"] == "reform"


def test_nobody_is_kept_from_what_was_not_moved_yet(june: World, tmp_path: Path) -> None:
    """The counter's clerk works on at both desks while the plan is carried out; then only at the new one."""
    first, second = permit(june, received=False), permit(june, received=False)
    _, path = plan(june, tmp_path)
    june.at(JULY)
    run = open_run(june.runtime, load_plan(june.runtime, read_plan(path)))
    june.try_act("system", begin_applying, run)
    june.try_act("system", apply_batch, run, waiting(june, run)[:1])
    assert june.row(first)["holder_office"] == "TT-26740" and june.row(second)["holder_office"] == "MC-26740-C"
    for code in (first, second):
        june.do("old_counter", code, "receive")
    assert apply_all(june.runtime, run).moved == 1
    assert june.row(second)["handler_office"] == "UB-26740"
    assert june.actor("old_counter").offices(JULY_DAY) == {"TT-26740"}


def test_applying_again_changes_nothing_and_a_broken_batch_leaves_no_trace(june: World, tmp_path: Path) -> None:
    codes = [permit(june) for _ in range(5)]
    _, path = plan(june, tmp_path)
    june.at(JULY)
    reform_id = load_plan(june.runtime, read_plan(path))
    assert load_plan(june.runtime, read_plan(path)) == reform_id
    run = open_run(june.runtime, reform_id)
    june.try_act("system", begin_applying, run)
    ids = waiting(june, run)
    june.try_act("system", apply_batch, run, ids[:2])
    halfway = june.everything()

    class Killed(BaseException):
        pass

    def broken(unit: UnitOfWork) -> None:
        apply_batch(unit, run, ids[2:4])
        raise Killed

    with pytest.raises(Killed):
        june.try_act("system", broken)
    assert june.everything() == halfway
    assert apply_all(june.runtime, open_run(june.runtime, reform_id)).moved == 3
    whole = june.everything()
    assert [june.row(code)["handler_office"] for code in codes] == ["UB-26740"] * 5
    assert [len(june.messages(code, "chuyen-co-quan")) for code in codes] == [2] * 5, "told once"
    tally = apply_all_again(june, path)
    assert tally == 0 and june.everything() == whole
    june.check()


def apply_all_again(world: World, path: Path) -> int:
    """Another process loads and applies the same file."""
    reform_id = load_plan(world.runtime, read_plan(path))
    run = open_run(world.runtime, reform_id)
    assert run.state == "applied"
    return len(waiting(world, run))


def waiting(world: World, run: Run) -> list[int]:
    with world.reading() as connection:
        return ids_standing(connection, run, "waiting", 0, 100)


def test_what_changed_since_the_plan_is_decided_again(june: World, tmp_path: Path) -> None:
    """A step that leaves the offices as they are moves all the same; one that asked another office is set aside."""
    worked, ended, asked = permit(june, received=False), permit(june), permit(june)
    _, path = plan(june, tmp_path)
    june.do("old_counter", worked, "receive")
    june.do("district", ended, "finish")
    june.do("old_counter", ended, "return")
    june.act("district", ask_verification, asked, "UB-26740-C", "Có tranh chấp không?")
    june.at(JULY)
    reform_id = applied(june, path)
    assert statuses(june, reform_id) == {"done": 1, "ended": 1, "stale": 1}
    assert june.row(worked)["handler_office"] == "UB-26740"
    assert june.row(asked)["handler_office"] == "UB-760-C"
    late, again = permit_of_midnight(june), tmp_path / "again"
    again.mkdir()
    totals, path = plan(june, again)
    assert dict(totals.outcomes) == {"stays": 2, "moves": 1}, "only the stale part is planned anew"
    second = applied(june, path)
    assert statuses(june, reform_id) == {"done": 1, "ended": 1, "replaced": 1}
    assert statuses(june, second) == {"done": 1}
    assert june.row(asked)["handler_office"] == "UB-26740"
    with june.reading() as connection:
        assert connection.execute(select(verifications.c.office)).scalars().all() == ["UB-26740"]
    assert "UB-26740" in june.seen_by(asked)
    assert june.row(late)["handler_office"] == "UB-26740"


def permit_of_midnight(world: World) -> str:
    """Filed on the first morning, with the new offices, by the rules of its own day."""
    filed = world.file(
        "old_counter",
        procedure=PERMIT,
        intake_office="TT-26740",
        documents=[],
        fields={"land.commune": SAI_GON},
        applicant=APPLICANT | {"commune": SAI_GON},
    )
    return filed.case.code


def test_the_quarter_decides_where_a_dossier_of_a_divided_commune_goes(june: World, tmp_path: Path) -> None:
    code, other = permit(june, DA_KAO, **{"land.hamlet": "Khu phố 1"}), permit(june, DA_KAO)
    more = '\ndivisions:\n  - {commune: "26737", hamlet: khu pho 1, to: "26737", legal: 1685/NQ-UBTVQH15}\n'
    totals, path = plan(june, tmp_path, more)
    assert dict(totals.outcomes) == {"moves": 1, "person": 1}
    june.at(JULY)
    applied(june, path)
    row = june.row(code)
    assert (row["handler_office"], row["place"]) == ("UB-26737", "26737")
    assert june.row(other)["handler_office"] == "UB-760-C"
    # Its code means Tân Định now: planned once more, it is at home.
    again = tmp_path / "again"
    again.mkdir()
    totals, _ = plan(june, again, more)
    assert dict(totals.outcomes) == {"stays": 1, "person": 1}


def test_the_way_back_is_the_identity_for_what_nobody_touched(june: World, tmp_path: Path) -> None:
    untouched, worked = permit(june), permit(june)
    before = june.row(untouched)
    staff = june.actor("old_counter").memberships
    _, path = plan(june, tmp_path)
    june.at(JULY)
    reform_id = applied(june, path)
    assert june.actor("old_counter").memberships != staff
    june.do("district", worked, "finish")
    moved = june.row(worked)
    tally = revert_all(june.runtime, open_run(june.runtime, reform_id), "Hoãn thi hành")
    june.check()
    assert (tally.moved, tally.stale) == (1, 1)
    row = june.row(untouched)
    assert {k: row[k] for k in row if k not in ("version", "head")} == {
        k: before[k] for k in before if k not in ("version", "head")
    }
    assert [entry["act"] for entry in june.entries(untouched)][-2:] == ["reform", "reform_revert"]
    assert june.row(worked) == moved
    assert statuses(june, reform_id) == {"reverted": 1, "touched": 1}
    assert june.actor("old_counter").memberships == staff
    whole = june.everything()
    assert revert_all_again(june, reform_id) == 0
    assert june.everything()["dossiers"] == whole["dossiers"]


def revert_all_again(world: World, reform_id: int) -> int:
    with world.reading() as connection:
        done = select(reform_items).where(reform_items.c.reform_id == reform_id, reform_items.c.status == "done")
        return len(connection.execute(done).all())


def test_a_plan_is_not_applied_before_its_day(june: World, tmp_path: Path) -> None:
    permit(june)
    _, path = plan(june, tmp_path)
    june.at("2025-06-30 23:59")
    run = open_run(june.runtime, load_plan(june.runtime, read_plan(path)))
    june.refuse(TooEarly, "system", begin_applying, run)


def test_a_plan_that_was_changed_by_hand_is_refused(june: World, tmp_path: Path) -> None:
    permit(june)
    totals, path = plan(june, tmp_path)
    whole = path.read_bytes()
    assert orjson.loads(whole)["summary"]["digest"] == totals.digest == read_plan(path).digest
    for old, new in (
        (b'"UB-26740"', b'"UB-26743"'),
        (b'"outcome":"moves"', b'"outcome":"stays"'),
        (b'],\n"', b'],"'),
    ):
        path.write_bytes(whole.replace(old, new, 1))
        with pytest.raises(BadPlanFile):
            read_plan(path)
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadPlanFile):
        read_plan(path)


def test_a_dossier_without_an_office_to_go_to_blocks_the_plan(june: World, tmp_path: Path) -> None:
    permit(june)
    path = tmp_path / "plan.json"
    whole = reform_of(june)
    kept = tuple(one for one in whole.policies if (one.level, one.body) != ("district", "authority"))
    totals = make_plan(june.runtime, Reform(whole.code, whole.date, whole.name, whole.legal, kept), path)
    assert totals.outcomes["without"] == 1 and totals.without[0][1].cause == "no-policy"
    before = june.everything()
    with pytest.raises(NotApplicable):
        load_plan(june.runtime, read_plan(path))
    assert june.everything() == before


def test_a_person_decides_for_a_quarter_at_once(june: World, tmp_path: Path) -> None:
    """Phường Đa Kao: quarter 1 goes to Tân Định; the others wait on, and what was decided is in the journal."""
    codes = [permit(june, DA_KAO, **{"land.hamlet": quarter}) for quarter in ("Khu phố 1", "khu pho 1", "Khu phố 2")]
    _, path = plan(june, tmp_path)
    june.at(JULY)
    reform_id = applied(june, path)
    run = open_run(june.runtime, reform_id)
    with june.reading() as connection:
        (waiting,) = triage(connection, run.id, run.groups)
        ids = in_triage(connection, run, commune=DA_KAO, hamlet="KHU PHỐ 1")
    assert (waiting.province, waiting.commune, waiting.dossiers) == ("79", DA_KAO, 3)
    assert {one.commune for one in waiting.candidates} == {"26737", "26740"}
    assert ids == [june.row(code)["id"] for code in codes[:2]]
    said = {"by": "staff:1", "legal": "QĐ 5/QĐ-UBND", "reason": "Khu phố 1 thuộc Tân Định"}
    june.refuse(InvalidInput, "system", decide, run, ids[0], "26743", **said)
    june.refuse(InvalidInput, "system", decide, run, ids[0], "26737", **{**said, "legal": " "})
    for dossier in ids:
        june.act("system", decide, run, dossier, "26737", **said)
    june.refuse(NotInTriage, "system", decide, run, ids[0], "26737", **said)
    assert [june.row(code)["handler_office"] for code in codes] == ["UB-26737", "UB-26737", "UB-760-C"]
    assert june.row(codes[0])["place"] == "26737"
    assert june.entries(codes[0])[-1]["data"]["decided"] == {"by": "staff:1", "legal": "QĐ 5/QĐ-UBND"}
    assert statuses(june, reform_id) == {"done": 2, "person": 1}
    june.act("system", decide, run, june.row(codes[2])["id"], "26740", **said)
    assert (june.row(codes[2])["handler_office"], june.row(codes[2])["place"]) == ("UB-26740", "26740")


def test_offices_get_their_new_telephone_with_the_new_order(june: World, tmp_path: Path) -> None:
    before = june.runtime.catalogue.office("TT-26740")
    _, path = plan(june, tmp_path, '\ncontacts:\n  - {office: TT-26740, hotline: "1022", address: 45 Lê Duẩn}\n')
    june.at(JULY)
    reform_id = applied(june, path)
    office = june.runtime.catalogue.office("TT-26740")
    assert (office.hotline, office.address) == ("1022", "45 Lê Duẩn") != (before.hotline, before.address)
    assert (office.area, office.valid_to, office.name) == (before.area, before.valid_to, before.name)
    revert_all(june.runtime, open_run(june.runtime, reform_id), "Hoãn thi hành")
    assert june.runtime.catalogue.office("TT-26740") == before, "the way back gives the old ones again"


def test_what_was_changed_since_is_not_put_back(june: World, tmp_path: Path) -> None:
    permit(june)
    _, path = plan(june, tmp_path, '\ncontacts:\n  - {office: TT-26740, hotline: "1022"}\n')
    june.at(JULY)
    reform_id = applied(june, path)
    corrected = replace(june.runtime.catalogue.office("TT-26740"), hotline="1023")
    june.try_act("system", publish_offices, [corrected])
    revert_all(june.runtime, open_run(june.runtime, reform_id), "Hoãn thi hành")
    assert june.runtime.catalogue.office("TT-26740").hotline == "1023"

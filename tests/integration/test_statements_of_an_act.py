"""How often an act speaks to the database: a lazy load that slips in shows here, not in production."""

from __future__ import annotations

from engine.acts.documents import add_document
from engine.acts.file_dossier import file_dossier
from engine.acts.perform_action import perform_action
from engine.acts.settle_fee import settle_fee
from engine.transaction import in_transaction
from tests.installation.world import World
from tests.spoken import spoken


def test_a_step_reads_once_and_writes_once(world: World) -> None:
    code = world.land_at("accepted")
    actor = world.actor("counter")
    with spoken(world.database) as told:
        in_transaction(
            world.runtime,
            actor,
            lambda unit: perform_action(unit, code, "forward", note="Đủ giấy tờ."),
            now=world.now,
        )
    if world.database.dialect.name == "sqlite":
        assert told.pop(0) == "BEGIN IMMEDIATE"  # on PostgreSQL no transaction is begun
    reading, *writing = told
    assert reading.startswith("SELECT dossiers.id")
    if world.database.dialect.name == "postgresql":
        assert [one.split()[0] for one in writing] == ["WITH"]
    else:
        assert {one.split()[0] for one in writing} == {"UPDATE", "INSERT", "DELETE"}  # one a table


def test_a_step_that_moves_no_due_moment_leaves_its_clocks_alone(world: World) -> None:
    code = world.land_at("checking")
    actor = world.actor("specialist")
    with spoken(world.database) as told:
        in_transaction(world.runtime, actor, lambda unit: perform_action(unit, code, "finish_review"), now=world.now)
    written = " ".join(told)
    assert "DELETE FROM clocks" not in written or "kind IN ('intake', 'step', 'remind', 'after')" in written
    assert {"overdue", "warn"} <= {kind for kind, _subject in world.armed(code)}


def test_a_step_back_reads_the_end_of_the_journal_and_who_has_the_role_at_once(world: World) -> None:
    code = world.land_at("checking")
    world.do("specialist2", code, "finish_review")
    actor = world.actor("leader")
    with spoken(world.database) as told:
        row = in_transaction(
            world.runtime, actor, lambda unit: perform_action(unit, code, "send_back", reason="thiếu"), now=world.now
        ).row
    assert row["holder_id"] == world.person("specialist2")
    _, journal = (one for one in told if one.startswith("SELECT"))
    assert "ORDER BY journal.number DESC" in journal and "LIMIT" in journal
    assert "FROM memberships" in journal


def test_filing_and_receiving_takes_numbers_and_writes_once(world: World) -> None:
    world.land_at("accepted")
    actor, filing = world.actor("counter"), world.filing(receive=True)
    with spoken(world.database) as told:
        filed = in_transaction(world.runtime, actor, lambda unit: file_dossier(unit, filing), now=world.now)
    assert [entry["act"] for entry in world.entries(filed.case.code)] == ["file", "receive"]
    if world.database.dialect.name == "postgresql":
        assert [one.split()[0] for one in told] == ["BEGIN", "INSERT", "WITH"]
    else:
        assert sum(one.startswith("INSERT INTO dossiers ") for one in told) == 1
        assert not any(one.startswith("UPDATE dossiers ") for one in told)


def test_a_fee_is_settled_by_one_reading_and_one_writing(world: World) -> None:
    code = world.land_at("accepted")
    actor = world.actor("counter")
    with spoken(world.database) as told:
        in_transaction(world.runtime, actor, lambda unit: settle_fee(unit, code, "le_phi", "cash"), now=world.now)
    if world.database.dialect.name == "postgresql":
        assert [one.split()[0] for one in told] == ["SELECT", "WITH"]
    assert world.entries(code)[-1]["act"] == "settle_fee"


def test_a_paper_is_added_without_a_transaction_around_it(world: World) -> None:
    code = world.land_at("accepted")
    actor = world.actor("counter")
    with spoken(world.database) as told:
        _, number = in_transaction(
            world.runtime, actor, lambda unit: add_document(unit, code, key="other", original=1), now=world.now
        )
    if world.database.dialect.name == "postgresql":
        # The dossier, the papers of this key, and what fills the bounds: the journal of papers and their sizes.
        assert [one.split()[0] for one in told] == [*["SELECT"] * 4, "WITH"]
    assert world.entries(code)[-1]["data"]["document"] == number

"""Checkpoints over a real journal: what they cover, in which order, what is published, and what stops them."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from engine.acts.checkpoint import (
    CheckpointDamaged,
    EntriesHidden,
    JournalDamaged,
    checkpoint,
    checkpoint_now,
    keys_of,
    rotate_key,
)
from engine.acts.file_dossier import Filing, file_dossier
from engine.journal.checkpoint_files import CheckpointsAhead
from engine.journal.checkpoint_keys import CheckpointKeyUnusable
from engine.journal.checkpoint_proofs import (
    NoSuchCheckpoint,
    NotCovered,
    Subtrees,
    prove_entry,
    prove_growth,
)
from engine.journal.export import FolderNotEmpty, checkpoint_lines, entry_lines, export_journal
from engine.rules.journal.checkpoints import parse_line
from engine.rules.journal.entries import entry
from engine.rules.journal.merkle import leaf_hash, node_hash
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.checkpoints import checkpoints, entries_of_leaves, journal_runs, journal_tiles, journal_uncovered
from engine.store.journal import journal
from engine.transaction import UnitOfWork, in_transaction
from tests.installation.world import APPLICANT, FIELDS, LAND, LONG_KHANH, PAPERS, World
from verifier.motcua_verify import Report, verify_entry, verify_export, verify_growth


def published(world: World) -> list[tuple[str, bytes]]:
    folder = world.runtime.settings.checkpoint_folder
    return [(path.name, path.read_bytes()) for path in sorted(folder.glob("*.json"))]


def verify(world: World) -> Report:
    """The whole journal as it stands, against all that was published."""
    with world.reading() as connection:
        number, size = connection.execute(select(func.max(checkpoints.c.number), func.max(checkpoints.c.size))).one()
    return verify_export(entry_lines(world.database, size), checkpoint_lines(world.database, number), published(world))


def count(world: World, table: object) -> int:
    with world.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def write_many(world: World, code: str, entries: int) -> None:
    """Further entries of a dossier, written behind the acts' backs to have many soon."""

    def write(unit: UnitOfWork) -> None:
        row = world.row(code) if unit.begin().dialect.name == "postgresql" else None
        of_this = select(journal).where(journal.c.body.contains(f'"code":"{code}"'))
        last = unit.begin().execute(of_this.order_by(journal.c.number.desc()).limit(1)).one()
        assert row is None or row["id"] == last.dossier_id
        rows, previous = [], last.hash
        for number in range(last.number + 1, last.number + 1 + entries):
            made = entry(
                code=code, number=number, previous=previous, at=unit.now, act="note", actor="system", changes={},
                data={}, private=None,
            )  # fmt: skip
            previous = made.hash
            rows.append(
                {"dossier_id": last.dossier_id, "number": number, "at": unit.now, "act": "note", "actor": "system",
                 "body": made.body, "hash": made.hash}
            )  # fmt: skip
        unit.begin().execute(insert(journal), rows)

    in_transaction(world.runtime, SYSTEM_ACTOR, write)


def tamper(world: World, statement: object) -> None:
    """As somebody who owns the database file."""
    with world.database.begin() as connection:
        triggers = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for name in triggers:
            connection.execute(text(f"DROP TRIGGER {name}"))
        assert connection.execute(statement).rowcount >= 1  # type: ignore[call-overload]


only_sqlite = pytest.mark.parametrize("world", ["sqlite"], indirect=True)
only_postgresql = pytest.mark.parametrize(
    "world", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)


def test_everything_is_covered_once_and_verifies_elsewhere(world: World, tmp_path: Path) -> None:
    code = world.land_at("checking")
    (first,) = checkpoint_now(world.runtime)
    assert (first.number, first.size) == (1, count(world, journal))
    assert checkpoint_now(world.runtime) == []  # nothing new, nothing made
    world.file()
    world.do("specialist", code, "finish_review")
    (second,) = checkpoint_now(world.runtime)
    assert second.size == count(world, journal) == first.size + second.entries
    assert count(world, journal_uncovered) == 0
    done = export_journal(world.database, tmp_path / "export")
    report = verify(world)
    assert report.findings == report.notes == []
    assert (report.entries, report.dossiers, done.entries, done.checkpoint) == (second.size, 2, second.size, 2)
    assert [content.decode() for _, content in published(world)] == [f"{one.line}\n" for one in (first, second)]
    whole = (tmp_path / "export" / "entries.jsonl").read_text() + (
        tmp_path / "export" / "checkpoints.jsonl"
    ).read_text()
    assert code in whole
    for value in (APPLICANT["name"], APPLICANT["identity_number"], APPLICANT["phone"], APPLICANT["email"], "đường Mẫu"):
        assert str(value) not in whole
    with pytest.raises(FolderNotEmpty):
        export_journal(world.database, tmp_path / "export")
    with pytest.raises(NoSuchCheckpoint):
        export_journal(world.database, tmp_path / "other", upto=9)


def test_a_backlog_is_worked_off_in_batches_of_which_each_grows_from_the_last(world: World) -> None:
    codes = [world.try_act("counter", file_dossier, land()).case.code for _ in range(3)]
    write_many(world, codes[0], 30)
    write_many(world, codes[1], 300)
    keys, sizes = keys_of(world.runtime.settings), []
    while made := in_transaction(world.runtime, SYSTEM_ACTOR, lambda unit: checkpoint(unit, keys, limit=100)):
        sizes.append(made.size)
    assert len(sizes) == 4
    assert sizes[-1] == count(world, journal) == 333
    checkpoint_now(world.runtime)  # publishes what was made
    assert verify(world).findings == []
    for old in range(1, 5):
        for new in range(old, 5):
            proof = prove_growth(world.database, old, new)
            assert verify_growth(proof, published(world)).findings == []
            proof["path"] = proof["path"][1:] if old < new else ["00" * 32]
            assert verify_growth(proof, published(world)).findings != []


def test_any_entry_can_be_proved_by_any_checkpoint_that_covers_it(world: World) -> None:
    codes = [world.try_act("counter", file_dossier, land()).case.code for _ in range(2)]
    write_many(world, codes[0], 700)
    checkpoint_now(world.runtime)
    write_many(world, codes[0], 150)
    write_many(world, codes[1], 5)
    checkpoint_now(world.runtime)
    assert count(world, journal_tiles) == 3  # 857 leaves: three whole tiles of 256
    kept = published(world)
    for code, number in (
        (codes[0], 1),
        (codes[0], 256),
        (codes[0], 257),
        (codes[0], 702),
        (codes[1], 1),
        (codes[1], 6),
    ):
        proof = prove_entry(world.database, code, number)
        assert verify_entry(proof, kept).findings == []
        assert f'"number":{number},' in proof["entry"]
        forged = proof | {"entry": proof["entry"].replace('"actor":"', '"actor":"x')}
        assert [one.what for one in verify_entry(forged, kept).findings] == [
            "the path does not lead to the root that was signed"
        ]
    early = prove_entry(world.database, codes[0], 256, upto=1)
    assert verify_entry(early, kept[:1]).findings == []
    assert verify_entry(early, kept[1:]).findings != []  # leads to a checkpoint that this person does not have
    for code, number, upto in ((codes[0], 702, 1), (codes[0], 900, None), ("none", 1, None)):
        with pytest.raises(NotCovered):
            prove_entry(world.database, code, number, upto)
    with world.reading() as connection:
        subtrees = Subtrees(connection)
        rows = entries_of_leaves(connection, 0, 512, journal.c.hash)
        assert [row.leaf for row in rows] == list(range(512))
        leaves = [leaf_hash(bytes.fromhex(row.hash)) for row in rows]
        while len(leaves) > 1:
            leaves = [node_hash(leaves[at], leaves[at + 1]) for at in range(0, len(leaves), 2)]
        assert subtrees(9, 0) == leaves[0]


def test_a_key_changes_hands_in_public(world: World) -> None:
    world.file()
    (first,) = checkpoint_now(world.runtime)
    folder = world.runtime.settings.data / "checkpoint-keys"
    (old,) = folder.iterdir()
    assert old.stat().st_mode & 0o777 == 0o600
    over = rotate_key(world.runtime)
    world.file()
    (third,) = checkpoint_now(world.runtime)
    told = [parse_line(one.line)[0] for one in (first, over, third)]
    assert told[0].key == told[1].key != told[1].next == told[2].key
    assert verify(world).findings == []
    (present,) = set(folder.iterdir()) - {old}
    present.chmod(0o640)
    world.file()
    with pytest.raises(CheckpointKeyUnusable, match="600"):
        checkpoint_now(world.runtime)
    present.unlink()
    with pytest.raises(CheckpointKeyUnusable):
        checkpoint_now(world.runtime)
    lost = rotate_key(world.runtime, lost=True)
    assert checkpoint_now(world.runtime)[0].number == lost.number + 1
    (found,) = verify(world).findings[:1]
    assert "does not announce" in found.what


def test_the_moment_of_a_checkpoint_never_goes_back(world: World) -> None:
    world.file()
    (first,) = checkpoint_now(world.runtime)
    world.file(at="2026-02-27 09:00")
    (second,) = checkpoint_now(world.runtime)
    assert parse_line(second.line)[0].at == parse_line(first.line)[0].at
    assert verify(world).findings == []


def test_what_was_covered_can_be_neither_changed_nor_removed(world: World) -> None:
    world.file()
    checkpoint_now(world.runtime)
    for table, column in ((checkpoints, "line"), (journal_runs, "length"), (journal, "body")):
        for statement in (update(table).values({column: table.c[column]}), delete(table)):
            with (
                pytest.raises(DBAPIError, match=r"append-only|permission denied"),
                world.database.begin() as connection,
            ):
                connection.execute(statement)
    assert verify(world).findings == []


def test_an_entry_taken_off_the_list_is_covered_all_the_same_and_somebody_is_told(world: World) -> None:
    code = world.land_at("accepted")
    world.tamper("DELETE FROM journal_uncovered WHERE number = 1")
    with pytest.raises(EntriesHidden) as caught:
        checkpoint_now(world.runtime)
    assert caught.value.facts["count"] == 1
    assert checkpoint_now(world.runtime) == []
    assert verify(world).entries == len(world.entries(code))
    assert verify(world).findings == []


@only_postgresql
def test_an_entry_committed_late_comes_behind_and_moves_none(world: World) -> None:
    written, go_on = threading.Event(), threading.Event()

    def slowly(unit: UnitOfWork) -> str:
        code = file_dossier(unit, land()).case.code
        written.set()
        assert go_on.wait(30)
        return code

    slow: list[str] = []
    actor = world.actor("counter")
    late = threading.Thread(target=lambda: slow.append(in_transaction(world.runtime, actor, slowly)))
    late.start()
    assert written.wait(30)
    quick = world.try_act("far_counter", file_dossier, land(intake="TT-26740", commune="26740")).case.code
    (first,) = checkpoint_now(world.runtime)
    go_on.set()
    late.join()
    (second,) = checkpoint_now(world.runtime)
    assert world.row(slow[0])["id"] < world.row(quick)["id"]  # begun earlier, covered later
    assert (first.entries, second.entries) == (1, 1)
    assert verify(world).findings == []


@only_postgresql
def test_many_at_once_make_one_line_of_checkpoints(world: World) -> None:
    errors: list[BaseException] = []

    def run(what: object) -> None:
        try:
            for _ in range(5):
                what()  # type: ignore[operator]
        except BaseException as error:
            errors.append(error)

    actor = world.actor("counter")
    acts = [lambda: in_transaction(world.runtime, actor, lambda unit: file_dossier(unit, land()))] * 3
    works = [
        threading.Thread(target=run, args=(what,)) for what in [*acts, *[lambda: checkpoint_now(world.runtime)] * 3]
    ]
    for work in works:
        work.start()
    for work in works:
        work.join()
    assert errors == []
    checkpoint_now(world.runtime)
    report = verify(world)
    assert (report.findings, report.entries, count(world, journal_uncovered)) == ([], 15, 0)


@only_sqlite
def test_damage_in_the_database_is_found_outside(world: World) -> None:
    code = world.land_at("checking")
    world.file()
    checkpoint_now(world.runtime)
    tamper(
        world, update(journal).where(journal.c.number == 2).values(body=func.replace(journal.c.body, "staff", "stuff"))
    )
    assert verify(world).findings[0].what == "its content does not match its hash"
    tamper(world, delete(journal).where(journal.c.number == 2))
    report = verify(world)
    assert any("there are" in found.what for found in report.findings)
    assert code in report.findings[0].what


@only_sqlite
def test_nothing_is_signed_over_a_missing_entry(world: World) -> None:
    world.land_at("checking")
    tamper(world, delete(journal).where(journal.c.number == 2))
    with pytest.raises(JournalDamaged) as caught:
        checkpoint_now(world.runtime)
    assert caught.value.facts["number"] == 2
    assert count(world, checkpoints) == count(world, journal_runs) == 0
    tamper(world, delete(journal))
    with pytest.raises(JournalDamaged):
        checkpoint_now(world.runtime)


@only_sqlite
@pytest.mark.parametrize("column", ["line", "edge", "root", "size", "next_key"])
def test_nothing_is_signed_after_a_checkpoint_that_was_changed(world: World, column: str) -> None:
    world.file()
    checkpoint_now(world.runtime)
    world.file()
    changed = {"size": 2}.get(column, func.replace(checkpoints.c[column], "1", "2"))
    tamper(world, update(checkpoints).values({column: changed}))
    shutil.rmtree(world.runtime.settings.checkpoint_folder)  # by somebody who reaches the published files as well
    with pytest.raises(CheckpointDamaged):
        checkpoint_now(world.runtime)


@only_sqlite
def test_a_database_put_back_contradicts_what_was_published(world: World, tmp_path: Path) -> None:
    world.file()
    checkpoint_now(world.runtime)
    world.database.dispose()
    path = Path(str(world.database.url.database))
    with world.database.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    world.database.dispose()
    shutil.copyfile(path, tmp_path / "backup")
    world.file()
    checkpoint_now(world.runtime)
    world.database.dispose()
    for rest in path.parent.glob(f"{path.name}-*"):
        rest.unlink()
    shutil.copyfile(tmp_path / "backup", path)
    assert any("put back to an earlier state" in found.what for found in verify(world).findings)
    with pytest.raises(CheckpointsAhead):
        checkpoint_now(world.runtime)
    keys = sorted((world.runtime.settings.data / "checkpoint-keys").iterdir())
    with pytest.raises(CheckpointsAhead):
        rotate_key(world.runtime)
    assert sorted((world.runtime.settings.data / "checkpoint-keys").iterdir()) == keys, "no key is made for it"
    world.file(at="2026-03-03 10:00")
    with pytest.raises(CheckpointsAhead):
        checkpoint_now(world.runtime)
    assert count(world, checkpoints) == 1  # no other history is signed


def test_a_file_lost_on_the_way_is_published_the_next_time(world: World) -> None:
    world.file()
    checkpoint_now(world.runtime)
    (path,) = world.runtime.settings.checkpoint_folder.iterdir()
    text_before = path.read_text()
    path.unlink()
    assert checkpoint_now(world.runtime) == []
    assert path.read_text() == text_before


def land(intake: str = LONG_KHANH, commune: str = "26080") -> Filing:
    return Filing(
        procedure=LAND,
        applicant=APPLICANT | {"commune": commune},
        intake_office=intake,
        fields=FIELDS | {"land.commune": commune},
        documents=PAPERS,
    )

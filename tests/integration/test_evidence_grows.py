"""The read log only grows and is sealed; no entry leaves the list for the next checkpoint unseen."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from cli.main import main
from engine.acts.checkpoint import CoverageDamaged, EntriesHidden, checkpoint_now
from engine.acts.read_personal_data import read_personal_data
from engine.acts.seal_reads import ReadSealDamaged
from engine.errors import Forbidden
from engine.journal.check import Tally, check_journal
from engine.journal.check_reads import ReadTally, check_reads
from engine.journal.export import export_journal
from engine.queries.reads import looks_at
from engine.store.journal import reads
from engine.store.read_log import read_seals
from engine.transaction import UnitOfWork
from tests.installation.runtime import KEY
from tests.installation.world import World
from verifier import motcua_verify

CHANGES = (
    "UPDATE reads SET reason = 'khác'",
    "UPDATE reads SET actor = 'staff:99'",
    "DELETE FROM reads",
    "UPDATE read_leaves SET read_id = read_id + 1",
    "DELETE FROM read_leaves",
    "UPDATE read_seals SET root = ''",
    "DELETE FROM read_seals",
    "DELETE FROM journal_uncovered",
    "UPDATE journal_uncovered SET number = number + 1000",
)
HIDING = (
    "DELETE FROM journal_uncovered WHERE number = 3",
    "DELETE FROM journal_uncovered",
    "UPDATE journal_uncovered SET number = number + 1000 WHERE number > 2",
)


def looked(world: World, times: int = 3) -> str:
    """A dossier whose personal data were looked at so often, with everything covered and sealed."""
    code = world.land_at("checking")
    for number in range(times):
        world.act("specialist", read_personal_data, code, f"đối chiếu lần {number}")
    checkpoint_now(world.runtime)
    return code


def faults(world: World) -> list[str]:
    return [found.en for found in check_reads(world.database, ReadTally())]


def verified(world: World, folder: Path) -> motcua_verify.Report:
    """What an auditor says of a fresh export, with all that was published."""
    export_journal(world.database, folder)
    report: list[motcua_verify.Report] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(motcua_verify, "_tell", lambda told, _as_json: report.append(told))
        motcua_verify.main(["export", str(folder), "--published", str(world.runtime.settings.checkpoint_folder)])
    return report[0]


@pytest.mark.parametrize("statement", CHANGES)
def test_the_application_changes_and_deletes_no_evidence(world: World, statement: str) -> None:
    looked(world)
    world.file()
    before = world.everything()
    with pytest.raises(DBAPIError, match=r"append-only|permission denied"), world.database.begin() as connection:
        connection.execute(text(statement))
    assert world.everything() == before


def test_a_read_is_not_replaced(world: World) -> None:
    looked(world)
    if world.database.dialect.name == "sqlite":
        replacing = "INSERT OR REPLACE INTO reads SELECT * FROM reads"
    else:
        replacing = "INSERT INTO reads SELECT * FROM reads ON CONFLICT (id) DO UPDATE SET reason = ''"
    with pytest.raises(DBAPIError), world.database.begin() as connection:
        connection.execute(text(replacing))


def test_every_read_is_sealed_once_and_verified_elsewhere(world: World, tmp_path: Path) -> None:
    code = looked(world)
    world.act("counter", read_personal_data, code, "đối chiếu bản giấy")
    tally = ReadTally()
    assert list(check_reads(world.database, tally)) == []
    assert (tally.reads, tally.sealed, tally.seals) == (4, 3, 1)
    checkpoint_now(world.runtime)
    report = verified(world, tmp_path / "export")
    assert (report.findings, report.notes) == ([], [])
    assert (report.reads, len(report.seals)) == (4, 2)
    whole = "".join(path.read_text() for path in (tmp_path / "export").iterdir())
    assert "đối chiếu" not in whole and code in whole


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reads SET reason = 'khác' WHERE id = 2",
        "UPDATE reads SET actor = 'staff:99' WHERE id = 2",
        "UPDATE reads SET what = 'form-01' WHERE id = 3",
        "UPDATE reads SET at = '2026-01-01 00:00:00' WHERE id = 1",
        "UPDATE reads SET salt = NULL WHERE id = 1",
        "DELETE FROM reads WHERE id = 3",
        "DELETE FROM read_leaves WHERE leaf = 2",
        "UPDATE read_leaves SET read_id = read_id + 100 WHERE leaf = 0",
    ],
)
def test_what_was_sealed_is_missed_inside_and_outside(world: World, tmp_path: Path, statement: str) -> None:
    looked(world)
    assert faults(world) == []
    world.tamper(statement)
    assert len(faults(world)) == 1
    assert verified(world, tmp_path / "export").findings


@pytest.mark.parametrize("column", ["line", "edge", "root", "size"])
def test_nothing_is_sealed_after_a_seal_that_was_changed(world: World, column: str) -> None:
    code = looked(world)
    world.act("specialist", read_personal_data, code, "lần nữa")
    value = "2" if column == "size" else f"replace({column}, '1', '2')"
    world.tamper(f"UPDATE read_seals SET {column} = {value}")
    for path in world.runtime.settings.checkpoint_folder.glob("reads-*.json"):
        path.unlink()
    with pytest.raises(ReadSealDamaged):
        checkpoint_now(world.runtime)
    with world.reading() as connection:
        assert len(connection.execute(select(read_seals)).all()) == 1


def test_a_seal_taken_back_contradicts_what_was_published(world: World, tmp_path: Path) -> None:
    looked(world)
    world.tamper("DELETE FROM read_seals", "DELETE FROM read_leaves", "DELETE FROM reads")
    report = verified(world, tmp_path / "export")
    assert any("ends before seal 1" in found.what for found in report.findings)


@pytest.mark.parametrize("statement", HIDING)
def test_an_entry_hidden_from_the_checkpoints_is_found_by_all_four(
    world: World, tmp_path: Path, statement: str
) -> None:
    code = looked(world)
    world.do("specialist", code, "finish_review")
    other = world.land_at("checking")
    world.tamper(statement)
    found = list(check_journal(world.database, Tally()))
    assert found and other in {one.code for one in found}
    assert any("taken off the list" in one.en for one in found)
    assert not export_journal(world.database, tmp_path / "before").whole
    report = verified(world, tmp_path / "export")
    assert any("hidden" in one.what for one in report.findings)
    if not statement.startswith("UPDATE"):
        with pytest.raises(EntriesHidden):
            checkpoint_now(world.runtime)
        assert checkpoint_now(world.runtime) == []
        assert list(check_journal(world.database, Tally())) == []


def test_entries_said_to_be_covered_stop_the_checkpoints(world: World, tmp_path: Path) -> None:
    looked(world)
    number = world.row(world.land_at("accepted"))["id"]
    with world.database.begin() as connection:  # the application may add a run, and by it empty the list
        made_up = (
            f"INSERT INTO journal_runs (first_leaf, dossier_id, first_number, length) VALUES (900, {number}, 1, 2)"
        )
        connection.execute(text(made_up))
        connection.execute(text(f"DELETE FROM journal_uncovered WHERE dossier_id = {number}"))
    assert [one.code for one in check_journal(world.database, Tally())] == ["journal"]
    with pytest.raises(CoverageDamaged):
        checkpoint_now(world.runtime)
    assert verified(world, tmp_path / "export").findings


def test_the_commands_say_so(world: World, tmp_path: Path) -> None:
    world.land_at("checking")
    assert command(world, "checkpoint")[0] == 0
    world.file()
    world.tamper("DELETE FROM journal_uncovered")
    status, told = command(world, "verify", "--json")
    assert (status, json.loads(told)["valid"]) == (1, False)
    status, told = command(world, "export", str(tmp_path / "export"), "--upto", "1", "--json")
    assert (status, json.loads(told)["counts"]["hidden"]) == (1, 1)
    assert command(world, "checkpoint")[0] == 1
    assert command(world, "checkpoint")[0] == 0
    assert command(world, "verify")[0] == 0


def test_who_saw_what_of_whom_is_reported_to_those_who_oversee(world: World) -> None:
    code = looked(world)
    other = world.land_at("accepted")
    world.act("counter", read_personal_data, other, "so giấy", at="2026-03-04 09:00")

    def report(who: str, **wanted: Any) -> list[tuple[str, str]]:
        def ask(unit: UnitOfWork) -> list[tuple[str, str]]:
            return [(one.code, one.reason) for one in looks_at(unit, **wanted).lines]

        return world.try_act(who, ask)

    assert report("admin") == report("monitor") == report("system")
    assert report("monitor")[0] == (other, "so giấy") and len(report("monitor")) == 4
    assert report("monitor", code=code, limit=2) == [(code, "đối chiếu lần 2"), (code, "đối chiếu lần 1")]
    assert report("monitor", person=world.person("counter")) == [(other, "so giấy")]
    assert report("monitor", start=dt.date(2026, 3, 4), end=dt.date(2026, 3, 4)) == [(other, "so giấy")]
    for who in ("leader", "specialist", "counter"):
        world.refuse(Forbidden, who, looks_at)
    status, told = command(world, "reads", "--person", "counter", "--json")
    assert status == 0
    (line,) = json.loads(told)
    assert (line["dossier"], line["reason"], line["name"]) == (other, "so giấy", "counter")


def test_an_inspector_of_another_province_sees_none_of_it(world: World) -> None:
    looked(world)
    with world.reading() as connection:
        assert len(connection.execute(select(reads)).all()) == 3

    def ask(unit: UnitOfWork) -> int:
        unit.actor = world.actor("monitor")
        far = tuple(
            type(one)(one.office, one.role, one.valid_from, one.valid_to, "01") for one in unit.actor.memberships
        )
        unit.actor = type(unit.actor)("staff", "xa", person_id=99, memberships=far)
        return len(looks_at(unit).lines)

    assert world.try_act("system", ask) == 0


def command(world: World, *arguments: str) -> tuple[int, str]:
    settings = world.runtime.settings
    environment = {
        "MOTCUA_DATA": str(settings.data),
        "DATABASE_URL": settings.database_url,
        "MOTCUA_SECRET_KEYS": KEY,
        "MOTCUA_CHECKPOINT_FOLDER": str(settings.data / "outside"),
    }
    done = CliRunner().invoke(main, ["--lang", "en", "journal", *arguments], env=environment)
    return done.exit_code, done.stdout

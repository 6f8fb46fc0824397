"""Backups of every kind are restored beside the installation and verified; what was damaged is found."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result
from sqlalchemy.engine import make_url

from adapters.backups import MANIFEST, SQLITE, sha256_of
from cli.main import main
from engine.acts.checkpoint import checkpoint_now
from engine.clock import utc_now
from engine.store.migrate import upgrade
from engine.transaction import Runtime
from tests.installation.filings import PDF
from tests.installation.runtime import environment_over
from tests.installation.served import ServedInstallation
from tests.installation.served import open_installation as served_over
from tests.installation.trial_content import TRIAL
from tests.postgres_server import APPLICATION, OWNER, PostgresServer, create_database

EVERYTHING = ("journal", "staff", "reads", "checkpoints", "files")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with TRIAL.copy(request.param, tmp_path, f"backed_up_{os.getpid()}") as made:
        yield made


@pytest.fixture
def served(url: str, tmp_path: Path) -> Iterator[ServedInstallation]:
    """An installation with a dossier, a file in it and a published checkpoint."""
    installation = served_over(url, tmp_path / "data", now=utc_now)
    with_a_paper(installation)
    checkpoint_now(installation.runtime)
    yield installation
    installation.close()


def with_a_paper(installation: ServedInstallation) -> str:
    """The code of a fresh dossier with a file."""
    code = str(installation.filed()["code"])
    papers = {"data": {"key": "card", "file": (io.BytesIO(PDF), "a.pdf")}, "content_type": "multipart/form-data"}
    sent = installation.person("counter").post(f"/api/v1/dossiers/{code}/documents", **papers)
    assert sent.status_code == 201, sent.text
    return code


def ran(url: str, data: Path, *arguments: str | Path, code: int = 0) -> Result:
    owner = url.replace(f"{APPLICATION}@", f"{OWNER}@") if url.startswith("postgresql") else ""
    environment = environment_over(url, data, LANG="en_GB.UTF-8", MOTCUA_OWNER_DATABASE_URL=owner)
    asked = ["backup", *map(str, arguments)]
    result = CliRunner().invoke(main, asked, env=environment, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return result


def taken(url: str, tmp_path: Path, *more: str) -> Path:
    told = orjson.loads(ran(url, tmp_path / "data", "take", tmp_path / "backups", "--json", *more).stdout)
    return Path(told["backup"])


def drilled(url: str, tmp_path: Path, place: Path, *more: str | Path, code: int = 0) -> dict[str, object]:
    found: dict[str, object] = orjson.loads(
        ran(url, tmp_path / "data", "drill", place, "--json", *more, code=code).stdout
    )
    return found


def test_what_was_taken_is_restored_and_everything_of_it_verified(
    served: ServedInstallation, url: str, tmp_path: Path
) -> None:
    taken(url, tmp_path)
    told = drilled(url, tmp_path, tmp_path / "backups")
    assert told["whole"] and told["findings"] == []
    assert told["kind"] == ("sqlite" if url.startswith("sqlite") else "dump")
    assert (told["dossiers"], told["files"], told["bytes"]) == (1, 1, len(PDF))
    assert told["checkpoint"] == told["published"] == 1
    assert told["covered"] == told["entries"] > 1
    seconds = told["seconds"]
    assert isinstance(seconds, dict) and seconds.keys() == {"restore", *EVERYTHING}


def test_nothing_of_a_drill_is_left(served: ServedInstallation, url: str, tmp_path: Path) -> None:
    taken(url, tmp_path)
    with tempfile.TemporaryDirectory() as folder:  # root's cluster runs as somebody who may not enter tmp_path
        Path(folder).chmod(0o711)
        for _ in range(2):
            drilled(url, tmp_path, tmp_path / "backups", "--scratch", Path(folder) / "scratch")
        assert list((Path(folder) / "scratch").iterdir()) == []


def test_a_backup_is_private_and_holds_what_a_restore_needs(
    served: ServedInstallation, url: str, tmp_path: Path
) -> None:
    made = taken(url, tmp_path)
    assert made.stat().st_mode & 0o077 == (tmp_path / "backups").stat().st_mode & 0o077 == 0
    assert {path.name for path in (made / "data").iterdir()} >= {"files", "checkpoint-keys", "checkpoints"}


def test_a_file_that_is_missing_or_changed_is_found(served: ServedInstallation, url: str, tmp_path: Path) -> None:
    made = taken(url, tmp_path)
    [file] = (made / "data" / "files").glob("??/??/*")
    file.write_bytes(PDF + b"\n")
    told = drilled(url, tmp_path, made, code=1)
    assert "is not the one that was handed in" in str(told["findings"])
    file.unlink()
    assert "The file was not found" in str(drilled(url, tmp_path, made, code=1)["findings"])


def test_a_published_checkpoint_that_the_backup_contradicts_is_found(
    served: ServedInstallation, url: str, tmp_path: Path
) -> None:
    made = taken(url, tmp_path)
    [published] = (made / "data" / "checkpoints").glob("checkpoint-*.json")
    published.write_text(published.read_text().replace("a", "b", 1))
    told = drilled(url, tmp_path, made, code=1)
    assert "differs from the published file" in str(told["findings"])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            "UPDATE journal SET hash = printf('%064d', 7) WHERE number = 1",
            "does not fit the journal",
        ),
        ("DELETE FROM journal WHERE number = 2", "lacks entries of the journal"),
        (
            'UPDATE checkpoints SET line = replace(line, \'"signature":"\', \'"signature":"00\')',
            "has a wrong signature",
        ),
        ("UPDATE checkpoints SET line = 'x'", "cannot be read"),
        ("DELETE FROM dossiers", "too little was restored"),
    ],
)
def test_a_journal_that_does_not_fit_its_checkpoints_is_found(tmp_path: Path, change: str, told: str) -> None:
    url = TRIAL.sqlite(tmp_path)
    served = served_over(url, tmp_path / "data", now=utc_now)
    with_a_paper(served)
    checkpoint_now(served.runtime)
    served.close()
    made = taken(url, tmp_path)
    with contextlib.closing(sqlite3.connect(made / SQLITE)) as database:
        for (guard,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {guard}")
        database.execute(change)
        database.commit()
    manifest = orjson.loads((made / MANIFEST).read_bytes()) | {"sha256": sha256_of(made / SQLITE)}
    (made / MANIFEST).write_bytes(orjson.dumps(manifest))
    shutil.rmtree(made / "data" / "checkpoints")
    assert told in str(drilled(url, tmp_path, made, code=1)["findings"])


def test_a_database_file_that_was_changed_is_refused(served: ServedInstallation, url: str, tmp_path: Path) -> None:
    made = taken(url, tmp_path)
    [file] = [made / name for name in ("motcua.sqlite", "database.dump") if (made / name).exists()]
    with file.open("ab") as opened:
        opened.write(b"x")
    assert "is not the file that was written" in ran(url, tmp_path / "data", "drill", made, code=1).output


def test_only_the_newest_stay_and_share_what_never_changes(
    served: ServedInstallation, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, made = tmp_path / "backups", []
    for day in (1, 2, 3):
        moment = dt.datetime(2026, 3, day, tzinfo=dt.UTC)
        monkeypatch.setattr("cli.backup.compose_from_environment", lambda moment=moment, **_: _at(served, moment))
        made.append(taken(url, tmp_path, "--keep", "2"))
    assert [path.name for path in sorted(folder.iterdir())] == ["20260302T000000Z", "20260303T000000Z"]
    (first,), (second,) = ((path / "data" / "files").glob("??/??/*") for path in made[1:])
    assert first.stat().st_ino == second.stat().st_ino


def _at(served: ServedInstallation, moment: dt.datetime) -> Runtime:
    return replace(served.runtime, now=lambda: moment)


def test_a_moment_is_refused_where_no_wal_is(served: ServedInstallation, url: str, tmp_path: Path) -> None:
    made = taken(url, tmp_path)
    told = ran(url, tmp_path / "data", "drill", made, "--to", "2026-03-02T09:00:00+07:00", code=1)
    assert "--base" in told.output
    assert "no whole backup" in ran(url, tmp_path / "data", "drill", tmp_path / "data", code=1).output


@pytest.mark.postgresql
class TestPointInTime:
    """A cluster of its own that archives its WAL, as production does."""

    @pytest.fixture
    def cluster(self) -> Iterator[PostgresServer]:
        with PostgresServer(durable=True) as server:
            archive = server.folder / "archive"
            archive.mkdir(mode=0o777)
            archive.chmod(0o777)
            with server.connect() as admin:
                admin.execute("ALTER SYSTEM SET archive_mode = on")
                admin.execute(f"ALTER SYSTEM SET archive_command = 'cp \"%p\" {archive}/%f'")
                admin.execute(f"ALTER ROLE {OWNER} REPLICATION")
            server.stop()
            server.start()
            yield server

    def test_a_cluster_goes_back_to_just_before_a_bad_act(self, cluster: PostgresServer, tmp_path: Path) -> None:
        url, name = cluster.url("motcua"), f"point_{os.getpid()}"
        with TRIAL.copy("postgresql", tmp_path, name) as template:
            copied(template, cluster)
        served = served_over(url, tmp_path / "data", now=utc_now)
        with_a_paper(served)
        checkpoint_now(served.runtime)
        taken(url, tmp_path, "--base")
        good = with_a_paper(served)
        served.act("counter", good, "forward")
        bad = dt.datetime.now(dt.UTC)
        time.sleep(0.01)
        with_a_paper(served)
        switched(cluster)
        served.close()
        place, log = tmp_path / "backups", ("--wal", cluster.folder / "archive")
        now = ("--files", str(tmp_path / "data" / "files"))
        before = drilled(url, tmp_path, place, *log, "--to", bad.isoformat(), *now)
        whole = drilled(url, tmp_path, place, *log, *now)
        alone = drilled(url, tmp_path, place)
        lacking = drilled(url, tmp_path, place, *log, code=1)
        assert (alone["dossiers"], before["dossiers"], whole["dossiers"]) == (1, 2, 3)
        assert before["whole"] and alone["whole"] and str(before["last_entry"]) < bad.isoformat()
        assert whole["whole"]
        assert "The file was not found" in str(lacking["findings"])  # of those filed after the backup

    def test_a_moment_that_the_archive_does_not_reach_is_said(self, cluster: PostgresServer, tmp_path: Path) -> None:
        url = cluster.url("motcua")
        create_database(cluster.socket_folder, "motcua")
        upgrade(cluster.url("motcua", OWNER))
        taken(url, tmp_path, "--base")
        switched(cluster)
        later = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
        asked = (tmp_path / "backups", "--wal", cluster.folder / "archive", "--to", later.isoformat())
        told = ran(url, tmp_path / "data", "drill", *asked, code=1)
        assert "recovery ended before configured recovery target was reached" in told.output


def switched(cluster: PostgresServer) -> None:
    """Lets the archive have everything that was written."""
    with cluster.connect() as admin:
        [segment] = admin.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchone() or [None]
        latest = time.monotonic() + 30
        while not (cluster.folder / "archive" / str(segment)).exists():
            assert time.monotonic() < latest
            time.sleep(0.05)


def copied(template: str, cluster: PostgresServer) -> None:
    """Brings a filled database into another cluster."""
    create_database(cluster.socket_folder, "motcua")
    there = make_url(template)
    dump = ["pg_dump", "-h", str(there.query["host"]), "-p", "5432", "-U", "postgres", str(there.database)]
    load = ["psql", "-q", "-h", str(cluster.socket_folder), "-p", "5432", "-U", "postgres", "motcua"]
    told = subprocess.run(dump, check=True, capture_output=True)
    subprocess.run(load, input=told.stdout, check=True, capture_output=True)

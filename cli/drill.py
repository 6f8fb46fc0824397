"""The restore drill: a backup is restored beside the installation, and everything that can be verified is."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select

from adapters.backups import BASE, DATA, DUMP, SQLITE, Manifest, find_backup
from adapters.files_local import LocalFiles
from adapters.scratch_postgres import ScratchPostgres
from engine.errors import Refusal
from engine.journal.check import Finding, Tally, check_journal
from engine.journal.check_checkpoints import CheckpointTally, check_checkpoints
from engine.journal.check_files import FileTally, check_files
from engine.journal.check_reads import ReadTally, check_reads
from engine.journal.check_staff import check_staff
from engine.ports import Files
from engine.store import migrate
from engine.store.detached import rows_detached
from engine.store.journal import journal
from engine.store.sql.schema import open_database

MOST = 100
"""Findings of one kind after which to stop."""


class DrillRefused(Refusal):
    """What was asked cannot be restored so."""

    code = "drill-refused"
    status = 400
    vi = "Không diễn tập khôi phục được như vậy: {why}."
    en = "The backup cannot be restored so: {why}."


@dataclass(slots=True)
class Drilled:
    """What was restored, what was verified of it, what was found, and how many seconds each part took."""

    backup: str
    kind: str
    revision: str = ""
    dossiers: int = 0
    entries: int = 0
    detached_dossiers: int = 0
    detached_entries: int = 0
    staff_entries: int = 0
    reads: int = 0
    checkpoint: int = 0
    covered: int = 0
    published: int = 0
    files: int = 0
    bytes: int = 0
    last_entry: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """For programs."""
        return {**asdict(self), "whole": not self.findings}

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Keeps how long a part took."""
        began = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - began, 2)

    def find(self, findings: Iterator[Finding]) -> None:
        """Keeps the first findings."""
        for number, one in enumerate(findings, 1):
            self.findings.append(one)
            if number == MOST:
                return


def drill_backup(
    place: Path, scratch: Path, *, wal: Path | None = None, to: str | None = None, files: Files | None = None
) -> Drilled:
    """Restores into ``scratch`` and verifies; the files are those in ``files``, or else the backup's own.

    Raises NoBackup, DrillRefused, ProgramMissing, RestoreFailed.
    """
    found, manifest = find_backup(place)
    _must_be_possible(manifest, wal, to)
    if files is None and manifest.files == "here":
        files = LocalFiles(found / DATA / "files")
    done = Drilled(backup=str(found), kind=manifest.kind)
    with _restored(found, manifest, scratch, wal, to, done) as url:
        database = open_database(url, pooled=False)
        try:
            _verify(database, found, files, done)
            done.findings += _too_few(manifest, done)
        finally:
            database.dispose()
    return done


def _must_be_possible(manifest: Manifest, wal: Path | None, to: str | None) -> None:
    """Raises DrillRefused."""
    if (wal or to) and manifest.kind != "base":
        raise DrillRefused(
            why=f"WAL is replayed on a base backup (--base), and this one is of the kind {manifest.kind}"
        )
    if to is not None and wal is None:
        raise DrillRefused(why="--to needs the archive of WAL (--wal)")
    if to is not None and _moment(to).tzinfo is None:
        raise DrillRefused(why="--to needs a time zone, such as 2026-03-02T09:15:00+07:00")


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise DrillRefused(why=f"{text} is not a moment such as 2026-03-02T09:15:00+07:00") from error


@contextmanager
def _restored(
    found: Path, manifest: Manifest, scratch: Path, wal: Path | None, to: str | None, done: Drilled
) -> Iterator[str]:
    """The address of the restored database, while the block lasts."""
    if manifest.kind == "sqlite":
        with done.timed("restore"):
            shutil.copy2(found / SQLITE, scratch / SQLITE)
        yield f"sqlite:///{scratch / SQLITE}"
        return
    application, owner = manifest.roles
    with ScratchPostgres(scratch) as cluster:
        if manifest.kind == "dump":
            with done.timed("restore"):
                cluster.create()
                cluster.make_roles([application, owner])
                cluster.make_database(manifest.database, owner)
                _load(cluster, found / DUMP, manifest.database)
        else:
            with done.timed("restore"):
                cluster.take(found / BASE)
            with done.timed("replay"):
                cluster.recover(None if wal is None else wal.absolute(), to)
        yield cluster.url(manifest.database, application)


def _load(cluster: ScratchPostgres, dump: Path, database: str) -> None:
    """In two processes; the dump is read by us, since whom the cluster runs as may not."""
    where = ("--host", str(cluster.socket), "--port", "5432", "--username", "postgres")
    cluster.run(
        "pg_restore", *where, "--exit-on-error", "--jobs=2", f"--dbname={database}", str(dump), as_ourselves=True
    )
    cluster.run("vacuumdb", *where, "--analyze-only", "--quiet", f"--dbname={database}", as_ourselves=True)


def _verify(database: Engine, found: Path, files: Files | None, done: Drilled) -> None:
    tally, reads, stored, checkpoints = Tally(), ReadTally(), FileTally(), CheckpointTally()
    done.revision = migrate.current(database) or ""
    if (why := migrate.misfit(database, migrate.latest())) is not None:
        raise DrillRefused(why=f"the schema is {why}")
    with done.timed("journal"):
        done.find(check_journal(database, tally))
    with done.timed("staff"):
        done.find(check_staff(database, tally))
    with done.timed("reads"):
        done.find(iter(check_reads(database, reads)))
    with done.timed("checkpoints"):
        done.find(check_checkpoints(database, checkpoints, found / DATA / "checkpoints"))
    if files is not None:
        with done.timed("files"):
            done.find(check_files(database, files, stored))
    done.dossiers, done.entries, done.staff_entries = tally.dossiers, tally.entries, tally.staff_entries
    done.detached_dossiers = tally.detached
    done.reads, done.files, done.bytes = reads.reads, stored.files, stored.bytes
    done.checkpoint, done.covered, done.published = checkpoints.number, checkpoints.size, checkpoints.published
    with database.connect().execution_options(motcua_read_only=True) as connection:
        last = connection.execute(select(func.max(journal.c.at))).scalar_one()
        done.detached_entries, _ = rows_detached(connection, "journal")
    done.last_entry = last.isoformat() if last else ""


def _too_few(manifest: Manifest, done: Drilled) -> Sequence[Finding]:
    """The counts were taken before the database was: it cannot have fewer. A month may have left in between."""
    if done.dossiers >= manifest.dossiers and done.entries + done.detached_entries >= manifest.entries:
        return ()
    vi = f"thiếu dữ liệu: lúc sao lưu có {manifest.dossiers} hồ sơ, {manifest.entries} mục"
    en = f"too little was restored: {manifest.dossiers} dossiers and {manifest.entries} entries were there"
    return (Finding("backup", 0, vi, en),)

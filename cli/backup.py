"""``motcua backup``: takes backups, and shows that one can be restored (docs/operations.md)."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import click
from sqlalchemy import func, select

from adapters.backups import forget_older, forget_unfinished, place_told, take_backup
from cli.compose import compose_from_environment
from cli.drill import Drilled, drill_backup
from cli.files import files_at
from cli.output import json_option, say, show
from engine.settings import settings_from
from engine.store import migrate
from engine.store.detached import hold_months, rows_detached
from engine.store.dossiers import dossiers
from engine.store.journal import journal
from engine.transaction import Runtime


@click.group()
def backup() -> None:
    """Take backups, and show that they can be restored."""


@backup.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--base", is_flag=True, help="The whole cluster, for replaying an archive of WAL; else a dump.")
@click.option("--keep", type=click.IntRange(1), help="Remove all backups in FOLDER but the newest KEEP.")
@json_option
def take(folder: Path, base: bool, keep: int | None, as_json: bool) -> None:
    """Write a backup of database, files and keys into a new folder within FOLDER. Everybody goes on working."""
    runtime = compose_from_environment(pooled=False)
    gone = forget_unfinished(folder) if keep else []  # before: else a full disk would stay full
    made = take_backup(runtime.settings, folder, lambda: _counted(runtime), base=base, now=runtime.now())
    gone += forget_older(folder, keep) if keep else []
    size = sum(path.stat().st_size for path in made.rglob("*") if path.is_file())
    lines = [say(f"Đã sao lưu vào {made} ({size:,} byte).", f"The backup is in {made} ({size:,} bytes).")]
    if os.environ.get("MOTCUA_SECRET_KEYS"):
        told = "MOTCUA_SECRET_KEYS không nằm trong bản sao lưu: hãy giữ ở nơi khác."
        lines.append(say(told, "MOTCUA_SECRET_KEYS is not in the backup: keep it elsewhere."))
    show(as_json, {"backup": str(made), "bytes": size, "removed": gone}, lines)


@backup.command()
@click.argument("place", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--wal", type=click.Path(path_type=Path, exists=True, file_okay=False), help="The archive of WAL.")
@click.option("--to", metavar="MOMENT", help="Replay the WAL to just before this moment (ISO 8601 with zone).")
@click.option("--files", "stored", metavar="PLACE", help="Verify the files there (folder or s3://…), not the backup's.")
@click.option(
    "--scratch",
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder to restore in; what is restored is removed.",
)
@json_option
def drill(
    place: Path, wal: Path | None, to: str | None, stored: str | None, scratch: Path | None, as_json: bool
) -> None:
    """Restore the backup at PLACE, or the newest one in it, beside the installation, and verify everything.

    The installation is not touched, and what was restored is removed. Exits with 1 on a finding.
    """
    settings_from(os.environ)  # a wrong value stops here, with a sentence
    if scratch is not None:
        with place_told(scratch):
            scratch.mkdir(mode=0o711, parents=True, exist_ok=True)
    with (
        place_told(scratch or place),
        tempfile.TemporaryDirectory(prefix="motcua-drill-", dir=scratch, ignore_cleanup_errors=True) as folder,
    ):
        Path(folder).chmod(0o711)  # PostgreSQL may have to run as somebody else
        files = None if stored is None else files_at(stored)
        done = drill_backup(place, Path(folder), wal=wal, to=to, files=files)
    show(as_json, done.document(), _lines(done))
    if done.findings:
        raise SystemExit(1)


def _counted(runtime: Runtime) -> tuple[str, int, int]:
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        hold_months(connection)
        counts = (select(func.count()).select_from(table) for table in (dossiers, journal))
        found = [int(connection.execute(one).scalar_one()) for one in counts]
        detached, _ = rows_detached(connection, "journal")
    return migrate.current(runtime.database) or "", found[0], found[1] + detached


def _lines(done: Drilled) -> list[str]:
    lines = [f"{one.code}: {say(one.vi, one.en)}" for one in done.findings]
    for name, seconds in done.seconds.items():
        lines.append(f"{name:<12}{seconds:10.1f} s")
    lines.append(
        say(
            f"{done.dossiers:,} hồ sơ, {done.entries:,} mục nhật ký đến {done.last_entry or '–'}, "
            f"{done.staff_entries:,} mục nhân sự, {done.reads:,} lượt xem; điểm kiểm tra {done.checkpoint} trên "
            f"{done.covered:,} mục ({done.published} đã công bố trùng khớp); {done.files:,} tệp, {done.bytes:,} byte.",
            f"{done.dossiers:,} dossiers, {done.entries:,} entries up to {done.last_entry or '–'}, "
            f"{done.staff_entries:,} of staff, {done.reads:,} reads; checkpoint {done.checkpoint} over "
            f"{done.covered:,} entries ({done.published} as published); {done.files:,} files, {done.bytes:,} bytes.",
        )
    )
    if done.detached_dossiers:
        number, rows = done.detached_dossiers, done.detached_entries
        vi = f"{number} hồ sơ ({rows} mục) có nhật ký ở tháng đã tách: chỉ kiểm tra điểm kiểm tra, không kiểm tra bảng."
        en = f"The journal of {number} dossiers ({rows} entries) is in detached months: only checkpoints were checked."
        lines.append(say(vi, en))
    if done.findings:
        lines.append(say("Bản sao lưu có sai lệch.", "Something is wrong with the backup."))
    else:
        lines.append(say("Bản sao lưu khôi phục được nguyên vẹn.", "The backup can be restored, and it is whole."))
    return lines

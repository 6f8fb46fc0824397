"""Takes a backup: the database, and what lies in the data folder beside it, with a manifest that says what it is.

A backup is a folder ``20260302T020000Z`` with ``manifest.json``, ``data/`` (files, keys, checkpoints) and one of
``motcua.sqlite``, ``database.dump`` (pg_dump) or ``base/`` (pg_basebackup). It is made under a name that ends with
``.part`` and renamed when it is whole and on the disk. The folder is private: it holds everything.

Files are copied before the database and once more after it: the database names none that is not there. What never
changes, which a stored file is, is linked to the backup before where that lies on the same disk.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, make_url

from adapters.scratch_postgres import run_program
from engine.errors import Refusal
from engine.settings import Settings

FORMAT = "motcua-backup-v1"
MANIFEST, DATA, SQLITE, DUMP, BASE = "manifest.json", "data", "motcua.sqlite", "database.dump", "base"
CARRIED = ("files", "signing", "checkpoint-keys", "checkpoints", "secret-key")
"""What is taken from the data folder. Of these only ``files`` may be elsewhere (an S3 store)."""
_NAME = re.compile(r"\d{8}T\d{6}Z")
_PART = ".part"


class NoBackup(Refusal):
    """There is no whole backup at a place."""

    code = "no-backup"
    status = 404
    vi = "Ở {place} không có bản sao lưu hoàn chỉnh: {why}."
    en = "There is no whole backup at {place}: {why}."


class BackupPlaceFailed(Refusal):
    """A folder or a file of a backup cannot be written or read."""

    code = "backup-place-failed"
    status = 507
    vi = "Không ghi hay đọc được {place}: {why}. Hãy kiểm tra thư mục, quyền và chỗ trống của ổ đĩa rồi chạy lại."
    en = "{place} cannot be written or read: {why}. Check the folder, its rights and the room on the disk; try again."


@contextlib.contextmanager
def place_told(place: Path) -> Iterator[None]:
    """Says in words what the disk refuses within the block. Raises BackupPlaceFailed."""
    try:
        yield
    except sqlite3.Error as error:
        raise BackupPlaceFailed(place=place, why=str(error)) from error
    except OSError as error:
        raise BackupPlaceFailed(place=error.filename or place, why=error.strerror or str(error)) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a backup is. ``kind`` is sqlite, dump or base; ``sha256`` is that of the file of the database, if it is one.

    ``dossiers`` and ``entries`` were counted before the database was taken: a restored one has at least as many.
    """

    kind: str
    taken_at: str
    revision: str
    dossiers: int
    entries: int
    files: str
    database: str = ""
    roles: tuple[str, ...] = ()
    sha256: str = ""
    format: str = FORMAT


def take_backup(
    settings: Settings, folder: Path, counted: Callable[[], tuple[str, int, int]], *, base: bool, now: datetime
) -> Path:
    """Takes a backup into ``folder`` and returns it. ``counted`` gives revision, dossiers and entries.

    ``base``: the whole cluster by pg_basebackup, which a write-ahead log can be replayed on; else a dump. Raises
    ProgramMissing, RestoreFailed, BackupPlaceFailed; nothing of an unfinished backup is left then.
    """
    with place_told(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name, part = _begin(folder, now)
        with contextlib.ExitStack() as undone, _held(part):
            undone.callback(shutil.rmtree, part, ignore_errors=True)
            _fill(settings, part, newest(folder), counted, base=base, now=now)
            part.rename(folder / name)
            undone.pop_all()
    return folder / name


def _begin(folder: Path, now: datetime) -> tuple[str, Path]:
    """The name of a new backup and its folder; one that began in the same second has taken that second's name."""
    while True:
        name = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        part = folder / f"{name}{_PART}"
        if not (folder / name).exists():
            try:
                part.mkdir(mode=0o700)
            except FileExistsError:
                pass
            else:
                return name, part
        now += timedelta(seconds=1)


@contextlib.contextmanager
def _held(part: Path) -> Iterator[None]:
    """Keeps a lock on an unfinished backup, by which others know that somebody is at it. Raises BlockingIOError.

    Some network file systems lock no folder: there it is as if nobody were.
    """
    handle = os.open(part, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if isinstance(error, BlockingIOError):
                raise
        yield
    finally:
        os.close(handle)


def _is_left(part: Path) -> bool:
    """Whether nobody is at an unfinished backup any more."""
    try:
        with _held(part):
            return True
    except (BlockingIOError, FileNotFoundError):
        return False


def _fill(
    settings: Settings,
    part: Path,
    before: Path | None,
    counted: Callable[[], tuple[str, int, int]],
    *,
    base: bool,
    now: datetime,
) -> None:
    _carry(settings, part / DATA, before)
    revision, dossiers, entries = counted()
    kind = "sqlite" if settings.database_url.startswith("sqlite") else "base" if base else "dump"
    url = make_url(settings.owner_database_url or settings.database_url)
    _TAKE[kind](url, part)
    _carry(settings, part / DATA, before)
    one = {"sqlite": SQLITE, "dump": DUMP}.get(kind)
    manifest = Manifest(
        kind=kind,
        taken_at=now.astimezone(UTC).isoformat(),
        revision=revision,
        dossiers=dossiers,
        entries=entries,
        files="here" if settings.s3 is None else f"s3://{settings.s3.bucket}",
        database=url.database or "" if kind != "sqlite" else "",
        roles=_roles(settings) if kind != "sqlite" else (),
        sha256=sha256_of(part / one) if one else "",
    )
    (part / MANIFEST).write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2) + b"\n")
    os.sync()


def newest(folder: Path) -> Path | None:
    """The newest whole backup in a folder."""
    return max((one for one in folder.glob("*") if _NAME.fullmatch(one.name)), default=None)


def forget_older(folder: Path, keep: int) -> list[str]:
    """Removes all but the newest ``keep`` backups; their names. Raises BackupPlaceFailed."""
    whole = sorted(one for one in folder.glob("*") if _NAME.fullmatch(one.name))
    return _remove(folder, whole[:-keep])


def forget_unfinished(folder: Path) -> list[str]:
    """Removes what runs that were ended left unfinished; their names. One that is still at work is left alone.

    Raises BackupPlaceFailed.
    """
    found = [one for one in folder.glob(f"*{_PART}") if _NAME.fullmatch(one.stem)]
    return _remove(folder, [one for one in found if _is_left(one)])


def _remove(folder: Path, old: list[Path]) -> list[str]:
    with place_told(folder):
        for one in old:
            shutil.rmtree(one)
    return [one.name for one in old]


def find_backup(place: Path) -> tuple[Path, Manifest]:
    """The backup at a place, or the newest of the backups in it, with its manifest. Raises NoBackup."""
    found = place if (place / MANIFEST).is_file() else newest(place)
    if found is None:
        raise NoBackup(place=place, why="neither a manifest nor backups")
    try:
        told = orjson.loads((found / MANIFEST).read_bytes())
        if told.get("format") != FORMAT:
            raise NoBackup(place=found, why=f"the format is not {FORMAT}")
        manifest = Manifest(**(told | {"roles": tuple(told["roles"])}))
        _must_be_sound(manifest)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise NoBackup(place=found, why=f"{MANIFEST} cannot be read") from error
    one = {"sqlite": SQLITE, "dump": DUMP}.get(manifest.kind)
    if one is not None and sha256_of(found / one) != manifest.sha256:
        raise NoBackup(place=found, why=f"{one} is not the file that was written")
    return found, manifest


def _must_be_sound(manifest: Manifest) -> None:
    """Raises ValueError for what no run has written."""
    wanted = 0 if manifest.kind == "sqlite" else 2
    counts = (manifest.dossiers, manifest.entries)
    if manifest.kind not in _TAKE or len(manifest.roles) != wanted or not all(type(one) is int for one in counts):
        raise ValueError(manifest.kind)


def sha256_of(path: Path) -> str:
    """The hash of a file's content; '' where there is none."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _carry(settings: Settings, to: Path, before: Path | None) -> None:
    """Copies what is not there yet. A second time it adds what has come since."""
    to.mkdir(mode=0o700, exist_ok=True)
    for name in CARRIED:
        source = settings.checkpoint_folder if name == "checkpoints" else settings.data / name
        if name == "files" and settings.s3 is not None and not settings.s3.also_folder:
            continue
        if source.is_file():
            shutil.copy2(source, to / name)
        elif source.is_dir():
            _carry_folder(source, to / name, None if before is None else before / DATA / name)


def _carry_folder(source: Path, to: Path, before: Path | None) -> None:
    for path in source.rglob("*"):
        target = to / path.relative_to(source)
        if path.is_dir() or path.suffix == _PART or target.exists():
            continue
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):  # it was removed meanwhile, as of a destroyed dossier
            known = None if before is None else before / path.relative_to(source)
            if known is None or not _link(known, path, target):
                shutil.copy2(path, target)


def _link(known: Path, path: Path, target: Path) -> bool:
    """Links a stored file to the same one of the backup before. Keys of files are never used twice."""
    try:
        if known.stat().st_size != path.stat().st_size or not re.fullmatch(r"[0-9a-f]{32,64}", path.name):
            return False
        target.hardlink_to(known)
    except OSError:
        return False
    return True


def _take_sqlite(url: URL, part: Path) -> None:
    source = sqlite3.connect(f"file:{url.database}?mode=ro", uri=True)
    target = sqlite3.connect(part / SQLITE)
    with contextlib.closing(source), contextlib.closing(target):
        source.backup(target)
    (part / SQLITE).chmod(0o600)


def _take_dump(url: URL, part: Path) -> None:
    to = f"--file={part / DUMP}"
    run_program(
        "pg_dump", ("--format=custom", "--compress=1", to, f"--dbname={_address(url)}"), environment=_password(url)
    )


def _take_base(url: URL, part: Path) -> None:
    to = f"--pgdata={part / BASE}"
    options = ("--wal-method=stream", "--checkpoint=fast", "--no-password")
    run_program("pg_basebackup", (to, *options, f"--dbname={_address(url)}"), environment=_password(url))


_TAKE: dict[str, Callable[[URL, Path], None]] = {"sqlite": _take_sqlite, "dump": _take_dump, "base": _take_base}


def _address(url: URL) -> str:
    """As libpq reads it; the password goes by the environment, where other users do not see it."""
    options = {name: ",".join([value] if isinstance(value, str) else value) for name, value in url.query.items()}
    told = {"host": url.host, "port": str(url.port or ""), "dbname": url.database, "user": url.username, **options}
    return make_conninfo("", **{name: value for name, value in told.items() if value})


def _password(url: URL) -> dict[str, str]:
    return {"PGPASSWORD": str(url.password)} if url.password else {}


def _roles(settings: Settings) -> tuple[str, ...]:
    """Of the application first, then of the owner."""
    urls = (settings.database_url, settings.owner_database_url or settings.database_url)
    return tuple(str(make_url(url).username or "") for url in urls)

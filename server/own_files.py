"""Whether a process has the files of its installation, and not a folder of its own on another machine.

The store of files carries a name, which the database knows too. A store without a name gets one as long as the database
knows none: so an installation on one machine notices nothing.
"""

from __future__ import annotations

import secrets

import structlog
from sqlalchemy.exc import SQLAlchemyError

from engine.errors import Refusal
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.installation import FILES, keep, known
from engine.transaction import Runtime, in_transaction

log = structlog.get_logger("motcua.start")


class FilesElsewhere(Refusal):
    """The folder of files is not the one that the other processes of the installation use."""

    code = "files-elsewhere"
    status = 503
    vi = (
        "Thư mục tệp ở {place} không phải thư mục của hệ thống này: tệp nộp ở máy khác sẽ không mở được ở đây. "
        "Gắn (mount) thư mục chung vào đó; nếu chính thư mục này là đúng, chạy `motcua files adopt`."
    )
    en = (
        "The folder of files at {place} is not that of this installation: files taken by another machine cannot be "
        "opened here. Mount the shared folder there; if this folder is the right one, run `motcua files adopt`."
    )


def must_have_files(runtime: Runtime) -> None:
    """Requires that the store of files is the installation's; a first one becomes it. Raises FilesElsewhere."""
    if compare_files(runtime) is None:
        name = runtime.files.name() or runtime.files.give_name(secrets.token_hex(16))
        in_transaction(runtime, SYSTEM_ACTOR, lambda unit: keep(unit.begin(), FILES, name))
        compare_files(runtime)  # another process may have been first


def compare_files(runtime: Runtime) -> str | None:
    """The name of the installation's store of files, which this process has; None while there is none yet.

    Changes nothing. Raises FilesElsewhere.
    """
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        wanted = known(connection, FILES)
    if wanted is not None and runtime.files.name() != wanted:
        raise FilesElsewhere(place=runtime.files.place)
    return wanted


def adopt_files(runtime: Runtime) -> str:
    """Makes the store of files of this process that of the installation; returns its name."""
    name = runtime.files.name() or runtime.files.give_name(secrets.token_hex(16))
    in_transaction(runtime, SYSTEM_ACTOR, lambda unit: keep(unit.begin(), FILES, name, instead=True))
    return name


def check_files_at_start(runtime: Runtime) -> None:
    """``must_have_files`` for a process that starts. A database that does not answer yet does not prevent the start.

    Raises FilesElsewhere.
    """
    try:
        must_have_files(runtime)
    except (SQLAlchemyError, OSError) as error:
        log.warning("files-unchecked", why=f"{type(error).__name__}: {error}")

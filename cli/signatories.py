"""``motcua people signatories``: brings in what the provider of remote signing knows each person by, tried first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from adapters.signatory_file import alone_with, replace_signatories, signatories_in
from cli.compose import compose_from_environment
from cli.output import json_option, language, say, show
from cli.staff import operator
from engine.acts.staff.record import record_staff
from engine.errors import Refusal
from engine.rules.offices.signatory_file import MOST_BYTES, SignatoryFile, read_signatory_file
from engine.store.people import people
from engine.transaction import Runtime, UnitOfWork, in_transaction


class SignatoriesUnusable(Refusal):
    """The file of signatories in the settings cannot be read or written; nothing was changed."""

    code = "signatories-unusable"
    vi = "Không đọc, ghi được tệp người ký {file}: {why}. Chưa có gì thay đổi."
    en = "The file of signatories {file} cannot be read or written: {why}. Nothing was changed."


@click.command("signatories")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--apply", "write", is_flag=True, help="Write it; without this the file is only tried.")
@click.option("--reason", default="", help="Why; it goes into the journal of staff.")
@json_option
@click.pass_context
def signatories(ctx: click.Context, file: Path, write: bool, reason: str, as_json: bool) -> None:
    """Bring in what the provider of remote signing knows each person by, from a CSV FILE.

    Columns: username, credential. Who is in the file is added or changed; the others stay. Nothing is written if a line
    is wrong. Exits with 1 then.
    """
    from engine.acts.remote_sign import NoRemoteSigning  # late: it brings all of signing to every other command

    runtime = compose_from_environment(pooled=False)
    remote = runtime.settings.signing.remote
    if remote is None:
        raise NoRemoteSigning()
    with file.open("rb") as given:
        read = read_signatory_file(given.read(MOST_BYTES + 1), _usernames(runtime))
    path = remote.signers
    try:
        counts = _brought_in(runtime, path, read, reason) if write and not read.faults else _counts(path, read)
    except OSError as error:
        raise SignatoriesUnusable(file=path.name, why=error.strerror or "") from error
    show(as_json, _document(read, counts, write), _lines(read, counts, write))
    if read.faults:
        ctx.exit(1)


def _brought_in(runtime: Runtime, path: Path, read: SignatoryFile, reason: str) -> tuple[int, int, int]:
    """Adds them to the file, alone with it; the journal of staff tells how many, and the file is replaced last."""
    with alone_with(path):
        counts = _counts(path, read)
        known = {**signatories_in(path).known, **read.known}

        def act(unit: UnitOfWork) -> None:
            unit.begin()
            record_staff(unit, "import-signatories", None, [], f"{reason} (+{counts[0]}, ~{counts[1]})".strip())
            replace_signatories(path, known)

        if counts[0] or counts[1]:
            in_transaction(runtime, operator(), act)
    return counts


def _counts(path: Path, read: SignatoryFile) -> tuple[int, int, int]:
    """How many are new, change, and stay as they are."""
    known = signatories_in(path).known
    new = sum(username not in known for username in read.known)
    same = sum(known.get(username) == credential for username, credential in read.known.items())
    return new, len(read.known) - new - same, same


def _usernames(runtime: Runtime) -> set[str]:
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        return set(connection.execute(select(people.c.username)).scalars())


def _document(read: SignatoryFile, counts: tuple[int, int, int], write: bool) -> dict[str, Any]:
    faults = [{"line": one.line, "column": one.column, "vi": one.words.vi, "en": one.words.en} for one in read.faults]
    return {"written": write and not faults, **dict(zip(("new", "changed", "same"), counts, strict=True))} | {
        "faults": faults
    }


def _lines(read: SignatoryFile, counts: tuple[int, int, int], write: bool) -> list[str]:
    lines = []
    for fault in read.faults:
        where = ":".join(part for part in (str(fault.line or ""), fault.column) if part)
        lines.append(f"{where}{': ' if where else ''}{fault.words.in_(language())}")
    done = write and not read.faults
    said = say(
        "{}: {} người ký mới, {} thay đổi, {} không đổi, {} chỗ sai.",
        "{}: {} new, {} changed, {} the same, {} faults.",
    )
    whether = say("Đã ghi", "Written") if done else say("Chưa ghi gì", "Nothing was written")
    return [*lines, said.format(whether, *counts, len(read.faults))]

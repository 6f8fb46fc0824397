"""``motcua archive``: finished dossiers as packages for the archive, their transfer, and their destruction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from functools import partial
from pathlib import Path

import click

from adapters.forms import render_form
from cli.archive_destroy import COMMANDS as DESTROY
from cli.archive_transfer import COMMANDS as TRANSFER
from cli.compose import compose_from_environment
from cli.output import Day, json_option, language, say, show
from cli.staff import operator
from engine.acts.archive.export import Packed, pack_ended
from engine.dossier.case import Case
from engine.errors import Conflict, Refusal
from engine.rules.retention import RetentionSchedule
from workflows.retention_file import load_retention


class FolderInUse(Conflict):
    """Another export writes to the same folder."""

    code = "archive-folder-in-use"
    vi = "Một lệnh xuất khác đang ghi vào {folder}. Hãy chờ lệnh đó xong."
    en = "Another export writes to {folder}. Wait until it has ended."


@click.group()
def archive() -> None:
    """Finished dossiers: packages for the archive, receipts, destruction by schedule."""


@archive.command()
@click.option("--finished-before", "before", type=Day(), required=True, help="The first day that is left out.")
@click.option("--to", "folder", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option(
    "--schedule", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Name these terms in it."
)
@json_option
def export(before: dt.date, folder: Path, schedule: Path | None, as_json: bool) -> None:
    """Pack every finished dossier that was not packed yet as a BagIt package in the folder.

    May be stopped at any moment and given again. Exits with 1 when a dossier was refused; the others are packed.
    """
    runtime = compose_from_environment(pooled=False)
    terms = load_retention(schedule) if schedule is not None else RetentionSchedule(terms=(), digest="")
    with _alone(folder):
        packed, refused = list[Packed](), list[Packed]()
        for one in pack_ended(runtime, operator(), before, folder, render_form, partial(_term, terms)):
            (refused if one.refused else packed).append(one)
    document = {
        "folder": str(folder),
        "packed": [{"code": one.code, "sha256": one.bag.sha256} for one in packed if one.bag],
        "refused": [{"code": one.code, **_told(one.refused)} for one in refused if one.refused],
    }
    lines = [f"{one.code}  {one.bag.sha256}" for one in packed if one.bag]
    lines += [f"{one.code}: {one.refused.sentence(language())}" for one in refused if one.refused]
    lines.append(
        say(
            f"Đã đóng gói {len(packed)} hồ sơ vào {folder}; từ chối {len(refused)}.",
            f"{len(packed)} dossiers were packed in {folder}; {len(refused)} were refused.",
        )
    )
    show(as_json, document, lines)
    if refused:
        raise SystemExit(1)


def _term(terms: RetentionSchedule, case: Case) -> str:
    known = terms.term_of(case.release.procedure)
    return known.in_words() if known is not None else ""


def _told(refusal: Refusal) -> dict[str, str]:
    return {"refusal": refusal.code, "vi": refusal.sentence(), "en": refusal.sentence("en")}


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Holds the folder for one export at a time. Raises FolderInUse."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            flock(lock, LOCK_EX | LOCK_NB)
        except OSError as error:
            raise FolderInUse(folder=folder) from error
        yield


for command in (*TRANSFER, *DESTROY):
    archive.add_command(command)

"""``motcua archive destroy | decide | carry-out``: destruction by schedule, by two administrators, with minutes."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path

import click

from adapters.minutes import render_minutes
from cli.archive_transfer import read
from cli.compose import compose_from_environment
from cli.output import NUMBER, language, say
from cli.staff import administrator, operator
from engine.acts.archive.destroy import (
    ChangedSinceTransfer,
    decide_destruction,
    destroy_dossier,
    keep_minutes,
    leave_out,
    propose_destruction,
)
from engine.acts.archive.files import remove_files
from engine.errors import Conflict, Refusal
from engine.queries.archive import destruction, minutes_of, waiting_items
from engine.transaction import Runtime, UnitOfWork, in_transaction
from workflows.retention_file import load_retention


class NotAllDestroyed(Conflict):
    """Dossiers of the list were refused, so there are no minutes yet."""

    code = "archive-not-all-destroyed"
    vi = "{count} hồ sơ của danh sách số {number} chưa được tiêu hủy; chưa lập biên bản."
    en = "{count} dossiers of list {number} were not destroyed; there are no minutes yet."


@click.command()
@click.option("--schedule", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--by", required=True, help="The administrator who proposes; asked for the password.")
@click.option("--reason", required=True, help="Why; the minutes tell it.")
def destroy(schedule: Path, by: str, reason: str) -> None:
    """Propose to destroy what was transferred and is past its term by the file of retention terms.

    Nothing is destroyed yet: another administrator decides. The password is asked for, or taken from MOTCUA_PASSWORD.
    """
    runtime, terms = compose_from_environment(pooled=False), load_retention(schedule)
    number = in_transaction(runtime, administrator(runtime, by), lambda unit: propose_destruction(unit, terms, reason))
    count = read(runtime, lambda unit: destruction(unit, number)).dossiers
    click.echo(
        say(
            f"Đã lập danh sách tiêu hủy số {number}: {count} hồ sơ. Chờ người quản trị khác duyệt.",
            f"List {number} for destruction: {count} dossiers. Another administrator decides.",
        )
    )


@click.command()
@click.argument("number", type=NUMBER)
@click.option("--by", required=True, help="The administrator who decides; asked for the password.")
@click.option("--refuse", is_flag=True, help="Refuse the list instead of approving it.")
def decide(number: int, by: str, refuse: bool) -> None:
    """Approve list NUMBER, as another administrator than the one who proposed it."""
    runtime = compose_from_environment(pooled=False)
    in_transaction(
        runtime, administrator(runtime, by), lambda unit: decide_destruction(unit, number, approve=not refuse)
    )
    click.echo(say(f"Đã quyết định danh sách số {number}.", f"List {number} is decided."))


@click.command("carry-out")
@click.argument("number", type=NUMBER)
@click.option("--minutes", type=click.Path(dir_okay=False, path_type=Path), help="Write the minutes here, too.")
@click.option("--leave-out", "without", is_flag=True, help="Take off the list what was acted on after it was packed.")
def carry_out(number: int, minutes: Path | None, without: bool) -> None:
    """Destroy every dossier of approved list NUMBER and keep the minutes. May be stopped and given again."""
    runtime, refused = compose_from_environment(pooled=False), 0
    for dossier in read(runtime, lambda unit: waiting_items(unit, number)):
        try:
            in_transaction(runtime, operator(), partial(_destroy, number=number, dossier=dossier))
        except ChangedSinceTransfer as refusal:
            click.echo(refusal.sentence(language()))
            if without:
                in_transaction(runtime, operator(), partial(_leave_out, number=number, dossier=dossier))
            refused += not without
        except Refusal as refusal:
            refused += 1
            click.echo(refusal.sentence(language()))
    remove_files(runtime)
    if refused:
        raise NotAllDestroyed(count=refused, number=number)
    content = _minutes(runtime, number)
    if minutes is not None:
        minutes.write_bytes(content)
    click.echo(say(f"Đã tiêu hủy danh sách số {number}.", f"List {number} was carried out."))


def _destroy(unit: UnitOfWork, number: int, dossier: int) -> None:
    destroy_dossier(unit, number, dossier)


def _leave_out(unit: UnitOfWork, number: int, dossier: int) -> None:
    leave_out(unit, number, dossier)


def _minutes(runtime: Runtime, number: int) -> bytes:
    """The minutes that are kept; made once, when the last dossier has gone."""
    kept = read(runtime, lambda unit: destruction(unit, number)).minutes_key
    if kept is not None:
        return runtime.files.read(kept)
    content = render_minutes(read(runtime, lambda unit: minutes_of(unit, number)), runtime.now())
    key, sha256 = runtime.files.put(content), hashlib.sha256(content).hexdigest()
    in_transaction(runtime, operator(), lambda unit: keep_minutes(unit, number, key, sha256))
    return content


COMMANDS = (destroy, decide, carry_out)

"""``motcua claims``: frees the dossiers that an absent person has claimed, so that their colleagues can go on."""

from __future__ import annotations

import click
from sqlalchemy import select

from cli.compose import compose_from_environment
from cli.output import json_option, say, show
from engine.acts.free_claim import free_claim
from engine.errors import NotFound, Refusal
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.dossiers import dossiers
from engine.store.people import person_named
from engine.transaction import Runtime, in_transaction


@click.group()
def claims() -> None:
    """Claims: who holds which dossier."""


@claims.command()
@click.argument("username")
@click.option("--reason", required=True, help="Why; it stands in the journal of each dossier.")
@click.option("--dossier", "wanted", multiple=True, help="Only this dossier, by its code. May be repeated.")
@json_option
def free(username: str, reason: str, wanted: tuple[str, ...], as_json: bool) -> None:
    """Free the dossiers that USERNAME has claimed. Each goes back to the queue of its office; USERNAME is notified."""
    runtime = compose_from_environment(pooled=False)
    done, left = [], []
    for code in _held_by(runtime, username, wanted):
        try:
            in_transaction(runtime, SYSTEM_ACTOR, lambda unit, code=code: free_claim(unit, code, reason))  # type: ignore[misc]
            done.append(code)
        except Refusal as refusal:
            left.append(f"{code}: {refusal.sentence()}")
    told = [say(f"Đã gỡ {len(done)} hồ sơ khỏi {username}.", f"{len(done)} dossiers were freed from {username}.")]
    show(as_json, {"freed": done, "left": left}, [*told, *done, *left])
    if left:
        raise SystemExit(1)


def _held_by(runtime: Runtime, username: str, wanted: tuple[str, ...]) -> list[str]:
    """The codes of the dossiers that a person holds. Raises NotFound for a name or a code that is not known."""
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        person = person_named(connection, username)
        if person is None:
            raise NotFound(what=username)
        held = connection.execute(select(dossiers.c.code).where(dossiers.c.holder_id == person)).scalars().all()
    if missing := [code for code in wanted if code not in held]:
        raise NotFound(what=", ".join(missing))
    return sorted(code for code in held if not wanted or code in wanted)

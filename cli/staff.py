"""Further commands of ``motcua people``: switching off and on, administrators, tokens, and the journal of staff."""

from __future__ import annotations

import datetime as dt
import getpass
import os
from collections.abc import Callable
from typing import TypeVar

import click

from cli.compose import compose_from_environment
from cli.output import NUMBER, Day, json_option, say, show
from engine.acts.staff import administrators, revoke, switch
from engine.acts.staff.sign_in import known_person
from engine.errors import Forbidden, NotFound
from engine.queries import staff as queries
from engine.rules.procedure.permissions import Actor
from engine.store.actors import actor_of_person
from engine.store.people import person_named
from engine.transaction import Runtime, UnitOfWork, in_transaction

T = TypeVar("T")
REASON = click.option("--reason", required=True, help="Why; it goes into the journal of staff.")


def operator() -> Actor:
    """Who gives a command: the system, with the name of the account of the machine, which the journal tells."""
    try:
        account = os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):  # a user id without a name
        account = str(os.getuid())
    return Actor("system", account[:60])


def known(unit: UnitOfWork, username: str) -> int:
    """The id of the person with this username. Raises NotFound."""
    found = person_named(unit.reader() if unit.read_only else unit.begin(), username)
    if found is None:
        raise NotFound(what=username)
    return found


@click.command("switch-off")
@click.argument("username")
@REASON
def switch_off(username: str, reason: str) -> None:
    """Let a person in no more: sessions, tokens, the rights of their deputies, and being an administrator end."""
    in_transaction(_runtime(), operator(), lambda unit: switch.switch_off(unit, known(unit, username), reason))
    click.echo(say(f"Đã ngừng {username}.", f"{username} is switched off."))


@click.command("switch-on")
@click.argument("username")
@REASON
def switch_on(username: str, reason: str) -> None:
    """Let a person in again. Whoever was an administrator has to be proposed again."""
    in_transaction(_runtime(), operator(), lambda unit: switch.switch_on(unit, known(unit, username), reason))
    click.echo(say(f"Đã cho {username} hoạt động lại.", f"{username} is switched on."))


@click.command("take-admin")
@click.argument("username")
@REASON
def take_admin(username: str, reason: str) -> None:
    """Make an administrator an ordinary member of staff."""
    in_transaction(_runtime(), operator(), lambda unit: administrators.take_admin(unit, known(unit, username), reason))
    click.echo(say(f"{username} không còn là người quản trị.", f"{username} is no administrator any more."))


@click.command("propose-admin")
@click.argument("username")
@click.option("--by", help="The administrator who proposes; the operator when not given.")
@REASON
def propose_admin(username: str, by: str | None, reason: str) -> None:
    """Propose a person as an administrator; another administrator decides within 7 days."""
    runtime = _runtime()
    who = administrator(runtime, by) if by else operator()

    def act(unit: UnitOfWork) -> int:
        return administrators.propose_administrator(unit, known(unit, username), reason)

    number = in_transaction(runtime, who, act)
    click.echo(say(f"Đề nghị số {number} chờ duyệt.", f"Proposal {number} waits for another administrator."))


@click.command("decide-admin")
@click.argument("number", type=NUMBER)
@click.option("--by", required=True, help="The administrator who decides; asked for the password.")
@click.option("--refuse", is_flag=True, help="Refuse the proposal instead of approving it.")
@REASON
def decide_admin(number: int, by: str, refuse: bool, reason: str) -> None:
    """Approve a proposed administrator. The password is asked for, or taken from MOTCUA_PASSWORD."""
    runtime = _runtime()
    who = administrator(runtime, by)
    in_transaction(runtime, who, lambda unit: administrators.decide_administrator(unit, number, not refuse, reason))
    click.echo(say(f"Đã quyết định đề nghị số {number}.", f"Proposal {number} is decided."))


@click.command("proposals")
@json_option
def proposals(as_json: bool) -> None:
    """List the proposals of administrators, newest first."""
    found = _read(queries.proposals)
    rows = [
        {"id": one.id, "person": one.person, "status": one.status, "at": one.proposed_at, "reason": one.reason}
        for one in found
    ]
    show(as_json, rows, [f"{one['id']}  person {one['person']}  {one['status']}  {one['reason']}" for one in rows])


@click.command("tokens")
@click.argument("username")
@json_option
def tokens(username: str, as_json: bool) -> None:
    """List the valid sessions and tokens of a person by their names; the tokens themselves are stored nowhere."""
    found = _read(lambda unit: queries.tokens_of(unit, known(unit, username)))
    rows = [
        {"id": one.id, "kind": one.kind, "purpose": one.purpose, "from": one.created_at, "until": one.expires_at}
        for one in found
    ]
    lines = [f"{one.id}  {one.kind or '-'}  {one.created_at:%Y-%m-%d %H:%M}–{one.expires_at:%Y-%m-%d %H:%M} UTC"
             f"  {one.purpose or ''}".rstrip() for one in found]  # fmt: skip
    show(as_json, rows, lines)


@click.command("revoke-token")
@click.argument("username")
@click.argument("token", required=False)
@click.option("--all", "every", is_flag=True, help="Every session and token of the person.")
@REASON
def revoke_token(username: str, token: str | None, every: bool, reason: str) -> None:
    """Revoke the session or token with the name TOKEN (see `motcua people tokens`), or all of them."""
    if every == (token is not None):
        raise click.UsageError(say("Hãy ghi TOKEN hoặc --all.", "Give TOKEN or --all."))

    def act(unit: UnitOfWork) -> int:
        person = known(unit, username)
        if token is None:
            return revoke.revoke_tokens(unit, person, reason)
        revoke.revoke_token(unit, person, token, reason)
        return 1

    count = in_transaction(_runtime(), operator(), act)
    click.echo(say(f"Đã thu hồi: {count}.", f"Revoked: {count}."))


@click.command("end-substitute")
@click.argument("absent")
@click.argument("deputy")
@click.option("--on", "end", type=Day(), required=True, help="The first day without.")
@REASON
def end_substitute(absent: str, deputy: str, end: dt.date, reason: str) -> None:
    """End the substitutions of DEPUTY for ABSENT before their last day."""

    def act(unit: UnitOfWork) -> None:
        revoke.end_substitute(unit, known(unit, absent), known(unit, deputy), end, reason)

    in_transaction(_runtime(), operator(), act)
    click.echo(say(f"{deputy} thôi thay {absent} từ {end}.", f"{deputy} no longer stands in for {absent} from {end}."))


@click.command("journal")
@click.argument("username", required=False)
@click.option("--most", type=click.IntRange(1, 10_000), default=100, show_default=True)
@json_option
def journal(username: str | None, most: int, as_json: bool) -> None:
    """Read the journal of staff, newest first; with USERNAME only what concerns one person."""

    def read(unit: UnitOfWork) -> list[queries.StaffEntry]:
        person = known(unit, username) if username else None
        return list(queries.staff_entries(unit, person=person, limit=most).lines)

    found = _read(read)
    rows = [
        {
            "number": one.number, "at": one.at, "act": one.act, "actor": one.actor, "operator": one.operator,
            "subject": one.subject, "reason": one.reason, "changes": one.changes,
        }
        for one in found
    ]  # fmt: skip
    lines = [
        f"{one.number}  {one.at:%Y-%m-%d %H:%M:%S} UTC  {one.actor}{f' ({one.operator})' if one.operator else ''}"
        f"  {one.act}  {one.subject or '-'}  {one.reason}".rstrip()
        for one in found
    ]
    show(as_json, rows, lines)


COMMANDS = (
    switch_off,
    switch_on,
    take_admin,
    propose_admin,
    decide_admin,
    proposals,
    tokens,
    revoke_token,
    end_substitute,
    journal,
)


def _read(query: Callable[[UnitOfWork], T]) -> T:
    runtime = _runtime()
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        return query(UnitOfWork(runtime, connection, operator(), runtime.now(), begun=False, read_only=True))


def administrator(runtime: Runtime, username: str) -> Actor:
    """The administrator who gives this command, proven by the password. Raises Forbidden."""
    given = os.environ.get("MOTCUA_PASSWORD") or click.prompt(
        say(f"Mật khẩu của {username}", f"Password of {username}"), hide_input=True
    )
    found = known_person(runtime, username, given)
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        who = actor_of_person(connection, found[0]) if found is not None else None
    if who is None or not who.admin:
        raise Forbidden(
            why_vi="không phải người quản trị, hoặc sai mật khẩu", why_en="no administrator, or a wrong password"
        )
    return who


def _runtime() -> Runtime:
    return compose_from_environment(pooled=False)

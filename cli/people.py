"""``motcua people``: manages the staff: accounts, passwords, tokens, memberships, substitutes (more in ``cli.staff``).

Passwords are prompted for, or read from MOTCUA_PASSWORD, since other users of the machine can read a command line.
"""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

import click
from sqlalchemy import select

from cli.compose import compose_from_environment
from cli.output import Day, json_option, say, show
from cli.sign_in_ways import COMMANDS as WAYS
from cli.signatories import signatories
from cli.staff import COMMANDS, known, operator
from cli.staff_import import import_file
from engine.acts.staff import people as staff
from engine.store.people import memberships
from engine.store.people import people as people_table
from engine.transaction import Runtime, UnitOfWork, in_transaction


@click.group()
def people() -> None:
    """People of the offices."""


@people.command()
@click.argument("username")
@click.option("--name", required=True, help="Full name, as it stands in lists.")
@click.option("--email")
@click.option("--phone")
@click.option("--admin", is_flag=True, help="Propose as an administrator; the first is one at once.")
@click.option("--language", type=click.Choice(["vi", "en"]), default="vi", show_default=True)
@click.option("--no-password", is_flag=True, help="Signs in by token only.")
@json_option
def add(
    username: str,
    name: str,
    email: str | None,
    phone: str | None,
    admin: bool,
    language: str,
    no_password: bool,
    as_json: bool,
) -> None:
    """Add a person. The password is prompted for, or taken from MOTCUA_PASSWORD."""
    given = None if no_password else _password()

    def act(unit: UnitOfWork) -> int:
        return staff.add_person(
            unit, username, name, password=given, admin=admin, email=email, phone=phone, language=language
        )

    runtime = _runtime()
    number = in_transaction(runtime, operator(), act)
    lines = [say(f"Đã thêm {username}.", f"{username} was added.")]
    waits = admin and not next(one for one in _listed(runtime, None) if one["id"] == number)["admin"]
    if waits:
        told = f"Đề nghị {username} làm người quản trị đang chờ duyệt.", f"{username} is proposed as an administrator."
        lines.append(say(*told))
    show(as_json, {"id": number, "username": username, "proposed": waits}, lines)


@people.command()
@click.argument("username")
def password(username: str) -> None:
    """Set a new password, prompted for or taken from MOTCUA_PASSWORD; ends every session of the person."""
    fresh = _password()
    in_transaction(_runtime(), operator(), lambda unit: staff.set_password(unit, known(unit, username), fresh))
    click.echo(say("Đã đổi mật khẩu.", "The password was changed."))


@people.command()
@click.argument("username")
@click.option("--days", type=click.IntRange(1, 400), default=30, show_default=True)
@click.option("--for", "purpose", default="", help="What it is for, as lists show it.")
@json_option
def token(username: str, days: int, purpose: str, as_json: bool) -> None:
    """Give a person a token for programs. It is printed once and cannot be read again."""
    runtime, lasts = _runtime(), dt.timedelta(days=days)

    def act(unit: UnitOfWork) -> str:
        return staff.issue_token(unit, known(unit, username), lasts, purpose)

    given = in_transaction(runtime, operator(), act)
    show(as_json, {"token": given, "days": days}, [given])


@people.command()
@click.argument("username")
@click.option("--office", required=True, help="Code of the office.")
@click.option("--role", required=True, help="A role of a published procedure, or leader, monitor, clerk.")
@click.option("--from", "since", type=Day(), required=True, help="First day.")
@click.option("--until", type=Day(), help="The day after the last one; open when not given.")
@click.option("--reason", default="", help="Why; it goes into the journal of staff.")
def membership(username: str, office: str, role: str, since: dt.date, until: dt.date | None, reason: str) -> None:
    """Give a person a role at an office."""

    def act(unit: UnitOfWork) -> None:
        staff.add_membership(unit, known(unit, username), office, role, since, until, reason)

    in_transaction(_runtime(), operator(), act)
    click.echo(say(f"{username}: {role} tại {office} từ {since}.", f"{username}: {role} at {office} from {since}."))


@people.command("end-membership")
@click.argument("username")
@click.option("--office", required=True, help="Code of the office.")
@click.option("--role", required=True, help="The role that ends.")
@click.option("--on", "end", type=Day(), required=True, help="The first day without the role.")
@click.option("--reason", default="", help="Why; it goes into the journal of staff.")
def end_membership(username: str, office: str, role: str, end: dt.date, reason: str) -> None:
    """End a role of a person at an office. What was done in the role stays in the journal."""

    def act(unit: UnitOfWork) -> None:
        staff.end_membership(unit, known(unit, username), office, role, end, reason)

    in_transaction(_runtime(), operator(), act)
    click.echo(say(f"{username}: {role} tại {office} hết từ {end}.", f"{username}: {role} at {office} ends on {end}."))


@people.command()
@click.argument("absent")
@click.argument("deputy")
@click.option("--from", "since", type=Day(), required=True, help="First day.")
@click.option("--until", type=Day(), required=True, help="The day after the last one.")
@click.option("--legal", required=True, help="Number and date of the written assignment.")
@click.option("--office", help="At this office only.")
def substitute(absent: str, deputy: str, since: dt.date, until: dt.date, legal: str, office: str | None) -> None:
    """Let DEPUTY act with the roles of ABSENT."""

    def act(unit: UnitOfWork) -> None:
        staff.add_substitute(unit, known(unit, absent), known(unit, deputy), since, until, legal, office)

    in_transaction(_runtime(), operator(), act)
    click.echo(say(f"{deputy} thay {absent} từ {since}.", f"{deputy} stands in for {absent} from {since}."))


@people.command("list")
@click.option("--office", help="Only people with a role at this office.")
@json_option
def list_people(office: str | None, as_json: bool) -> None:
    """List people with their roles."""
    found = _listed(_runtime(), office)
    lines = [
        f"{one['username']}  {one['name']}" + "".join(f"  {held['role']}@{held['office']}" for held in one["roles"])
        for one in found
    ]
    show(as_json, found, lines)


def _listed(runtime: Runtime, office: str | None) -> list[dict[str, Any]]:
    columns: tuple[Any, ...] = (
        people_table.c.id,
        people_table.c.username,
        people_table.c.name,
        people_table.c.email,
        people_table.c.admin,
        people_table.c.active,
    )
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        rows = connection.execute(select(*columns).order_by(people_table.c.username)).all()
        held = connection.execute(select(memberships).order_by(memberships.c.office, memberships.c.role)).all()
    roles: dict[int, list[dict[str, Any]]] = {}
    for one in held:
        role = {"office": one.office, "role": one.role, "from": one.valid_from, "until": one.valid_to}
        roles.setdefault(one.person_id, []).append(role)
    return [
        {
            "id": row.id,
            "username": row.username,
            "name": row.name,
            "email": row.email,
            "admin": bool(row.admin),
            "active": bool(row.active),
            "roles": roles.get(row.id, []),
        }
        for row in rows
        if office is None or any(role["office"] == office for role in roles.get(row.id, []))
    ]


def _password() -> str:
    return os.environ.get("MOTCUA_PASSWORD") or click.prompt(
        say("Mật khẩu", "Password"), hide_input=True, confirmation_prompt=True
    )


def _runtime() -> Runtime:
    return compose_from_environment(pooled=False)


for command in (*COMMANDS, *WAYS, import_file, signatories):
    people.add_command(command)

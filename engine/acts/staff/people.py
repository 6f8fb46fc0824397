"""The acts on staff accounts: people, memberships, substitutes, passwords and access tokens.

Each writes an entry of the journal of staff.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets

from sqlalchemy import and_, insert, or_, select, update

from engine.acts.staff.administrators import is_first_administrator, propose_administrator
from engine.acts.staff.password_policy import weakness
from engine.acts.staff.record import record_staff
from engine.errors import Conflict, InvalidInput, NotFound, wrong
from engine.rules.journal.staff_entries import Change, password_mark
from engine.rules.procedure.known_roles import why_unknown
from engine.rules.values.telephones import telephone_if_one
from engine.security.passwords import hash_password
from engine.store.people import memberships, people, person_named, substitutes, tokens
from engine.store.staff_journal import membership_change, person_change, substitute_change, token_change
from engine.text import Text
from engine.transaction import UnitOfWork

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,58}[a-z0-9]")


class NameTaken(Conflict):
    """Another person has this username."""

    code = "username-taken"
    vi = "Tên đăng nhập {username} đã có người dùng."
    en = "The username {username} is taken."


def add_person(
    unit: UnitOfWork,
    username: str,
    name: str,
    *,
    password: str | None = None,
    admin: bool = False,
    email: str | None = None,
    phone: str | None = None,
    language: str = "vi",
) -> int:
    """Adds a member of staff; returns the id. Without a password the person signs in by token only.

    With ``admin`` the first administrator of an installation becomes one at once; every later one is proposed, and an
    administrator decides. Raises InvalidInput, NameTaken.
    """
    if errors := _faults(unit, username, name, password, language):
        raise InvalidInput(errors)
    first = admin and is_first_administrator(unit)
    if person_named(unit.begin(), username) is not None:
        raise NameTaken(username=username)
    stored = hash_password(password) if password is not None else None
    row = {
        "username": username,
        "name": name.strip(),
        "email": email,
        "phone": telephone_if_one(phone) if phone else None,
        "password": stored,
        "admin": int(first),
        "active": 1,
        "language": language,
        "created_at": unit.now,
    }
    number = int(unit.begin().execute(insert(people).returning(people.c.id), row).scalar_one())
    told = person_change(number, admin=int(first), active=1, password=password_mark(stored))
    record_staff(unit, "first-administrator" if first else "add-person", number, [told])
    if admin and not first:
        propose_administrator(unit, number, "people add --admin")
    return number


def add_membership(
    unit: UnitOfWork,
    person: int,
    office: str,
    role: str,
    start: dt.date,
    end: dt.date | None = None,
    reason: str = "",
) -> None:
    """Gives the person the role at the office from ``start`` until the day before ``end``.

    Raises NotFound, InvalidInput.
    """
    known = unit.catalogue.office(office)
    if end is not None and end <= start:
        raise wrong("end", "phải sau ngày bắt đầu", "must lie after the start")
    if start < known.valid_from or (known.valid_to is not None and start >= known.valid_to):
        raise wrong(
            "start",
            f"cơ quan {office} hoạt động từ {known.valid_from} đến {known.valid_to}",
            f"the office {office} is in being from {known.valid_from} to {known.valid_to}",
        )
    unknown = why_unknown(role, unit.catalogue.roles)
    if unknown is not None:
        raise wrong("role", unknown.vi, unknown.en)
    same = and_(memberships.c.person_id == person, memberships.c.office == office, memberships.c.role == role)
    rows = unit.begin().execute(select(memberships).where(same)).mappings()
    if any((end is None or row["valid_from"] < end) and (row["valid_to"] or dt.date.max) > start for row in rows):
        raise wrong(
            "role",
            f"người này đã giữ vai trò {role} tại {office} trong một số ngày đó",
            f"the person has the role {role} at {office} on some of these days already",
        )
    row = {"person_id": person, "office": office, "role": role, "valid_from": start, "valid_to": end}
    made = unit.begin().execute(insert(memberships).returning(memberships), row).one()
    record_staff(unit, "add-membership", person, [membership_change(made, end)], reason)


def end_membership(unit: UnitOfWork, person: int, office: str, role: str, end: dt.date, reason: str = "") -> None:
    """Ends a membership that runs on ``end``, the first day without it, or ended later so far. Raises NotFound."""
    current = and_(
        memberships.c.person_id == person,
        memberships.c.office == office,
        memberships.c.role == role,
        memberships.c.valid_from < end,
        or_(memberships.c.valid_to.is_(None), memberships.c.valid_to > end),
    )
    ended = unit.begin().execute(update(memberships).where(current).values(valid_to=end).returning(memberships)).all()
    if len(ended) != 1:
        raise NotFound(what=f"membership {person} {office} {role}")
    record_staff(unit, "end-membership", person, [membership_change(ended[0], end)], reason)


def add_substitute(
    unit: UnitOfWork, absent: int, deputy: int, start: dt.date, end: dt.date, legal: str, office: str | None = None
) -> None:
    """Lets ``deputy`` act with the roles of ``absent`` from ``start`` until the day before ``end``.

    ``legal`` is the written assignment. ``office`` limits it to the roles at one office.

    Raises InvalidInput.
    """
    errors = {}
    if absent == deputy:
        errors["deputy"] = Text("không ai thay thế chính mình", "nobody stands in for themselves")
    if end <= start:
        errors["end"] = Text("phải sau ngày bắt đầu", "must lie after the start")
    if not legal.strip():
        errors["legal"] = Text("phải ghi văn bản giao nhiệm vụ", "name the written assignment")
    if errors:
        raise InvalidInput(errors)
    same = (
        substitutes.c.absent_id == absent,
        substitutes.c.deputy_id == deputy,
        substitutes.c.valid_from == start,
    )
    if unit.begin().execute(select(substitutes.c.legal).where(*same)).first():
        raise wrong("start", "đã có phân công thay thế từ ngày này", "there is an assignment from this day already")
    row = {
        "absent_id": absent,
        "deputy_id": deputy,
        "valid_from": start,
        "valid_to": end,
        "office": office,
        "legal": legal,
    }
    made = unit.begin().execute(insert(substitutes).returning(substitutes), row).one()
    record_staff(unit, "add-substitute", absent, [substitute_change(made, end)], legal)


def issue_token(unit: UnitOfWork, person: int, lasts: dt.timedelta, purpose: str = "") -> str:
    """Creates a token of 256 random bits for a program or a person. The database keeps only its hash."""
    token = secrets.token_urlsafe(32)
    row = {
        "hash": hashlib.sha256(token.encode()).hexdigest(),
        "person_id": person,
        "created_at": unit.now,
        "expires_at": unit.now + lasts,
        "kind": "token",
        "purpose": purpose.strip()[:200] or None,
    }
    unit.begin().execute(insert(tokens), row)
    told = token_change(str(row["hash"]), person=person, expires=row["expires_at"], revoked=None)
    record_staff(unit, "issue-token", person, [told], purpose)
    return token


def set_password(unit: UnitOfWork, person: int, password: str, reason: str = "") -> None:
    """Replaces a password and ends every session and token of the person. Raises InvalidInput, NotFound."""
    if fault := weakness(unit, password, person=person):
        raise wrong("password", fault.vi, fault.en)
    stored = hash_password(password)
    fresh = update(people).where(people.c.id == person).values(password=stored)
    if unit.begin().execute(fresh).rowcount != 1:
        raise NotFound(what=f"person {person}")
    told = person_change(person, password=password_mark(stored))
    record_staff(unit, "set-password", person, [told, *revoke_all(unit, person)], reason)


def revoke_all(unit: UnitOfWork, person: int) -> list[Change]:
    """Revokes every valid session and token of a person; returns the changes for the journal."""
    valid = and_(tokens.c.person_id == person, tokens.c.revoked_at.is_(None))
    ended = update(tokens).where(valid).values(revoked_at=unit.now).returning(tokens.c.hash)
    return [token_change(one, revoked=unit.now) for one in sorted(unit.begin().execute(ended).scalars())]


def _faults(unit: UnitOfWork, username: str, name: str, password: str | None, language: str) -> dict[str, Text]:
    """The faults in the data of a new person, by field name."""
    errors = {}
    if not _USERNAME.fullmatch(username):
        errors["username"] = Text(
            "3 đến 60 chữ thường không dấu, chữ số, dấu '.', '_' hoặc '-'",
            "3 to 60 small letters without accents, digits, '.', '_' or '-'",
        )
    if not name.strip() or len(name) > 200:
        errors["name"] = Text("1 đến 200 ký tự", "1 to 200 characters")
    if password is not None and (fault := weakness(unit, password, names=(username, name))):
        errors["password"] = fault
    if language not in ("vi", "en"):
        errors["language"] = Text("vi hoặc en", "vi or en")
    return errors

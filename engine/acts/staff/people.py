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
from engine.acts.staff.membership_rules import membership_fault
from engine.acts.staff.password_policy import weakness
from engine.acts.staff.record import record_staff
from engine.errors import Conflict, InvalidInput, NotFound, wrong
from engine.rules.journal.staff_entries import Change, password_mark
from engine.rules.values.telephones import telephone_if_one
from engine.security.passwords import hash_password
from engine.store.people import memberships, people, person_named, substitutes, tokens
from engine.store.staff_journal import lock_staff, membership_change, person_change, substitute_change, token_change
from engine.text import Text
from engine.transaction import UnitOfWork

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,58}[a-z0-9]")
_EMAIL = re.compile(r"[^@\s<>\"(),;:]{1,64}@[^@\s<>\"(),;:]{1,189}")


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
    if errors := person_faults(unit, username, name, password=password, language=language, email=email):
        raise InvalidInput(errors)
    stored = hash_password(password) if password is not None else None  # slow work, before others wait
    lock_staff(unit.begin())
    first = admin and is_first_administrator(unit)
    if person_named(unit.begin(), username) is not None:
        raise NameTaken(username=username)
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


def person_faults(
    unit: UnitOfWork,
    username: str,
    name: str,
    *,
    password: str | None = None,
    language: str = "vi",
    email: str | None = None,
) -> dict[str, Text]:
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
    if email and not _EMAIL.fullmatch(email):
        errors["email"] = Text("địa chỉ thư điện tử không đúng dạng", "is no e-mail address")
    return errors


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
    lock_staff(unit.begin())
    same = and_(memberships.c.person_id == person, memberships.c.office == office, memberships.c.role == role)
    held = unit.begin().execute(select(memberships.c.valid_from, memberships.c.valid_to).where(same)).all()
    days = [(one.valid_from, one.valid_to) for one in held]
    if fault := membership_fault(known, role, (start, end), unit.catalogue.roles, days):
        raise InvalidInput(dict([fault]))
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
    lock_staff(unit.begin())
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

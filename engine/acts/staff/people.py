"""The acts on staff accounts: people, memberships, substitutes, passwords and access tokens."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import secrets

from sqlalchemy import and_, insert, select, update

from engine.errors import Conflict, InvalidInput, NotFound, wrong
from engine.rules.procedure.known_roles import why_unknown
from engine.security.passwords import hash_password
from engine.store.people import memberships, people, person_named, substitutes, tokens
from engine.text import Text
from engine.transaction import UnitOfWork

SHORTEST_PASSWORD = 10
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

    Raises InvalidInput, NameTaken.
    """
    if errors := _faults(username, name, password, language):
        raise InvalidInput(errors)
    if person_named(unit.begin(), username) is not None:
        raise NameTaken(username=username)
    row = {
        "username": username,
        "name": name.strip(),
        "email": email,
        "phone": phone,
        "password": hash_password(password) if password is not None else None,
        "admin": int(admin),
        "active": 1,
        "language": language,
        "created_at": unit.now,
    }
    return int(unit.begin().execute(insert(people).returning(people.c.id), row).scalar_one())


def add_membership(
    unit: UnitOfWork, person: int, office: str, role: str, start: dt.date, end: dt.date | None = None
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
    unit.begin().execute(insert(memberships), row)


def end_membership(unit: UnitOfWork, person: int, office: str, role: str, end: dt.date) -> None:
    """Ends an open membership; ``end`` is the first day without it. Raises NotFound."""
    current = and_(
        memberships.c.person_id == person,
        memberships.c.office == office,
        memberships.c.role == role,
        memberships.c.valid_from < end,
        memberships.c.valid_to.is_(None),
    )
    if unit.begin().execute(update(memberships).where(current).values(valid_to=end)).rowcount != 1:
        raise NotFound(what=f"membership {person} {office} {role}")


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
    unit.begin().execute(insert(substitutes), row)


def issue_token(unit: UnitOfWork, person: int, lasts: dt.timedelta) -> str:
    """Creates a token of 256 random bits for a program or a person. The database keeps only its hash."""
    token = secrets.token_urlsafe(32)
    row = {
        "hash": hashlib.sha256(token.encode()).hexdigest(),
        "person_id": person,
        "created_at": unit.now,
        "expires_at": unit.now + lasts,
    }
    unit.begin().execute(insert(tokens), row)
    return token


def set_password(unit: UnitOfWork, person: int, password: str) -> None:
    """Replaces a password and ends every session of the person. Raises InvalidInput, NotFound."""
    if len(password) < SHORTEST_PASSWORD:
        raise wrong("password", f"ít nhất {SHORTEST_PASSWORD} ký tự", f"at least {SHORTEST_PASSWORD} characters")
    fresh = update(people).where(people.c.id == person).values(password=hash_password(password))
    if unit.begin().execute(fresh).rowcount != 1:
        raise NotFound(what=f"person {person}")
    open_sessions = and_(tokens.c.person_id == person, tokens.c.revoked_at.is_(None))
    unit.begin().execute(update(tokens).where(open_sessions).values(revoked_at=unit.now))


def _faults(username: str, name: str, password: str | None, language: str) -> dict[str, Text]:
    """The faults in the data of a new person, by field name."""
    errors = {}
    if not _USERNAME.fullmatch(username):
        errors["username"] = Text(
            "3 đến 60 chữ thường không dấu, chữ số, dấu '.', '_' hoặc '-'",
            "3 to 60 small letters without accents, digits, '.', '_' or '-'",
        )
    if not name.strip() or len(name) > 200:
        errors["name"] = Text("1 đến 200 ký tự", "1 to 200 characters")
    if password is not None and len(password) < SHORTEST_PASSWORD:
        errors["password"] = Text(f"ít nhất {SHORTEST_PASSWORD} ký tự", f"at least {SHORTEST_PASSWORD} characters")
    if language not in ("vi", "en"):
        errors["language"] = Text("vi hoặc en", "vi or en")
    return errors

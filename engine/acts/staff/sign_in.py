"""The acts on sessions: check a password, open a session, close it. The database keeps only the token's hash."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from typing import NamedTuple

from engine.acts.staff.record import record_staff
from engine.errors import Conflict
from engine.rules.journal.staff_entries import password_mark
from engine.security.passwords import hash_password, outdated, password_matches
from engine.store import sessions
from engine.store.page_sessions import add_page_session
from engine.store.people import person_named
from engine.store.staff_journal import person_change, token_change
from engine.transaction import Runtime, UnitOfWork

SESSION = dt.timedelta(hours=12)
"""A working day with overtime, which limits the use of a stolen token."""


_LONGEST_DEVICE = 300


@dataclass(frozen=True, slots=True)
class Visit:
    """How a session of pages came about: ``way`` is password or provider, ``device`` the browser's User-Agent.

    ``earlier`` is the hash of the session that the same browser had before, which ends.
    """

    way: str = "password"
    device: str = ""
    earlier: str | None = None


class CredentialsChanged(Conflict):
    """The account or its password was changed between the check of the password and what rests on it."""

    code = "credentials-changed"
    vi = "Tài khoản hoặc mật khẩu vừa được thay đổi trong lúc đăng nhập. Hãy đăng nhập lại."
    en = "The account or its password was changed meanwhile. Sign in again."


class Known(NamedTuple):
    """A person whose password was right: the hash that it was checked against, and a new one where that is outdated."""

    person: int
    fresh: str | None
    stored: str


def known_person(runtime: Runtime, username: str, password: str) -> Known | None:
    """The person behind a name and a password. None for a wrong name or a wrong password.

    It runs outside any transaction, since checking a password is slow on purpose. What rests on it says by the mark of
    the hash (``password_mark``) which password it was, see ``must_be_unchanged``.
    """
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        found = sessions.person_to_sign_in(connection, username)
    stored = found.password if found is not None else None
    if not password_matches(stored, password) or found is None or stored is None:
        return None
    return Known(found.id, hash_password(password) if outdated(stored) else None, stored)


def known_account(runtime: Runtime, username: str) -> int | None:
    """The id of the account that somebody tried to open, for the log; None when there is none of this name."""
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        return person_named(connection, username)


def open_session(
    unit: UnitOfWork, person_id: int, checked: str | None = None, *, pages: bool = False, visit: Visit | None = None
) -> tuple[str, dt.datetime]:
    """Opens a session; returns a token of 256 random bits and the moment at which it expires.

    ``checked`` is the mark of the password that was right, None where the person came another way. The token of a
    session of ``pages`` is no bearer token. Raises CredentialsChanged.
    """
    if checked is not None:
        must_be_unchanged(unit, person_id, checked)
    token = secrets.token_urlsafe(32)
    lasts = unit.runtime.settings.sessions.longest if pages else SESSION
    hashed, expires_at = page_token_hash(token) if pages else token_hash(token), unit.now + lasts
    sessions.add_session(unit.begin(), hashed, person_id, unit.now, expires_at)
    told = [token_change(hashed, person=person_id, expires=expires_at, revoked=None)]
    if pages:
        came = visit or Visit()
        add_page_session(unit.begin(), hashed, unit.now, came.way, came.device[:_LONGEST_DEVICE])
        if came.earlier is not None and sessions.revoke_token(unit.begin(), came.earlier, unit.now) is not None:
            told.append(token_change(came.earlier, revoked=unit.now))
    record_staff(unit, "sign-in", person_id, told)
    return token, expires_at


def must_be_unchanged(unit: UnitOfWork, person_id: int, checked: str) -> None:
    """Requires that a person's account is active and its password the one with the mark ``checked``, until the end of
    the transaction. Raises CredentialsChanged."""
    if password_mark(sessions.password_held(unit.begin(), person_id)) != checked:
        raise CredentialsChanged()


def renew_hash(unit: UnitOfWork, person_id: int, stored: str, fresh: str) -> bool:
    """Replaces the outdated hash ``stored`` by one of the same password, unless the password was changed meanwhile.

    Returns whether it did.
    """
    if sessions.password_held(unit.begin(), person_id) != stored:
        return False
    sessions.replace_password(unit.begin(), person_id, fresh)
    record_staff(unit, "renew-hash", person_id, [person_change(person_id, password=password_mark(fresh))])
    return True


def token_hash(token: str) -> str:
    """The hash under which a bearer token is stored, in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def page_token_hash(token: str) -> str:
    """The hash under which the token of a page's session is stored, in hex: no bearer token has it."""
    return hashlib.sha256(b"page:" + token.encode()).hexdigest()


def close_session(unit: UnitOfWork, token_hash: str) -> None:
    """Revokes the token. A second call changes nothing."""
    person = sessions.revoke_token(unit.begin(), token_hash, unit.now)
    if person is not None:
        record_staff(unit, "sign-out", person, [token_change(token_hash, revoked=unit.now)])

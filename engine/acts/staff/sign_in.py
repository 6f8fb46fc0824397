"""The acts on sessions: check a password, open a session, close it. The database keeps only the token's hash."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from engine.acts.staff.record import record_staff
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


def known_person(runtime: Runtime, username: str, password: str) -> tuple[int, str | None] | None:
    """The person's id, and a new hash where the stored one is outdated. None for a wrong name or a wrong password.

    It runs outside any transaction, since checking a password is slow on purpose.
    """
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        found = sessions.person_to_sign_in(connection, username)
    stored = found.password if found is not None else None
    if not password_matches(stored, password) or found is None or stored is None:
        return None
    return found.id, hash_password(password) if outdated(stored) else None


def known_account(runtime: Runtime, username: str) -> int | None:
    """The id of the account that somebody tried to open, for the log; None when there is none of this name."""
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        return person_named(connection, username)


def open_session(
    unit: UnitOfWork, person_id: int, fresh_hash: str | None = None, *, pages: bool = False, visit: Visit | None = None
) -> tuple[str, dt.datetime]:
    """Opens a session; returns a token of 256 random bits and the moment at which it expires.

    ``fresh_hash`` replaces an outdated password hash. The token of a session of ``pages`` is no bearer token.
    """
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
    if fresh_hash is not None:
        sessions.replace_password(unit.begin(), person_id, fresh_hash)
        told.append(person_change(person_id, password=password_mark(fresh_hash)))
    record_staff(unit, "sign-in", person_id, told)
    return token, expires_at


def renew_hash(unit: UnitOfWork, person_id: int, fresh_hash: str) -> None:
    """Replaces an outdated hash of the same password."""
    sessions.replace_password(unit.begin(), person_id, fresh_hash)
    record_staff(unit, "renew-hash", person_id, [person_change(person_id, password=password_mark(fresh_hash))])


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

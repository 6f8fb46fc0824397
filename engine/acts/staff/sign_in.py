"""The acts on sessions: check a password, open a session, close it. The database keeps only the token's hash."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from engine.security.passwords import hash_password, outdated, password_matches
from engine.store import sessions
from engine.transaction import Runtime, UnitOfWork

SESSION = dt.timedelta(hours=12)
"""A working day with overtime, which limits the use of a stolen token."""


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


def open_session(unit: UnitOfWork, person_id: int, fresh_hash: str | None = None) -> tuple[str, dt.datetime]:
    """Opens a session; returns a token of 256 random bits and the moment at which it expires.

    ``fresh_hash`` replaces an outdated password hash.
    """
    token = secrets.token_urlsafe(32)
    expires_at = unit.now + SESSION
    sessions.add_token(unit.begin(), hashlib.sha256(token.encode()).hexdigest(), person_id, unit.now, expires_at)
    if fresh_hash is not None:
        sessions.replace_password(unit.begin(), person_id, fresh_hash)
    return token, expires_at


def close_session(unit: UnitOfWork, token_hash: str) -> None:
    """Revokes the token. A second call changes nothing."""
    sessions.revoke_token(unit.begin(), token_hash, unit.now)

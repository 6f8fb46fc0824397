"""Sessions of pages and of the API for staff who are there, and links of applicants, to measure pages with."""

from __future__ import annotations

from sqlalchemy import select

from engine.acts.staff.sign_in import open_session
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.security.citizen_link import link_token
from engine.store.dossiers import dossiers
from engine.store.people import person_named
from engine.transaction import Runtime, UnitOfWork, in_transaction


def page_session(runtime: Runtime, username: str) -> str:
    """The token in the cookie of a session that was just opened."""
    return _session(runtime, username, pages=True)


def bearer_token(runtime: Runtime, username: str) -> str:
    """The token of a session of the API that was just opened."""
    return _session(runtime, username, pages=False)


def link_of(runtime: Runtime, code: str) -> str:
    """The token in the link of a dossier's applicant."""
    with runtime.database.connect() as connection:
        nonce = connection.execute(select(dossiers.c.link_nonce).where(dossiers.c.code == code)).scalar_one()
    return link_token(runtime.settings.secret_keys[0], nonce)


def _session(runtime: Runtime, username: str, *, pages: bool) -> str:
    def act(unit: UnitOfWork) -> str:
        person = person_named(unit.begin(), username)
        if person is None:
            raise LookupError(username)
        return open_session(unit, person, pages=pages)[0]

    return in_transaction(runtime, SYSTEM_ACTOR, act)

"""The clean-up of sessions of pages: idle ones are revoked, the state of those that are over is removed."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select

from adapters.channels import notifier_from
from engine.acts.staff.idle_sessions import end_idle_sessions
from engine.acts.staff.sign_in import close_session, open_session, page_token_hash
from engine.jobs.registry import JOBS, set_up_jobs
from engine.journal.check import Tally
from engine.journal.check_staff import check_staff
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.page_sessions import page_sessions
from engine.store.people import person_named, tokens
from engine.transaction import in_transaction
from tests.installation.world import World


def _open(world: World, *, pages: bool = True) -> str:
    with world.reading() as connection:
        person = person_named(connection, "counter")
    assert person is not None
    token, _ = in_transaction(world.runtime, SYSTEM_ACTOR, lambda unit: open_session(unit, person, pages=pages))
    return page_token_hash(token)


def _state(world: World) -> tuple[set[str], set[str]]:
    """The sessions that are kept, and the tokens that were revoked."""
    with world.reading() as connection:
        kept = set(connection.execute(select(page_sessions.c.hash)).scalars())
        gone = set(connection.execute(select(tokens.c.hash).where(tokens.c.revoked_at.is_not(None))).scalars())
    return kept, gone


def test_idle_sessions_are_revoked_and_forgotten_and_the_journal_tells(world: World) -> None:
    idle, ended = _open(world), _open(world)
    _open(world, pages=False)
    in_transaction(world.runtime, SYSTEM_ACTOR, lambda unit: close_session(unit, ended))
    later = world.runtime.now() + dt.timedelta(minutes=31)
    fresh = _open(world)
    with world.runtime.database.begin() as connection:
        connection.execute(page_sessions.update().where(page_sessions.c.hash == fresh).values(seen_at=later))
    assert in_transaction(world.runtime, SYSTEM_ACTOR, end_idle_sessions, now=later) == 2
    assert _state(world) == ({fresh}, {idle, ended})
    assert in_transaction(world.runtime, SYSTEM_ACTOR, end_idle_sessions, now=later) == 0
    assert list(check_staff(world.runtime.database, Tally())) == []


def test_the_job_that_forgets_old_answers_does_it(world: World) -> None:
    ended = _open(world)
    in_transaction(world.runtime, SYSTEM_ACTOR, lambda unit: close_session(unit, ended))
    set_up_jobs(world.runtime, notifier_from(world.runtime.settings))
    JOBS["forget_old_answers"]()
    assert _state(world)[0] == set()

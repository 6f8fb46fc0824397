"""Acts on people that end what was given to them, and those that make administrators."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from sqlalchemy import update

from engine.acts.notices.webhooks import add_webhook, seal_webhooks
from engine.acts.staff import administrators, revoke, switch
from engine.acts.staff import people as staff
from engine.rules.journal.staff_entries import token_id
from engine.store.outbox import webhooks
from engine.store.people import people, substitutes, tokens
from engine.store.staff_journal import admin_proposals
from engine.transaction import UnitOfWork
from tests.faults.crash_stage import Deed, Stage, Story

_NEW, _WHY = count(1), "theo quyết định"
_DAY = dt.date(2026, 6, 1)


def newcomer(stage: Stage) -> int:
    """A person whom no other story knows."""
    return int(stage.world.try_act("system", staff.add_person, f"nguoi.{next(_NEW)}", "Người Mới"))


def proposed(stage: Stage, person: int) -> int:
    return int(stage.world.try_act("system", administrators.propose_administrator, person, _WHY))


def second_administrator(stage: Stage) -> int:
    person = newcomer(stage)
    stage.world.try_act("admin", administrators.decide_administrator, proposed(stage, person), True, _WHY)
    return person


def switched(off: bool) -> Callable[[Stage], Deed]:
    def prepare(stage: Stage) -> Deed:
        person = second_administrator(stage) if off else newcomer(stage)
        if not off:
            stage.world.try_act("system", switch.switch_off, person, _WHY)
        act = switch.switch_off if off else switch.switch_on
        return Deed(stage.direct(act, person, _WHY), stage.rows(people, id=person, active=int(not off)))

    return prepare


def admin_taken(stage: Stage) -> Deed:
    person = second_administrator(stage)
    return Deed(stage.direct(administrators.take_admin, person, _WHY), stage.rows(people, id=person, admin=0))


def admin_proposed(stage: Stage) -> Deed:
    person = newcomer(stage)
    run = stage.direct(administrators.propose_administrator, person, _WHY)
    return Deed(run, stage.rows(admin_proposals, person_id=person))


def admin_approved(stage: Stage) -> Deed:
    person = newcomer(stage)
    given = proposed(stage, person), True, _WHY
    run = stage.direct(administrators.decide_administrator, *given, who=stage.world.actor("admin"))
    return Deed(run, stage.rows(people, id=person, admin=1))


def token_revoked(every: bool) -> Callable[[Stage], Deed]:
    def prepare(stage: Stage) -> Deed:
        person = newcomer(stage)
        stage.world.try_act("system", staff.issue_token, person, dt.timedelta(days=1))
        with stage.world.reading() as connection:
            hashed = connection.execute(tokens.select().where(tokens.c.person_id == person)).one().hash
        given: tuple[Any, ...] = (revoke.revoke_tokens,) if every else (revoke.revoke_token,)
        arguments = (person,) if every else (person, token_id(hashed))
        return Deed(stage.direct(*given, *arguments), stage.rows(tokens, hash=hashed, revoked_at=stage.world.now))

    return prepare


def substitute_ended(stage: Stage) -> Deed:
    pair = newcomer(stage), newcomer(stage)
    week = _DAY, _DAY + dt.timedelta(days=7)
    stage.world.try_act("system", staff.add_substitute, *pair, *week, "QĐ 1")
    end = _DAY + dt.timedelta(days=2)
    run = stage.direct(revoke.end_substitute, *pair, end, _WHY)
    return Deed(run, stage.rows(substitutes, absent_id=pair[0], valid_to=end))


def secrets_sealed(stage: Stage) -> Deed:
    made = stage.world.try_act("admin", add_webhook, "https://example.vn/sealed")

    def unseal(unit: UnitOfWork) -> None:
        mine = update(webhooks).where(webhooks.c.id == made["id"])
        unit.begin().execute(mine.values(secret=made["secret"]))

    stage.world.try_act("system", unseal)
    fewer = stage.rows(webhooks, secret=made["secret"])
    return Deed(stage.direct(seal_webhooks), lambda: -fewer())


STAFF_STORIES: Mapping[str, Story] = {
    "switch a person off": Story({"staff.switch.switch_off", "staff.people.revoke_all"}, switched(off=True)),
    "switch a person on": Story({"staff.switch.switch_on", "staff.record.record_staff"}, switched(off=False)),
    "take admin": Story({"staff.administrators.take_admin"}, admin_taken),
    "propose an administrator": Story({"staff.administrators.propose_administrator"}, admin_proposed),
    "approve an administrator": Story({"staff.administrators.decide_administrator"}, admin_approved),
    "revoke a token": Story({"staff.revoke.revoke_token"}, token_revoked(every=False)),
    "revoke all tokens": Story({"staff.revoke.revoke_tokens"}, token_revoked(every=True)),
    "end a substitution": Story({"staff.revoke.end_substitute"}, substitute_ended),
    "seal secrets of webhooks": Story({"notices.webhooks.seal_webhooks"}, secrets_sealed),
}

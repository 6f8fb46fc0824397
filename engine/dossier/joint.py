"""Joint steps: several roles must take the same action, in any order, before the dossier moves on.

Who acted since the dossier entered its state is read from the journal, so nothing can say otherwise. A dossier that
comes back into the state begins anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import orjson
from sqlalchemy import Connection, and_, or_, select

from engine.rules.procedure.definition import Action, Release
from engine.rules.procedure.permissions import Actor, Verdict, may
from engine.store.journal import journal
from engine.text import Text

DONE = Text("phần của vai trò này trong bước chung đã làm xong", "this role has done its part of the joint step")


def roles_that_acted(connection: Connection, dossier_id: int, action: str) -> list[str]:
    """The roles that took the joint ``action`` since the dossier entered its present state, in that order."""
    told = or_(journal.c.body.contains('"effect":', autoescape=True), journal.c.act == "recall")
    of_this = select(journal.c.body).where(and_(journal.c.dossier_id == dossier_id, told))
    acted: list[str] = []
    for text in connection.execute(of_this.order_by(journal.c.number)).scalars():
        body = orjson.loads(text)
        data = body["data"]
        if body["act"] == "recall" or data.get("from") != data.get("to"):
            acted = []
        elif data.get("joint") and data["action"] == action:
            acted.append(data["role"])
    return acted


def still_asked(action: Action, acted: Sequence[str]) -> Action:
    """The action as the roles may take it that have not acted yet."""
    return msgspec.structs.replace(action, by=tuple(role for role in action.by if role not in acted))


def may_jointly(
    actor: Actor, action: Action, acted: Sequence[str], dossier: Mapping[str, Any], release: Release, on: dt.date
) -> Verdict:
    """``permissions.may`` for a joint action that the roles ``acted`` have taken already."""
    verdict = may(actor, still_asked(action, acted), dossier, release, on)
    if acted and not verdict.allowed and may(actor, action, dossier, release, on).allowed:
        return Verdict(False, why=DONE)
    return verdict


def role_asked(connection: Connection, dossier_id: int, release: Release, state: str) -> str | None:
    """The role that holds the dossier in ``state``: where it has done its part of a joint step, the next one."""
    role = release.states[state].role
    for key, action in release.actions.items():
        if role is not None and action.joint and state in action.sources:
            acted = roles_that_acted(connection, dossier_id, key)
            return role if role not in acted else next(iter(still_asked(action, acted).by), role)
    return role

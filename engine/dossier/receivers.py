"""Who receives a dossier: the people in a role that the release lets receive it, at the office of this role.

They alone hand out the citizen's keys: the link on Form 01, and a new link.
"""

from __future__ import annotations

import datetime as dt

from engine.dossier.case import Case
from engine.errors import Forbidden
from engine.rules.offices.routing import INTAKE
from engine.rules.procedure.machine import Workflow
from engine.rules.procedure.permissions import Actor, roles_in


def receives(case: Case) -> bool:
    """Whether the actor has a role that receives the dossier, at the office that receives it today."""
    if case.unit.actor.kind != "staff":
        return False
    offices = {**case.row["offices"], INTAKE: case.counter}
    return any(
        role in roles_in(case.unit.actor, offices[unit], case.today)
        for role, unit in _receiving(case).items()
        if unit in offices
    )


def must_receive(case: Case) -> None:
    """Requires an actor who receives the dossier. Raises Forbidden."""
    if not receives(case):
        raise Forbidden(
            why_vi="chỉ người tiếp nhận tại nơi tiếp nhận của hồ sơ",
            why_en="only those who receive at the dossier's counter",
        )


def may_receive_at(actor: Actor, office: str, workflow: Workflow, on: dt.date) -> bool:
    """Whether the actor has a role at this centre that may take a receiving action on the day ``on``."""
    receiving = (action for action in workflow.release.actions.values() if action.effect == "receive")
    wanted = {role for action in receiving for role in action.by}
    return actor.kind == "system" or bool(wanted & roles_in(actor, office, on))


def receiving_action(workflow: Workflow) -> str:
    """The action that first receives a dossier."""
    actions = workflow.release.actions.items()
    return next(key for key, action in actions if action.effect == "receive" and workflow.initial in action.sources)


def _receiving(case: Case) -> dict[str, str]:
    """The roles that may receive, with the routing keys of their offices; where no action receives, the counter's."""
    release = case.release
    named = {role for action in release.actions.values() if action.effect == "receive" for role in action.by}
    known = {role: release.roles[role].unit for role in named if role in release.roles}
    return known or {role: told.unit for role, told in release.roles.items() if told.unit == INTAKE}

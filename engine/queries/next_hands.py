"""Whom an action would lead a dossier to: the next state, the office and the role there, and the rule that chose it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.dossier.case import Case
from engine.errors import Refusal
from engine.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class NextHands:
    """The state after an action. ``office``, ``office_name`` and ``role`` are None where no staff acts then.

    ``key`` is the routing key of the office. ``same`` says that the office is the one that acts now.
    """

    state: str
    state_name: Text
    final: bool
    office: str | None
    office_name: Text | None
    role: str | None
    role_name: Text | None
    key: str | None
    same: bool


def next_hands(case: Case, action: str) -> NextHands | None:
    """Where an action leads on the present facts; None where it is not possible."""
    try:
        step = case.workflow.advance(case.row["state"], action, case.facts())
    except Refusal:
        return None
    state = case.release.states[step.target]
    role = case.release.roles.get(state.role or "")
    office = case.row["offices"].get(role.unit) if role else None
    known = case.unit.catalogue.offices.get(office or "")
    return NextHands(
        state=step.target,
        state_name=state.name,
        final=state.final,
        office=office,
        office_name=known.name if known else None,
        role=state.role,
        role_name=role.name if role else None,
        key=role.unit if role else None,
        same=office == case.row["holder_office"],
    )

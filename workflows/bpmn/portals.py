"""The national portal's codes of states, which BPMN does not say: by what our export wrote, by names, and by places."""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.rules.plain_text import plain_text
from engine.rules.procedure.definition import APPLICANT, Branch, State
from engine.rules.procedure.portal_status import PortalStatus
from engine.text import Text
from workflows.bpmn.parts import Act, Step
from workflows.normal_form import CLOCK_OF_PORTAL, effects_of

_WITHDRAWN = re.compile(r"\brut\b|withdraw")
_REFUSED = re.compile(r"tu choi|khong (duoc )?(tiep nhan|hop le|chap nhan|du dieu kien)|refus|reject|declin|denied")
_STOPPED = re.compile(r"\bdung\b|\bhuy\b|qua han|het han|stop|cancel|abort|expire|\bnot\b")
_READY = re.compile(r"^(da xu ly xong|result ready|cho tra ket qua|tra ket qua|da co ket qua|return (the )?result)$")
_OBLIGATION = re.compile(r"nghia vu tai chinh|financial obligation")
_RECEIVED = re.compile(r"^(duoc tiep nhan|da tiep nhan|received)$")
_ASKED = re.compile(r"bo sung|hoan thien ho so|supplement")


def decide_portals(states: dict[str, Step], acts: Sequence[Act]) -> None:
    """Gives every state its code, and the clock where the code does not say it."""
    for step in states.values():
        if not step.final:
            step.portal = 1 if step.initial else step.portal or _of_step(step)
    early = _early(states, acts)
    for step in states.values():
        if step.final and not step.portal:
            sources = {one for act in acts for one in act.sources if any(arm.target == step.key for arm in act.arms)}
            step.portal = _of_end(step, sources <= early)
        if step.key in early and step.portal == PortalStatus.SUPPLEMENT and not step.clock:
            step.clock = "not_started"
        if step.clock == CLOCK_OF_PORTAL[step.portal]:
            step.clock = ""


def effect_of(act: Act, states: dict[str, Step], written: bool = True) -> str:
    """The meaning of an action by the codes that it joins. ``written``: only where the file must say it, because the
    codes alone leave it open."""
    known = {one: _state(states[one]) for one in (*act.sources, *(arm.target for arm in act.arms))}
    effects = effects_of(act.sources, [Branch(arm.target) for arm in act.arms], False, known)
    if not written:
        return " ".join(sorted(effects))
    return "step" if len(effects) > 1 and effects != {"forward", "step"} else ""


def _early(states: dict[str, Step], acts: Sequence[Act]) -> set[str]:
    """The initial state, and those where the applicant completes what was filed before it is received."""
    found = {key for key, step in states.items() if step.initial}
    entered = {
        key: {one for act in acts for one in act.sources if any(arm.target == key for arm in act.arms)}
        for key, step in states.items()
        if step.portal == PortalStatus.SUPPLEMENT
    }
    return found | {key for key, sources in entered.items() if sources <= found}


def _of_step(step: Step) -> int:
    name = plain_text(step.name.vi)
    if _OBLIGATION.search(name):
        return PortalStatus.OBLIGATION
    if step.roles == (APPLICANT,) or (APPLICANT in step.roles and _ASKED.search(name)):
        return PortalStatus.SUPPLEMENT
    if _READY.search(name):
        return PortalStatus.READY
    return PortalStatus.RECEIVED if _RECEIVED.search(name) else PortalStatus.IN_PROCESS


def _of_end(step: Step, at_intake: bool) -> int:
    name = plain_text(step.name.vi)
    if _WITHDRAWN.search(name):
        return PortalStatus.WITHDRAWN
    if _REFUSED.search(name):
        return PortalStatus.REFUSED if at_intake else PortalStatus.STOPPED
    return PortalStatus.STOPPED if _STOPPED.search(name) else PortalStatus.RETURNED


def _state(step: Step) -> State:
    return State(Text(step.name.vi, step.name.vi), step.portal, CLOCK_OF_PORTAL[step.portal])

"""Lint rules about actions and roles: the names they use exist, timers are complete, and effects are unambiguous."""

from __future__ import annotations

from engine.rules.procedure.definition import APPLICANT, SYSTEM, Action
from engine.rules.procedure.permissions import LEADER, MONITOR
from engine.rules.procedure.portal_status import PortalStatus
from workflows.lint_rules.subject import Subject, arm_path
from workflows.normal_form import effects_of
from workflows.problems import Both, Suggest

HOLDER = "holder"  # in a notice: the person who holds the dossier at that moment
JOINT_EFFECTS = ("step", "forward", "submit")
BUILT_IN_ROLES = (APPLICANT, SYSTEM, HOLDER, MONITOR)
PORTALS_OF_EFFECT = {
    "refuse": (PortalStatus.REFUSED,),
    "ask": (PortalStatus.SUPPLEMENT,),
    "withdraw": (PortalStatus.WITHDRAWN,),
    "stop": (PortalStatus.STOPPED,),
    "finish": (PortalStatus.READY, PortalStatus.RETURNED),
    "return": (PortalStatus.RETURNED,),
}


def check_names(subject: Subject) -> None:
    """States, roles and actions that the file names must exist. It runs first, since other rules skip unknown names."""
    release, source = subject.release, subject.source
    for key, action in release.actions.items():
        path = ("actions", key)
        for index, state in enumerate(action.sources):
            _want_state(subject, state, (*path, "from", index), Both(f'thao tác "{key}"', f'action "{key}"'))
        for index, branch in enumerate(action.to):
            _want_state(
                subject,
                branch.then,
                arm_path((*path, "to"), index, branch),
                Both(f'thao tác "{key}"', f'action "{key}"'),
            )
        for index, role in enumerate(action.by):
            _want_role(subject, role, (*path, "by", index), Both(f'thao tác "{key}"', f'action "{key}"'), SYSTEM)
    for key, state_ in release.states.items():
        if state_.role is not None:
            _want_role(subject, state_.role, ("states", key, "role"), Both(f'trạng thái "{key}"', f'state "{key}"'))
    for old, new in release.effective.migrate.items():
        _want_state(subject, new, ("effective", "migrate", old), Both("bảng migrate", "the migrate table"))
    for key, child in release.children.items():
        _want_state(subject, child.opens, ("children", key, "opens"), Both(f'hồ sơ con "{key}"', f'child "{key}"'))
    if release.sla.starts not in release.actions:
        at = source.at("sla", "starts") if source.has("sla", "starts") else source.key("sla")
        hint = Suggest(release.sla.starts, tuple(release.actions))
        subject.add("unknown-action", at, where='"sla.starts"', action=release.sla.starts, hint=hint)
    _check_rights(subject)
    _check_notices(subject)


def check_actions(subject: Subject) -> None:
    """The documents, timers and effects of actions are consistent, and some action receives and some returns."""
    release, source = subject.release, subject.source
    for key, action in release.actions.items():
        if action.attach is not None and action.attach not in release.documents:
            at = source.at("actions", key, "attach")
            hint = Suggest(action.attach, tuple(release.documents))
            subject.add("attach-undeclared", at, action=key, document=action.attach, hint=hint)
        _check_timer(subject, key, action)
        _check_effect(subject, key, action)
        _check_joint(subject, key, action)
    if not subject.report.has("unknown-state", "ambiguous-effect", "effect-portal"):
        for effect in ("receive", "return"):
            if not any(action.effect == effect for action in release.actions.values()):
                subject.add(f"{effect}-missing", source.key("actions"))
    _check_two_timers(subject)


def check_roles(subject: Subject) -> None:
    """Each role belongs to an office that routing finds, and is used."""
    release, source = subject.release, subject.source
    acting = {role for action in release.actions.values() for role in action.by}
    acting |= {role for notice in release.notify for role in notice.to}
    acting |= {state.role for state in release.states.values() if state.role}
    for key, role in release.roles.items():
        if key in BUILT_IN_ROLES:
            subject.add("reserved-role", source.key("roles", key), role=key)
        elif key not in acting and not subject.report.has("unknown-role"):
            subject.add("unused-role", source.key("roles", key), role=key)
        if role.unit not in release.routing:
            hint = Suggest(role.unit, tuple(release.routing))
            subject.add("intake-role", source.at("roles", key, "unit"), role=key, unit=role.unit, hint=hint)


def _check_notices(subject: Subject) -> None:
    release = subject.release
    where = Both("thông báo", "a notice")
    for index, notice in enumerate(release.notify):
        at = ("notify", index, "event")
        if notice.event in ("entered", "remind") and notice.subject is not None:
            _want_state(subject, notice.subject, at, where)
        if notice.event == "action" and notice.subject not in release.actions:
            hint = Suggest(str(notice.subject), tuple(release.actions))
            subject.add("unknown-action", subject.source.at(*at), where=where, action=notice.subject, hint=hint)
        for place, role in enumerate(notice.to):
            _want_role(subject, role, ("notify", index, "to", place), where, HOLDER)


def _want_state(subject: Subject, state: str, path: tuple[str | int, ...], where: Both) -> None:
    if state not in subject.release.states:
        hint = Suggest(state, tuple(subject.release.states))
        subject.add("unknown-state", subject.source.at(*path), where=where, state=state, hint=hint)


def _check_rights(subject: Subject) -> None:
    """The roles to which an act is narrowed are the procedure's own, or the head of an office."""
    for act, roles in subject.release.rights.items():
        for number, role in enumerate(roles):
            known = (*subject.release.roles, LEADER)
            if role not in known:
                at, where = subject.source.at("rights", act, number), Both(f"rights.{act}", f"rights.{act}")
                subject.add("unknown-role", at, where=where, role=role, hint=Suggest(role, known))


def _want_role(subject: Subject, role: str, path: tuple[str | int, ...], where: Both, *besides: str) -> None:
    known = (*subject.release.roles, *((APPLICANT, *besides) if path[0] != "states" else ()))
    if role not in known:
        subject.add("unknown-role", subject.source.at(*path), where=where, role=role, hint=Suggest(role, known))


def _check_timer(subject: Subject, key: str, action: Action) -> None:
    source = subject.source
    if SYSTEM in action.by and action.after is None:
        subject.add("system-without-after", source.at("actions", key, "by"), action=key)
    if action.after is not None and SYSTEM not in action.by:
        subject.add("after-without-system", source.key("actions", key, "after"), action=key)
    if action.by != (SYSTEM,):
        return
    asked = (
        ("reason", action.reason == "required"),
        ("attach", action.attach),
        ("signature", action.signature == "digital"),
    )
    for name, present in asked:
        if present:
            subject.add("timer-needs-person", source.key("actions", key, name), action=key, needs=name)


def _check_joint(subject: Subject, key: str, action: Action) -> None:
    """A joint step is taken by roles of staff, one of which holds the dossier; it changes nothing but the state."""
    if not action.joint:
        return
    holders = [subject.release.states[one].role for one in action.sources if one in subject.release.states]
    if set(action.by) & {APPLICANT, SYSTEM}:
        why = Both("người nộp và hệ thống không tham gia được", "applicant and system cannot take part")
    elif action.joint > len(action.by) or len(action.by) < 2:
        why = Both(f"by chỉ có {len(action.by)} vai trò", f"by names {len(action.by)} role(s) only")
    elif action.attach or action.signature == "digital" or action.warn_after:
        why = Both(
            "không dùng cùng attach, signature, warn_after", "attach, signature and warn_after do not go with it"
        )
    elif action.effect not in JOINT_EFFECTS:
        why = Both(f"effect {action.effect} chỉ một người làm được", f"effect {action.effect} is one person's")
    elif any(role not in action.by for role in holders):
        why = Both("vai trò giữ trạng thái nguồn phải ở trong by", "the role that holds the state must be in by")
    else:
        return
    subject.add("joint-step", subject.source.key("actions", key, "joint"), action=key, why=why)


def _check_two_timers(subject: Subject) -> None:
    firing: dict[tuple[str, object], str] = {}
    for key, action in subject.release.actions.items():
        for state in action.sources if action.after else ():
            other = firing.setdefault((state, action.after), key)
            if other != key:
                at = subject.source.at("actions", key, "after")
                subject.add("two-timers", at, action=key, other=other, state=state)


def _check_effect(subject: Subject, key: str, action: Action) -> None:
    states, source = subject.release.states, subject.source
    if not source.has("actions", key, "effect"):
        effects = effects_of(action.sources, action.to, action.signature == "digital", states)
        if len(effects) > 1 and effects != {"forward", "step"}:
            subject.add("ambiguous-effect", source.key("actions", key), action=key, effects=sorted(effects))
        return
    wanted = PORTALS_OF_EFFECT.get(action.effect)
    wrong = [state for state in sorted(subject.targets(action)) if wanted and states[state].portal not in wanted]
    if action.effect == "receive":
        wanted = (PortalStatus.REGISTERED, PortalStatus.SUPPLEMENT)
        wrong = [state for state in action.sources if state in states and states[state].portal not in wanted]
    for state in wrong[:1]:
        at = source.at("actions", key, "effect")
        portal = states[state].portal
        subject.add("effect-portal", at, effect=action.effect, action=key, state=state, portal=portal, wanted=wanted)

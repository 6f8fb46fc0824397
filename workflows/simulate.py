"""Simulates a dossier of a release in memory, act by act, for scenarios and for authors.

It uses the rules of production (machine, timing, deadlines) without database, offices or people: an act names the role
that takes it. Between two acts every due timer fires, in the order of time: reminders, warnings, the apology for
lateness, automatic transitions. Moments are timezone-aware.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.clock import LOCAL, civil_day
from engine.errors import Conflict, Forbidden, Refusal
from engine.rules.deadlines import timing
from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.due import Due
from engine.rules.deadlines.pauses import Extension
from engine.rules.deadlines.promise import extended
from engine.rules.dossier_row import ClockRow
from engine.rules.procedure.definition import SYSTEM, Action, Notice, Release, Term
from engine.rules.procedure.facts import nested
from engine.rules.procedure.machine import DocumentRequired, GuardFailed, ReasonRequired, Step, Workflow, role_name
from workflows.story_parts import Used, children_seen, conditions_seen


class BackInTime(Refusal):
    """An act is dated before the previous one."""

    code = "back-in-time"
    vi = "Thao tác lúc {at} đứng sau thao tác lúc {now}: hãy xếp theo thời gian."
    en = "The act at {at} stands after the one at {now}: put them in order of time."


class RoleMissing(Forbidden):
    """The role that the act names may not take this action."""

    vi = "“{role}” không được “{action_vi}”; được phép: {allowed_vi}."
    en = "“{role}” may not “{action_en}”; allowed: {allowed_en}."


class PaperMissing(DocumentRequired):
    """The action requires a document that was not attached."""

    vi = "Phải đính kèm “{document}” khi “{action_vi}”."
    en = "“{action_en}” needs the document “{document}”."


class NoMoreExtensions(Conflict):
    """The release allows no further extension (Form 04)."""

    code = "no-more-extensions"
    vi = "Quy trình chỉ cho gia hạn {count} lần."
    en = "The release allows {count} extensions."


@dataclass(frozen=True)
class Given:
    """A dossier before its first act. ``documents`` None means that every paper is handed in."""

    filed: dt.datetime
    kind: str = "citizen"
    channel: str = "counter"
    commune: str = ""
    province: str = ""
    verified: bool = False
    fields: Mapping[str, Any] = field(default_factory=dict)
    documents: frozenset[str] | None = None


@dataclass(frozen=True)
class Act:
    """An act at a moment: ``do`` is an action of the release, otherwise ``act`` is built in.

    Built-in acts are ``settle`` (fees), ``documents`` (``papers`` handed in), ``extend`` (by ``days`` working days),
    ``ask_verification``, ``answer_verification``, ``finish_children``, ``wait``.
    """

    at: dt.datetime
    do: str | None = None
    act: str | None = None
    by: str | None = None
    reason: str | None = None
    attach: str | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    papers: tuple[str, ...] = ()
    days: int = 0


@dataclass(frozen=True)
class WalkStep:
    """An act or a timer, and the dossier after it. ``due`` None: the clock has not started, or is paused.

    ``fees_due`` is in đồng.
    """

    at: dt.datetime
    kind: str  # action, timer, act
    name: str
    by: str | None
    state: str
    portal: int
    clock: str
    due: dt.datetime | None
    forms: tuple[str, ...]
    notices: tuple[str, ...]
    opened: tuple[str, ...]
    fees_due: int


@dataclass
class Walk:
    """A walk: its steps, the due moment with its trace after the last one, and the covered parts of the release."""

    release: Release
    steps: list[WalkStep] = field(default_factory=list)
    explained: Due | None = None
    used: set[Used] = field(default_factory=set)


class Walker:
    """A simulated dossier; ``do`` takes its acts one after the other."""

    def __init__(self, workflow: Workflow, calendar: Calendar, given: Given):
        self.workflow, self.release, self.calendar, self.given = workflow, workflow.release, calendar, given
        self.walk = Walk(workflow.release)
        self.now = given.filed
        self.papers = set(workflow.release.documents if given.documents is None else given.documents)
        self.paid = 0
        self.children = self.children_finished = self.verifications = 0
        self._rung: set[tuple[str, str, dt.datetime]] = set()
        self._reminded: dt.datetime | None = None
        self._acted: list[str] = []
        first = workflow.release.states[workflow.initial]
        self.row: ClockRow = {
            "state": workflow.initial, "portal": first.portal, "clock": first.clock, "entered_at": given.filed,
            "started_at": None, "received_at": None, "term": None, "due_at": None, "promised_at": None,
            "step_due_at": None, "finished_at": None, "returned_at": None, "pauses": [], "extensions": [],
            "supplements": 0, "intake_from": None, "intake_due_at": None, "intake_done_at": None,
        }  # fmt: skip
        self.fields: dict[str, Any] = workflow.validate_fields(given.fields, facts=self._known())
        self._note_conditions()

    @property
    def facts(self) -> dict[str, Any]:
        """The present facts that conditions read."""
        known = nested(self.fields) | self._known()
        wanted = self.workflow.documents_required(self.workflow.facts(known))
        missing = [key for key in wanted if key not in self.papers]
        known["documents"] = {"complete": not missing, "missing": missing}
        owed = sum(self.workflow.fees_due(self.workflow.facts(known), self.given.province).values())
        due = max(owed - self.paid, 0)
        known["fees"] = {"settled": not due, "total": owed, "due": due}
        return self.workflow.facts(known)

    def do(self, act: Act) -> WalkStep:
        """Takes one act, after every timer that falls due before it.

        Raises BackInTime, or the refusal of the act, which then changes nothing; the timers before it have fired.
        """
        if act.at < self.now:
            raise BackInTime(at=act.at.astimezone(LOCAL).isoformat(), now=self.now.astimezone(LOCAL).isoformat())
        self.advance_to(act.at)
        self.now = act.at
        if act.do is not None:
            return self._action(act)
        return self._built_in_act(act)

    def advance_to(self, at: dt.datetime) -> list[WalkStep]:
        """Fires every timer that falls due until ``at``, the earliest first, and returns their steps."""
        fired = []
        while (clock := self._next_clock(at)) is not None:
            self.now = max(self.now, clock.due_at)
            if (step := self._ring(clock)) is not None:
                fired.append(step)
        return fired

    def fires_at(self, action: str) -> dt.datetime | None:
        """When a timer takes the action by itself; None where no timer runs for it."""
        return next((one.due_at for one in self._clocks() if (one.kind, one.subject) == ("after", action)), None)

    def _action(self, act: Act) -> WalkStep:
        key = act.do or ""
        step_from = self.row["state"]
        if key in self.release.actions:
            self._may(key, act)
        before = dict(self.fields)
        if act.fields:
            self.fields |= self.workflow.validate_fields(act.fields, partial=True, facts=self._known())
        try:
            step = self._advanced(step_from, key)
            self._needs(key, act)
        except Refusal:
            self.fields = before
            raise
        if self._waits_for_others(key, act):
            return self._record("action", key, act.by, [], (), None)
        return self._take(key, step.target, act.by, kind="action")

    def _advanced(self, state: str, key: str) -> Step:
        """The step of an action. Raises what ``Workflow.advance`` raises, and notes a guard that did not hold."""
        try:
            return self.workflow.advance(state, key, self.facts)
        except GuardFailed:
            self._note(("guard", key, "refused"))
            raise

    def _waits_for_others(self, key: str, act: Act) -> bool:
        """Whether a joint step still lacks a role after this act. Raises RoleMissing for one that has acted."""
        action = self.release.actions[key]
        if not action.joint:
            return False
        left = [role for role in action.by if role not in self._acted]
        if act.by is not None and act.by not in left:
            raise self._role_missing(act.by, action, left)
        self._acted.append(act.by or left[0])
        return len(self._acted) < action.joint

    def _take(self, key: str, target: str, by: str | None, kind: str) -> WalkStep:
        facts, source = self.facts, self.row["state"]
        self._note_conditions()
        self._note(("action", key), ("branch", key, self.workflow.action_arm(key, facts) or 0))
        term = self.workflow.total_term(facts)
        step = timing.after_step(self.row, self.release, target, key, lambda: term, self.calendar, self.now)
        self.row = timing.changed(self.row, step)
        if timing.starts(self.release, key):
            self._note(("term", self.workflow.term_arm(facts)))
        self._reminded = None
        self._acted = []
        told = [*self.workflow.notices("action", key)]
        opened: tuple[str, ...] = ()
        if target != source:
            told += self.workflow.notices("entered", target)
            opened = tuple(child for child, _ in self.workflow.children_opened(target, facts))
            self.children += len(opened)
            self._note(*children_seen(self.release, target, opened))
        return self._record(kind, key, by, told, opened, self.release.actions[key].form)

    def _built_in_act(self, act: Act) -> WalkStep:
        name = act.act or "wait"
        form, told = None, []
        if name == "settle":
            self.paid += self.facts["fees"]["due"]
        elif name == "documents":
            self.papers |= set(act.papers)
        elif name == "extend":
            self._extend(act)
            form, told = "mau-04", [Notice(event="action", to=("applicant",), via=("sms", "email"), template="gia-han")]
        elif name == "finish_children":
            self.children_finished = self.children
        elif name in ("ask_verification", "answer_verification"):
            self.verifications += 1 if name == "ask_verification" else -1
        return self._record("act", name, act.by, told, (), form)

    def _extend(self, act: Act) -> None:
        if len(self.row["extensions"]) >= self.release.sla.extensions:
            raise NoMoreExtensions(count=self.release.sla.extensions)
        more = Extension(Term(act.days, "working_day"), act.at, act.reason or "")
        changes = extended(self.row, self.release, self.calendar, more, act.at)
        self.row = timing.changed(self.row, changes)

    def _may(self, key: str, act: Act) -> None:
        action = self.release.actions[key]
        if act.by is not None and act.by not in action.by:
            raise self._role_missing(act.by, action, action.by)

    def _role_missing(self, role: str, action: Action, allowed: Iterable[str]) -> RoleMissing:
        names = [role_name(self.release, one) for one in allowed]
        return RoleMissing(
            role=role, action_vi=action.name.vi, action_en=action.name.en,
            allowed_vi=[name.vi for name in names], allowed_en=[name.en for name in names],
        )  # fmt: skip

    def _needs(self, key: str, act: Act) -> None:
        action = self.release.actions[key]
        if action.reason == "required" and not act.reason:
            raise ReasonRequired(action_vi=action.name.vi, action_en=action.name.en)
        if action.attach is not None and act.attach != action.attach:
            raise PaperMissing(document=action.attach, action_vi=action.name.vi, action_en=action.name.en)

    def _next_clock(self, until: dt.datetime) -> timing.Clock | None:
        """The earliest timer until a moment that has not fired.

        A timer that falls due at the moment of an act fires before it, except lateness: an act at the due moment is in
        time.
        """
        waiting = [
            clock
            for clock in self._clocks()
            if (clock.kind, clock.subject, clock.due_at) not in self._rung
            and (clock.due_at < until if clock.kind == "overdue" else clock.due_at <= until)
        ]
        return min(waiting, key=lambda clock: (clock.due_at, clock.kind), default=None)

    def _clocks(self) -> Iterator[timing.Clock]:
        for clock in timing.wanted_clocks(self.row, self.release, self.calendar):
            state = self.release.states[self.row["state"]]
            if clock.kind == "remind" and self._reminded is not None and state.remind is not None:
                again = timing.next_reminder(self.row, state.remind, self.calendar, self._reminded)
                yield timing.Clock(clock.kind, clock.subject, again)
            else:
                yield clock

    def _ring(self, clock: timing.Clock) -> WalkStep | None:
        """The step of a timer; None where its action was refused, which leaves everything as it was."""
        self._rung.add((clock.kind, clock.subject, clock.due_at))
        if clock.kind == "after":
            try:
                step = self._advanced(self.row["state"], clock.subject)
            except GuardFailed:
                return None
            return self._take(clock.subject, step.target, SYSTEM, kind="timer")
        if clock.kind == "remind":
            self._reminded = clock.due_at
        told = [notice for notice in self.release.notify if _tells(notice, clock, self.release)]
        if clock.kind in _BUILT_IN:
            told.append(Notice(event="due_in", to=("holder",), via=("inbox",), template=_BUILT_IN[clock.kind]))
        return self._record("timer", clock.kind, SYSTEM, told, (), None)

    def _record(
        self, kind: str, name: str, by: str | None, told: Sequence[Notice], opened: tuple[str, ...], form: str | None
    ) -> WalkStep:
        row = self.row
        forms = [one for one in (form, *(notice.form for notice in told)) if one is not None]
        step = WalkStep(
            self.now, kind, name, by, row["state"], row["portal"], row["clock"], row["due_at"],
            tuple(dict.fromkeys(forms)), tuple(notice.template for notice in told), opened, self.facts["fees"]["due"],
        )  # fmt: skip
        self.walk.steps.append(step)
        self.walk.explained = timing.explained(row, self.release, self.calendar, self.now)
        return step

    def _known(self) -> dict[str, Any]:
        given, row = self.given, self.row
        return {
            "applicant": {
                "kind": given.kind, "commune": given.commune, "province": given.province, "verified": given.verified,
            },
            "dossier": {
                "channel": given.channel, "supplements": row["supplements"], "extended": bool(row["extensions"]),
                "province": given.province,
                "received_after_cutoff": timing.received_after_cutoff(row, self.release, self.now),
                "filed_on": civil_day(given.filed).isoformat(),
            },
            "children": {
                "count": self.children, "finished": self.children > 0 and self.children == self.children_finished,
            },
            "verifications": {"open": self.verifications},
        }  # fmt: skip

    def _note(self, *parts: Used) -> None:
        self.walk.used.update(parts)

    def _note_conditions(self) -> None:
        self._note(*conditions_seen(self.workflow, self.facts, self.given.province))


_BUILT_IN = {"warn": "sap-den-han", "step": "buoc-qua-han"}
"""The templates of notices that the holder gets in every procedure: the due moment is near; a step limit has passed."""


def _tells(notice: Notice, clock: timing.Clock, release: Release) -> bool:
    if clock.kind == "due_in":
        return notice is release.notify[int(clock.subject)]
    if clock.kind == "remind":
        return notice.event == "remind" and notice.subject == clock.subject
    return clock.kind == "overdue" and notice.event == "overdue"

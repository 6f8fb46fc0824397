"""States, actions and roles with their keys, made of the steps of a process and the ways between them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from engine.rules.procedure.definition import APPLICANT, SYSTEM
from workflows.bpmn.diagram import Element
from workflows.bpmn.names import clean, key_of
from workflows.bpmn.parts import KEY, Act, Parts, Step
from workflows.bpmn.portals import decide_portals, effect_of
from workflows.bpmn.roles import Roles
from workflows.bpmn.steps import Steps
from workflows.bpmn.ways import Arm, Way
from workflows.problems import Both
from workflows.schema import EFFECTS

_CLOCKS = ("not_started", "running", "paused", "stopped")
_END = Both("Kết thúc", "End")


def parts_of(steps: Steps) -> Parts:
    """The parts of the draft of a process."""
    return _Assembly(steps).parts()


class _Assembly:
    def __init__(self, steps: Steps) -> None:
        self.steps, self.findings = steps, steps.findings
        self.roles = Roles([one for one in steps.reached if one.tag != "endEvent"], steps.first)
        self.states: dict[str, Step] = {}
        self.of_element: dict[str, Step] = {}

    def parts(self) -> Parts:
        for element in self.steps.reached:
            self.of_element[element.id] = self._state(element)
        acts = [act for element in self.steps.reached for act in self._acts(element)]
        decide_portals(self.states, acts)
        actions = _merged(acts, self.states)
        return Parts(self.states, actions, self.roles.parts, self.roles.offices)

    def _state(self, element: Element) -> Step:
        final = element.tag == "endEvent"
        name = Both(element.name, "") if element.name else _unnamed(element)
        own = element.node.get("own:state")
        own = own if KEY.fullmatch(own) else ""
        if final and (same := self._same_end(own, name)):
            same.notes += self.steps.diagram.notes.get(element.id, [])
            return same
        key = own if own and own not in self.states else key_of(name.vi, self.states, "end" if final else "step")
        if not element.name:
            self.findings.add("bpmn-no-name", element.at, what=element.what, id=element.id, key=key)
        portal, clock = element.node.get("own:portal"), element.node.get("own:clock")
        known = int(portal) if re.fullmatch("[1-9]|10", portal) else 0
        step = self.states[key] = Step(
            key,
            name,
            element,
            portal=known,
            guessed=not known,
            clock=clock if clock in _CLOCKS else "",
            initial=element is self.steps.first,
            final=final,
            roles=() if final else self.roles.of(element),
            notes=list(self.steps.diagram.notes.get(element.id, [])),
        )
        return step

    def _same_end(self, key: str, name: Both) -> Step | None:
        """The state that another end event of the same name became."""
        ends = [one for one in self.states.values() if one.final]
        return next((one for one in ends if (one.key == key if key else one.name == name)), None)

    def _acts(self, element: Element) -> list[Act]:
        if element.tag == "endEvent":
            return []
        step = self.of_element[element.id]
        ways = self.steps.leaving[element.id] or [Way(element.at, arms=(Arm(""),))]
        names = [self._name(step, way, len(ways)) for way in ways]
        found = []
        for way, name in zip(ways, names, strict=True):
            last = self._target(way.arms[-1])
            found.append(self._act(step, way, name if names.count(name) == 1 else _towards(name, last)))
        return found

    def _name(self, step: Step, way: Way, number: int) -> Both:
        if way.labels:
            return Both(clean(" – ".join(way.labels)), "")
        if number == 1 or len(way.arms) > 1:
            return Both(clean(f"Xong: {step.name.vi}"), clean(f"Done: {step.name.en or step.name.vi}"))
        target = self._target(way.arms[0]).name
        return Both(clean(f"Chuyển tới: {target.vi}"), clean(f"Go on to: {target.en or target.vi}"))

    def _target(self, arm: Arm) -> Step:
        """The state of an arm. The end of a step without a way out is made here."""
        if arm.target:
            return self.of_element[arm.target]
        known = self._same_end("", _END)
        if known is None:
            key = key_of(_END.vi, self.states, "end")
            known = self.states[key] = Step(key, _END, final=True)
        return known

    def _act(self, step: Step, way: Way, name: Both) -> Act:
        own, effect, by = "", "", []
        if way.own is not None:
            own, effect, by = way.own.get("own:action"), way.own.get("own:effect"), way.own.get("own:by").split()
        acting = tuple(dict.fromkeys(one for one in by if one in self.roles.parts or one == APPLICANT))
        return Act(
            name,
            [step.key],
            tuple(Arm(self._target(arm).key, arm.when) for arm in way.arms),
            (SYSTEM,) if way.after else acting or self._by(step),
            key=own if KEY.fullmatch(own) else "",
            guard=way.guard,
            after=way.after,
            effect=effect if effect in EFFECTS else "",
            asked=way.asked,
        )

    def _by(self, step: Step) -> tuple[str, ...]:
        """Those who act in the step; what the applicant brings, the receiving role may enter too."""
        return (self.roles.receiving, APPLICANT) if step.roles == (APPLICANT,) else step.roles


def _merged(acts: Iterable[Act], states: dict[str, Step]) -> dict[str, Act]:
    """The actions by key. What is the same from several states, and means the same there, is one action."""
    known: dict[tuple[object, ...], Act] = {}
    for act in acts:
        act.effect = act.effect or effect_of(act, states)
        means = effect_of(act, states, written=False)
        same = (act.name, act.arms, act.by, act.guard, act.after, act.effect, act.asked, means)
        if same in known:
            known[same].sources += [one for one in act.sources if one not in known[same].sources]
        else:
            known[same] = act
    named: dict[str, Act] = {}
    for act in known.values():
        key = act.key if act.key and act.key not in named else key_of(act.name.vi, named, "action")
        act.key = key
        named[key] = act
    return named


def _unnamed(element: Element) -> Both:
    if element.tag == "endEvent":
        return _END
    id_ = clean(element.id, 40)
    if element.tag == "startEvent":
        return Both("Mới đăng ký", "Newly registered")
    return Both(f"Bước {id_}", f"Step {id_}")


def _towards(name: Both, target: Step) -> Both:
    """The name of one of several ways with the same name."""
    english = f"{name.en} → {target.name.en or target.name.vi}" if name.en else ""
    return Both(clean(f"{name.vi} → {target.name.vi}"), clean(english))

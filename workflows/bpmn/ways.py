"""The ways out of a step: its flows, followed through gateways to the steps behind them.

Behind an exclusive gateway a person chooses, so each of its flows is a way of its own. Where all its flows but one have
a condition that can be read, and none has a name, the gateway decides by itself: that is one way with several arms.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from engine.rules.procedure.conditions import ConditionRefused
from engine.rules.procedure.expressions import parse
from workflows.bpmn.diagram import Diagram, Element, Flow
from workflows.bpmn.durations import after_of
from workflows.bpmn.findings import Findings
from workflows.bpmn.kinds import EVENTS, PARALLEL, STATES
from workflows.bpmn.markup import Node
from workflows.bpmn.names import clean
from workflows.problems import Both, Mark

MOST_WAYS = 400
_MOST_ARMS = 40
_MOST_IN_A_ROW = 40
_MOST_FOLLOWED = 20_000  # flows that are followed, also those that lead nowhere
_LONGEST_CONDITION = 1000
_ARMS, _WAYS = Both("nhánh của một cổng", "arms of one gateway"), Both("thao tác", "actions")
_ROW = Both("cổng nối tiếp nhau", "gateways in a row")
_DOTTED = re.compile(r"[a-z_][a-z0-9_]*\.[a-z_]")


@dataclass(frozen=True, slots=True)
class Arm:
    """Where a way leads when a condition holds; the last arm has none."""

    target: str
    when: str | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """A way out of a step. ``labels`` are the names along it; ``asked`` the conditions that could not be read;
    ``after`` the time after which it is taken by itself. ``own`` is what our own export says of the action."""

    at: Mark
    labels: tuple[str, ...] = ()
    guard: str | None = None
    arms: tuple[Arm, ...] = ()
    asked: tuple[str, ...] = ()
    after: str | None = None
    own: Node | None = None


class Ways:
    """Follows the flows of one diagram."""

    def __init__(self, diagram: Diagram, findings: Findings) -> None:
        self.diagram, self.findings = diagram, findings
        self.count = self.followed = 0

    def of(self, element: Element) -> list[Way]:
        """The ways out of a step or a start event, and those of the timers on its border. Raises Refused."""
        flows = self.diagram.leaving(element.id)
        default = self._default(element, flows)
        free = [flow for flow in flows if not flow.condition and flow.id != default]
        if len(free) > 1:
            self.findings.add("bpmn-split", element.at, name=element.name, id=element.id)
        found = [way for flow in flows for way in self._behind(flow, Way(flow.at), (element.id,))]
        for event in self.diagram.boundary(element.id):
            found += self._of_timer(element, event)
        return found

    def _of_timer(self, host: Element, event: Element) -> list[Way]:
        timer = next(iter(event.node.all("timerEventDefinition")), None)
        if timer is None or event.node.get("cancelActivity") == "false":
            facts = {"name": event.name, "id": event.id, "host": host.name}
            self.findings.add("bpmn-boundary", event.at, what=event.what, **facts)
            return []
        after = after_of(timer)
        if after is None:
            text = " ".join(part.text.strip() for part in timer.children)
            self.findings.add("bpmn-duration", event.at, text=text, what=event.what, name=event.name, id=event.id)
        start = Way(event.at, (event.name,) if event.name else (), after=after, own=event.node)
        return [way for flow in self.diagram.leaving(event.id) for way in self._behind(flow, start, (event.id,))]

    def _behind(self, flow: Flow, way: Way, seen: tuple[str, ...]) -> list[Way]:
        self._bounded(flow, seen)
        way = self._along(flow, way)
        target = self.diagram.elements[flow.target]
        if target.tag in STATES:
            return [self._counted(replace(way, arms=(Arm(target.id),)))]
        if target.id in seen:
            self.findings.add("bpmn-gateway-loop", target.at, name=target.name, id=target.id)
            return []
        self._tell(target)
        flows = self.diagram.leaving(target.id)
        if not flows:
            self.findings.add("bpmn-nowhere", target.at, what=target.what, name=target.name, id=target.id)
            return []
        seen = (*seen, target.id)
        arms = self._arms(target, flows, seen)
        if arms:
            return [self._counted(replace(way, arms=tuple(arms)))]
        if target.name and (len(flows) > 1 or target.tag in EVENTS):
            way = replace(way, labels=(*way.labels, target.name))
        return [one for out in flows for one in self._behind(out, way, seen)]

    def _along(self, flow: Flow, way: Way) -> Way:
        """The way with what stands at one more of its flows."""
        if flow.name:
            way = replace(way, labels=(*way.labels, flow.name))
        if flow.node.get("own:action"):
            way = replace(way, own=flow.node)
        when = readable(flow)
        if when is not None:
            return replace(way, guard=both(way.guard, when))
        if flow.condition:
            text = flow.condition
            self.findings.add("bpmn-condition", flow.at, text=text, name=flow.name, id=flow.id)
            return replace(way, asked=(*way.asked, text))
        return way

    def _arms(self, gateway: Element, flows: list[Flow], seen: tuple[str, ...]) -> list[Arm] | None:
        """The arms of a gateway that decides by itself, the one without a condition last; None where it does not."""
        if gateway.tag != "exclusiveGateway" or len(flows) < 2 or any(flow.name for flow in flows):
            return None
        default = self._default(gateway, flows)
        rest = [flow for flow in flows if flow.id == default or (not default and readable(flow) is None)]
        if len(rest) != 1 or (rest[0].condition and rest[0].id != default):
            return None
        found: list[Arm] = []
        for flow in [*(one for one in flows if one is not rest[0]), rest[0]]:
            when = None if flow is rest[0] else readable(flow)
            inner = self._targets(flow, seen)
            if inner is None or (when is None and flow is not rest[0]):
                return None
            found += [Arm(arm.target, both(when, arm.when)) for arm in inner]
            if len(found) > _MOST_ARMS:
                raise self.findings.refuse("bpmn-too-many", gateway.at, what=_ARMS, most=_MOST_ARMS)
        return found

    def _targets(self, flow: Flow, seen: tuple[str, ...]) -> list[Arm] | None:
        """Where an arm leads, through gateways that join or decide by themselves; None where a person must choose."""
        self._bounded(flow, seen)
        target = self.diagram.elements[flow.target]
        if target.tag in STATES:
            return [Arm(target.id)]
        flows = self.diagram.leaving(target.id)
        if target.tag != "exclusiveGateway" or target.id in seen or not flows:
            return None
        seen = (*seen, target.id)
        if len(flows) == 1 and not flows[0].condition:
            return self._targets(flows[0], seen)
        return self._arms(target, flows, seen)

    def _tell(self, passed: Element) -> None:
        """What is said of an element that the draft leaves out."""
        facts = {"what": passed.what, "name": passed.name, "id": passed.id}
        several = len(self.diagram.leaving(passed.id)) > 1 or len(self.diagram.entering(passed.id)) > 1
        if passed.tag in PARALLEL and several:
            self.findings.add("bpmn-parallel", passed.at, **facts)
        elif passed.tag == "eventBasedGateway":
            self.findings.add("bpmn-event-gateway", passed.at, **facts)
        elif passed.tag in EVENTS and (passed.node.children or passed.tag == "intermediateCatchEvent"):
            self.findings.add("bpmn-event", passed.at, **facts)

    def _default(self, element: Element, flows: list[Flow]) -> str:
        named = element.node.get("default")
        if named and named not in {flow.id for flow in flows}:
            facts = {"what": element.what, "name": element.name, "id": element.id}
            self.findings.add("bpmn-flow-default", element.at, ref=named, **facts)
            return ""
        return named

    def _bounded(self, flow: Flow, seen: tuple[str, ...]) -> None:
        self.followed += 1
        if len(seen) > _MOST_IN_A_ROW or self.followed > _MOST_FOLLOWED:
            raise self.findings.refuse("bpmn-too-many", flow.at, what=_ROW, most=_MOST_IN_A_ROW)

    def _counted(self, way: Way) -> Way:
        self.count += 1
        if self.count > MOST_WAYS:
            raise self.findings.refuse("bpmn-too-many", way.at, what=_WAYS, most=MOST_WAYS)
        return way


def readable(flow: Flow) -> str | None:
    """The condition of a flow, where it is one of workflow files: said to be so, or of facts with dotted names."""
    said = flow.condition
    if not said or len(said) > _LONGEST_CONDITION or clean(said, _LONGEST_CONDITION) != " ".join(said.split()):
        return None
    language = flow.language.casefold()
    ours = "cel.dev" in language or language == "cel"
    if not ours and (language or not _DOTTED.search(said)):
        return None
    try:
        parse(said)
    except (ConditionRefused, RecursionError):
        return None
    return said


def both(one: str | None, other: str | None) -> str | None:
    """The condition that both hold."""
    if one is None or other is None:
        return one or other
    return f"({one}) && ({other})"

"""The process followed from its start: which steps a dossier comes to, and the ways that leave each of them."""

from __future__ import annotations

from workflows.bpmn.diagram import Diagram, Element
from workflows.bpmn.findings import Findings
from workflows.bpmn.kinds import INSIDE, LOOPS, MACHINES, STATES, TRIGGERS
from workflows.bpmn.roles import is_applicants
from workflows.bpmn.ways import Way, Ways
from workflows.problems import Both

MOST_STATES = 150
_STATES = Both("trạng thái", "states")


class Steps:
    """``reached`` are the elements that become states, the first one first; ``leaving`` the ways out of each."""

    def __init__(self, diagram: Diagram, findings: Findings) -> None:
        """Raises Refused."""
        self.diagram, self.findings = diagram, findings
        self.leaving: dict[str, list[Way]] = {}
        self._ways = Ways(diagram, findings)
        self._filed = ""
        self.first = self._first()
        self.reached = self._reached()
        for element in self.reached:
            self._tell(element)

    def _first(self) -> Element:
        """The element in which a dossier begins: the step behind the start event, or the event where it has several."""
        starts = [one for one in self.diagram.elements.values() if one.tag == "startEvent"]
        for one in starts[1:]:
            self.findings.add("bpmn-many-starts", one.at, name=one.name, id=one.id)
        if not starts:
            return self._without_start()
        self._tell_triggers(starts[0])
        target = self._only_target(starts[0])
        if target is None:
            return starts[0]
        return self._behind_the_filing(target) or target

    def _behind_the_filing(self, first: Element) -> Element | None:
        """The step after that in which the applicant files, since a dossier begins when it was filed."""
        if not is_applicants(first):
            return None
        target = self._only_target(first)
        if target is None or target is first:
            return None
        self._filed = first.id
        self.findings.add("bpmn-filing", first.at, name=first.name, id=first.id)
        return target

    def _only_target(self, element: Element) -> Element | None:
        """The step to which the only way out of an element leads; None where there is a choice, a condition or none."""
        ways = self._of(element)
        if len(ways) != 1 or len(ways[0].arms) != 1 or ways[0].guard or ways[0].after:
            return None
        target = self.diagram.elements[ways[0].arms[0].target]
        return target if target.tag != "endEvent" else None

    def _without_start(self) -> Element:
        steps = [one for one in self.diagram.elements.values() if one.tag in STATES and one.tag != "endEvent"]
        free = [one for one in steps if not self.diagram.entering(one.id)]
        if len(free) != 1:
            raise self.findings.refuse("bpmn-no-start", steps[0].at)
        return free[0]

    def _reached(self) -> list[Element]:
        seen, waiting = {self.first.id}, [self.first]
        while waiting:
            element = waiting.pop()
            for arm in (arm for way in self._of(element) for arm in way.arms):
                if arm.target not in seen:
                    seen.add(arm.target)
                    waiting.append(self.diagram.elements[arm.target])
            if len(seen) > MOST_STATES:
                raise self.findings.refuse("bpmn-too-many", element.at, what=_STATES, most=MOST_STATES)
        for one in self.diagram.elements.values():
            if one.tag in STATES and one.id not in seen and one.id != self._filed:
                self._tell_unreached(one)
        rest = [one for one in self.diagram.elements.values() if one.id in seen and one is not self.first]
        return [self.first, *rest]

    def _of(self, element: Element) -> list[Way]:
        if element.tag == "endEvent":
            return []
        if element.id not in self.leaving:
            self.leaving[element.id] = self._ways.of(element)
        return self.leaving[element.id]

    def _tell_unreached(self, one: Element) -> None:
        inside = one.node.get("triggeredByEvent") == "true"
        rule = "bpmn-event-subprocess" if inside else "bpmn-unreached"
        self.findings.add(rule, one.at, what=one.what, name=one.name, id=one.id)

    def _tell(self, element: Element) -> None:
        """What is said of a step that the draft makes simpler than it is."""
        facts = {"what": element.what, "name": element.name, "id": element.id}
        if element.tag in MACHINES:
            self.findings.add("bpmn-task-kind", element.at, **facts)
        if element.tag in INSIDE:
            self.findings.add("bpmn-subprocess", element.at, **facts)
        if element.node.all(*LOOPS):
            self.findings.add("bpmn-loop", element.at, name=element.name, id=element.id)
        if element.tag == "endEvent":
            self._tell_triggers(element)
        elif not self._of(element):
            self.findings.add("bpmn-no-way-out", element.at, name=element.name, id=element.id)

    def _tell_triggers(self, event: Element) -> None:
        for one in event.node.all(*TRIGGERS):
            facts = {"what": event.what, "name": event.name, "id": event.id}
            self.findings.add("bpmn-trigger", event.at, event=TRIGGERS[one.tag], **facts)

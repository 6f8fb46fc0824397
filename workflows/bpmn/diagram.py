"""The process of a diagram: its elements by id, its flows, who does what, and what is written beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from workflows.bpmn.findings import Findings
from workflows.bpmn.kinds import BOUNDARY, DATA, NODES, SILENT, word
from workflows.bpmn.lanes import Doer, lanes_of, performers_of
from workflows.bpmn.markup import Node
from workflows.bpmn.names import clean
from workflows.problems import Both, Mark

_LINES = re.compile(r"\s*[\r\n]\s*")


@dataclass(frozen=True, slots=True)
class Element:
    """A flow node: an event, a step or a gateway. ``doers`` name who does it; ``lane`` is the lane or pool around."""

    id: str
    tag: str
    name: str
    at: Mark
    node: Node
    doers: tuple[Doer, ...] = ()
    office: str = ""

    @property
    def what(self) -> Both:
        return word(self.tag)


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow. ``condition`` is its expression, in ``language`` where the diagram names one."""

    id: str
    source: str
    target: str
    name: str
    at: Mark
    node: Node
    condition: str = ""
    language: str = ""


@dataclass(slots=True)
class Diagram:
    """One process, ready to be followed. ``notes`` are annotations and documentation by the id of their element; those
    of the process itself stand under its own id."""

    id: str
    name: str
    elements: dict[str, Element] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)

    _ends: dict[tuple[str, str], list[Flow]] = field(default_factory=dict)
    _borders: dict[str, list[Element]] = field(default_factory=dict)

    def leaving(self, element: str) -> list[Flow]:
        return self._ends.get(("from", element), [])

    def entering(self, element: str) -> list[Flow]:
        return self._ends.get(("to", element), [])

    def boundary(self, element: str) -> list[Element]:
        """The events on the border of a step."""
        return self._borders.get(element, [])

    def add(self, one: Element) -> None:
        self.elements[one.id] = one
        if one.tag in BOUNDARY:
            self._borders.setdefault(one.node.get("attachedToRef"), []).append(one)

    def join(self, one: Flow) -> None:
        self.flows[one.id] = one
        self._ends.setdefault(("from", one.source), []).append(one)
        self._ends.setdefault(("to", one.target), []).append(one)


def diagram_of(root: Node, process: Node, findings: Findings) -> Diagram:
    """The parts of ``process``. Raises Refused where a flow leads nowhere."""
    made = Diagram(process.id, clean(process.get("name")))
    _read_elements(made, root, process, findings)
    language = root.get("expressionLanguage")
    for one in process.all("sequenceFlow"):
        _read_flow(made, one, language, findings)
    for element in made.elements.values():
        if element.tag in BOUNDARY and element.node.get("attachedToRef") not in made.elements:
            ref = element.node.get("attachedToRef")
            raise findings.refuse("bpmn-dangling", element.at, what=element.what, id=element.id, ref=ref)
    _read_notes(made, process)
    for one in process.all(*DATA):
        name = clean(one.get("name"))
        findings.add("bpmn-data", one.at, what=word(one.tag), name=name, id=one.id)
        if name and name not in made.data:
            made.data.append(name)
    return made


def check_ids(root: Node, findings: Findings) -> None:
    """Every id names one element. Raises Refused."""
    seen: dict[str, int] = {}
    for node in every(root):
        if node.id and node.id in seen:
            raise findings.refuse("bpmn-duplicate-id", node.at, id=node.id, line=seen[node.id])
        seen[node.id] = node.at.line


def every(root: Node) -> Iterator[Node]:
    """The element and all below it, in the order of the file."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.children))


def _read_elements(made: Diagram, root: Node, process: Node, findings: Findings) -> None:
    lanes = lanes_of(process, findings)
    for node in process.children:
        if node.tag in NODES:
            if not node.id:
                raise findings.refuse("bpmn-no-id", node.at, what=word(node.tag))
            lane, office = lanes.get(node.id, ("", ""))
            doers = (Doer(lane),) if lane else performers_of(root, node)
            made.add(Element(node.id, node.tag, clean(node.get("name")), node.at, node, doers, office))
        elif node.tag not in SILENT and node.tag not in DATA:
            name = clean(node.get("name"))
            findings.add("bpmn-unknown-element", node.at, what=word(node.tag), name=name, id=node.id)


def _read_flow(made: Diagram, node: Node, language: str, findings: Findings) -> None:
    source, target = node.get("sourceRef"), node.get("targetRef")
    for ref in (source, target):
        if ref not in made.elements:
            what = Both("luồng", "the flow")
            raise findings.refuse("bpmn-dangling", node.at, what=what, id=node.id, ref=ref)
    condition = next(iter(node.all("conditionExpression")), None)
    spoken = condition.get("language") or language if condition is not None else ""
    said = _LINES.sub(" ", condition.text.strip()) if condition is not None else ""
    id_ = node.id or f"flow at line {node.at.line}, column {node.at.column}"
    made.join(Flow(id_, source, target, clean(node.get("name")), node.at, node, said, spoken))


def _read_notes(made: Diagram, process: Node) -> None:
    """What is written in the elements, and in annotations that are joined to them; others belong to the process."""
    for node in [process, *(one.node for one in made.elements.values()), *(one.node for one in made.flows.values())]:
        for said in node.all("documentation"):
            _note(made, node.id, said.text)
    texts = {one.id: "".join(part.text for part in one.all("text")) for one in process.all("textAnnotation")}
    joined: dict[str, str] = {}
    for one in process.all("association"):
        ends = (one.get("sourceRef"), one.get("targetRef"))
        for note, element in (ends, ends[::-1]):
            if note in texts and (element in made.elements or element in made.flows):
                joined[note] = element
    for note, text in texts.items():
        _note(made, joined.get(note, process.id), text)


def _note(made: Diagram, owner: str, text: str) -> None:
    said = clean(text, 400)
    if said:
        made.notes.setdefault(owner, []).append(said)

"""BPMN 2.0 (OMG formal/2013-12-09) with diagram interchange: a procedure for the modelling tools of others."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from engine.pictures.arrange import Arrangement, Box, Line, Link, Point, Size, arrange
from engine.pictures.bpmn_flow import Element, Flow, Process, process_of
from engine.pictures.layout import label_size
from engine.rules.procedure.definition import Release, Term

CEL = "https://cel.dev"
OWN = "https://motcua.invalid/bpmn"
"""The namespace of what BPMN has no word for: keys, the national portal's codes, effects. An import reads it again."""
_SPACES = {
    "xmlns:bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "xmlns:bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "xmlns:dc": "http://www.omg.org/spec/DD/20100524/DC",
    "xmlns:di": "http://www.omg.org/spec/DD/20100524/DI",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xmlns:motcua": OWN,
}
_SIZES = {
    "startEvent": Size(36, 36),
    "endEvent": Size(36, 36),
    "boundaryEvent": Size(36, 36),
    "exclusiveGateway": Size(50, 50),
    "userTask": Size(120, 80),
}


def bpmn_of(release: Release, language: str) -> str:
    """The document: one process that nobody executes, and its diagram. The same bytes for the same release."""
    process = process_of(release)
    root = ET.Element(
        "bpmn:definitions",
        {**_SPACES, "id": "definitions", "targetNamespace": OWN, "expressionLanguage": CEL},
    )
    name = f"{release.procedure}: {release.name.in_(language)}"
    own = {"motcua:procedure": release.procedure}
    body = ET.SubElement(root, "bpmn:process", {"id": "process", "name": name, "isExecutable": "false", **own})
    for element in process.elements.values():
        _write_element(body, element, process, release, language)
    for flow in process.flows:
        _write_flow(body, flow, release, language)
    _write_diagram(root, process, language)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _write_element(body: ET.Element, element: Element, process: Process, release: Release, language: str) -> None:
    name = {"name": element.name.in_(language)} if element.name.vi else {}
    host = {"attachedToRef": element.host} if element.host else {}
    own = _own_of_state(release, element.state) | _own_of_action(release, element.action)
    part = ET.SubElement(body, f"bpmn:{element.kind}", {"id": element.id, **name, **host, **own})
    for tag, flows in (
        ("incoming", [flow.id for flow in process.flows if flow.target == element.id]),
        ("outgoing", [flow.id for flow in process.flows if flow.source == element.id]),
    ):
        for flow in flows:
            _said(part, f"bpmn:{tag}", flow)
    for performer in element.performers:
        words = performer.name.in_(language)
        unit = {"motcua:unit": performer.unit} if performer.unit else {}
        owner = ET.SubElement(part, "bpmn:potentialOwner", {"name": words, "motcua:role": performer.key, **unit})
        assignment = ET.SubElement(owner, "bpmn:resourceAssignmentExpression")
        _said(assignment, "bpmn:formalExpression", words)
    if element.after is not None:
        timer = ET.SubElement(part, "bpmn:timerEventDefinition", {"id": f"{element.id}_after"})
        _said(timer, "bpmn:timeDuration", _duration(element.after), {"xsi:type": "bpmn:tFormalExpression"})


def _own_of_state(release: Release, key: str) -> dict[str, str]:
    if not key:
        return {}
    state = release.states[key]
    return {"motcua:state": key, "motcua:portal": str(state.portal), "motcua:clock": state.clock}


def _own_of_action(release: Release, key: str) -> dict[str, str]:
    if not key:
        return {}
    action = release.actions[key]
    return {"motcua:action": key, "motcua:by": " ".join(action.by), "motcua:effect": action.effect}


def _write_flow(body: ET.Element, flow: Flow, release: Release, language: str) -> None:
    name = {"name": flow.name.in_(language)} if flow.name.vi else {}
    ends = {"sourceRef": flow.source, "targetRef": flow.target}
    own = _own_of_action(release, flow.action)
    part = ET.SubElement(body, "bpmn:sequenceFlow", {"id": flow.id, **name, **ends, **own})
    if flow.when is not None:
        condition = {"xsi:type": "bpmn:tFormalExpression", "language": CEL}
        _said(part, "bpmn:conditionExpression", flow.when, condition)


def _said(parent: ET.Element, tag: str, words: str, attributes: dict[str, str] | None = None) -> None:
    part = ET.SubElement(parent, tag, attributes or {})
    part.text = words


def _duration(term: Term) -> str:
    """ISO 8601 where it has the unit; working time, which it has not, as the words of the workflow file."""
    return f"P{term.amount}D" if term.unit == "calendar_day" else f"{term.amount} {term.unit}"


def _write_diagram(root: ET.Element, process: Process, language: str) -> None:
    diagram = ET.SubElement(root, "bpmndi:BPMNDiagram", {"id": "diagram"})
    plane = ET.SubElement(diagram, "bpmndi:BPMNPlane", {"id": "plane", "bpmnElement": "process"})
    standing = [element for element in process.elements.values() if element.kind != "boundaryEvent"]
    found = _arranged(process, standing, language)
    for element, corner in zip(standing, found.corners, strict=True):
        _write_shape(plane, element, corner)
    for flow, line in zip(process.flows, found.lines, strict=True):
        source = process.elements[flow.source]
        points = line.points
        if source.kind == "boundaryEvent":
            _write_shape(plane, source, Point(points[0].x - 18, points[0].y - 18))
            points = (_out_of_the_circle(line), *points[1:])
        edge = ET.SubElement(plane, "bpmndi:BPMNEdge", {"id": f"{flow.id}_di", "bpmnElement": flow.id})
        for point in points:
            ET.SubElement(edge, "di:waypoint", {"x": f"{point.x:g}", "y": f"{point.y:g}"})


def _arranged(process: Process, standing: list[Element], language: str) -> Arrangement:
    """A boundary event has no place of its own: it sits where its flow leaves the task."""
    hosts = {element.id: element.host for element in process.elements.values() if element.host}
    boxes = [Box(element.id, _SIZES[element.kind]) for element in standing]
    links = [
        Link(
            hosts.get(flow.source, flow.source),
            flow.target,
            2.0,
            label_size((flow.name.in_(language),) if flow.name.vi else ()),
        )
        for flow in process.flows
    ]
    return arrange(boxes, links, "leftright")


def _write_shape(plane: ET.Element, element: Element, corner: Point) -> None:
    marker = {"isMarkerVisible": "true"} if element.kind == "exclusiveGateway" else {}
    shape = ET.SubElement(plane, "bpmndi:BPMNShape", {"id": f"{element.id}_di", "bpmnElement": element.id, **marker})
    size = _SIZES[element.kind]
    place = {"x": corner.x, "y": corner.y, "width": size.width, "height": size.height}
    ET.SubElement(shape, "dc:Bounds", {name: f"{value:g}" for name, value in place.items()})


def _out_of_the_circle(line: Line) -> Point:
    """Where a flow leaves the boundary event that sits at its first point: 18 pixels towards the next."""
    first, second = line.points[0], line.points[1]
    if abs(second.x - first.x) >= abs(second.y - first.y):
        return Point(first.x + (18 if second.x > first.x else -18), first.y)
    return Point(first.x, first.y + (18 if second.y > first.y else -18))

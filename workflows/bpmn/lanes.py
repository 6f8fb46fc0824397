"""Who does a step: the lane that it lies in, or the performers that it names."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.bpmn.findings import Findings
from workflows.bpmn.markup import Node
from workflows.bpmn.names import clean

_PERFORMERS = ("potentialOwner", "humanPerformer", "performer", "resourceRole")


@dataclass(frozen=True, slots=True)
class Doer:
    """Who does a step. ``key`` and ``unit`` are those of the role, where our own export names them."""

    name: str
    key: str = ""
    unit: str = ""


def lanes_of(process: Node, findings: Findings) -> dict[str, tuple[str, str]]:
    """For each element in a lane its name, and the name of the lane around that one (an office); else empty."""
    known = {one.id for one in process.children}
    found: dict[str, tuple[str, str]] = {}
    waiting = [(lane, "") for lanes in process.all("laneSet") for lane in lanes.all("lane")]
    while waiting:
        lane, around = waiting.pop(0)
        name = clean(lane.get("name"))
        for ref in lane.all("flowNodeRef"):
            element = ref.text.strip()
            if element not in known:
                findings.add("bpmn-lane-ref", ref.at, name=name, id=lane.id, ref=element)
            elif name:
                found[element] = (name, around)
        waiting += [(one, name or around) for lanes in lane.all("childLaneSet") for one in lanes.all("lane")]
    return found


def performers_of(root: Node, step: Node) -> tuple[Doer, ...]:
    """Those who do a step, by the name of the resource, else of the role, else the expression that finds them."""
    resources = {one.id: clean(one.get("name")) for one in root.all("resource")}
    found: dict[str, Doer] = {}
    for one in step.all(*_PERFORMERS):
        ref = "".join(part.text for part in one.all("resourceRef")).strip()
        named = resources.get(ref) or resources.get(ref.rpartition(":")[2]) or clean(one.get("name"))
        expressed = [
            part.text for way in one.all("resourceAssignmentExpression") for part in way.all("formalExpression")
        ]
        name = named or clean(" ".join(expressed))
        if name:
            found[name] = Doer(name, one.get("own:role"), one.get("own:unit"))
    return tuple(found.values())

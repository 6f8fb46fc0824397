"""Which process of a file becomes the draft, and what is said of the others."""

from __future__ import annotations

from workflows.bpmn.findings import Findings
from workflows.bpmn.kinds import STATES
from workflows.bpmn.markup import Node
from workflows.bpmn.names import clean
from workflows.problems import Both


def process_of(root: Node, wanted: str, findings: Findings) -> Node:
    """The process with the id ``wanted``, else the one with most steps. Raises Refused."""
    processes = root.all("process")
    if wanted:
        chosen = next((one for one in processes if one.id == wanted), None)
        if chosen is None:
            known = ", ".join(one.id for one in processes[:10])
            raise findings.refuse("bpmn-unknown-process", root.at, id=wanted, known=known)
    else:
        chosen = max(processes, key=_steps, default=None)
    if chosen is None or not _steps(chosen):
        raise findings.refuse("bpmn-no-process", root.at)
    for one in processes:
        if one is not chosen and _steps(one):
            findings.add("bpmn-other-process", one.at, name=pool_of(root, one) or clean(one.get("name")), id=one.id)
    for pools in root.all("collaboration"):
        for pool in pools.all("participant"):
            if not pool.get("processRef"):
                findings.add("bpmn-pool", pool.at, name=clean(pool.get("name")), id=pool.id)
        for flow in pools.all("messageFlow"):
            findings.add("bpmn-message-flow", flow.at, name=clean(flow.get("name")), id=flow.id)
    return chosen


def pool_of(root: Node, process: Node) -> str:
    """The name of the pool around a process; empty where it has none."""
    for pools in root.all("collaboration"):
        for pool in pools.all("participant"):
            if process.id and pool.get("processRef").rpartition(":")[2] == process.id:
                return clean(pool.get("name"))
    return ""


def check_root(root: Node, findings: Findings) -> None:
    """The root is BPMN's. Raises Refused."""
    if root.tag != "definitions":
        named = root.tag.rpartition(" ")[2]
        raise findings.refuse("bpmn-not-bpmn", root.at, root=Both(named, named) if len(named) < 80 else named)


def _steps(process: Node) -> int:
    return sum(one.tag in STATES and one.tag != "endEvent" for one in process.children)

"""``draft_of``: a BPMN file in, the draft of a workflow file and what is to be said of it out."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.bpmn.assembled import parts_of
from workflows.bpmn.diagram import check_ids, diagram_of
from workflows.bpmn.findings import Findings, Refused
from workflows.bpmn.markup import Unreadable, read_markup
from workflows.bpmn.names import clean
from workflows.bpmn.processes import check_root, pool_of, process_of
from workflows.bpmn.steps import Steps
from workflows.bpmn.written import MOST_NOTES, Given, Written, draft_text
from workflows.problems import Both, Mark, Problem
from workflows.yaml_reader import MOST_BYTES


@dataclass(frozen=True, slots=True)
class Imported:
    """``text`` is the draft; None where the diagram was refused, and then a finding of ``problems`` is an error."""

    text: str | None
    problems: tuple[Problem, ...]


def draft_of(data: bytes, given: Given, draft_name: str, process: str = "") -> Imported:
    """The draft of the process with the id ``process``, else of the one with most steps. It raises nothing.

    What is said of the diagram has its lines; what is to be decided has the lines of the draft, called ``draft_name``.
    """
    findings = Findings(given.source)
    try:
        written = _written(data, given, process, findings)
    except Unreadable as error:
        findings.unreadable(error)
        return Imported(None, tuple(findings.problems()))
    except Refused:
        return Imported(None, tuple(findings.problems()))
    for rule, (line, facts) in written.decide.items():
        findings.decide(draft_name, rule, line, **facts)
    return Imported(written.text, tuple(findings.problems()))


def _written(data: bytes, given: Given, process: str, findings: Findings) -> Written:
    root = read_markup(data)
    check_root(root, findings)
    check_ids(root, findings)
    chosen = process_of(root, process, findings)
    diagram = diagram_of(root, chosen, findings)
    diagram.name = diagram.name or pool_of(root, chosen) or clean(root.get("name"))
    parts = parts_of(Steps(diagram, findings))
    left_out = [one for one in findings.problems() if one.severity == "warning"]
    written = draft_text(diagram, chosen, parts, given, left_out)
    if written.notes_cut:
        findings.add("bpmn-notes-cut", chosen.at, most=MOST_NOTES)
    if len(written.text.encode()) > MOST_BYTES:
        raise findings.refuse("bpmn-too-large", Mark(1, 1), most=Both("256 KB của bản nháp", "256 KB of draft"))
    return written

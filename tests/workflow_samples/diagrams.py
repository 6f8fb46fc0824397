"""Small BPMN diagrams for tests, written by hand; their ids and names are made up."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def bpmn(*parts: str, beside: str = "", attributes: str = "") -> str:
    """A document with one process of these parts, and more ``beside`` it."""
    inside = "\n".join(parts)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions xmlns="{MODEL}" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="d" targetNamespace="urn:test" {attributes}>\n'
        f'<process id="p" name="Cấp giấy phép">\n{inside}\n</process>\n{beside}</definitions>\n'
    )


def task(key: str, name: str = "", inside: str = "", tag: str = "userTask") -> str:
    """A task."""
    return f"<{tag} id={quoteattr(key)} name={quoteattr(name or key)}>{inside}</{tag}>"


def flow(source: str, target: str, name: str = "", when: str = "") -> str:
    """A sequence flow; its id is that of its ends."""
    condition = f"<conditionExpression>{escape(when)}</conditionExpression>" if when else ""
    named = f" name={quoteattr(name)}" if name else ""
    ends = f'sourceRef="{source}" targetRef="{target}"'
    return f'<sequenceFlow id="{source}-{target}"{named} {ends}>{condition}</sequenceFlow>'


def lanes(**steps: str) -> str:
    """A lane by its name with the ids of its steps, separated by blanks."""
    written = []
    for number, (name, ids) in enumerate(steps.items()):
        refs = "".join(f"<flowNodeRef>{one}</flowNodeRef>" for one in ids.split())
        written.append(f'<lane id="lane{number}" name={quoteattr(name.replace("_", " "))}>{refs}</lane>')
    return f'<laneSet id="lanes">{"".join(written)}</laneSet>'


START, END = '<startEvent id="s"/>', '<endEvent id="e" name="Đã trả kết quả"/>'
"""The usual ends of a process."""

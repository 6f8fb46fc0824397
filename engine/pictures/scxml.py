"""A procedure as SCXML (W3C, State Chart XML 1.0, 2015): the state machine for programs that run such charts."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from engine.rules.procedure.definition import Release

NAMESPACE = "http://www.w3.org/2005/07/scxml"
OWN = "https://motcua.invalid/scxml"
"""The namespace of what SCXML has no word for: a state's name and role, an action's name, roles and condition.

The condition is an expression of the Common Expression Language. No data model of SCXML evaluates it, so a program
that runs the chart sees a transition for each arm of a choice, in the order in which the arms are tried.
"""


def scxml_of(release: Release, language: str) -> str:
    """The document. An action is an event of its key; a timer is the event ``after.<key>``."""
    chart = ET.Element(
        "scxml",
        {
            "xmlns": NAMESPACE,
            "xmlns:motcua": OWN,
            "version": "1.0",
            "datamodel": "null",
            "name": f"{release.procedure}-{release.version}",
            "initial": release.initial,
        },
    )
    for key, state in release.states.items():
        role = {"motcua:role": state.role} if state.role else {}
        name = {"motcua:name": state.name.in_(language)}
        element = ET.SubElement(chart, "final" if state.final else "state", {"id": key, **name, **role})
        for action_key, action in release.actions.items():
            if key in action.sources:
                event = f"after.{action_key}" if action.after else action_key
                own = {"motcua:name": action.name.in_(language), "motcua:by": " ".join(action.by)}
                for branch in action.to:
                    condition = " && ".join(f"({part})" for part in (action.guard, branch.when) if part)
                    when = {"motcua:when": condition} if condition else {}
                    ET.SubElement(element, "transition", {"event": event, "target": branch.then, **own, **when})
    ET.indent(chart)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(chart, encoding="unicode") + "\n"

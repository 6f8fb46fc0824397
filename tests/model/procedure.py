"""A release read as plain data: what its states, actions, papers, fees and notices say, without the engine's machine.

Conditions are evaluated by ``engine.rules.procedure.conditions``; everything else is interpreted here, from the
normal form alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from engine.rules.procedure.conditions import Condition, compile_condition
from engine.rules.procedure.definition import Release
from engine.rules.procedure.facts import declared_facts

Facts = Mapping[str, Any]


class Refused(Exception):
    """The model refuses an act, with the code that the engine must give."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Procedure:
    """One release as the model reads it."""

    def __init__(self, release: Release) -> None:
        self.digest = release.digest()
        self.data: dict[str, Any] = msgspec.to_builtins(release)
        self.code: str = self.data["procedure"]
        self.states: dict[str, dict[str, Any]] = self.data["states"]
        self.actions: dict[str, dict[str, Any]] = self.data["actions"]
        self.roles: dict[str, dict[str, Any]] = self.data["roles"]
        self.sla: dict[str, Any] = self.data["sla"]
        self.initial = next(key for key, state in self.states.items() if state["initial"])
        self._declared = declared_facts(release)
        self._conditions: dict[str, Condition] = {}

    def __deepcopy__(self, _memory: Any) -> Procedure:
        return self  # nothing here ever changes

    def holds(self, source: str | None, facts: Facts) -> bool:
        """Whether a condition holds; no condition always does."""
        if source is None:
            return True
        if source not in self._conditions:
            self._conditions[source] = compile_condition(source, self._declared)
        return self._conditions[source](facts)

    def exists_in(self, state: str, action: str) -> None:
        """Refuses an action that there is not, or not from here."""
        if action not in self.actions:
            raise Refused("unknown-action")
        if state not in self.actions[action]["sources"]:
            raise Refused("action-not-in-state")

    def target(self, action: str, facts: Facts) -> str | None:
        """Where an action leads, None when its guard or every branch says no."""
        acting = self.actions[action]
        if not self.holds(acting["guard"], facts):
            return None
        return next((branch["then"] for branch in acting["to"] if self.holds(branch["when"], facts)), None)

    def term(self, facts: Facts) -> dict[str, Any]:
        return dict(next(arm["term"] for arm in self.sla["total"] if self.holds(arm["when"], facts)))

    def papers_wanted(self, facts: Facts) -> dict[str, dict[str, Any]]:
        """The papers that the applicant must hand in."""
        brought = {action["attach"] for action in self.actions.values()}
        return {
            key: paper
            for key, paper in self.data["documents"].items()
            if not paper["result"] and key not in brought and self.holds(paper["when"], facts)
        }

    def fees_wanted(self, facts: Facts, province: str) -> dict[str, int]:
        wanted = {}
        for key, fee in self.data["fees"].items():
            if self.holds(fee["when"], facts):
                units = _number(facts, fee["per"]) if fee["per"] else 1
                each = [fee["by_province"].get(province, fee["vnd"])] * units
                for tier in fee.get("tiers", ()):
                    each[tier["above"] :] = [tier["vnd"]] * max(units - tier["above"], 0)
                copies = max(_number(facts, fee["copies"]), 1) if "copies" in fee else 1
                wanted[key] = min(sum(each), fee.get("most", sum(each))) * copies
        return wanted

    def form(self, given: Mapping[str, Any], known: Facts) -> dict[str, Any]:
        """What is kept of the values given: those of the fields that are asked for. Refuses what is missing."""
        form = {key: value for key, value in given.items() if value is not None and value != ""}
        fields: dict[str, dict[str, Any]] = self.data["fields"]
        while True:
            asked = {key for key, one in fields.items() if self.holds(one["when"], with_form(known, form))}
            if form.keys() <= asked:
                break
            form = {key: value for key, value in form.items() if key in asked}
        if any(fields[key]["required"] and key not in form for key in asked):
            raise Refused("invalid-input")
        return form

    def notices(self, event: str, subject: str | None) -> list[dict[str, Any]]:
        return [one for one in self.data["notify"] if (one["event"], one["subject"]) == (event, subject)]


def with_form(known: Facts, form: Mapping[str, Any]) -> dict[str, Any]:
    """Facts with the dotted keys of a form put in."""
    facts = {key: dict(value) if isinstance(value, Mapping) else value for key, value in known.items()}
    for key, value in form.items():
        *path, last = key.split(".")
        here = facts
        for part in path:
            here = here.setdefault(part, {})
        here[last] = value
    return facts


def _number(facts: Facts, name: str) -> int:
    value: Any = facts
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return max(0, value) if isinstance(value, int) else 0

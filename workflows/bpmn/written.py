"""Writes the draft: a commented workflow file, with a mark at every place that a diagram cannot fill."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from engine.rules.procedure.portal_status import PortalStatus
from engine.text import Text
from workflows.bpmn.diagram import Diagram
from workflows.bpmn.markup import Node
from workflows.bpmn.names import clean
from workflows.bpmn.parts import Act, Parts, Step
from workflows.bpmn.usual import ASKED, DATA, DIFFERS, FIELDS, HEAD, MARKS, NO_BASIS, PAPERS, notices_of
from workflows.new_file import MARK
from workflows.problems import Both, Problem
from workflows.release_text import Quoted, flow

NO_CODE = "0.000000"
DAYS = 10
MOST_NOTES = 40_000
_REMINDED = 5
_MOST_LEFT_OUT = 60


@dataclass(frozen=True, slots=True)
class Given:
    """What whoever imports says beside the diagram; empty where they do not. ``source`` is the diagram's file."""

    source: str
    first_day: dt.date
    code: str = ""
    name: str = ""
    legal: tuple[str, ...] = ()
    language: str = "vi"


@dataclass(slots=True)
class Written:
    """The lines of the draft, and the rule of what is to be decided by the number of its line."""

    lines: list[str] = field(default_factory=list)
    decide: dict[str, tuple[int, dict[str, object]]] = field(default_factory=dict)
    notes_cut: bool = False

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


def draft_text(diagram: Diagram, process: Node, parts: Parts, given: Given, left_out: Sequence[Problem]) -> Written:
    """The workflow file of these parts; what is ``left_out`` of it stands in its first comments."""
    return _Draft(diagram, process, parts, given).written(left_out)


class _Draft:
    def __init__(self, diagram: Diagram, process: Node, parts: Parts, given: Given) -> None:
        self.diagram, self.process, self.parts, self.given = diagram, process, parts, given
        self.out = Written()
        self.spent = 0

    def written(self, left_out: Sequence[Problem]) -> Written:
        self._says(HEAD, source=clean(self.given.source), id=clean(self.diagram.id))
        for one in left_out[:_MOST_LEFT_OUT]:
            told = one.sentence(self.given.language)
            self._says(DIFFERS, line=one.line, told=clean(told, 600))
        self._head()
        self._people()
        self._asked()
        self._term()
        self._process()
        self._notices()
        return self.out

    def _head(self) -> None:
        given, own = self.given, clean(self.process.get("own:procedure"))
        code = clean(given.code) or own or NO_CODE
        name = self.diagram.name.removeprefix(f"{own}: ") if own else self.diagram.name
        name = clean(given.name) or name or clean(given.source) or "BPMN"
        self._notes(self.diagram.notes.get(self.diagram.id, []), "")
        if code == NO_CODE:
            self._mark("bpmn-decide-code", code=code)
        self._line(f"procedure: {flow(Quoted(code))}", "version: 1", f"name: {flow({'vi': name})}")
        self._mark("bpmn-decide-legal")
        legal = list(dict.fromkeys(filter(None, map(clean, given.legal)))) or [NO_BASIS.in_(given.language)]
        sector = {"code": "KHAC", "vi": "Lĩnh vực khác", "en": "Other field"}
        self._line(
            f"legal: {flow(list(map(Quoted, legal)))}",
            f"effective: {flow({'from': given.first_day, 'running': 'keep'})}",
            f"sector: {flow(sector)}",
            "channels: [counter, portal, post]",
            "applicants: [citizen, business, organisation, foreigner]",
        )

    def _people(self) -> None:
        self._line("", "roles:")
        self._mark("bpmn-decide-roles", "  ", count=len(self.parts.roles))
        for key, role in self.parts.roles.items():
            self._line(f"  {key}: {flow({**_named(role.name), 'unit': role.unit})}")
        self._line("", "routing:", "  intake: any_centre_in_province")
        for key, name in self.parts.offices.items():
            if name:
                self._notes([name], "  ")
            self._line(f"  {key}: {flow({'by': 'competent', 'place': 'request.commune'})}")

    def _asked(self) -> None:
        self._line("")
        self._mark("bpmn-decide-fields")
        self._line("fields:", *(f"  {key}: {flow(value)}" for key, value in FIELDS.items()), "")
        self._mark("bpmn-decide-papers")
        if self.diagram.data:
            self._says(DATA, names=clean(", ".join(self.diagram.data), 600))
        self._line("documents:", *(f"  {key}: {flow(value)}" for key, value in PAPERS.items()))

    def _term(self) -> None:
        effects = {key: _received(act, self.parts.states) for key, act in self.parts.actions.items()}
        starts = next((key for key, receives in effects.items() if receives), next(iter(effects)))
        self._line("")
        self._mark("bpmn-decide-term", days=DAYS)
        self._line("sla:", "  unit: working_day", "  calendar: vn", f"  total: {DAYS}", f"  starts: {starts}")
        self._line("  warn: {before: 1}", "  extensions: 1", "  verified: false")

    def _process(self) -> None:
        self._line("", "states:")
        guessed = sum(step.guessed for step in self.parts.states.values())
        if guessed:
            self._mark("bpmn-decide-portal", "  ", count=guessed)
        for step in self.parts.states.values():
            self._notes(step.notes, "  ")
            self._line(f"  {step.key}: {flow(_state(step))}")
        self._line("", "actions:")
        self._mark("bpmn-decide-forms", "  ")
        for act in self.parts.actions.values():
            told = f"{MARK.in_(self.given.language)} {ASKED.in_(self.given.language)}"
            self._notes([told.format(condition=clean(one, 400)) for one in act.asked], "  ")
            self._line(f"  {act.key}: {flow(_action(act))}")

    def _notices(self) -> None:
        self._line("", "notify:")
        self._mark("bpmn-decide-notices", "  ")
        for notice in notices_of(self.parts.states, _first_received(self.parts)):
            self._line(f"  - {flow(notice)}")

    def _line(self, *lines: str) -> None:
        self.out.lines += lines

    def _mark(self, rule: str, indent: str = "", **facts: object) -> None:
        """A comment at a place that is to be decided, which is also a finding."""
        language = self.given.language
        self._line(f"{indent}# {MARK.in_(language)} {MARKS[rule].in_(language)}")
        self.out.decide[rule] = (len(self.out.lines), facts)

    def _says(self, words: Text, **facts: object) -> None:
        self._line(*(f"# {line}" for line in words.in_(self.given.language).format(**facts).splitlines()))

    def _notes(self, notes: list[str], indent: str) -> None:
        for one in notes:
            if self.spent + len(one) > MOST_NOTES:
                self.out.notes_cut = True
                return
            self.spent += len(one)
            self._line(f"{indent}# {one}")


def _named(name: Both) -> dict[str, object]:
    return {"vi": name.vi, "en": name.en or None}


def _state(step: Step) -> dict[str, object]:
    held = not step.final and not step.initial and step.portal != PortalStatus.SUPPLEMENT
    staff = [one for one in step.roles if one != "applicant"]
    return {
        **_named(step.name),
        "portal": step.portal,
        "role": staff[0] if held and staff else None,
        "clock": step.clock or None,
        "remind": _REMINDED if step.reminds else None,
        "initial": True if step.initial else None,
        "final": True if step.final else None,
    }


def _action(act: Act) -> dict[str, object]:
    arms = [{"else": arm.target} if arm.when is None else {"when": arm.when, "to": arm.target} for arm in act.arms]
    return {
        **_named(act.name),
        "from": act.sources[0] if len(act.sources) == 1 else act.sources,
        "to": act.arms[0].target if len(arms) == 1 and act.arms[0].when is None else arms,
        "by": act.by[0] if len(act.by) == 1 else list(act.by),
        "guard": act.guard,
        "after": act.after,
        "effect": act.effect or None,
    }


def _received(act: Act, states: dict[str, Step]) -> bool:
    """Whether the action receives a dossier: from the initial state to one where the clock runs."""
    targets = {states[arm.target].portal for arm in act.arms}
    running = {PortalStatus.RECEIVED, PortalStatus.IN_PROCESS}
    return states[act.sources[0]].initial and bool(targets) and targets <= running


def _first_received(parts: Parts) -> Iterator[str]:
    """The actions that receive."""
    return (act.key for act in parts.actions.values() if _received(act, parts.states))

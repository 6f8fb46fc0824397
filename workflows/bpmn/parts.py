"""The parts of a draft before it is written. A name has an empty English side where the diagram gives one language."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from workflows.bpmn.diagram import Element
from workflows.bpmn.ways import Arm
from workflows.normal_form import CLOCK_OF_PORTAL
from workflows.problems import Both

KEY = re.compile(r"(?!(?:on|off|yes|no|y|n|true|false|null)$)[a-z][a-z0-9_]{0,39}")
"""A key of a workflow file."""


@dataclass(slots=True)
class Step:
    """A state, made of one element or of several end events with one name. ``roles`` are the keys of those who act
    in it. ``portal`` is the national code, 0 until it is known, and ``guessed`` where the diagram does not say it."""

    key: str
    name: Both
    element: Element | None = None
    portal: int = 0
    clock: str = ""
    initial: bool = False
    final: bool = False
    guessed: bool = True
    roles: tuple[str, ...] = ()
    notes: list[str] = field(default_factory=list)

    @property
    def reminds(self) -> bool:
        """Whether the dossier waits there while no time is counted."""
        paused = (self.clock or CLOCK_OF_PORTAL[self.portal]) in {"paused", "not_started"}
        return paused and not self.initial


@dataclass(slots=True)
class Act:
    """An action; ``arms`` lead to keys of states. ``asked`` are conditions that the draft can only quote."""

    name: Both
    sources: list[str]
    arms: tuple[Arm, ...]
    by: tuple[str, ...]
    key: str = ""
    guard: str | None = None
    after: str | None = None
    effect: str = ""
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RolePart:
    """A role; ``unit`` is the key of its office in ``routing``."""

    name: Both
    unit: str


@dataclass(frozen=True, slots=True)
class Parts:
    """All that the draft says of the process, by key."""

    states: dict[str, Step]
    actions: dict[str, Act]
    roles: dict[str, RolePart]
    offices: dict[str, str]
    """The offices of ``routing`` beside ``intake``, with the names that the diagram gives them."""

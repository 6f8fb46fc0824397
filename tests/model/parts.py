"""What a dossier of the model is made of: who acts, papers, fees, questions and journal entries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Who:
    """Who acts: ``posts`` are (office, role) of staff, ``dossier`` the code of a citizen's own."""

    kind: str
    person: int | None = None
    posts: frozenset[tuple[str, str]] = frozenset()
    dossier: str | None = None

    @property
    def offices(self) -> set[str]:
        return {office for office, _ in self.posts}


@dataclass
class Paper:
    """``number`` is the row's id, None until the database has told it. ``brought`` is the entry that added it and the
    kind of actor; ``taken`` are the steps that took it (entry, action)."""

    key: str
    counts: dict[str, int]
    file: bool = False
    accepted: int | None = None
    removed: bool = False
    signed: bool = False
    reused_from: int | None = None
    number: int | None = None
    brought: tuple[int, str] = (0, "citizen")
    taken: list[tuple[int, str]] = field(default_factory=list)


@dataclass
class Owed:
    """What is owed for a fee, what of it is due, and what another fee's overpayment covers, in đồng."""

    owed: int
    due: int
    moved: int = 0


@dataclass
class Question:
    number: int
    office: str
    due_at: dt.datetime
    answered: dt.datetime | None = None


@dataclass
class Entry:
    """An entry of the journal; ``step`` is (from, to, effect, role) of a step, ``changed`` what it changed, ``state``
    and ``holder`` what they are after it. ``moved`` is (key, from, to) of a transfer, ``recalls`` what was undone."""

    act: str
    who: str
    at: dt.datetime
    step: tuple[str, str, str, str] | None = None
    changed: frozenset[str] = frozenset()
    state: str = ""
    holder: int | None = None
    moved: tuple[str, str, str] | None = None
    recalls: int | None = None

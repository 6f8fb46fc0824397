"""What can be done with many dossiers at once: the acts that are allowed for all of them, and those for some."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.dossier.case import Case
from engine.dossier.read_many import read_cases
from engine.dossier.rights import verdict_on
from engine.rules.procedure.signatures import for_many
from engine.store.dossier_parts import names_of_people
from engine.store.people import role_members
from engine.text import Text
from engine.transaction import UnitOfWork

CLAIM, ASSIGN, RELEASE, STEP = "claim", "assign", "release_claim", "step"
_NAMES = {
    CLAIM: Text("Nhận xử lý", "Take on"),
    ASSIGN: Text("Giao cho…", "Assign to…"),
    RELEASE: Text("Trả lại hàng đợi", "Give back to the queue"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An act on many dossiers: ``claim``, ``assign``, ``release_claim``, or ``step:`` and the action of the procedure.

    ``number`` of the dossiers allow it. ``reason`` says that it needs one, ``person`` that it needs a colleague.
    """

    key: str
    name: Text
    number: int
    reason: bool
    person: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A chosen dossier."""

    code: str
    version: int
    applicant: str | None
    procedure_name: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The chosen dossiers that the actor sees; what is allowed for all of them, and for some only; and the colleagues
    (id, name) to whom all of them may be assigned."""

    dossiers: tuple[Chosen, ...]
    for_all: tuple[Choice, ...]
    for_some: tuple[Choice, ...]
    people: tuple[tuple[int, str], ...]


def choices(unit: UnitOfWork, codes: Sequence[str]) -> Choices:
    """The acts that are possible with these dossiers now, in the order of the procedures."""
    cases = read_cases(unit, codes, along=("documents", "fees", "ledger"))
    found: dict[str, list[tuple[Text, bool]]] = defaultdict(list)
    for case in cases:
        for key, name, reason in _allowed(case):
            found[key].append((name, reason))
    made = [_choice(key, offers) for key, offers in found.items()]
    for_all = tuple(one for one in made if one.number == len(cases))
    people = _people(unit, cases) if any(one.person for one in for_all) else ()
    return Choices(
        dossiers=tuple(_chosen(case) for case in cases),
        for_all=tuple(one for one in for_all if people or not one.person),
        for_some=tuple(one for one in made if one.number < len(cases)),
        people=people,
    )


def _choice(key: str, offers: Sequence[tuple[Text, bool]]) -> Choice:
    names = list(dict.fromkeys(name for name, _ in offers))
    name = Text(" / ".join(one.vi for one in names), " / ".join(one.en for one in names))
    reason = any(needs for _, needs in offers)
    return Choice(key=key, name=name, number=len(offers), reason=reason, person=key == ASSIGN)


def _allowed(case: Case) -> Iterator[tuple[str, Text, bool]]:
    """The acts that the actor may do on the dossier, each with its name and whether it needs a reason."""
    row, open_ = case.row, not case.release.states[case.row["state"]].final
    mine = row["holder_id"] is not None and row["holder_id"] == case.unit.actor.person_id
    if open_ and row["holder_office"] is not None:
        if not mine and verdict_on(case, "claim").allowed:
            yield CLAIM, _NAMES[CLAIM], False
        if verdict_on(case, "assign").allowed:
            yield ASSIGN, _NAMES[ASSIGN], False
        if mine and verdict_on(case, "release_claim").allowed:
            yield RELEASE, _NAMES[RELEASE], False
    for option, verdict in case.options():
        if option.allowed and verdict is not None and verdict.allowed and for_many(case.release.actions[option.action]):
            yield f"{STEP}:{option.action}", option.name, option.needs.reason


def _people(unit: UnitOfWork, cases: Sequence[Case]) -> tuple[tuple[int, str], ...]:
    """Those who have the acting role of every one of these dossiers."""
    posts = {(case.row["holder_office"], case.row["holder_role"]) for case in cases}
    able: frozenset[int] | None = None
    for office, role in posts:
        if office is None or role is None:
            return ()
        members = role_members(unit.reader(), office, role, unit.today)
        able = members if able is None else able & members
    names = names_of_people(unit.reader(), set(able or ()))
    return tuple(sorted(names.items(), key=lambda one: one[1]))


def _chosen(case: Case) -> Chosen:
    return Chosen(
        code=case.code,
        version=case.row["version"],
        applicant=case.applicant["name"],
        procedure_name=case.release.name,
    )

"""Lint rules that prove something of every dossier without a story: each guard can hold, and no case is stuck."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.rules.procedure.explain import name_of_fact
from workflows.lint_rules.cases import cases, compiled, holds
from workflows.lint_rules.subject import Subject
from workflows.problems import Both

_PARTS = {
    "fields": Both("trường", "field"),
    "documents": Both("giấy tờ", "document"),
    "fees": Both("phí", "fee"),
    "children": Both("hồ sơ con", "child"),
}
_GIVEN = ("applicant.kind", "dossier.channel")
"""Built-in facts that do not change after the dossier was filed."""


def check_proofs(subject: Subject) -> None:
    """Runs every rule that looks at all cases which the conditions of the file tell apart."""
    for path, condition in subject.conditions():
        part, key, last = str(path[0]), str(path[1]), path[-1]
        if last == "guard" and not _can_hold(subject, condition):
            subject.add("never-allowed", subject.source.at(*path), action=key)
        elif part in _PARTS and last == "when" and len(path) == 3 and not _can_hold(subject, condition):
            where = Both(f'{_PARTS[part].vi} "{key}"', f'{_PARTS[part].en} "{key}"')
            subject.add("never-true", subject.source.at(*path), where=where)
    for key, state in subject.release.states.items():
        if not state.final and not subject.report.has("never-allowed", "unknown-state"):
            _check_stuck(subject, key)


def _can_hold(subject: Subject, condition: str) -> bool:
    """Whether a condition holds in some case, or nothing can be said of it."""
    known = cases(subject, [condition])
    return known is None or any(holds(one, case) for one in compiled(subject, [condition]) for case in known)


def _check_stuck(subject: Subject, state: str) -> None:
    """Whatever was filed, some action leads out of the state, now or once fees, papers and the like have come."""
    leaving = [one for one in subject.release.actions.values() if state in one.sources and subject.targets(one)]
    guards = [one.guard for one in leaving if one.guard is not None]
    if not guards or len(guards) < len(leaving):
        return
    known = cases(subject, guards)
    if known is None:
        return
    conditions = compiled(subject, guards)
    open_: dict[tuple[Any, ...], bool] = {}
    for case in known:
        filed = tuple((name, str(value)) for name, value in case.items() if _stays(subject, name))
        open_[filed] = open_.get(filed, False) or any(holds(one, case) for one in conditions)
    stuck = next((filed for filed, is_open in open_.items() if not is_open), None)
    if stuck:
        subject.add("stuck-case", subject.source.key("states", state), state=state, case=_told(subject, stuck))


def _stays(subject: Subject, name: str) -> bool:
    """Whether a fact is as it was filed. A field with a condition of its own may be empty whatever the others say."""
    field = subject.release.fields.get(name)
    return name in _GIVEN or (field is not None and field.when is None)


def _told(subject: Subject, case: Iterable[tuple[str, str]]) -> Both:
    """A case in words, by the names that people see."""
    words: Mapping[str, tuple[str, str]] = {"True": ("có", "yes"), "False": ("không", "no"), "": ("chưa khai", "none")}
    named = [(name_of_fact(subject.release, name), words.get(value, (value, value))) for name, value in case]
    vi = ", ".join(f"{name.vi} = {value}" for name, (value, _) in named)
    return Both(vi, ", ".join(f"{name.en} = {value}" for name, (_, value) in named))

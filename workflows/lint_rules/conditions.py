"""Lint rules about conditions and the branches that they choose between."""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine.rules.procedure.conditions import BadCondition, ConditionRefused, UnknownName
from engine.rules.procedure.definition import Branch, TermBranch
from workflows.lint_rules.cases import cases, compiled, holds
from workflows.lint_rules.subject import Path, Subject, arm_path, has_else
from workflows.problems import Both, Suggest

_ASKED_DOCUMENT = re.compile(r"""["']([^"']*)["']\s+in\s+documents\.missing""")


def check_conditions(subject: Subject) -> None:
    """Each condition can be evaluated on every dossier, and each branch can be taken on some."""
    if subject.declared is not None:
        for path, condition in subject.conditions():
            _check_condition(subject, path, condition)
    _check_branches(subject)


def _check_condition(subject: Subject, path: Path, condition: str) -> None:
    result = subject.condition(condition)
    if isinstance(result, ConditionRefused):
        unknown, bad = isinstance(result, UnknownName), isinstance(result, BadCondition)
        rule = "unknown-name" if unknown else "bad-condition" if bad else "condition-type"
        why = Both(result.sentence("vi"), result.sentence("en"))
        near = result.facts.get("suggestion")
        meant = {"hint": Suggest(str(result.facts["name"]), (near,))} if near else {}
        subject.add(rule, subject.source.inside(result.column, *path), why=why, **meant)
        return
    for found in _ASKED_DOCUMENT.finditer(condition):
        if found[1] not in subject.release.documents:
            at = subject.source.inside(found.start(1) + 1, *path)
            hint = Suggest(found[1], tuple(subject.release.documents))
            subject.add("unknown-document", at, document=found[1], hint=hint)


def _check_branches(subject: Subject) -> None:
    release = subject.release
    for key, route in release.routing.items():
        if route.branches:
            _check_taken(subject, ("routing", key), route.branches)
            if not has_else(route.branches) and subject.context.communes is None:
                subject.add("routing-else", subject.source.key("routing", key), route=key)
    for key, action in release.actions.items():
        path: Path = ("actions", key, "to")
        _check_taken(subject, path, action.to)
        if not subject.source.has(*path, "table") and not has_else(action.to):
            where = Both(f'thao tác "{key}"', f'action "{key}"')
            subject.add("no-else", subject.source.at(*path), where=where)
    _check_taken(subject, ("sla", "total"), release.sla.total)
    if not has_else(release.sla.total):
        subject.add("no-else", subject.source.at("sla", "total"), where=Both("thời hạn", "the time limit"))


def _check_taken(subject: Subject, path: Path, branches: Sequence[Branch | TermBranch]) -> None:
    """Reports branches that an earlier one hides, and branches that make no difference; a table has its own proof."""
    if subject.source.has(*path, "table"):
        return
    seen: set[str] = set()
    hidden: Both | None = None
    for index, branch in enumerate(branches):
        at = subject.source.at(*path, index)
        words = "" if branch.when is None else " ".join(branch.when.split())
        if hidden:
            subject.add("unreachable-branch", at, why=hidden)
        elif words in seen:
            why = Both("một nhánh phía trên có cùng điều kiện", "an earlier branch has the same condition")
            subject.add("unreachable-branch", at, why=why)
        elif words == "false":
            subject.add("unreachable-branch", at, why=Both("điều kiện luôn sai", "its condition is never true"))
        elif words not in ("", "true") and _is_never_taken(subject, branches[: index + 1]):
            why = Both("khi nó đúng thì một nhánh phía trên đã đúng", "whenever it holds, a branch above it holds")
            subject.add("unreachable-branch", at, why=why)
        if branch.when is None:
            hidden = hidden or Both("nó đứng sau nhánh else", "it stands after else")
        elif words == "true":
            hidden = hidden or Both("nhánh phía trên luôn đúng", "the branch above it is always true")
        seen.add(words)
        _check_difference(subject, path, branches, index)


def _is_never_taken(subject: Subject, branches: Sequence[Branch | TermBranch]) -> bool:
    """Whether the last of these branches holds in no case in which the others do not."""
    sources = [branch.when for branch in branches if branch.when is not None]
    known = cases(subject, sources)
    if known is None:
        return False
    *above, own = compiled(subject, sources)
    return not any(holds(own, case) and not any(holds(one, case) for one in above) for case in known)


def _check_difference(subject: Subject, path: Path, branches: Sequence[Branch | TermBranch], index: int) -> None:
    branch = branches[index]
    following = branches[index + 1] if index + 2 == len(branches) else None
    if not isinstance(branch, Branch) or following is None or following.when is not None:
        return
    if branch.when is not None and isinstance(following, Branch) and branch.then == following.then:
        subject.add("ambiguous-branch", subject.source.at(*arm_path(path, index, branch)), then=branch.then)

"""The checks of a release before a machine is built from it: its conditions compile and its references exist.

``workflows.lint`` reports the same faults of workflow files with line and column. The checks here guard against
released rows that another version of the software wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from engine.errors import Refusal
from engine.rules.procedure.conditions import Condition, ConditionRefused, Function, compile_condition
from engine.rules.procedure.definition import Branch, Release
from engine.rules.procedure.facts import FactType
from engine.rules.procedure.field_relations import TODAY
from engine.rules.procedure.fields import check_pattern

Conditions = dict[tuple[str, str | int], Condition]
"""Part of the release ("fields", "guards", "actions.<key>", "routing.<key>", "sla.total", …) and key or index there."""

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


class BadRelease(Refusal):
    """The release contradicts itself; ``workflows.lint`` would have reported it with line and column."""

    code = "bad-release"
    vi = "Quy trình {procedure} phiên bản {version}, {where}: {why_vi}"
    en = "Procedure {procedure}, version {version}, {where}: {why_en}"


def compile_conditions(
    release: Release, declared: Mapping[str, FactType], functions: Mapping[str, Function]
) -> Conditions:
    """Every condition of the release by its place. Raises BadRelease."""
    compiled: Conditions = {}
    for part, key, source in _sources(release):
        try:
            compiled[part, key] = compile_condition(source, declared, functions)
        except ConditionRefused as error:
            where = f"{part}[{key}]:{error.column}"
            raise _bad(release, where, error.sentence("vi"), error.sentence("en")) from error
    return compiled


def check_references(release: Release, declared: Mapping[str, FactType]) -> None:
    """Raises BadRelease for a reference to nothing, a key that transitions reads as a wildcard, no ``else`` arm at the
    end of the time limit, or not exactly one initial state. Raises BadPattern for a field's pattern."""
    if sum(state.initial for state in release.states.values()) != 1:
        raise _bad(release, "states", "phải có đúng một trạng thái đầu", "exactly one state must be initial")
    for key in (*release.states, *release.actions):
        if not _KEY.fullmatch(key):  # transitions gives "*" and "=" a special meaning
            raise _bad(release, key, "tên chỉ gồm chữ không dấu, số, _ và -", "a key has letters, digits, _ and - only")
    for key, action in release.actions.items():
        states = (*action.sources, *(branch.then for branch in action.to))
        _known(release, f"actions[{key}]", states, release.states, "trạng thái", "state")
        _known(release, f"actions[{key}]", [action.attach], release.documents, "giấy tờ", "document")
    if not release.sla.total or release.sla.total[-1].when is not None:
        raise _bad(release, "sla.total", "nhánh cuối phải là else", "the last arm must be else")
    numbers = [name for name, type_ in declared.items() if type_.kind == "int"]
    for key, fee in release.fees.items():
        if fee.prices and fee.prices[-1].when is not None:
            raise _bad(release, f"fees[{key}].prices", "nhánh cuối phải là else", "the last arm must be else")
        multipliers = [fee.per, fee.copies or None]
        _known(release, f"fees[{key}].per", multipliers, numbers, "dữ kiện kiểu số", "number fact")
    for key, route in release.routing.items():
        _known(release, f"routing[{key}].place", [route.place], {"intake", *declared}, "dữ kiện", "fact")
    for key, child in release.children.items():
        _known(release, f"children[{key}]", [child.opens], release.states, "trạng thái", "state")
        _known(release, f"children[{key}].fields", child.fields.values(), declared, "dữ kiện", "fact")
    for key, field in release.fields.items():
        check_pattern(key, field)
        for others in (field.not_after, field.not_before, field.differs_from):
            fields = [other for other in others or () if other != TODAY]
            _known(release, f"fields[{key}]", fields, release.fields, "trường", "field")


def _known(
    release: Release, where: str, names: Iterable[str | None], known: Iterable[str], what_vi: str, what_en: str
) -> None:
    for name in names:
        if name is not None and name not in known:
            raise _bad(release, where, f'không có {what_vi} "{name}"', f'there is no {what_en} "{name}"')


def _sources(release: Release) -> Iterable[tuple[str, str | int, str]]:
    """Every condition of the release as (part, key in that part, source)."""
    whens = (("fields", release.fields), ("documents", release.documents), ("fees", release.fees))
    for part, items in (*whens, ("children", release.children)):
        for key, item in items.items():
            if item.when is not None:
                yield part, key, item.when
    for key, action in release.actions.items():
        if action.guard is not None:
            yield "guards", key, action.guard
        yield from _arms(f"actions.{key}", action.to)
    for key, route in release.routing.items():
        yield from _arms(f"routing.{key}", route.branches)
    for key, fee in release.fees.items():
        for index, price in enumerate(fee.prices or ()):
            if price.when is not None:
                yield f"fees.{key}", index, price.when
    for index, arm in enumerate(release.sla.total):
        if arm.when is not None:
            yield "sla.total", index, arm.when


def _arms(part: str, branches: Iterable[Branch]) -> Iterable[tuple[str, str | int, str]]:
    for index, branch in enumerate(branches):
        if branch.when is not None:
            yield part, index, branch.when


def _bad(release: Release, where: str, why_vi: str, why_en: str) -> BadRelease:
    return BadRelease(procedure=release.procedure, version=release.version, where=where, why_vi=why_vi, why_en=why_en)

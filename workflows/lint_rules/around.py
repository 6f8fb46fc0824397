"""Lint rules that need more than the file: offices, communes, notice templates, the other procedures and versions."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

import msgspec

from engine.rules.offices.competence import Competence
from engine.rules.offices.competence_proof import law_defects, subjects_of
from engine.rules.procedure.conditions import Condition
from engine.rules.procedure.definition import Release, Route
from engine.rules.procedure.facts import FactType, nested
from workflows.lint_rules.subject import Subject, arm_path, has_else
from workflows.problems import Both, Suggest

MOST_EVALUATIONS = 60_000  # of routing conditions over all communes; they take half a second
ONE_DAY = dt.timedelta(days=1)
_PLACEHOLDER = re.compile(r"\{[a-z_]+\}")


def check_around(subject: Subject) -> None:
    """Runs every rule whose facts are in the context."""
    first, start = subject.context.first_day, subject.release.effective.start
    if first is not None and start < first:
        subject.add("before-territory", subject.source.at("effective", "from"), start=start, first=first)
    if subject.context.offices is not None:
        _check_offices(subject)
    if subject.context.provinces is not None:
        _check_provinces(subject)
    if subject.context.communes is not None and subject.declared is not None:
        _check_gaps(subject, subject.context.communes(subject.release.effective.start))
    if subject.context.competences is not None:
        _check_competences(subject, subject.context.competences)
    if subject.context.templates is not None:
        _check_templates(subject)
    if subject.context.releases is not None:
        _check_versions(subject)
        _check_child_procedures(subject)
    if subject.context.file_names and not subject.source.name.startswith(subject.release.procedure):
        subject.add("file-name", subject.source.key("procedure"), wanted=f"{subject.release.procedure}.yaml")


def _check_offices(subject: Subject) -> None:
    offices, start = subject.context.offices or {}, subject.release.effective.start
    for key, route in subject.release.routing.items():
        for index, branch in enumerate(route.branches):
            at = subject.source.at(*arm_path(("routing", key), index, branch))
            office = offices.get(branch.then)
            if office is None:
                hint = Suggest(branch.then, tuple(offices))
                subject.add("unknown-office", at, office=branch.then, hint=hint)
            elif office.closes is not None and office.closes <= start:
                follower = f'"{office.successor}"'
                known = Both(f" Đơn vị kế thừa: {follower}.", f" Successor: {follower}.")
                successor = known if office.successor else ""
                subject.add(
                    "closed-unit", at, office=branch.then, closes=office.closes, start=start, successor=successor
                )


def _check_provinces(subject: Subject) -> None:
    start = subject.release.effective.start
    provinces = subject.context.provinces(start) if subject.context.provinces else ()
    for key, fee in subject.release.fees.items():
        for province in fee.by_province:
            if province not in provinces:
                at = subject.source.key("fees", key, "by_province", province)
                subject.add("unknown-province", at, fee=key, province=province, start=start)


def _check_competences(subject: Subject, competences: Sequence[Competence]) -> None:
    """The table must name one office for each routing key that asks it, on every day on which the release is in
    force."""
    release = subject.release
    until = release.effective.until
    span = release.effective.start, until + ONE_DAY if until else dt.date.max
    for key, route in release.routing.items():
        alone = msgspec.structs.replace(release, routing={key: route})
        for defect in law_defects(competences, subjects_of([alone]), *span)[:1]:
            why = defect.in_words()
            subject.add("no-competence", subject.source.key("routing", key), route=key, why=Both(why.vi, why.en))


def _check_gaps(subject: Subject, communes: Mapping[str, str]) -> None:
    for key, route in subject.release.routing.items():
        if not route.branches or has_else(route.branches):
            continue
        missed = [code for code in communes if _is_missed(subject, route, code, len(communes))]
        if missed:
            at = subject.source.key("routing", key)
            subject.add("routing-gap", at, route=key, count=len(missed), example=communes[missed[0]])


def _is_missed(subject: Subject, route: Route, commune: str, communes: int) -> bool:
    """Whether some applicant of this commune matches no arm."""
    conditions = [subject.condition(branch.when) for branch in route.branches if branch.when is not None]
    good = [condition for condition in conditions if isinstance(condition, Condition)]
    if len(good) < len(conditions):
        return False  # a condition that does not compile is another rule's finding
    most = max(1, MOST_EVALUATIONS // (communes * len(good)))
    for number, facts in enumerate(_possible(subject, good, commune)):
        if number >= most:
            break
        if not any(condition(facts) for condition in good):
            return True
    return False


def _possible(subject: Subject, conditions: list[Condition], commune: str) -> Iterator[dict[str, Any]]:
    """Combinations of the facts that the conditions read, for dossiers of this commune."""
    declared = subject.declared or {}
    names = list(dict.fromkeys(name for condition in conditions for name in condition.names))
    values = [_values(subject, name, declared[name], commune) for name in names]
    for combination in product(*values):
        yield nested(dict(zip(names, combination, strict=True)))


def _values(subject: Subject, name: str, type_: FactType, commune: str) -> tuple[Any, ...]:
    field = subject.release.fields.get(name)
    if name == "applicant.commune" or (field is not None and field.type == "unit"):
        return (commune,)
    if name == "applicant.kind":
        return subject.release.applicants
    if type_.kind == "bool":
        return (False, True)
    return type_.choices or (type_.default(),)


def _check_templates(subject: Subject) -> None:
    templates = tuple(subject.context.templates or ())
    for index, notice in enumerate(subject.release.notify):
        if notice.template not in templates:
            at = subject.source.at("notify", index, "template")
            subject.add("template-missing", at, template=notice.template, hint=Suggest(notice.template, templates))
        elif isinstance(subject.context.templates, Mapping):
            _check_languages(subject, index, subject.context.templates[notice.template])


def _check_languages(subject: Subject, index: int, template: Mapping[str, Mapping[str, str]]) -> None:
    """Every part of a notice fills in the same facts in both languages."""
    at, name = subject.source.at("notify", index, "template"), subject.release.notify[index].template
    for part, texts in template.items():
        vi, en = (frozenset(_PLACEHOLDER.findall(texts[language])) for language in ("vi", "en"))
        for only, language in ((vi - en, "vi"), (en - vi, "en")):
            if only:
                which = f"{part}: {', '.join(sorted(only))}"
                subject.add("notice-languages", at, template=name, which=which, language=language)


def _others(subject: Subject) -> list[tuple[str, Release]]:
    return [(name, other) for name, other in subject.context.releases or () if other is not subject.release]


def _check_versions(subject: Subject) -> None:
    """A release must follow its predecessor without gap or overlap. The later file gets the finding."""
    release, source = subject.release, subject.source
    same = [(name, other) for name, other in _others(subject) if other.procedure == release.procedure]
    for name, other in same:
        if other.version == release.version and name <= source.name and other.digest() != release.digest():
            at = source.at("version")
            subject.add("version-twice", at, version=release.version, procedure=release.procedure, other=name)
            return
    replaced = {other.effective.replaces for _, other in same} | {release.effective.replaces}
    earlier = [other for _, other in same if other.version < release.version and other.version not in replaced]
    if not earlier:
        return
    before = max(earlier, key=lambda other: other.version)
    start, until = release.effective.start, before.effective.until
    facts = {"version": release.version, "other": before.version, "start": start}
    if before.effective.start >= start:
        subject.add("version-order", source.at("version"), **facts)
    elif until is None or until >= start:
        subject.add("version-overlap", source.at("effective", "from"), until=start - ONE_DAY, **facts)
    elif until + ONE_DAY < start:
        subject.add("version-gap", source.at("effective", "from"), until=until, **facts)


def _check_child_procedures(subject: Subject) -> None:
    others = [other for _, other in _others(subject)]
    known = tuple(sorted({other.procedure for other in others}))
    for key, child in subject.release.children.items():
        versions = [other for other in others if other.procedure == child.procedure]
        if not versions:
            at = subject.source.at("children", key, "procedure")
            subject.add(
                "unknown-procedure", at, child=key, procedure=child.procedure, hint=Suggest(child.procedure, known)
            )
            continue
        newest = max(versions, key=lambda other: other.version)
        for field in child.fields:
            if field not in newest.fields and not field.startswith("applicant."):
                at = subject.source.key("children", key, "fields", field)
                hint = Suggest(field, tuple(newest.fields))
                subject.add("child-unknown-field", at, procedure=child.procedure, field=field, child=key, hint=hint)

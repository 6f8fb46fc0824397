"""Lint rules about the data of a dossier: fields, documents, fees and linked dossiers."""

from __future__ import annotations

import re

from engine.rules.offices.routing import DEFAULT_PLACE, INTAKE
from engine.rules.procedure.definition import Field
from engine.rules.procedure.facts import BUILT_IN
from engine.rules.procedure.fields import BadPattern, check_pattern
from workflows.lint_rules.field_relations import check_field_relations
from workflows.lint_rules.subject import Subject
from workflows.problems import Both, Suggest

BUILT_IN_GROUPS = tuple(dict.fromkeys(name.split(".")[0] for name in BUILT_IN))
TEXT_TYPES = ("text", "long_text", "place", "person")
MOST_WEIGHT, MOST_WEIGHT_OF_FILE = 1_000, 20_000
_REPEAT = re.compile(r"\{([0-9]{1,4})(?:,([0-9]{1,4})?)?\}")
_UNICODE_CLASS = re.compile(r"\\[wWdDsSpPbB]|\.|\[\^|\(\?")
_TOO_COSTLY = Both(
    "lặp quá nhiều lần hoặc tệp có quá nhiều mẫu; dùng [0-9] thay cho \\d và số lần lặp nhỏ hơn",
    "it repeats too much, or the file holds too many; write [0-9] for \\d and repeat less",
)
COUNTED_TYPES = ("number", "money", *TEXT_TYPES)


def check_data(subject: Subject) -> None:
    """Runs every rule about fields, documents, fees and children."""
    for key, field in subject.release.fields.items():
        _check_name(subject, key)
        _check_field(subject, key, field)
        check_field_relations(subject, key, field)
    _check_patterns(subject)
    _check_documents(subject)
    _check_tiers(subject)
    _check_places(subject)
    _check_children(subject)
    _list_unverified(subject)


def _check_name(subject: Subject, key: str) -> None:
    group, at = key.split(".")[0], subject.source.key("fields", key)
    if group in BUILT_IN_GROUPS:
        subject.add("reserved-name", at, group=group, field=key)
    parts = key.split(".")
    for length in range(1, len(parts)):
        above = ".".join(parts[:length])
        if above in subject.release.fields:
            subject.add("field-conflict", subject.source.key("fields", above), field=above, other=key)


def _check_field(subject: Subject, key: str, field: Field) -> None:
    source = subject.source
    if field.type == "choice" and not field.choices:
        subject.add("choice-without-choices", source.at("fields", key, "type"), field=key)
    if field.type != "choice" and field.choices:
        subject.add("choices-unused", source.key("fields", key, "choices"), field=key, type=field.type)
    limits = (
        ("min", field.minimum, COUNTED_TYPES),
        ("max", field.maximum, COUNTED_TYPES),
        ("pattern", field.pattern, TEXT_TYPES),
    )
    for name, value, types in limits:
        if value is not None and field.type not in types:
            subject.add("field-limit", source.key("fields", key, name), key=name, type=field.type, types=types)
    if field.minimum is not None and field.maximum is not None and field.minimum > field.maximum:
        subject.add("min-max", source.at("fields", key, "min"), field=key, least=field.minimum, most=field.maximum)


def _check_patterns(subject: Subject) -> None:
    """Each pattern, and all patterns of a file, must be cheap to compile: every intake compiles them."""
    weight = 0
    for key, field in subject.release.fields.items():
        if field.pattern is None:
            continue
        own = _weight(field.pattern)
        weight += own
        why = _TOO_COSTLY if own > MOST_WEIGHT or weight > MOST_WEIGHT_OF_FILE else _fault(key, field)
        if why:
            at = subject.source.at("fields", key, "pattern")
            subject.add("bad-pattern", at, field=key, pattern=field.pattern, why=why)


def _weight(pattern: str) -> int:
    """The cost of compiling a pattern: a class of all Unicode weighs ten, and bounded repetitions multiply."""
    repeats = 1
    for least, most in _REPEAT.findall(pattern):
        repeats = min(repeats * max(1, int(most or least)), MOST_WEIGHT + 1)
    return repeats * (1 + 10 * len(_UNICODE_CLASS.findall(pattern)))


def _fault(key: str, field: Field) -> Both | None:
    try:
        check_pattern(key, field)
    except BadPattern:
        return Both("không phải biểu thức chính quy theo cú pháp RE2", "it is not a regular expression in RE2 syntax")
    return None


def _check_documents(subject: Subject) -> None:
    attached = {action.attach for action in subject.release.actions.values()}
    for key, document in subject.release.documents.items():
        counted = document.original or document.certified or document.copy or document.result
        if not counted and key not in attached:
            subject.add("unused-document", subject.source.key("documents", key), document=key)


def _check_tiers(subject: Subject) -> None:
    """Tiers count the units of ``per``, rise, and stand beside one price: a province's would be compared with none."""
    for key, fee in subject.release.fees.items():
        rising = [tier.above for tier in fee.tiers or ()]
        if not rising:
            continue
        if fee.per is None:
            why = Both("tiers cần có per", "tiers need per")
        elif fee.by_province:
            why = Both("tiers không dùng cùng by_province", "tiers cannot be used together with by_province")
        elif rising != sorted(set(rising)):
            why = Both("above phải tăng dần", "above must rise from tier to tier")
        else:
            continue
        subject.add("fee-tiers", subject.source.key("fees", key, "tiers"), fee=key, why=why)


def _check_places(subject: Subject) -> None:
    """The facts that fees and routing read must have the right type."""
    declared = subject.declared
    if declared is None:
        return
    numbers = tuple(name for name, type_ in declared.items() if type_.kind == "int")
    for key, fee in subject.release.fees.items():
        if fee.per is not None and fee.per not in numbers:
            subject.add("fee-per", subject.source.at("fees", key, "per"), fee=key, fact=fee.per)
        if fee.copies and fee.copies not in numbers:
            subject.add("fee-per", subject.source.at("fees", key, "copies"), fee=key, fact=fee.copies)
    fields = (key for key, field in subject.release.fields.items() if field.type == "unit")
    units = (DEFAULT_PLACE, INTAKE, *fields)
    for key, route in subject.release.routing.items():
        if route.place is not None and route.place not in units:
            path = ("place",) if subject.source.has("routing", key, "place") else ("by",)
            at = subject.source.at("routing", key, *path)
            subject.add("route-place", at, route=key, place=route.place, hint=Suggest(route.place, units))


def _check_children(subject: Subject) -> None:
    if subject.declared is None:
        return
    known = tuple(subject.declared)
    for key, child in subject.release.children.items():
        for field, fact in child.fields.items():
            if fact not in known:
                at = subject.source.at("children", key, "fields", field)
                subject.add("child-unknown-fact", at, child=key, fact=fact, hint=Suggest(fact, known))


def _list_unverified(subject: Subject) -> None:
    release, source = subject.release, subject.source
    if not release.sla.verified:
        subject.add("unverified", source.key("sla", "verified"), where=Both("thời hạn", "the time limit"))
    for key, fee in release.fees.items():
        if not fee.verified:
            subject.add("unverified", source.key("fees", key, "verified"), where=Both(f'phí "{key}"', f'fee "{key}"'))
    for key, document in release.documents.items():
        if not document.verified:
            where = Both(f'giấy tờ "{key}"', f'document "{key}"')
            subject.add("unverified", source.key("documents", key, "verified"), where=where)

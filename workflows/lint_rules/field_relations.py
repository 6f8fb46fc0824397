"""Lint rules about what a field says of the day of filing, of its age and of other fields."""

from __future__ import annotations

from engine.rules.procedure.definition import Field
from engine.rules.procedure.field_relations import TODAY
from workflows.lint_rules.subject import Subject
from workflows.problems import Suggest

_TYPES = {
    "decimals": ("number",),
    "partial": ("date",),
    "not_after": ("date",),
    "not_before": ("date",),
    "min_age": ("date",),
    "max_age": ("date",),
}


def check_field_relations(subject: Subject, key: str, field: Field) -> None:
    """Each of these keys stands on a field of its type, and names fields of the same type that exist."""
    for name, types in _TYPES.items():
        if getattr(field, name) and field.type not in types:
            subject.add("field-limit", subject.source.key("fields", key, name), key=name, type=field.type, types=types)
    if isinstance(field.max_age, int) and (field.min_age or 0) > field.max_age:
        at = subject.source.at("fields", key, "min_age")
        subject.add("min-max", at, field=key, least=field.min_age, most=field.max_age)
    for name in ("not_after", "not_before", "differs_from"):
        for other in getattr(field, name) or ():
            _check_other(subject, key, field, name, other)


def _check_other(subject: Subject, key: str, field: Field, name: str, other: str) -> None:
    fit = [one for one, known in subject.release.fields.items() if known.type == field.type and one != key]
    known = tuple(fit if name == "differs_from" else [TODAY, *fit])
    if other not in known:
        at = subject.source.at("fields", key, name)
        facts = {"field": key, "key": name, "other": other, "type": field.type}
        subject.add("field-relation", at, **facts, hint=Suggest(other, known))

"""The facts that conditions read: which there are, of what type, and what each is worth while nothing is known.

Every declared fact is always present with a value of its type, so that a condition never meets a missing name. A fact
that nobody gave is "" (text, date), 0, false or an empty list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from engine.errors import Refusal
from engine.rules.procedure.definition import ApplicantKind, Channel, FieldType, Release

INT_LIMIT = 10**15
"""Numbers and sums of money lie within ±10¹⁵ (the state budget is about 2·10¹⁵ đồng a year): the bound lets
``conditions`` prove that no sum or product leaves 64 bits."""

FactKind = Literal["bool", "int", "string", "date", "list"]
FactValue = bool | int | str | list[str]


@dataclass(frozen=True)
class FactType:
    """``list`` holds texts; ``date`` is "YYYY-MM-DD" or "". ``choices``: the only texts it can be besides ""."""

    kind: FactKind
    choices: tuple[str, ...] = ()

    def default(self) -> FactValue:
        """What the fact is worth while nothing is known."""
        if self.kind == "bool":
            return False
        if self.kind == "int":
            return 0
        return [] if self.kind == "list" else ""

    def accepts(self, value: object) -> bool:
        """Whether ``value`` is of this type and within its bounds."""
        if self.kind == "bool":
            return isinstance(value, bool)
        if self.kind == "int":
            return isinstance(value, int) and not isinstance(value, bool) and -INT_LIMIT <= value <= INT_LIMIT
        if self.kind == "list":
            return isinstance(value, (list, tuple)) and all(_is_text(item) for item in value)
        return _is_text(value)


BOOL, INT, STRING, DATE, LIST = (FactType(kind) for kind in get_args(FactKind))

BUILT_IN: dict[str, FactType] = {
    "applicant.kind": FactType("string", get_args(ApplicantKind)),
    "applicant.commune": STRING,
    "applicant.province": STRING,
    "applicant.verified": BOOL,
    "dossier.channel": FactType("string", get_args(Channel)),
    "dossier.supplements": INT,
    "dossier.extended": BOOL,
    "dossier.province": STRING,
    "dossier.received_after_cutoff": BOOL,
    "documents.complete": BOOL,
    "documents.missing": LIST,
    "fees.settled": BOOL,
    "fees.total": INT,
    "fees.due": INT,
    "children.count": INT,
    "children.finished": BOOL,
    "verifications.open": INT,
}
"""Facts that the house itself knows of every dossier."""

_OF_FIELD: dict[FieldType, FactType] = {
    "text": STRING,
    "long_text": STRING,
    "date": DATE,
    "number": INT,
    "money": INT,
    "choice": STRING,
    "boolean": BOOL,
    "identity_number": STRING,
    "unit": STRING,
    "place": STRING,
    "person": STRING,
    "file": STRING,
}


class FactNameTaken(Refusal):
    """A field's key is that of a built-in fact, or one key continues another (``land`` and ``land.area``)."""

    code = "fact-name-taken"
    vi = 'Tên trường "{name}" trùng với dữ kiện "{other}". Hãy đặt tên khác.'
    en = 'The field name "{name}" collides with the fact "{other}". Choose another name.'


class FactOfWrongType(Refusal):
    """A program handed over a fact that is not of its declared type; the field's validation would have refused it."""

    code = "fact-of-wrong-type"
    vi = 'Dữ kiện "{name}" phải thuộc kiểu {kind}.'
    en = 'The fact "{name}" must be of type {kind}.'


def declared_facts(release: Release) -> dict[str, FactType]:
    """Every fact that the conditions of ``release`` may read, by dotted name. Raises FactNameTaken."""
    declared = dict(BUILT_IN)
    for key, field in release.fields.items():
        for other in declared:
            if key == other or key.startswith(other + ".") or other.startswith(key + "."):
                raise FactNameTaken(name=key, other=other)
        declared[key] = FactType("string", tuple(field.choices)) if field.type == "choice" else _OF_FIELD[field.type]
    return declared


def default_facts(release: Release) -> dict[str, Any]:
    """What is known of a dossier of ``release`` of which nothing is known: a nested dict of defaults."""
    return nested({name: type_.default() for name, type_ in declared_facts(release).items()})


def complete_facts(declared: Mapping[str, FactType], given: Mapping[str, Any]) -> dict[str, Any]:
    """``given`` (nested) with every missing fact filled in by its default; names that are not declared are left out.

    Raises FactOfWrongType.
    """
    return nested({name: fact(given, name, type_) for name, type_ in declared.items()})


def fact(facts: Mapping[str, Any], name: str, type_: FactType) -> FactValue:
    """The value of one declared fact in nested ``facts``, its default where it is absent. Raises FactOfWrongType."""
    value: Any = facts
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if value is None:
        return type_.default()
    if not type_.accepts(value):
        raise FactOfWrongType(name=name, kind=type_.kind)
    return list(value) if type_.kind == "list" else value


def nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """``{"land.commune": "26740"}`` as ``{"land": {"commune": "26740"}}``."""
    tree: dict[str, Any] = {}
    for name, value in flat.items():
        *parents, last = name.split(".")
        branch = tree
        for part in parents:
            branch = branch.setdefault(part, {})
        branch[last] = value
    return tree


def _is_text(value: object) -> bool:
    """Text that CEL can hold: lone surrogates have no UTF-8 form."""
    return isinstance(value, str) and not any("\ud800" <= sign <= "\udfff" for sign in value)

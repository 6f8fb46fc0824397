"""The facts that conditions read: their names, their types and their defaults.

Every declared fact always has a value of its type, so that a condition never meets a missing name. A fact that was not
given is "" (text, date), 0, false or an empty list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from engine.errors import Refusal
from engine.rules.procedure.definition import ApplicantKind, Channel, Field, FieldType, Release
from engine.rules.values.dates import first_day, years_between
from engine.rules.values.decimals import NORMAL, scaled

INT_LIMIT = 10**15
"""The bound of numbers and amounts of money, ±10¹⁵: half of the state budget of a year in đồng. With it the checker of
conditions proves that no sum or product exceeds 64 bits."""

FactKind = Literal["bool", "int", "string", "date", "list", "decimal"]
FactValue = bool | int | str | list[str]


@dataclass(frozen=True)
class FactType:
    """The type of a fact. ``choices`` are its only values besides "".

    A ``list`` holds texts. A ``date`` is "YYYY-MM-DD" (or "YYYY-MM", "YYYY") or "". An ``int`` lies within ±INT_LIMIT.
    A ``decimal`` is a text in normal form with at most ``places`` decimal places, or a whole number; counted in its
    last place it lies within ±INT_LIMIT.
    """

    kind: FactKind
    choices: tuple[str, ...] = ()
    places: int = 0

    def default(self) -> FactValue:
        """The value of a fact that was not given."""
        if self.kind == "bool":
            return False
        if self.kind == "int":
            return 0
        if self.kind == "decimal":
            return "0"
        return [] if self.kind == "list" else ""

    def accepts(self, value: object) -> bool:
        """Whether ``value`` is of this type and within its bounds."""
        if self.kind == "bool":
            return isinstance(value, bool)
        if self.kind == "int":
            return isinstance(value, int) and not isinstance(value, bool) and -INT_LIMIT <= value <= INT_LIMIT
        if self.kind == "list":
            return isinstance(value, (list, tuple)) and all(_is_text(item) for item in value)
        return self._is_decimal(value) if self.kind == "decimal" else _is_text(value)

    def compared(self, value: FactValue) -> FactValue:
        """What conditions compare: a decimal counted in its last place, a date by the first day that it may be."""
        if self.kind == "decimal" and isinstance(value, (str, int)):
            return scaled(value, self.places)
        if self.kind == "date" and isinstance(value, str):
            day = first_day(value)
            return day.isoformat() if day else value
        return value

    def _is_decimal(self, value: object) -> bool:
        if isinstance(value, bool) or not isinstance(value, (str, int)):
            return False
        if isinstance(value, str) and (not NORMAL.fullmatch(value) or len(value.partition(".")[2]) > self.places):
            return False
        return abs(scaled(value, self.places)) <= INT_LIMIT


BOOL, INT, STRING, DATE, LIST = (FactType(kind) for kind in get_args(FactKind) if kind != "decimal")

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
    "dossier.filed_on": DATE,
    "documents.complete": BOOL,
    "documents.missing": LIST,
    "fees.settled": BOOL,
    "fees.total": INT,
    "fees.due": INT,
    "children.count": INT,
    "children.finished": BOOL,
    "children.missing": LIST,
    "children.failed": LIST,
    "verifications.open": INT,
}
"""The facts that every dossier has, whatever the fields of its release."""

FILED_ON = "dossier.filed_on"
"""The civil day on which the dossier was filed. ``days_since(…)`` in a condition counts up to it, and never to the day
on which somebody looks: a fee that was owed at filing is owed on every later day, and no other."""

DAYS_LIMIT = 4_000_000
"""No two dates of the years 1 to 9999 are further apart."""
YEARS_LIMIT = 10_000

_OF_FIELD: dict[FieldType, FactType] = {
    "text": STRING,
    "long_text": STRING,
    "date": DATE,
    "number": INT,
    "money": INT,
    "choice": STRING,
    "boolean": BOOL,
    "identity_number": STRING,
    "identity_paper": STRING,
    "telephone": STRING,
    "tax_code": STRING,
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
    """A caller gave a fact that is not of its declared type; the validation of fields would have refused it."""

    code = "fact-of-wrong-type"
    vi = 'Dữ kiện "{name}" phải thuộc kiểu {kind}.'
    en = 'The fact "{name}" must be of type {kind}.'


def declared_facts(release: Release) -> dict[str, FactType]:
    """Every fact that the conditions of ``release`` may read, by dotted name. Raises FactNameTaken."""
    return facts_of_fields(release.fields)


def facts_of_fields(fields: Mapping[str, Field]) -> dict[str, FactType]:
    """The built-in facts and those of ``fields``, by dotted name. Raises FactNameTaken."""
    declared = dict(BUILT_IN)
    for key, field in fields.items():
        for other in declared:
            if key == other or key.startswith(other + ".") or other.startswith(key + "."):
                raise FactNameTaken(name=key, other=other)
        declared[key] = _type_of(field)
    return declared


def _type_of(field: Field) -> FactType:
    if field.type == "choice":
        return FactType("string", tuple(field.choices))
    return FactType("decimal", places=field.places) if field.places else _OF_FIELD[field.type]


def default_facts(release: Release) -> dict[str, Any]:
    """The defaults of all declared facts of ``release``, as a nested dict. Raises FactNameTaken."""
    return nested({name: type_.default() for name, type_ in declared_facts(release).items()})


def complete_facts(declared: Mapping[str, FactType], given: Mapping[str, Any]) -> dict[str, Any]:
    """``given`` (nested) with the default of every missing fact; names that are not declared are left out.

    Raises FactOfWrongType.

    >>> complete_facts({"land.area": INT, "land.commune": STRING}, {"land": {"area": 620}, "other": 1})
    {'land': {'area': 620, 'commune': ''}}
    """
    return nested({name: fact(given, name, type_) for name, type_ in declared.items()})


def fact(facts: Mapping[str, Any], name: str, type_: FactType) -> FactValue:
    """The value of one declared fact in nested ``facts``, or its default. Raises FactOfWrongType.

    >>> fact({"land": {"area": 620}}, "land.area", INT), fact({}, "land.area", INT)
    (620, 0)
    """
    value: Any = facts
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if value is None:
        return type_.default()
    if not type_.accepts(value):
        raise FactOfWrongType(name=name, kind=type_.kind)
    return list(value) if type_.kind == "list" else value


def days_between(first: object, last: object) -> int:
    """The days from one date to another: negative where ``first`` is the later one, 0 where one was not given. The
    first day is not counted (Civil Code 91/2015/QH13, article 147.2). A year or month alone counts from its first day.

    >>> days_between("2026-01-01", "2026-03-02"), days_between("2026-03-02", "2026-03-01")
    (60, -1)
    """
    days = first_day(str(first)), first_day(str(last))
    return (days[1] - days[0]).days if days[0] and days[1] else 0


def age_on(born: object, last: object) -> int:
    """The full years from a date to another, both as in ``days_between``: 0 where one was not given.

    >>> age_on("2008-11-29", "2026-11-28"), age_on("2008", "2026-01-01")
    (17, 18)
    """
    days = first_day(str(born)), first_day(str(last))
    return years_between(days[0], days[1]) if days[0] and days[1] else 0


def nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted names as a nested dict.

    >>> nested({"land.commune": "26740"})
    {'land': {'commune': '26740'}}
    """
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

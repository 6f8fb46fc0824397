"""Says every value of a release in Vietnamese and in English: terms, arms, money, names of steps and roles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import msgspec
from msgspec import UNSET

from engine.rules.procedure.definition import Action, Branch, Child, Fee, Notice, Release, State, Term, TermBranch, Tier
from engine.rules.procedure.parts import Cell, Price, TableRule
from engine.rules.versions.names import BUILT_IN_ROLES, NAMES, UNITS, WORDED
from engine.text import Text

NOTHING = Text("không có", "none")
_YES, _NO = Text("có", "yes"), Text("không", "no")
_STATES = {(Action, "sources"), (Action, "to"), (Child, "opens"), (Notice, "subject")}
_ROLES = {(Action, "by"), (Notice, "to"), (State, "role"), (Release, "rights")}
_MONEY = {(Fee, "vnd"), (Fee, "by_province"), (Fee, "most")}


class Sayer:
    """Says the values of one release, whose steps and roles it calls by their names."""

    def __init__(self, release: Release) -> None:
        self._release = release

    def value(self, owner: type, key: str, value: object) -> Text:
        """The value of the key ``key`` of a part of type ``owner``."""
        if value is None or value is UNSET or value in ((), {}):
            return NOTHING
        if isinstance(value, bool):
            return _YES if value else _NO
        if isinstance(value, dict):
            return joined((self._entry(owner, key, name, one) for name, one in value.items()), "; ")
        if isinstance(value, tuple):
            return joined((self._item(owner, key, one, len(value)) for one in value), _between(value))
        if isinstance(value, msgspec.Struct):
            return self.part(value)
        return self._scalar(owner, key, value)

    def part(self, part: msgspec.Struct) -> Text:
        """Everything that a part says beyond its defaults, key by key."""
        if isinstance(part, Text):
            return Text(f"“{part.vi}”", f"“{part.en}”")
        if isinstance(part, Term):
            return _term(part)
        if isinstance(part, Tier):
            money = _money(part.vnd)
            return Text(f"trên {part.above}: {money.vi}", f"above {part.above}: {money.en}")
        if isinstance(part, Cell):
            items = " | ".join(part.items)
            return Text(f"không phải {items}", f"not {items}") if part.inverted else Text(items, items)
        if isinstance(part, TableRule):
            return self._rule(part)
        said = []
        for field in msgspec.structs.fields(part):
            value = getattr(part, field.name)
            if value != _default(field):
                name, told = NAMES[type(part)][field.name], self.value(type(part), field.name, value)
                said.append(Text(f"{name.vi}: {told.vi}", f"{name.en}: {told.en}"))
        return joined(said, "; ")

    def state(self, key: str) -> Text:
        """A step by its name and its key."""
        state = self._release.states.get(key)
        return called(state.name, key) if state else Text(key, key)

    def _scalar(self, owner: type, key: str, value: object) -> Text:
        where = (owner, key)
        if where in _MONEY and isinstance(value, int):
            return _money(value)
        if not isinstance(value, str):
            return Text(f"{value:%d/%m/%Y}", f"{value}") if isinstance(value, dt.date) else Text(f"{value}", f"{value}")
        if where in WORDED and value in WORDED[where]:
            return WORDED[where][value]
        if where in _STATES:
            action = self._release.actions.get(value)
            return called(action.name, value) if owner is Notice and action else self.state(value)
        if where in _ROLES:
            role = self._release.roles.get(value)
            return called(role.name, value) if role else BUILT_IN_ROLES.get(value, Text(value, value))
        return Text(value, value)

    def _item(self, owner: type, key: str, one: object, count: int) -> Text:
        if isinstance(one, Branch):
            return _arm(one.when, self._scalar(owner, key, one.then), count)
        if isinstance(one, TermBranch):
            return _arm(one.when, _term(one.term), count)
        if isinstance(one, Price):
            return _arm(one.when, _money(one.vnd), count)
        return self.part(one) if isinstance(one, msgspec.Struct) else self._scalar(owner, key, one)

    def _entry(self, owner: type, key: str, name: str, one: object) -> Text:
        told = self.value(owner, key, one)
        return Text(f"{name} = {told.vi}", f"{name} = {told.en}")

    def _rule(self, rule: TableRule) -> Text:
        cells = joined((_prefixed(f"{name} ", self.part(cell)) for name, cell in rule.cells.items()), ", ")
        if rule.otherwise:
            cells = Text("còn lại", "otherwise")
        elif not rule.cells:
            cells = Text("mọi trường hợp", "always")
        return Text(f"{cells.vi} ⇒ {rule.outcome}", f"{cells.en} ⇒ {rule.outcome}")


def called(name: Text, key: str) -> Text:
    """A part by its name, with its key: “Thẩm định” (checking)."""
    return Text(f"“{name.vi}” ({key})", f"“{name.en}” ({key})")


def joined(said: Iterable[Text], sign: str) -> Text:
    """These sayings in a row."""
    each = list(said)
    return Text(sign.join(one.vi for one in each), sign.join(one.en for one in each))


def _between(values: tuple[object, ...]) -> str:
    return "; " if any(isinstance(one, msgspec.Struct) for one in values) else ", "


def _prefixed(words: str, said: Text) -> Text:
    return Text(words + said.vi, words + said.en)


def _arm(when: str | None, said: Text, count: int) -> Text:
    if when is not None:
        return Text(f"khi {when}: {said.vi}", f"when {when}: {said.en}")
    return said if count == 1 else Text(f"còn lại: {said.vi}", f"otherwise: {said.en}")


def _term(term: Term) -> Text:
    if term.unit not in UNITS:
        return Text("trong ngày", "the same day") if not term.amount else Text(f"{term.amount}", f"{term.amount}")
    one, many = UNITS[term.unit]
    amount = f"{term.amount:g}" if isinstance(term.amount, float) else str(term.amount)
    return Text(f"{amount.replace('.', ',')} {many.vi}", f"{amount} {(one if term.amount == 1 else many).en}")


def _money(vnd: int) -> Text:
    return Text(f"{vnd:,}".replace(",", ".") + " đ", f"{vnd:,} đ")


def _default(field: msgspec.structs.FieldInfo) -> object:
    if field.default is not msgspec.NODEFAULT:
        return field.default
    return field.default_factory() if field.default_factory is not msgspec.NODEFAULT else msgspec.NODEFAULT

"""Values of a dossier's form as people type them, read by the types of the release's fields.

An input is named ``fields.<key>``. One that was left empty keeps the value that the dossier has.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from marshmallow import INCLUDE

from engine.errors import InvalidInput
from engine.queries.dossier import DossierView
from engine.rules.procedure.definition import Field, Release
from engine.text import Text
from server.values import FormValues
from web.desk.dossier.doors import DoorForm, Input, Kind, Option

PREFIX = "fields."
_DAY = re.compile(r"([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{4})")
_YES: tuple[Option, ...] = (("true", Text("có", "yes")), ("false", Text("không", "no")))
_KINDS: Mapping[str, Kind] = {"long_text": "prose", "choice": "choice", "boolean": "choice", "money": "amount"}
_HINTS: Mapping[str, Text] = {
    "date": Text("nn/tt/nnnn", "dd/mm/yyyy"),
    "unit": Text("mã xã, phường: 5 chữ số", "code of the commune: 5 digits"),
}


UnitName = Callable[[str], str | None]


class ValuesForm(DoorForm):
    """A form with values of fields beside its own inputs; the release says which of them fit."""

    class Meta:
        unknown = INCLUDE


def value_inputs(release: Release, keys: Iterable[str], shown: Mapping[str, Any]) -> tuple[Input, ...]:
    """The inputs of these fields; ``shown`` are the present values, masked, which stand as hints."""
    wanted = [(key, release.fields[key]) for key in keys if key in release.fields]
    return tuple(_input(key, field, shown.get(key)) for key, field in wanted if field.type != "file")


def read_values(release: Release, form: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the inputs that were filled in. Raises InvalidInput."""
    found: dict[str, Any] = {}
    faults: dict[str, Any] = {}
    for name, given in form.items():
        key = name.removeprefix(PREFIX)
        if not name.startswith(PREFIX) or not isinstance(given, str) or given == "":
            continue
        if key not in release.fields:
            faults[name[:80]] = Text("tờ khai không có mục này", "the form has no such field")
            continue
        try:
            found[key] = _read(release.fields[key], given)
        except ValueError:
            faults[name] = Text("không đọc được giá trị này", "cannot be read")
    if faults:
        raise InvalidInput(faults)
    checked: dict[str, Any] = FormValues().deserialize(found)
    return checked


def said(field: Field, value: object, unit_name: UnitName | None = None) -> Text:
    """A value of a field as people read it; ``unit_name`` names a commune by its code."""
    if value is None or value == "":
        return Text("–", "–")
    if isinstance(value, bool):
        return Text("có", "yes") if value else Text("không", "no")
    if field.type == "unit" and unit_name is not None and (name := unit_name(str(value))) is not None:
        return Text(f"{name} ({value})", f"{name} ({value})")
    if field.type == "choice" and str(value) in field.choices:
        return field.choices[str(value)]
    if field.type == "money" and isinstance(value, int):
        return Text(f"{value:,} đ".replace(",", "."), f"{value:,} đ")
    if field.type == "date" and isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        day = dt.date.fromisoformat(value)
        return Text(f"{day:%d/%m/%Y}", f"{day:%d/%m/%Y}")
    return Text(str(value), str(value))


def fields_said(release: Release, view: DossierView, unit_name: UnitName) -> tuple[tuple[str, Field, Text], ...]:
    """The values of the dossier's form in the order of the release: key, field and words."""
    return tuple(
        (key, field, said(field, view.fields[key], unit_name))
        for key, field in release.fields.items()
        if key in view.fields
    )


def _input(key: str, field: Field, present: object) -> Input:
    options: tuple[Option, ...] = ()
    if field.type in ("choice", "boolean"):
        known: tuple[Option, ...] = tuple(field.choices.items()) if field.type == "choice" else _YES
        options = (("", Text("giữ nguyên", "as it is")), *known)
    now = said(field, present)
    help_ = _HINTS.get(field.type)
    hint = Text(f"hiện nay: {now.vi}", f"now: {now.en}")
    if help_ is not None:
        hint = Text(f"{hint.vi} · {help_.vi}", f"{hint.en} · {help_.en}")
    return Input(name=PREFIX + key, label=field.name, kind=_KINDS.get(field.type, "line"), hint=hint, options=options)


def _read(field: Field, given: str) -> Any:
    if field.type == "boolean":
        return {"true": True, "false": False}[given] if given in ("true", "false") else _unreadable()
    if field.type == "money":
        return int(re.sub(r"[.\s\u00a0đ]", "", given))
    if field.type == "number":
        plain = given.replace(" ", "").replace(",", ".")
        return int(plain) if re.fullmatch(r"-?[0-9]{1,15}", plain) else float(plain)
    if field.type == "date" and (day := _DAY.fullmatch(given)):
        return dt.date(int(day[3]), int(day[2]), int(day[1])).isoformat()
    return given


def _unreadable() -> Any:
    raise ValueError

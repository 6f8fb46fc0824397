"""The name of an office on a day: it contains the name of its unit, which may change while the office continues."""

from __future__ import annotations

import datetime as dt

from engine.rules.offices.offices import Office
from engine.rules.territory.territory import Territory
from engine.rules.territory.units import KINDS, Unit
from engine.text import Text

_KIND_EN = {
    "thanh_pho_tw": "{} City", "tinh": "{} Province", "thanh_pho": "{} City", "thi_xa": "{} Town",
    "quan": "{} District", "huyen": "{} District", "thi_tran": "{} Township", "dac_khu": "{} Special Zone",
    "phuong": "{} Ward", "xa": "{} Commune",
}  # fmt: skip


def unit_words(unit: Unit) -> Text:
    """A unit as part of the name of an office: "phường Tân Định", "Tân Định Ward"."""
    kind, short = KINDS[unit.kind][1], unit.short_name
    en = f"District {short}" if unit.kind == "quan" and short.isdigit() else _KIND_EN[unit.kind].format(short)
    return Text(f"{kind[:1].lower()}{kind[1:]} {short}", en)


def unit_of(office: Office, on: dt.date, territory: Territory) -> Unit:
    """The unit of an office on a day: its own, or a later one of the same code that its area names.

    On an earlier day it is the first of them, on a later day the last. Raises UnknownUnit.
    """
    every = _line(office, territory)
    return next((unit for unit in reversed(every) if unit.valid_from <= on), every[0])


def name_on(office: Office, on: dt.date, territory: Territory) -> Text:
    """The name of an office on a day.

    A published name ends with the name of the office's latest unit, which is replaced by the name on that day. A name
    that does not end so was given to the office by a person and is not changed. Raises UnknownUnit.
    """
    latest, then = unit_words(_line(office, territory)[-1]), unit_words(unit_of(office, on, territory))
    return Text(_ending(office.name.vi, latest.vi, then.vi), _ending(office.name.en, latest.en, then.en))


def _line(office: Office, territory: Territory) -> list[Unit]:
    """The successive units of one code that an office has, the oldest first."""
    key = office.unit_id.partition("@")[0]
    ids = {office.unit_id, *(unit_id for unit_id in office.area if unit_id.partition("@")[0] == key)}
    return sorted((territory.unit(unit_id) for unit_id in ids), key=lambda unit: unit.valid_from)


def _ending(name: str, old: str, new: str) -> str:
    return name.removesuffix(old) + new if name.endswith(old) else name

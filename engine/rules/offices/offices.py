"""``Office``: a dated office that receives or decides dossiers for the units that it serves."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from engine.text import Text


@dataclass(frozen=True, slots=True)
class Office:
    """An office of one body (``authority``, ``centre``, ``land_registration``, ``tax``, …) on one unit.

    ``unit_id`` is the dated unit it belongs to. ``area`` are the further units it serves (a branch serves the communes
    of a former district). ``receives`` says whether dossiers may be handed in there. ``identifier`` (mã định danh) is
    part of dossier codes. ``valid_to`` is exclusive; None: open.
    """

    code: str
    body: str
    unit_id: str
    name: Text
    province: str
    valid_from: dt.date
    valid_to: dt.date | None = None
    receives: bool = False
    area: tuple[str, ...] = ()
    identifier: str = ""
    address: str | None = None
    hotline: str | None = None

    def valid(self, on: dt.date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)

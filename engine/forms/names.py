"""The names of offices and places that a form prints, and its remarks on those that have changed since.

The day that decides is a setting for each form (``engine.settings.NAMES_ON_PAPER``). The journal says which office had
the dossier on that day; the territory gives the office's name on that day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine.clock import civil_day
from engine.dossier.case import Case
from engine.rules.offices.history import Held, office_history
from engine.rules.offices.names import name_on, unit_of
from engine.rules.territory.same_place import same_place
from engine.transaction import UnitOfWork


class Names:
    """The names that form ``number`` prints for one dossier.

    ``entries`` are the bodies of its journal, oldest first, with their moments ``at``. ``acted`` is the moment of the
    act that the form is about; None means now.
    """

    def __init__(
        self, case: Case, entries: Sequence[Mapping[str, Any]], number: str, acted: dt.datetime | None = None
    ) -> None:
        self._case, self._unit, self._entries = case, case.unit, entries
        moments = {"filing": case.row["filed_at"], "decision": acted or self._unit.now, "print": self._unit.now}
        self.moment: dt.datetime = moments[self._unit.settings.names_on_paper[number]]
        """The moment whose names the form prints."""

    def desks(self, at: dt.datetime) -> dict[str, str]:
        """The offices that had the dossier at a moment, by routing key; ``intake`` and ``handler`` are among them."""
        standing: dict[str, Any] = {}
        for entry in self._entries:
            if standing and entry["at"] > at:
                break
            standing |= entry["changes"]
        return {"intake": standing["intake_office"], **standing["offices"], "handler": standing["handler_office"]}

    def name(self, code: str | None, at: dt.datetime | None = None) -> str:
        """The name of an office at a moment, by default at ``moment``."""
        return office_name(self._unit, code, local_day(at or self.moment))

    def receiver(self) -> str:
        """The name of the office that receives papers and hands out the result."""
        return self.name(self.desks(self.moment)["intake"])

    def hotline(self) -> str:
        """The telephone number of the office that has the intake desk today, whatever name the form prints."""
        office = self._unit.catalogue.offices.get(self.desks(self._unit.now)["intake"])
        return office.hotline or "" if office else ""

    def others(self, desks: Iterable[str]) -> list[str]:
        """Remarks on the applicant's commune, on the places of these desks' offices, and on closed offices among them.

        They cover the offices on filing and those that the form prints. A place or office that is the same today gives
        an empty line.
        """
        reasons, now = office_history(self._entries), self.desks(self._unit.now)
        places, offices = [self._commune_today()], []
        for moment in (self._case.row["filed_at"], self.moment):
            then = self.desks(moment)
            for desk in (desk for desk in desks if desk in then):
                places.append(place_today(self._unit, then[desk], local_day(moment)))
                if now.get(desk, then[desk]) != then[desk]:
                    offices.append(self._passed(then[desk], now[desk], moment, reasons.get(desk, Held())))
        return [*places, *offices]

    def _passed(self, old: str, new: str, then: dt.datetime, held: Held) -> str:
        office, now = self._unit.catalogue.offices.get(old), self._unit.now
        if office is None or office.valid(local_day(now)) or held.reason is None:
            return ""
        before, after = self.name(old, then), self.name(new, now)
        return f"Công việc của {before} đối với hồ sơ này nay do {after} đảm nhận: {held.reason.vi}"

    def _commune_today(self) -> str:
        """The remark on the applicant's commune. Codes are reused, so its code is read as of the day it was entered."""
        written = [one for one in self._entries[1:] if "applicant.commune" in one["data"].get("names", ())]
        on = local_day((written or self._entries)[-1 if written else 0]["at"])
        code, territory = self._case.applicant["commune"], self._unit.catalogue.territory
        commune = territory.find(code, "commune", on) if code else None
        return same_place(commune, on, local_day(self._unit.now), territory) if commune else ""


def local_day(moment: dt.datetime) -> dt.date:
    """The civil day in Viet Nam."""
    return civil_day(moment)


def office_name(unit: UnitOfWork, code: str | None, on: dt.date) -> str:
    """The Vietnamese name of an office on a day; an unknown code is returned unchanged, None as an empty text."""
    office = unit.catalogue.offices.get(code or "")
    return name_on(office, on, unit.catalogue.territory).vi if office else code or ""


def place_today(unit: UnitOfWork, code: str | None, on: dt.date) -> str:
    """The remark on what became of an office's place since a day; empty if its name is the same today."""
    office, territory = unit.catalogue.offices.get(code or ""), unit.catalogue.territory
    return same_place(unit_of(office, on, territory), on, local_day(unit.now), territory) if office else ""

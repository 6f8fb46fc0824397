"""The roles of a draft: one for each lane or performer, and the two usual ones where the diagram names nobody."""

from __future__ import annotations

from collections.abc import Iterable

from engine.rules.plain_text import plain_text
from engine.rules.procedure.definition import APPLICANT
from workflows.bpmn.diagram import Element
from workflows.bpmn.names import key_of
from workflows.bpmn.parts import KEY, RolePart
from workflows.problems import Both

INTAKE, HANDLER = "intake", "handler"
_APPLICANTS = frozenset(
    {"applicant", "the applicant", "citizen", "citizens", "customer", "business", "nguoi nop", "nguoi nop ho so"}
    | {"cong dan", "nguoi dan", "nguoi yeu cau", "nguoi de nghi", "ca nhan", "doanh nghiep", "khach hang"}
    | {"to chuc, ca nhan", "ca nhan, to chuc", "to chuc, cong dan", "cong dan, to chuc", "nguoi dan, doanh nghiep"}
)
"""Lanes of the applicant, without accents."""
_COUNTER = ("counter", RolePart(Both("Cán bộ tiếp nhận", "Counter clerk"), INTAKE))
_SPECIALIST = ("specialist", RolePart(Both("Chuyên viên thụ lý", "Specialist"), HANDLER))


def is_applicants(element: Element) -> bool:
    """Whether the applicant, and nobody else, does a step."""
    return bool(element.doers) and all(_of_applicant(one.name) for one in element.doers)


class Roles:
    """The roles by key, and who acts in which step. Who acts in the first one receives the dossiers."""

    def __init__(self, steps: Iterable[Element], first: Element) -> None:
        self.parts: dict[str, RolePart] = {}
        self.offices: dict[str, str] = {HANDLER: ""}
        self._keys: dict[str, str] = {}
        self._first = first
        self._acting = {one.id: self._read(one) for one in [first, *steps]}

    @property
    def receiving(self) -> str:
        """The role of staff that receives dossiers."""
        found = [one for one in self._acting[self._first.id] if one != APPLICANT]
        return found[0] if found else self._usual(*_COUNTER)

    def of(self, element: Element) -> tuple[str, ...]:
        """The keys of those who act in a step; the applicant's after those of staff."""
        found = self._acting.get(element.id, ())
        if not found:
            return (self._usual(*(_COUNTER if element is self._first else _SPECIALIST)),)
        return tuple(sorted(found, key=lambda one: one == APPLICANT))

    def _read(self, element: Element) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for doer in element.doers:
            if _of_applicant(doer.name):
                found[APPLICANT] = None
                continue
            same = plain_text(doer.name)
            if same not in self._keys:
                named = doer.key if KEY.fullmatch(doer.key) and doer.key not in self.parts else ""
                key = self._keys[same] = named or key_of(doer.name, self.parts, "role")
                unit = doer.unit if KEY.fullmatch(doer.unit) else self._unit(element)
                self.parts[key] = RolePart(Both(doer.name, ""), unit)
                if unit != INTAKE:
                    self.offices.setdefault(unit, "")
            found[self._keys[same]] = None
        return tuple(found)

    def _unit(self, element: Element) -> str:
        """The receiving office for the first step, the handling one for others; a lane around lanes is an office."""
        if element is self._first or (element.office and element.office == self._first.office):
            return INTAKE
        if not element.office:
            return HANDLER
        known = {name: key for key, name in self.offices.items()}
        if element.office not in known:
            key = key_of(element.office, {*self.offices, INTAKE}, "office")
            self.offices[key] = element.office
            return key
        return known[element.office]

    def _usual(self, key: str, part: RolePart) -> str:
        self.parts.setdefault(key, part)
        return key


def _of_applicant(name: str) -> bool:
    return plain_text(name) in _APPLICANTS

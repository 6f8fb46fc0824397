"""The list that a dossier was opened in: its neighbours there, and where an act leads."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from engine.transaction import UnitOfWork
from server.identity import reading
from web.desk.list_address import around, within

NEXT = "next"
"""What the field ``then`` says when the person goes on to the next dossier of the list."""


@dataclass(frozen=True, slots=True)
class Around:
    """The dossiers before and after this one in the list, and the list's address."""

    previous: str | None
    next: str | None
    list_address: str


def address(code: str, trong: str = "", *, then: str = "") -> str:
    """The address of a dossier's page, within the list ``trong`` where there is one."""
    if not trong:
        return f"/ho-so/{code}"
    return f"/ho-so/{code}?trong={quote(trong, safe='')}" + ("&tiep-theo=1" if then == NEXT else "")


def neighbours(unit: UnitOfWork, trong: str, code: str) -> Around | None:
    """The neighbours in the list ``trong``; None where the dossier was opened from no list."""
    if not trong:
        return None
    found = around(unit, trong, code)
    return Around(found.previous, found.next, within(trong))


def onward(code: str, trong: str, then: str) -> str:
    """Where an act on a dossier leads: to the next one of the list where that is wanted, at its end to the list, else
    back to the dossier. Asked before the act, which may take the dossier off the list."""
    if not trong or then != NEXT:
        return address(code, trong)
    with reading() as unit:
        after = around(unit, trong, code).next
    return address(after, trong, then=then) if after is not None else within(trong)

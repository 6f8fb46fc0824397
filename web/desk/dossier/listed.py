"""The list that a dossier was opened in: its neighbours there, and where an act leads."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from engine.transaction import UnitOfWork


@dataclass(frozen=True, slots=True)
class Around:
    """The dossiers before and after this one in the list, and the list's address."""

    previous: str | None
    next: str | None
    list_address: str


def address(code: str, trong: str = "") -> str:
    """The address of a dossier's page, within the list ``trong`` where there is one."""
    return f"/ho-so/{code}?trong={quote(trong, safe='')}" if trong else f"/ho-so/{code}"


def neighbours(unit: UnitOfWork, trong: str, code: str) -> Around | None:
    """The neighbours in the list ``trong``; None where the dossier was opened from no list."""
    if not trong:
        return None
    return Around(None, None, f"/ho-so?{trong}")


def onward(code: str, trong: str, then: str) -> str:
    """Where an act on a dossier leads: to the next one of the list if that is wanted and there is one, else back."""
    return address(code, trong)

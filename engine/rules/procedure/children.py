"""Linked dossiers (liên thông) as their parent sees them: which have a result, which still run, which ended without."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from engine.rules.procedure.portal_status import PortalStatus

_WITH_RESULT = (PortalStatus.READY, PortalStatus.RETURNED)


class LinkedDossier(NamedTuple):
    """One linked dossier: its row id, code, key in the parent's ``children``, and portal status."""

    id: int
    code: str
    key: str | None
    portal: int

    @property
    def ended(self) -> bool:
        """Whether its processing has ended, with or without a result."""
        return PortalStatus(self.portal).ended

    @property
    def succeeded(self) -> bool:
        """Whether it has a result. One that was refused, withdrawn or stopped has none."""
        return PortalStatus(self.portal) in _WITH_RESULT


def child_facts(children: Sequence[LinkedDossier]) -> dict[str, Any]:
    """The facts ``children.…``. A key that was filed again is finished as soon as one dossier under it has a result.

    >>> facts = child_facts([LinkedDossier(1, "A", "birth", 8), LinkedDossier(2, "B", "card", 4)])
    >>> facts["finished"], facts["missing"], facts["failed"]
    (False, ['card'], ['birth'])
    """
    keys = list(dict.fromkeys(child.key or "" for child in children))
    done = {child.key or "" for child in children if child.succeeded}
    running = {child.key or "" for child in children if not child.ended}
    without = [key for key in keys if key not in done]
    return {
        "count": len(children),
        "finished": bool(children) and not without,
        "missing": [key for key in without if key in running],
        "failed": [key for key in without if key not in running],
    }

"""Who takes a step that is the applicant's own in their place: a clerk with their paper, or the parent's ending."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class StandIn:
    """``role`` is the role in which somebody stands in. ``paper`` describes the applicant's written request, and
    ``document`` is the number under which it lies in the dossier."""

    role: str
    paper: str | None = None
    document: int | None = None

    def told(self) -> dict[str, Any]:
        """What the journal entry of the step says of it; the description of the paper is private."""
        return {"on_behalf": "applicant"} | ({"paper": self.document} if self.document is not None else {})

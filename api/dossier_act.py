"""Runs an act on a dossier for an operation, and answers with the dossier's new state and ETag."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from api import dossier_json, shapes
from api.answers import answer, etag
from api.operations import ETAG, Gives
from engine.dossier.case import Case
from engine.queries.dossier import standing_of
from engine.transaction import UnitOfWork
from server.answer import Answer
from server.once import perform

STANDS = Gives(shape=shapes.DossierShort, headers=ETAG, description="Done; where the dossier stands now.")


def act(name: str, doing: Callable[[UnitOfWork], Case], *, key_required: bool = False) -> Answer:
    """Runs an act once for each Idempotency-Key, and answers with the dossier after it. ``name`` labels the metric."""
    return perform(name, lambda unit: standing(doing(unit)), key_required=key_required)


def standing(case: Case, status: int = 200, more: Mapping[str, Any] | None = None, **headers: str) -> Answer:
    """The answer to an act: the short form of the dossier, with its ETag and the keys of ``more``."""
    shown = dossier_json.standing(standing_of(case)) | dict(more or {})
    return answer(shown, status, ETag=etag(case.row["version"]), **headers)

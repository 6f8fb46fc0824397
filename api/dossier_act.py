"""Acts over HTTP: run once under the request's key, answered with where the dossier stands now and its new ETag."""

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
    """Runs an act on a dossier and answers where it stands."""
    return perform(name, lambda unit: standing(doing(unit)), key_required=key_required)


def standing(case: Case, status: int = 200, more: Mapping[str, Any] | None = None, **headers: str) -> Answer:
    """Where the dossier stands, with its ETag."""
    shown = dossier_json.standing(standing_of(case)) | dict(more or {})
    return answer(shown, status, ETag=etag(case.row["version"]), **headers)

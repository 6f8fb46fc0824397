"""Acts over HTTP: run once under the request's key, answered with where the dossier stands now and its new ETag."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from api import dossier_json, shapes
from api.answers import answer, etag
from api.operations import ETAG, Gives
from engine.dossier.case import Case
from engine.transaction import UnitOfWork
from server.answer import Answer
from server.once import perform

STANDS = Gives(shape=shapes.DossierShort, headers=ETAG, description="Done; where the dossier stands now.")


def act(
    name: str,
    doing: Callable[[UnitOfWork], Case],
    *,
    key_required: bool = False,
    shown: Callable[[Case], dict[str, Any]] = dossier_json.short,
) -> Answer:
    """Runs an act on a dossier and answers it, as ``shown``."""

    def once(uow: UnitOfWork) -> Answer:
        case = doing(uow)
        return answer(shown(case), ETag=etag(case.row["version"]))

    return perform(name, once, key_required=key_required)


def standing(case: Case, status: int = 200, more: Mapping[str, Any] | None = None, **headers: str) -> Answer:
    """Where the dossier stands, with its ETag."""
    return answer(dossier_json.short(case) | dict(more or {}), status, ETag=etag(case.row["version"]), **headers)

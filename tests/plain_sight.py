"""Who may know of a dossier, said once more in plain Python: ``visible_dossiers`` must say the same to a database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from engine.rules.procedure.permissions import Actor


def sees(
    actor: Actor,
    dossier: Mapping[str, Any],
    on: dt.date,
    seen_by: Collection[str] = (),
    parent_held_by: str | None = None,
) -> bool:
    """Whether ``actor`` may know of the dossier. ``seen_by`` are offices whose part lasts, or ended a few days ago.

    ``parent_held_by`` is the office that holds the dossier which opened this one.
    """
    if actor.kind == "system":
        return True
    if actor.kind == "citizen":
        return actor.dossier_id is not None and actor.dossier_id == dossier["id"]
    parts = {*seen_by, *([parent_held_by] if parent_held_by else [])}
    parts |= {dossier[key] for key in ("intake_office", "handler_office")}
    return bool(actor.offices(on) & parts) or dossier["province"] in actor.monitored_provinces(on)

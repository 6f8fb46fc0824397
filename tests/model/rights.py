"""Who may act on a dossier, as the model has it."""

from __future__ import annotations

from tests.model.dossier import Dossier, Who
from tests.model.procedure import Refused


def must_be_open(dossier: Dossier) -> None:
    if dossier.state["final"]:
        raise Refused("dossier-ended")


def must_be_staff(who: Who) -> None:
    if who.kind not in ("staff", "system"):
        raise Refused("forbidden")


def must_have_part(dossier: Dossier, who: Who) -> None:
    row = dossier.row
    parts = {*row["offices"].values(), row["intake_office"], row["handler_office"], row["holder_office"]}
    if who.kind == "citizen":
        return
    must_be_staff(who)
    if not parts & who.offices:
        raise Refused("forbidden")


def must_hold(dossier: Dossier, who: Who) -> None:
    must_be_staff(who)
    row = dossier.row
    if (row["holder_office"], row["holder_role"]) not in who.posts:
        raise Refused("forbidden")
    if row["holder_id"] not in (None, who.person):
        raise Refused("held-by-another")

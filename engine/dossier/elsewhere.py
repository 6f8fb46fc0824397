"""Dossiers whose truth is in another system: they are read here, and acted on there."""

from __future__ import annotations

from engine.errors import Conflict
from engine.rules.dossier_row import DossierRow
from engine.rules.procedure.permissions import Actor, Verdict
from engine.text import Text

READING = frozenset({"read_personal_data"})
"""The built-in acts that change nothing in the dossier."""
_WHY = Text("hồ sơ thuộc hệ thống khác; hãy xử lý tại đó", "the dossier belongs to another system; act on it there")


class TruthElsewhere(Conflict):
    """Another system holds the truth about the dossier, so nothing is decided here."""

    code = "truth-elsewhere"
    vi = "Hồ sơ {dossier} thuộc hệ thống {source}: chỉ xem được ở đây, hãy xử lý tại hệ thống đó."
    en = "Dossier {dossier} belongs to the system {source}: it is shown here only, act on it there."


def must_be_ours(row: DossierRow, actor: Actor) -> None:
    """Requires that the truth about the dossier is here. The connector (``system``) writes what the other system says.

    Raises TruthElsewhere.
    """
    if row["source"] is not None and actor.kind != "system":
        raise TruthElsewhere(dossier=row["code"], source=row["source"])


def refused_elsewhere(row: DossierRow, actor: Actor) -> Verdict | None:
    """The verdict on every act on a dossier of another system; None for a dossier of this one."""
    if row["source"] is None or actor.kind == "system":
        return None
    return Verdict(False, why=_WHY)

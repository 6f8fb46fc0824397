"""The refusal of an act whose dossier has changed since the caller read it."""

from __future__ import annotations

from sqlalchemy import and_, select

from engine.errors import Conflict
from engine.rules.dossier_row import DossierRow
from engine.rules.procedure.act_names import act_name
from engine.store.journal import journal
from engine.store.people import person_name
from engine.text import Text
from engine.transaction import UnitOfWork


class Stale(Conflict):
    """The dossier has changed since the caller read it: ``who`` did ``act`` at ``when``.

    ``name`` and ``did`` are the words for ``who`` and ``act``. To a citizen the name is that of the office, not of its
    staff.
    """

    code = "stale"
    status = 412
    vi = "Hồ sơ {dossier} đã thay đổi: {name} đã thực hiện “{did}” lúc {when}. Hãy xem lại rồi thao tác."
    en = "Dossier {dossier} has changed: {name} did “{did}” at {when}. Look at it again before acting."


def stale(unit: UnitOfWork, found: DossierRow) -> Stale:
    """The refusal that names who changed the dossier last, and how."""
    last = and_(journal.c.dossier_id == found["id"], journal.c.number == found["version"])
    entry = unit.reader().execute(select(journal.c.at, journal.c.act, journal.c.actor).where(last)).one_or_none()
    if entry is None:  # its month is detached, or somebody took it away, which ``journal verify`` finds
        return _unknown(found)
    release = unit.catalogue.workflow(found["release"]).release
    return Stale(
        dossier=found["code"],
        version=found["version"],
        who=entry.actor if unit.actor.kind != "citizen" else "",
        name=_name(unit, entry.actor),
        act=entry.act,
        did=act_name(entry.act, release),
        when=entry.at,
    )


def _unknown(found: DossierRow) -> Stale:
    """What can be said where the last entry is not here."""
    return Stale(
        dossier=found["code"],
        version=found["version"],
        who="",
        name=Text("cơ quan giải quyết", "the office"),
        act="",
        did=Text("việc cuối cùng, mục nhật ký ở lưu trữ", "the last act, whose entry lies in the archive"),
        when=found["finished_at"] or found["entered_at"],
    )


def _name(unit: UnitOfWork, label: str) -> Text:
    """The name of a journal entry's actor: a colleague's own name for staff, otherwise a general word."""
    kind, _, number = label.partition(":")
    if kind == "citizen":
        return Text("người nộp hồ sơ", "the applicant")
    if kind == "system":
        return Text("hệ thống", "the system")
    name = person_name(unit.reader(), int(number)) if unit.actor.kind != "citizen" and number else None
    return Text(name, name) if name else Text("cơ quan giải quyết", "the office")

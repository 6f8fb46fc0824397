"""The act ``renew_link``: the counter hands out a new link and receipt code; the old ones open nothing any more."""

from __future__ import annotations

from engine.dossier.case import Case, lock_case
from engine.dossier.citizen_keys import fresh_keys
from engine.dossier.first_row import Keys
from engine.dossier.notices import link_notices
from engine.dossier.receivers import must_receive
from engine.dossier.record import record, send
from engine.errors import wrong
from engine.transaction import UnitOfWork


def renew_link(
    unit: UnitOfWork, code: str, reason: str, *, tell: bool = True, version: int | None = None
) -> tuple[Case, Keys]:
    """Replaces the applicant's keys, also after the end of the dossier; returns them, to be shown this once.

    With ``tell`` the new link is also sent to the applicant's contact. Raises NotFound, Stale, Forbidden, InvalidInput.
    """
    case = lock_case(unit, code, version)
    if unit.actor.kind != "system":
        must_receive(case)
    if not reason.strip():
        raise wrong("reason", "phải ghi lý do cấp lại đường dẫn", "say why a new link is needed")
    keys = fresh_keys(case)
    entry = record(case, "renew_link", data={"told": tell}, private={"reason": reason})
    if tell:
        send(unit, link_notices(case, entry))
    return case, keys

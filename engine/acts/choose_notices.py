"""The act ``choose_notices``: the applicant wants notices of the progress, or none.

What asks something of them, ends the dossier without a result or gives them a new link is sent all the same
(``engine.dossier.notices.must_be_told``): nobody misses a day by this choice.
"""

from __future__ import annotations

from sqlalchemy import update

from engine.dossier.case import Case, lock_case
from engine.dossier.record import record
from engine.errors import Forbidden, wrong
from engine.store.dossiers import applicants
from engine.store.ratings import choices_of
from engine.transaction import UnitOfWork

CHANNELS = {"sms": "phone", "email": "email"}
"""The channels to choose from, each with the contact that it needs."""


def choose_notices(unit: UnitOfWork, code: str, wanted: bool, via: str | None = None) -> Case:
    """Turns the notices of the progress on or off, and sets the channel ``via`` of all of them (None: each that has
    an address). Nothing is recorded where they are so already.

    Raises NotFound, Forbidden, InvalidInput.
    """
    case = lock_case(unit, code)
    if unit.actor.kind != "citizen":
        raise Forbidden(why_vi="chỉ người nộp hồ sơ tự chọn", why_en="only the applicant chooses this")
    if via is not None and not case.applicant.get(CHANNELS.get(via, "")):
        raise wrong("via", "hồ sơ không có địa chỉ cho cách này", "the dossier has no address for this channel")
    before = choices_of(unit.begin(), case.id)
    if (before.notices_off_since is None) == wanted and before.notices_via == via:
        return case
    record(case, "choose_notices", data={"wanted": wanted, "via": via})
    chosen = update(applicants).where(applicants.c.dossier_id == case.id)
    off = None if wanted else before.notices_off_since or unit.now
    unit.begin().execute(chosen.values(notices_off_since=off, notices_via=via))
    return case

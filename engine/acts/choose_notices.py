"""The act ``choose_notices``: the applicant wants notices of the progress, or none.

What asks something of them, ends the dossier without a result or gives them a new link is sent all the same
(``engine.dossier.notices.must_be_told``): nobody misses a day by this choice.
"""

from __future__ import annotations

from sqlalchemy import update

from engine.dossier.case import Case, lock_case
from engine.dossier.record import record
from engine.errors import Forbidden
from engine.store.dossiers import applicants
from engine.store.ratings import choices_of
from engine.transaction import UnitOfWork


def choose_notices(unit: UnitOfWork, code: str, wanted: bool) -> Case:
    """Turns the notices of the progress on or off. Nothing is recorded where they are so already.

    Raises NotFound, Forbidden, Ended.
    """
    case = lock_case(unit, code)
    if unit.actor.kind != "citizen":
        raise Forbidden(why_vi="chỉ người nộp hồ sơ tự chọn", why_en="only the applicant chooses this")
    if (choices_of(unit.begin(), case.id).notices_off_since is None) == wanted:
        return case
    record(case, "choose_notices", data={"wanted": wanted})
    chosen = update(applicants).where(applicants.c.dossier_id == case.id)
    unit.begin().execute(chosen.values(notices_off_since=None if wanted else unit.now))
    return case

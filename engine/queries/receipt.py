"""The paper that was printed with a reception, a refusal or a request at the counter, for the person who made it.

Its printing was recorded when it was issued, in the transaction of the act; so only that person sees it here, and only
for an hour. Whoever needs it later prints the form, which is recorded as another reading.
"""

from __future__ import annotations

import datetime as dt

from engine.dossier.case import Case, read_case
from engine.forms.issued import IssuedForm, as_issued
from engine.forms.told import Told
from engine.transaction import UnitOfWork

SHOWN_FOR = dt.timedelta(hours=1)
FORMS = ("01", "02", "03")


def receipt(unit: UnitOfWork, code: str) -> tuple[Case, IssuedForm | None]:
    """The dossier, and the last form that the actor issued within the hour; None where there is none.

    Raises NotFound, FormErased, FormDamaged.
    """
    case = read_case(unit, code, along=("documents", "fees", "ledger"))
    told = Told(case)
    mine = [
        entry
        for form in FORMS
        for entry in told.issues(form)
        if entry["actor"] == unit.actor.label and unit.now - entry["at"] <= SHOWN_FOR
    ]
    return case, as_issued(case, max(mine, key=lambda entry: int(entry["number"]))) if mine else None

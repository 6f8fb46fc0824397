"""The operation that shows unmasked personal data. It requires a reason, which is recorded before anything is shown."""

from __future__ import annotations

from typing import Any

from api import bodies, dossier_json, shapes
from api.answers import answer
from api.operations import Gives, Resource
from engine.acts.read_personal_data import read_personal_data
from engine.queries.applicant import applicant_of
from engine.queries.parties import parties_view
from engine.transaction import UnitOfWork
from server.answer import Answer
from server.identity import Access
from server.once import perform_unkept

personal_data = Resource("personal-data", __name__, description="Unmasked personal data, for a reason.")


@personal_data.operation(
    "POST",
    "/dossiers/<code>/personal-data-views",
    access=Access.STAFF,
    body=bodies.Reason,
    gives=Gives(shape=shapes.PersonalData, description="Unmasked; the look was written down."),
    refuses=(403, 404),
)
def view(code: str, body: dict[str, Any]) -> Answer:
    """See the personal data of a dossier, for a reason that is recorded with the caller's name; no answer is kept"""

    def doing(uow: UnitOfWork) -> Answer:
        case = read_personal_data(uow, code, body["reason"])
        beside = [dossier_json.party(one) for one in parties_view(case, masked=False)]
        shown = dossier_json.personal(code, applicant_of(case, masked=False), case.applicant["form"] or {})
        return answer(shown | {"parties": beside})

    return perform_unkept("read_personal_data", doing)

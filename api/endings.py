"""Operations on the beginnings and ends of a dossier's life: withdrawn at the counter."""

from __future__ import annotations

from typing import Any

from api import bodies
from api.dossier_act import STANDS, act
from api.operations import Resource
from api.versions import expected_version
from engine.acts.withdraw_at_counter import withdraw_at_counter
from server.answer import Answer
from server.identity import Access

endings = Resource("endings", __name__, description="Dossiers withdrawn, filed anew, reopened.")


@endings.operation(
    "POST",
    "/dossiers/<code>/withdrawals",
    access=Access.STAFF,
    body=bodies.Withdraw,
    gives=STANDS,
    refuses=(403, 404, 409),
    if_match=True,
    key="required",
)
def withdraw(code: str, body: dict[str, Any]) -> Answer:
    """Withdraw the dossier for its applicant, who asks for it at the counter in writing"""
    version = expected_version()
    return act(
        "withdraw_at_counter",
        lambda uow: withdraw_at_counter(uow, code, body["reason"], body["paper"], body["children"], version),
        key_required=True,
    )

"""Operations on the beginnings and ends of a dossier's life: withdrawn at the counter, filed anew, reopened."""

from __future__ import annotations

from typing import Any

from api import bodies, shapes
from api.dossier_act import STANDS, act
from api.dossiers import filed_answer
from api.operations import ETAG, LOCATION, Gives, Resource
from api.versions import expected_version
from engine.acts.refile import refile
from engine.acts.reopen_dossier import reopen_dossier
from engine.acts.withdraw_at_counter import withdraw_at_counter
from server.answer import Answer
from server.identity import Access
from server.once import perform

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


@endings.operation(
    "POST",
    "/dossiers/<code>/reopenings",
    access=Access.STAFF,
    body=bodies.Reopen,
    gives=STANDS,
    refuses=(403, 404, 409),
    if_match=True,
    key="required",
)
def reopen(code: str, body: dict[str, Any]) -> Answer:
    """Reopen a returned, refused or stopped dossier, as the leader; its time limit begins anew"""
    version, given = expected_version(), {"void": body["void"], "state": body["state"]}
    return act(
        "reopen_dossier",
        lambda uow: reopen_dossier(uow, code, body["reason"], body["legal"], version=version, **given),
        key_required=True,
    )


@endings.operation(
    "POST",
    "/dossiers/<code>/refilings",
    access=Access.STAFF,
    body=bodies.Refile,
    gives=Gives(status=201, shape=shapes.Filed, headers={**ETAG, **LOCATION}, description="Filed anew."),
    refuses=(403, 404, 409),
    if_match=True,
    key="required",
)
def file_anew(code: str, body: dict[str, Any]) -> Answer:
    """Cancel the reception of a dossier, and file it under the right procedure"""
    version = expected_version()
    given = {name: body[name] for name in ("handler_office", "receive", "children")} | {"fields": body["fields_"]}
    return perform(
        "refile",
        lambda uow: filed_answer(uow, refile(uow, code, body["procedure"], body["reason"], version=version, **given)),
        key_required=True,
    )

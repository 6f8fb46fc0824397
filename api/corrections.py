"""Operations that change a dossier outside its steps: extensions, transfers, links, notes, rectifications."""

from __future__ import annotations

from typing import Any

from api import bodies
from api.dossier_act import STANDS, act
from api.operations import Resource
from api.versions import expected_version
from engine.acts.add_note import add_note
from engine.acts.extend_deadline import extend_deadline
from engine.acts.link_dossiers import link_dossiers
from engine.acts.rectify import rectify
from engine.acts.transfer import transfer
from engine.rules.procedure.definition import Term
from server.answer import Answer
from server.identity import Access

corrections = Resource("corrections", __name__, description="Extensions, transfers, links, notes, rectifications.")


@corrections.operation(
    "POST",
    "/dossiers/<code>/extensions",
    access=Access.STAFF,
    body=bodies.Extend,
    gives=STANDS,
    refuses=(403, 404, 409),
    if_match=True,
    key="required",
)
def extend(code: str, body: dict[str, Any]) -> Answer:
    """Extend the time limit, with the apology of Form 04"""
    version, term = expected_version(), Term(body["term"]["amount"], body["term"]["unit"])
    return act(
        "extend_deadline",
        lambda uow: extend_deadline(uow, code, term, body["reason"], version),
        key_required=True,
    )


@corrections.operation(
    "POST",
    "/dossiers/<code>/transfers",
    access=Access.STAFF,
    body=bodies.Transfer,
    gives=STANDS,
    refuses=(403, 404, 409),
    if_match=True,
    key="required",
)
def transfer_it(code: str, body: dict[str, Any]) -> Answer:
    """Pass the dossier to another office, with the reason and the legal ground"""
    version = expected_version()
    return act(
        "transfer",
        lambda uow: transfer(uow, code, body["office"], body["reason"], body["legal"], body["key"], version),
        key_required=True,
    )


@corrections.operation(
    "POST",
    "/dossiers/<code>/links",
    access=Access.STAFF,
    body=bodies.LinkTo,
    gives=STANDS,
    refuses=(403, 404, 409),
    if_match=True,
    key="required",
)
def link(code: str, body: dict[str, Any]) -> Answer:
    """Link the dossier with another that the caller may see"""
    version = expected_version()
    return act(
        "link_dossiers",
        lambda uow: link_dossiers(uow, code, body["dossier"], body["kind"], version),
        key_required=True,
    )


@corrections.operation(
    "POST",
    "/dossiers/<code>/notes",
    access=Access.STAFF,
    body=bodies.Note,
    gives=STANDS,
    refuses=(403, 404, 409),
    key="required",
)
def note(code: str, body: dict[str, Any]) -> Answer:
    """Write a note for colleagues; the applicant does not see it"""
    return act("add_note", lambda uow: add_note(uow, code, body["text"]), key_required=True)


@corrections.operation(
    "POST",
    "/dossiers/<code>/rectifications",
    access=Access.STAFF,
    body=bodies.Rectify,
    gives=STANDS,
    refuses=(403, 404, 409),
    if_match=True,
    key="required",
)
def rectify_it(code: str, body: dict[str, Any]) -> Answer:
    """Correct the applicant's data or form values, by an entry that names the one it corrects"""
    version = expected_version()
    return act(
        "rectify",
        lambda uow: rectify(
            uow,
            code,
            body["reason"],
            number=body["number"],
            applicant=body["applicant"],
            fields=body["fields_"],
            version=version,
        ),
        key_required=True,
    )

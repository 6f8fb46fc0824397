"""Operations on verifications: questions to another office about a dossier, with a clock of their own."""

from __future__ import annotations

from typing import Any

from api import bodies, dossier_json, shapes
from api.answers import answer, etag
from api.dossier_act import STANDS, act
from api.operations import ETAG, Gives, Resource
from api.versions import expected_version
from engine.acts.verification import answer_verification, ask_verification
from engine.dossier.case import read_case
from engine.queries.verifications import verifications as verifications_of
from server.answer import Answer
from server.identity import Access, reading

verifications = Resource("verifications", __name__, description="Questions to other offices.")


@verifications.operation(
    "GET",
    "/dossiers/<code>/verifications",
    access=Access.STAFF,
    gives=Gives(shape=shapes.Verifications, headers=ETAG, description="Oldest first."),
    refuses=(404,),
)
def questions(code: str) -> Answer:
    """List the questions to other offices about a dossier"""
    with reading() as uow:
        case = read_case(uow, code, asked=True)
        found = verifications_of(uow, case)
    items = [dossier_json.verification(one) for one in found]
    return answer({"items": items}, ETag=etag(case.row["version"]))


@verifications.operation(
    "POST",
    "/dossiers/<code>/verifications",
    access=Access.STAFF,
    body=bodies.AskVerification,
    gives=STANDS,
    refuses=(403, 404, 409),
    if_match=True,
    key="required",
)
def ask(code: str, body: dict[str, Any]) -> Answer:
    """Ask another office to verify a fact; it sees the question and the attached papers, and nothing else"""
    version = expected_version()
    return act(
        "ask_verification",
        lambda uow: ask_verification(uow, code, body["office"], body["question"], version, body["documents"])[0],
        key_required=True,
    )


@verifications.operation(
    "PUT",
    "/dossiers/<code>/verifications/<int:number>",
    access=Access.STAFF,
    body=bodies.AnswerVerification,
    gives=STANDS,
    refuses=(403, 404, 409),
    key="optional",
)
def answer_one(code: str, number: int, body: dict[str, Any]) -> Answer:
    """Answer a question that was put to the caller's office"""
    return act(
        "answer_verification",
        lambda uow: answer_verification(uow, code, number, body["confirmed"], body["answer"]),
    )

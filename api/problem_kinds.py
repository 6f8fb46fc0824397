"""Operations that explain the codes of refusals: the ``type`` of a problem links to them."""

from __future__ import annotations

from api import shapes
from api.answers import answer
from api.operations import Gives, Resource
from api.procedures import FOR_A_WHILE
from server.answer import Answer
from server.identity import Access
from server.refusals import NoSuchAddress, every_code

problem_kinds = Resource("problems", __name__, description="Codes of refusals.")


@problem_kinds.operation(
    "GET",
    "/problems",
    access=Access.PUBLIC,
    gives=Gives(shape=shapes.ProblemKinds, description="Every code, with its sentences."),
)
def every_problem() -> Answer:
    """List all codes of refusals"""
    return answer({"items": every_code()}, Cache_Control=FOR_A_WHILE)


@problem_kinds.operation(
    "GET",
    "/problems/<code>",
    access=Access.PUBLIC,
    gives=Gives(shape=shapes.ProblemKind, description="One code."),
    refuses=(404,),
)
def one_problem(code: str) -> Answer:
    """Read the meaning of a code of refusals"""
    found = next((one for one in every_code() if one["code"] == code), None)
    if found is None:
        raise NoSuchAddress()
    return answer(found, Cache_Control=FOR_A_WHILE)

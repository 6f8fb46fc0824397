"""Operations on the fees of a dossier: listing them, and recording that one was paid or waived."""

from __future__ import annotations

from typing import Any

from api import bodies, dossier_json, shapes
from api.answers import answer, etag
from api.dossier_act import STANDS, act
from api.operations import ETAG, Gives, Resource
from api.versions import expected_version
from engine.acts.settle_fee import settle_fee
from engine.dossier.case import read_case
from engine.queries.dossier import fees_of as owed_on
from server.answer import Answer
from server.identity import Access, reading

fees = Resource("fees", __name__, description="Fees, in đồng.")


@fees.operation(
    "GET",
    "/dossiers/<code>/fees",
    access=Access.STAFF,
    gives=Gives(shape=shapes.Fees, headers=ETAG, description="Each fee, and the sums."),
    refuses=(404,),
)
def fees_of(code: str) -> Answer:
    """List the fees of a dossier"""
    with reading() as uow:
        case = read_case(uow, code, along=("fees",))
        items = [dossier_json.fee(owed) for owed in owed_on(case)]
        sums = {
            "total": sum(one["vnd"] for one in items),
            "due": sum(one["vnd"] for one in items if one["settled_at"] is None),
        }
        return answer({"items": items, **sums}, ETag=etag(case.row["version"]))


@fees.operation(
    "PUT",
    "/dossiers/<code>/fees/<key>",
    access=Access.STAFF,
    body=bodies.SettleFee,
    gives=STANDS,
    refuses=(403, 404, 409),
    if_match=True,
    key="optional",
)
def settle(code: str, key: str, body: dict[str, Any]) -> Answer:
    """Record that a fee was paid, or waived with its legal ground as `receipt`"""
    version = expected_version()
    return act("settle_fee", lambda uow: settle_fee(uow, code, key, body["method"], body["receipt"], version))

"""The acts on people beside the applicant: name one, end one, and record who the result was handed to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, update

from engine.acts.change_form import find_by
from engine.acts.withdraw_at_counter import counter_role
from engine.dossier.case import Case, lock_case
from engine.dossier.party import clean_party
from engine.dossier.record import record
from engine.dossier.rights import must_be_open, must_may
from engine.errors import Conflict, NotFound, wrong
from engine.rules.procedure.portal_status import PortalStatus
from engine.store.parties import parties, parties_of
from engine.transaction import UnitOfWork

NAMED = ("representative", "co_applicant")
_GIVEN_OUT = (PortalStatus.READY, PortalStatus.RETURNED)


class NothingToHandOver(Conflict):
    """There is no result that somebody could collect."""

    code = "nothing-to-hand-over"
    vi = "Hồ sơ {dossier} chưa có kết quả để giao."
    en = "Dossier {dossier} has no result to hand over."


def add_party(
    unit: UnitOfWork, code: str, kind: str, given: Mapping[str, Any], version: int | None = None
) -> tuple[Case, int]:
    """Names a representative (with the authority) or a co-applicant; returns the case and the person's number.

    Raises NotFound, Stale, Forbidden, Ended, InvalidInput.
    """
    case = lock_case(unit, code, version)
    must_may(case, "rectify")
    must_be_open(case)
    return case, enter_party(case, kind, given)


def enter_party(case: Case, kind: str, given: Mapping[str, Any]) -> int:
    """Writes a person of a dossier in hand, and the journal entry. Raises InvalidInput."""
    if kind not in NAMED:
        raise wrong("kind", f"phải là một trong: {', '.join(NAMED)}", f"must be one of {', '.join(NAMED)}")
    number, data, private = _entered(case, clean_party(case, kind, given))
    record(case, "add_party", data=data, private=private)
    return number


def end_party(unit: UnitOfWork, code: str, number: int, reason: str, version: int | None = None) -> Case:
    """Ends a representative or co-applicant, who stays known. Raises NotFound, Stale, Forbidden, InvalidInput."""
    case = lock_case(unit, code, version)
    must_may(case, "rectify")
    if not reason.strip():
        raise wrong("reason", "phải ghi lý do", "say why")
    known = {row["id"] for row in parties_of(unit.begin(), case.id) if row["until"] is None and row["kind"] in NAMED}
    if number not in known:
        raise NotFound(what=f"party {number}")
    unit.begin().execute(update(parties).where(parties.c.id == number).values(until=unit.now))
    find_by(case)
    record(case, "end_party", data={"party": number}, private={"reason": reason})
    return case


def hand_over(unit: UnitOfWork, code: str, given: Mapping[str, Any], version: int | None = None) -> Case:
    """Records who collected the result, with the proof, or the number under which it went by post.

    By the receiving staff, once there is a result. Raises NotFound, Stale, Forbidden, NothingToHandOver, InvalidInput.
    """
    return enter_hand_over(lock_case(unit, code, version), given)


def enter_hand_over(case: Case, given: Mapping[str, Any]) -> Case:
    """``hand_over`` of a dossier in hand. Raises Forbidden, NothingToHandOver, InvalidInput."""
    must_hand_over(case)
    kind = "post" if given.get("tracking") else "collector"
    _, data, private = _entered(case, clean_party(case, kind, given))
    record(case, "hand_over", data=data, private=private)
    return case


def must_hand_over(case: Case) -> None:
    """Requires the receiving staff, and a result to hand over. Raises Forbidden, NothingToHandOver."""
    counter_role(case)
    if PortalStatus(case.row["portal"]) not in _GIVEN_OUT:
        raise NothingToHandOver(dossier=case.code)


def _entered(case: Case, clean: Mapping[str, Any]) -> tuple[int, dict[str, Any], dict[str, Any]]:
    """Writes the row; returns its number, and what the journal entry says openly and privately."""
    row = {**clean, "dossier_id": case.id, "since": case.unit.now}
    made = case.unit.begin().execute(insert(parties).returning(parties.c.id), row)
    number = int(made.scalar_one())
    find_by(case)
    data = {"party": number, "kind": clean["kind"]}
    if clean["document_id"] is not None:
        data["paper"] = clean["document_id"]
    open_to_all = ("kind", "document_id")
    return number, data, {key: value for key, value in clean.items() if value is not None and key not in open_to_all}

"""The acts of a person on a filing in the queue: route it, try it again as it is, or refuse it with a reason."""

from __future__ import annotations

from engine.acts.staff.administrators import must_say_why
from engine.acts.staff.record import record_staff
from engine.dossier.filings import queued_filing, sealed_words
from engine.errors import Conflict, wrong
from engine.store.filings import REFUSED, WAITING, FilingRow, add_answer, answer_row, change_filing
from engine.transaction import UnitOfWork

INTAKE, HANDLER = "intake", "handler"


class NothingToChoose(Conflict):
    """The cause is not one that a choice of office or commune settles."""

    code = "nothing-to-choose"
    vi = "Hồ sơ nộp {key} không chờ chọn cơ quan hay xã. Hãy sửa nguyên nhân rồi thử lại, hoặc từ chối."
    en = "The filing {key} waits for no choice of an office or a commune. Mend the cause and try again, or refuse it."


def route_filing(unit: UnitOfWork, number: int, choice: str, reason: str) -> None:
    """Chooses the office or the commune that the filing waits for; it is then opened as the others are.

    Raises Forbidden, NotFound, FilingSettled, NothingToChoose, InvalidInput.
    """
    row = queued_filing(unit, number)
    must_say_why(reason)
    if row.wants is None:
        raise NothingToChoose(key=row.key)
    if row.candidates and choice not in row.candidates:
        raise wrong("choice", "không phải một trong các lựa chọn", "is not one of the candidates")
    if not row.candidates:
        _must_receive(unit, choice)
    choices = {**row.choices, row.wants: choice, **({"reason": reason} if row.wants == HANDLER else {})}
    _try_again(unit, row, choices=choices)
    record_staff(unit, "route-filing", None, [], f"{row.source} {row.key}: {row.wants} → {choice}. {reason}")


def retry_filing(unit: UnitOfWork, number: int, reason: str) -> None:
    """Tries a filing again after its cause was mended. Raises Forbidden, NotFound, FilingSettled, InvalidInput."""
    row = queued_filing(unit, number)
    must_say_why(reason)
    _try_again(unit, row, choices=row.choices)
    record_staff(unit, "retry-filing", None, [], f"{row.source} {row.key}. {reason}")


def refuse_filing(unit: UnitOfWork, number: int, reason: str) -> None:
    """Refuses a filing, with the reason that Form 03 gives the applicant; the other side is told.

    Raises Forbidden, NotFound, FilingSettled, InvalidInput.
    """
    row = queued_filing(unit, number)
    must_say_why(reason)
    answer = answer_row(row.id, 0, "refused", {}, unit.now) | {"reason": sealed_words(unit, row, reason.strip())}
    settled = {"body": None, "settled_at": unit.now, "settled_by": unit.actor.label}
    change_filing(unit.begin(), number, status=REFUSED, **settled)
    add_answer(unit.begin(), answer)
    record_staff(unit, "refuse-filing", None, [], f"{row.source} {row.key}. {reason}")


def _try_again(unit: UnitOfWork, row: FilingRow, choices: dict[str, str]) -> None:
    again = {"status": WAITING, "attempts": 0, "next_try_at": unit.now, "choices": choices}
    again |= {"cause": None, "why": None, "wants": None, "candidates": None}
    change_filing(unit.begin(), row.id, **again)


def _must_receive(unit: UnitOfWork, choice: str) -> None:
    office = unit.catalogue.offices.get(choice)
    if office is None or not office.receives or not office.valid(unit.today):
        raise wrong(
            "choice",
            "hôm nay không có nơi tiếp nhận hồ sơ nào mang mã này",
            "no office that receives dossiers today has this code",
        )

"""The act ``rate``: the applicant says how satisfied they are, once, after the dossier has ended.

The rating is kept beside the dossier and in no journal: it is shown with no name, and its words can be erased.
"""

from __future__ import annotations

from sqlalchemy import insert

from engine.dossier.case import Case, lock_case
from engine.dossier.citizen_keys import BY_LINK_AND_RECEIPT, ReceiptCodeRequired, prove_receipt
from engine.errors import Conflict, Forbidden, wrong
from engine.store.ratings import MARKS, choices_of, ratings
from engine.transaction import UnitOfWork

LONGEST_WORDS = 2000


class NotEndedYet(Conflict):
    """A dossier that is still worked on is not rated."""

    code = "not-ended-yet"
    vi = "Hồ sơ {dossier} chưa kết thúc, nên chưa đánh giá được."
    en = "Dossier {dossier} has not ended, so it cannot be rated yet."


class RatedAlready(Conflict):
    """A dossier is rated once."""

    code = "rated-already"
    vi = "Hồ sơ {dossier} đã được đánh giá lúc {when}. Mỗi hồ sơ chỉ đánh giá một lần."
    en = "Dossier {dossier} was rated at {when}. A dossier is rated once."


class ReceiptCodeForRating(ReceiptCodeRequired):
    """Only whoever holds the receipt rates: the link is in every notice."""

    code = "rating-needs-receipt-code"
    vi = "Đánh giá cần mã biên nhận ghi trên giấy tiếp nhận."
    en = "A rating needs the receipt code that is printed on the receipt."


def rate(unit: UnitOfWork, code: str, mark: int, words: str | None = None, *, receipt_code: str | None = None) -> Case:
    """Keeps the applicant's rating: ``mark`` from 5 (very satisfied) to 1, and ``words`` on what should be better.

    Raises NotFound, Forbidden, ReceiptCodeForRating, ReceiptCodeWrong, NotEndedYet, RatedAlready, InvalidInput.
    """
    case = lock_case(unit, code)
    if unit.actor.kind != "citizen":
        raise Forbidden(why_vi="chỉ người nộp hồ sơ đánh giá", why_en="only the applicant rates")
    if prove_receipt(case, receipt_code) != BY_LINK_AND_RECEIPT:
        raise ReceiptCodeForRating()
    if case.row["finished_at"] is None:
        raise NotEndedYet(dossier=case.code)
    before = choices_of(unit.begin(), case.id)
    if before.mark is not None:
        raise RatedAlready(dossier=case.code, when=before.rated_at)
    if mark not in MARKS:
        raise wrong("mark", "hãy chọn một mức", "choose one of the five")
    told = (words or "").strip() or None
    if told is not None and len(told) > LONGEST_WORDS:
        raise wrong("words", f"tối đa {LONGEST_WORDS} ký tự", f"at most {LONGEST_WORDS} characters")
    row = {"dossier_id": case.id, "office": case.counter, "mark": mark, "words": told, "at": unit.now}
    unit.begin().execute(insert(ratings), row)
    return case

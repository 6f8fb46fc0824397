"""The act ``archive_receipt``: the archive took a package over, and names its number, the day and the hash."""

from __future__ import annotations

import datetime as dt
import hmac

from sqlalchemy import select, update

from engine.acts.archive.export import must_archive
from engine.dossier.case import Case, lock_case_told_of
from engine.dossier.record import record
from engine.errors import Conflict, NotFound, wrong
from engine.store.archive import archive_bags, bag_of
from engine.store.dossiers import dossiers
from engine.transaction import UnitOfWork

LONGEST_NUMBER, LONGEST_ARCHIVE = 80, 200


class NotPacked(NotFound):
    """The dossier has no package."""

    code = "archive-not-packed"
    vi = "Hồ sơ {dossier} chưa được đóng gói lưu trữ."
    en = "Dossier {dossier} was not packed for the archive."


class ReceiptForAnother(Conflict):
    """The receipt names another package than ours; nothing was recorded."""

    code = "archive-receipt-for-another"
    vi = "Biên nhận ghi mã băm {given}, gói của hồ sơ {dossier} là {known}. Hãy hỏi lại cơ quan lưu trữ."
    en = "The receipt names the hash {given}; the package of dossier {dossier} is {known}. Ask the archive again."


class ReceiptKnown(Conflict):
    """Another receipt was recorded before."""

    code = "archive-receipt-known"
    vi = "Hồ sơ {dossier} đã có biên nhận số {number}."
    en = "Dossier {dossier} has the receipt {number} already."


def archive_receipt(unit: UnitOfWork, code: str, *, number: str, day: dt.date, archive: str, sha256: str) -> Case:
    """Records the receipt; the same one again changes nothing.

    Raises Forbidden, NotFound, NotPacked, InvalidInput, ReceiptForAnother, ReceiptKnown.
    """
    must_archive(unit)
    found = unit.begin().execute(select(dossiers.c.id).where(dossiers.c.code == code)).scalar_one_or_none()
    if found is None:
        raise NotFound(what=code)
    case = lock_case_told_of(unit, found)
    bag = bag_of(unit.begin(), case.id)
    if bag is None:
        raise NotPacked(dossier=code)
    for name, value, most in (("number", number, LONGEST_NUMBER), ("archive", archive, LONGEST_ARCHIVE)):
        if not 1 <= len(value.strip()) <= most:
            raise wrong(name, f"phải có 1 đến {most} ký tự", f"must have 1 to {most} characters")
    if day > unit.today:
        raise wrong("day", "nằm trong tương lai", "lies in the future")
    if not hmac.compare_digest(sha256.strip().lower().encode(), bag.sha256.encode()):
        raise ReceiptForAnother(given=sha256.strip()[:64], dossier=code, known=bag.sha256)
    told = {"receipt": number.strip(), "receipt_day": day, "archive": archive.strip()}
    if bag.receipt is not None:
        if (bag.receipt, bag.receipt_day, bag.archive) != tuple(told.values()):
            raise ReceiptKnown(dossier=code, number=bag.receipt)
        return case
    record(case, "archive_receipt", data=told | {"sha256": bag.sha256})
    unit.flush()
    this = update(archive_bags).where(archive_bags.c.dossier_id == case.id)
    unit.begin().execute(this.values(transferred_at=unit.now, **told))
    return case

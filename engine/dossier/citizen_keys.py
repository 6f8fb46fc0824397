"""The applicant's keys to a dossier in hand: proving the receipt code, a new link, and notices without the link.

The link alone reads and answers. Whoever ends a dossier proves the receipt code as well, which no notice carries.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import update

from engine.dossier.case import Case
from engine.dossier.first_row import Keys
from engine.errors import Forbidden
from engine.security.citizen_link import link_hash, receipt_matches
from engine.store.dossiers import applicants

BY_LINK = "link"
BY_LINK_AND_RECEIPT = "link+receipt_code"
"""How an act by the applicant was proven, as its journal entry says."""


class ReceiptCodeRequired(Forbidden):
    """An act through the link that ends the dossier needs the receipt code besides the link."""

    code = "receipt-code-required"
    vi = "Thao tác “{action_vi}” kết thúc hồ sơ nên cần thêm mã biên nhận (receipt_code) ghi khi nộp hồ sơ."
    en = "“{action_en}” ends the dossier, so it needs the receipt code (receipt_code) given at the filing as well."


class ReceiptCodeWrong(Forbidden):
    """The receipt code that was sent with an act is not that of the dossier."""

    code = "receipt-code-wrong"
    vi = "Mã biên nhận không đúng; chưa có gì thay đổi."
    en = "The receipt code is wrong; nothing was changed."


def prove_receipt(case: Case, typed: str | None) -> str | None:
    """How the applicant proves the act: by the link, or by the link and the receipt code; None for other actors.

    Raises ReceiptCodeWrong.
    """
    if case.unit.actor.kind != "citizen":
        return None
    if typed is None:
        return BY_LINK
    if not receipt_matches(case.unit.settings.secret_keys, case.row["link_nonce"], typed):
        raise ReceiptCodeWrong()
    return BY_LINK_AND_RECEIPT


def fresh_keys(case: Case) -> Keys:
    """Gives the dossier a new nonce, so that the old link and receipt code are void; the caller records it."""
    keys = Keys.fresh(case.unit.settings.secret_keys)
    case.change(link_nonce=keys.nonce, link_hash=link_hash(keys.link_token))
    _withhold(case, None)
    return keys


def withhold_link(case: Case) -> None:
    """Keeps the link out of notices until the counter hands out a new one."""
    _withhold(case, case.unit.now)


def _withhold(case: Case, since: dt.datetime | None) -> None:
    of_this = applicants.c.dossier_id == case.id
    case.unit.begin().execute(update(applicants).where(of_this).values(link_withheld_since=since))

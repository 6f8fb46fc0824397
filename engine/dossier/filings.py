"""An inbound filing in hand: what it says unsealed, who may settle it, and the refusals about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import orjson

from engine.catalogue import Catalogue
from engine.errors import Conflict, Forbidden, NotFound, Refusal
from engine.rules.filings.coming import Coming, coming
from engine.rules.filings.form import FilingForm
from engine.rules.offices.index import level_of
from engine.rules.procedure.permissions import Actor
from engine.security.sealing import seal, unseal
from engine.store.filings import QUEUED, FilingRow, filing_row
from engine.transaction import UnitOfWork


class NoFilings(Conflict):
    """No source of filings is set up in this installation."""

    code = "no-filings"
    vi = "Hệ thống chưa nối với nơi nhận hồ sơ nào khác. Đặt MOTCUA_FILINGS_URL."
    en = "No other system that takes filings is connected. Set MOTCUA_FILINGS_URL."


class FilingSettled(Conflict):
    """The filing does not wait for a person any more."""

    code = "filing-settled"
    vi = "Hồ sơ nộp {key} không còn trong hàng chờ: trạng thái {status}. Tải lại danh sách."
    en = "The filing {key} is not in the queue any more: it is {status}. Load the list again."


class FilingAhead(Refusal):
    """The other side says that something was filed in the future."""

    code = "filing-ahead"
    vi = "Bên kia ghi thời điểm nộp {at}, sau giờ hiện tại. Đề nghị bên kia kiểm tra đồng hồ."
    en = "The other side says that it was filed at {at}, which lies ahead. Ask them to look at their clock."


class UnitNotKnown(Refusal):
    """No receiving office has, or had, the code that the filing names."""

    code = "filing-unit-unknown"
    vi = "Không có nơi tiếp nhận nào mang mã {unit} vào ngày nộp. Chọn nơi tiếp nhận, hoặc sửa tệp ánh xạ."
    en = "No receiving office had the code {unit} on the day of filing. Choose one, or correct the mapping file."


class UnitDivided(Refusal):
    """The unit that the filing names was divided between several since."""

    code = "filing-unit-divided"
    vi = "Đơn vị {unit} đã chia cho: {candidates}. Chọn một, theo địa chỉ trong hồ sơ."
    en = "The unit {unit} was divided between: {candidates}. Choose one, by the address in the filing."

    def __init__(self, *, wants: str, candidates: tuple[str, ...], unit: str) -> None:
        self.wants, self.choices = wants, candidates
        super().__init__(unit=unit, candidates=", ".join(candidates))


class FilingFault(Refusal):
    """The program failed over a filing."""

    code = "filing-fault"
    status = 500
    vi = "Chương trình gặp lỗi khi mở hồ sơ này ({why}). Báo cho đơn vị vận hành, rồi thử lại."
    en = "The program failed over this filing ({why}). Tell whoever runs it, then try again."


def form_of(unit: UnitOfWork) -> FilingForm:
    """The form in which the other side writes. Raises NoFilings."""
    if unit.runtime.filing_form is None:
        raise NoFilings()
    return unit.runtime.filing_form


def sealed_filing(unit: UnitOfWork, source: str, key: str, raw: Mapping[str, Any]) -> bytes:
    """What a filing says, as the database keeps it."""
    return seal(unit.settings.secret_keys[0], orjson.dumps(raw), _purpose(source, key))


def told_by(unit: UnitOfWork, row: FilingRow) -> Coming:
    """What a filing says. Raises UnreadableFiling, and NotFound where it was settled or its secret is gone."""
    plain = unseal(unit.settings.secret_keys, row.body, _purpose(row.source, row.key)) if row.body else None
    if plain is None:
        raise NotFound(what=f"filing {row.key}")
    return coming(form_of(unit), orjson.loads(plain))


def sealed_words(unit: UnitOfWork, row: FilingRow, words: str) -> bytes:
    """A person's words to the applicant, as the database keeps them."""
    return seal(unit.settings.secret_keys[0], words.encode(), _purpose(row.source, row.key))


def words_of(unit: UnitOfWork, source: str, key: str, sealed: bytes | None) -> str | None:
    """The words again; None where there are none, or their secret is gone."""
    plain = unseal(unit.settings.secret_keys, sealed, _purpose(source, key)) if sealed else None
    return plain.decode() if plain is not None else None


def settled_provinces(catalogue: Catalogue, actor: Actor, today: dt.date) -> frozenset[str] | None:
    """The provinces whose queue the actor sees and settles; None: every one, and what no province is known of.

    These are who oversee a province, and the people of its own centre. Administrators look after the rest.
    """
    if actor.kind in ("admin", "system"):
        return None
    known = (catalogue.offices.get(code) for code in actor.acting_offices(today))
    centres = {one.province for one in known if one and one.receives and level_of(one.unit_id) == "province"}
    return frozenset(centres) | actor.monitored_provinces(today)


def queued_filing(unit: UnitOfWork, number: int) -> FilingRow:
    """The filing in the queue, locked. Raises NotFound, Forbidden, FilingSettled."""
    row = filing_row(unit.begin(), number, lock=True)
    seen = settled_provinces(unit.catalogue, unit.actor, unit.today)
    if seen is not None and not seen:
        raise Forbidden(
            why_vi="chỉ trung tâm cấp tỉnh, người giám sát và người quản trị",
            why_en="for the centre of the province, those who oversee it, and administrators",
        )
    if row is None or (seen is not None and row.province not in seen):
        raise NotFound(what=f"filing {number}")
    if row.status != QUEUED:
        raise FilingSettled(key=row.key, status=row.status)
    return row


def _purpose(source: str, key: str) -> bytes:
    return f"filing:{source}:{key}".encode()

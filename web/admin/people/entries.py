"""Entries of the journal of staff as pages tell them: who did what to whom, when and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from engine.queries.staff import StaffEntry
from engine.queries.staff_search import names_of
from engine.text import Text
from engine.transaction import UnitOfWork

_ACTS = {
    "add-person": Text("Thêm người", "Person added"),
    "first-administrator": Text("Người quản trị đầu tiên", "First administrator"),
    "add-membership": Text("Giao vai trò", "Role given"),
    "end-membership": Text("Kết thúc vai trò", "Role ended"),
    "add-substitute": Text("Phân công thay thế", "Substitution assigned"),
    "end-substitute": Text("Kết thúc thay thế", "Substitution ended"),
    "issue-token": Text("Cấp mã truy cập cho chương trình", "Token for a program issued"),
    "revoke-token": Text("Thu hồi một phiên hoặc mã", "Session or token revoked"),
    "revoke-tokens": Text("Thu hồi mọi phiên và mã", "All sessions and tokens revoked"),
    "set-password": Text("Đặt mật khẩu", "Password set"),
    "renew-hash": Text("Mã hóa lại mật khẩu", "Password hashed anew"),
    "set-second-factor": Text("Bật xác thực hai lớp", "Second factor set up"),
    "remove-second-factor": Text("Gỡ xác thực hai lớp", "Second factor removed"),
    "use-recovery-code": Text("Dùng mã dự phòng", "Recovery code used"),
    "fresh-recovery-codes": Text("Cấp mã dự phòng mới", "New recovery codes"),
    "bind-subject": Text("Gắn tài khoản cơ quan", "Office account bound"),
    "unbind-subject": Text("Gỡ tài khoản cơ quan", "Office account unbound"),
    "switch-off": Text("Ngừng hoạt động", "Switched off"),
    "switch-on": Text("Cho hoạt động lại", "Switched on"),
    "propose-admin": Text("Đề nghị làm người quản trị", "Proposed as an administrator"),
    "approve-admin": Text("Duyệt làm người quản trị", "Approved as an administrator"),
    "refuse-admin": Text("Từ chối đề nghị quản trị", "Proposal refused"),
    "lapse-proposal": Text("Đề nghị hết hạn", "Proposal lapsed"),
    "take-admin": Text("Thôi quyền quản trị", "No administrator any more"),
    "sign-in": Text("Đăng nhập", "Signed in"),
    "sign-out": Text("Đăng xuất", "Signed out"),
    "sign-out-everywhere": Text("Đăng xuất khỏi mọi nơi", "Signed out everywhere"),
    "end-idle-sessions": Text("Kết thúc phiên không dùng", "Idle sessions ended"),
    "set-language": Text("Đổi ngôn ngữ", "Language changed"),
    "make-procedure-draft": Text("Tạo bản nháp thủ tục", "Draft of a procedure made"),
    "delete-procedure-draft": Text("Xóa bản nháp thủ tục", "Draft of a procedure deleted"),
    "enter-procedure": Text("Ghi danh mục thủ tục", "Procedure entered in the catalogue"),
    "publish-procedure": Text("Công bố phiên bản thủ tục", "Version of a procedure published"),
    "change-offices": Text("Công bố thông tin cơ quan", "Offices changed"),
    "read-statement": Text("Đọc tệp của ngân hàng", "Bank file read"),
    "place-payment": Text("Xếp khoản tiền vào hồ sơ", "Payment placed"),
    "close-line": Text("Đóng giao dịch ngân hàng", "Bank transaction closed"),
    "retry-incident": Text("Thử lại sự cố", "Incident retried"),
    "import-signatories": Text("Nhập danh sách người ký từ xa", "Signatories of remote signing brought in"),
    "portal-retry": Text("Gửi lại lên Cổng quốc gia", "National portal: sent again"),
    "portal-replay": Text("Gửi lại một kỳ lên Cổng quốc gia", "National portal: period replayed"),
    "portal-resend": Text("Gửi lại cả hồ sơ lên Cổng quốc gia", "National portal: dossiers sent again"),
}
_OPERATOR = Text("người vận hành {name}", "the operator {name}")
_SYSTEM = Text("hệ thống", "the system")


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry. ``subject`` is the number of the person concerned, ``about`` their name."""

    number: int
    at: dt.datetime
    act: Text
    by: Text
    subject: int | None
    about: str
    reason: str


def entry_lines(unit: UnitOfWork, entries: Sequence[StaffEntry]) -> list[EntryLine]:
    """The entries with the names of the people in them."""
    numbers = {one.subject for one in entries if one.subject is not None}
    numbers |= {by for one in entries if (by := _person_of(one.actor)) is not None}
    names = {one.number: one.name for one in names_of(unit, numbers)}
    return [
        EntryLine(
            one.number,
            one.at,
            _ACTS.get(one.act, Text(one.act, one.act)),
            _by(one, names),
            one.subject,
            names.get(one.subject, "") if one.subject is not None else "",
            one.reason,
        )
        for one in entries
    ]


def _person_of(actor: str) -> int | None:
    digits = actor.rpartition(":")[2]
    return int(digits) if digits.isdecimal() else None


def _by(one: StaffEntry, names: dict[int, str]) -> Text:
    if one.operator:
        return Text(_OPERATOR.vi.format(name=one.operator), _OPERATOR.en.format(name=one.operator))
    number = _person_of(one.actor)
    if number is not None and number in names:
        return Text(names[number], names[number])
    return _SYSTEM if one.actor == "system" else Text(one.actor, one.actor)

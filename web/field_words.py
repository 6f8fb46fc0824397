"""How pages call a field of a form apart from the form: in the list of faults, and among what was typed."""

from __future__ import annotations

from collections.abc import Mapping

from engine.text import Text
from server.context import language

_WORDS: Mapping[str, Text] = {
    "about": Text("Về việc", "About"),
    "action": Text("Việc", "Act"),
    "address": Text("Địa chỉ", "Address"),
    "amount": Text("Số lượng", "Amount"),
    "answer": Text("Trả lời", "Answer"),
    "ask_documents": Text("Giấy tờ cần bổ sung", "Papers to supplement"),
    "ask_fields": Text("Nội dung cần sửa", "Values to correct"),
    "assignee": Text("Giao cho", "Assign to"),
    "at": Text("Thời điểm", "Moment"),
    "authority": Text("Giấy ủy quyền", "Authority"),
    "choice": Text("Lựa chọn", "Choice"),
    "co_quan": Text("Cơ quan", "Office"),
    "code": Text("Mã hồ sơ", "Dossier code"),
    "confirmed": Text("Xác nhận", "Confirmed"),
    "den": Text("Đến ngày", "Until"),
    "documents": Text("Giấy tờ", "Papers"),
    "dossier": Text("Hồ sơ", "Dossier"),
    "email": Text("Thư điện tử", "E-mail"),
    "fields": Text("Mục của tờ khai", "Field of the form"),
    "fix": Text("Cần bổ sung", "What is missing"),
    "identity_number": Text("Số giấy tờ tùy thân", "Number of the identity paper"),
    "kind": Text("Loại", "Kind"),
    "label": Text("Tên", "Name"),
    "late_reason": Text("Lý do trễ", "Reason of the lateness"),
    "legal": Text("Căn cứ pháp lý", "Legal basis"),
    "ly_do": Text("Lý do", "Reason"),
    "ma": Text("Mã hồ sơ", "Dossier codes"),
    "mark": Text("Mức đánh giá", "Rating"),
    "mau": Text("Biểu mẫu", "Form"),
    "message": Text("Lời nhắn", "Message"),
    "method": Text("Hình thức", "Way"),
    "name": Text("Họ và tên", "Name"),
    "nguoi": Text("Người nhận", "Person"),
    "note": Text("Ghi chú", "Note"),
    "number": Text("Số", "Number"),
    "office": Text("Cơ quan", "Office"),
    "otp": Text("Mã xác thực", "Code"),
    "phone": Text("Điện thoại", "Telephone"),
    "procedure": Text("Thủ tục", "Procedure"),
    "question": Text("Câu hỏi", "Question"),
    "reason": Text("Lý do", "Reason"),
    "receipt": Text("Số biên lai", "Receipt"),
    "received_at": Text("Thời điểm nhận", "Moment of receipt"),
    "taker": Text("Người nhận kết quả", "Who takes the result"),
    "ten": Text("Tên", "Name"),
    "tep": Text("Tệp", "File"),
    "text": Text("Nội dung", "Text"),
    "to": Text("Chuyển cho", "To"),
    "tra_loi": Text("Trả lời", "Answer"),
    "tracking": Text("Số hiệu bưu gửi", "Number of the consignment"),
    "tu": Text("Từ ngày", "From"),
    "unit": Text("Đơn vị", "Unit"),
    "until": Text("Đến", "Until"),
    "username": Text("Tên đăng nhập", "Username"),
    "viec": Text("Việc", "Act"),
    "vnd": Text("Số tiền (đồng)", "Amount (đồng)"),
    "why": Text("Lý do", "Reason"),
    "words": Text("Điều gì nên làm tốt hơn", "What should be better"),
}


def field_words(name: str) -> str:
    """The word for a field in the visitor's language; the name itself where there is none."""
    return _WORDS[name].in_(language()) if name in _WORDS else name


def is_named(name: str) -> bool:
    """Whether there is a word for this field."""
    return name in _WORDS

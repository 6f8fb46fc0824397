"""What the fields of forms are called where a page lists what was typed apart from its form."""

from __future__ import annotations

from collections.abc import Mapping

from engine.text import Text

_NAMES: Mapping[str, Text] = {
    "about": Text("Về việc", "About"),
    "action": Text("Việc", "Action"),
    "address": Text("Địa chỉ", "Address"),
    "answer": Text("Trả lời", "Answer"),
    "authority": Text("Văn bản ủy quyền", "Authority"),
    "choice": Text("Lựa chọn", "Choice"),
    "code": Text("Mã hồ sơ", "Dossier code"),
    "email": Text("Thư điện tử", "E-mail"),
    "fields": Text("Mục của tờ khai", "Field of the form"),
    "fix": Text("Cần bổ sung", "What is missing"),
    "legal": Text("Căn cứ", "Legal ground"),
    "mark": Text("Mức đánh giá", "Rating"),
    "message": Text("Lời nhắn", "Message"),
    "name": Text("Họ tên", "Name"),
    "note": Text("Ghi chú", "Note"),
    "office": Text("Cơ quan", "Office"),
    "phone": Text("Điện thoại", "Telephone"),
    "procedure": Text("Thủ tục", "Procedure"),
    "question": Text("Câu hỏi", "Question"),
    "reason": Text("Lý do", "Reason"),
    "receipt": Text("Số biên lai", "Receipt number"),
    "text": Text("Nội dung", "Text"),
    "to": Text("Chuyển cho", "To"),
    "username": Text("Tên đăng nhập", "User name"),
    "words": Text("Điều gì nên làm tốt hơn", "What should be better"),
}


def field_name(name: str) -> Text:
    """The name of a field in words; of a field that is in no list its own."""
    return _NAMES.get(name) or Text(name, name)

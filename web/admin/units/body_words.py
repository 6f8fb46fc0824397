"""What pages call a body of offices, and a task that is no procedure; one that is not known keeps its code."""

from __future__ import annotations

from collections.abc import Mapping

from engine.text import Text
from web.text import tx

_WORDS: Mapping[str, Text] = {
    "authority": Text("Ủy ban nhân dân", "People's Committee"),
    "centre": Text("Trung tâm Phục vụ hành chính công", "Public Administrative Service Centre"),
    "home_affairs": Text("Sở Nội vụ", "Department of Home Affairs"),
    "justice": Text("Sở Tư pháp", "Department of Justice"),
    "land_registration": Text("Văn phòng Đăng ký đất đai", "Land Registration Office"),
    "land_registration_branch": Text("Chi nhánh Văn phòng Đăng ký đất đai", "Land Registration Branch"),
    "one_stop": Text("Bộ phận Một cửa", "One-stop department"),
    "police": Text("Công an", "Police"),
    "social_insurance": Text("Bảo hiểm xã hội", "Social Insurance"),
    "tax": Text("Cơ quan thuế", "Tax office"),
}
_TASKS: Mapping[str, Text] = {
    "land-registration": Text("Đăng ký đất đai", "Land registration"),
    "tax": Text("Xác định nghĩa vụ tài chính về đất", "Financial obligations about land"),
}


def body_words(body: str) -> str:
    """The body in the language of the page."""
    return tx(_WORDS[body]) if body in _WORDS else body


def task_words(subject: str) -> str:
    """The task in the language of the page; the code of a procedure stays."""
    return tx(_TASKS[subject]) if subject in _TASKS else subject

"""Dossier codes of both shapes: those of settlement systems, and those of the central systems of ministries.

A settlement system ends a code with the four digits of the day's sequence (``H79.26740-250715-0001``). A ministry's
central system has a sequence of six or seven digits, of which the first two name the ministry [one source, not read in
an official text].
"""

from __future__ import annotations

import re

from engine.text import Text

MINISTRIES = {
    "02": Text("Bộ Xây dựng", "Ministry of Construction"),
    "03": Text("Bộ Giáo dục và Đào tạo", "Ministry of Education and Training"),
    "06": Text("Bộ Khoa học và Công nghệ", "Ministry of Science and Technology"),
    "09": Text("Bộ Nội vụ", "Ministry of Home Affairs"),
    "10": Text("Bộ Nông nghiệp và Môi trường", "Ministry of Agriculture and Environment"),
    "15": Text("Bộ Tư pháp", "Ministry of Justice"),
    "16": Text("Bộ Văn hóa, Thể thao và Du lịch", "Ministry of Culture, Sports and Tourism"),
    "17": Text("Bộ Xây dựng", "Ministry of Construction"),
    "18": Text("Bộ Y tế", "Ministry of Health"),
}
_CODE = re.compile(r"[A-Z0-9]+(?:\.[A-Z0-9]+)*-[0-9]{6}-(?P<sequence>[0-9]{4}|[0-9]{6,7})")


def is_dossier_code(text: str) -> bool:
    """Whether a text has one of the two shapes.

    >>> is_dossier_code("H79.26740-250715-0001"), is_dossier_code("H15.50.05.13-261008-0900975"), is_dossier_code("H79")
    (True, True, False)
    """
    return _CODE.fullmatch(text.strip().upper()) is not None


def ministry_of(code: str) -> Text | None:
    """The ministry whose central system gave the code; None for one of a settlement system, or an unknown ministry.

    >>> ministry_of("H15.50.05.13-261008-0900975").en, ministry_of("H15.50.05.13-261008-0975")
    ('Ministry of Home Affairs', None)
    """
    found = _CODE.fullmatch(code.strip().upper())
    sequence = found["sequence"] if found else ""
    return MINISTRIES.get(sequence[:2]) if len(sequence) > 4 else None

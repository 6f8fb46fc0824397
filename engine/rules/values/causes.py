"""Why something failed, in words that many failures share and that name nobody."""

from __future__ import annotations

import re

from engine.text import Text

_ADDRESS = re.compile(r"[^\s<>()\"']+@[^\s<>()\"']+")
_LINK = re.compile(r"https?://([^/\s:?#,;]+)\S*?(?=[,.;:)]?(?:\s|$))")
_NUMBER = re.compile(r"\+?[0-9](?:[0-9 .-]*[0-9]){3,}")
_LONGEST = 160
_KNOWN = {
    "nobody has this role at the office today": "hôm nay không ai giữ vai trò này tại cơ quan",
    "there was no such contact": "không có địa chỉ liên hệ trước đó",
    "this person is unknown or no longer active": "người này không có hoặc đã ngừng",
    "this receiver of events was removed or switched off": "nơi nhận sự kiện đã bị gỡ hoặc tắt",
    "its signing secret cannot be unsealed: end this webhook and add it again": (
        "không mở được khóa ký: hãy gỡ rồi thêm lại"
    ),
    "there is no address for email": "không có địa chỉ thư điện tử",
    "there is no address for sms": "không có số điện thoại",
    "": "không rõ lý do",
}


def cause_of(error: str | None) -> Text:
    """The cause in an error of a receiver, without addresses, numbers and the ends of links.

    >>> cause_of("550 <dao@example.org> unknown at https://mail.example.vn/x?y=1, call 0901 234 567").en
    '550 <…> unknown at mail.example.vn, call …'
    """
    told = _NUMBER.sub("…", _LINK.sub(r"\1", _ADDRESS.sub("…", error or "")))
    told = " ".join(told.split())[:_LONGEST]
    return Text(_KNOWN.get(told, told), told or "no reason is known")

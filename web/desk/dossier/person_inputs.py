"""What the forms about a person ask for."""

from __future__ import annotations

from engine.text import Text

PERSON: tuple[tuple[str, Text], ...] = (
    ("name", Text("Họ và tên", "Name")),
    ("identity_number", Text("Số định danh, giấy tờ", "Identity number")),
    ("phone", Text("Điện thoại", "Telephone")),
    ("email", Text("Thư điện tử", "E-mail")),
    ("address", Text("Địa chỉ", "Address")),
    ("commune", Text("Mã xã, phường", "Code of the commune")),
)
"""The values of a person, by the name of their input, in the order of a form."""

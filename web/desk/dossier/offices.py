"""The input of an office: chosen from a list by name, sent by its code, which stands in brackets behind the name."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import ValidationError, fields

from engine.dossier.case import Case
from engine.queries.colleagues import offices_to_choose
from engine.text import Text
from server.values import CODE
from web.desk.dossier.doors import Input

_CODE = re.compile(CODE.replace("$", r"\Z"))
_IN_BRACKETS = re.compile(r"\(([^()\s]+)\)\s*\Z")


class OfficeGiven(fields.String):
    """The code of an office, alone or in brackets behind its name."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options).strip()
        found = _IN_BRACKETS.search(text)
        code = found[1] if found else text
        if not _CODE.fullmatch(code):
            raise ValidationError("Not a valid choice.")
        return code


def office_input(case: Case, label: Text, *, required: bool = True) -> Input:
    """The input, with the offices of the dossier's province to choose from."""
    known = tuple((f"{one.name.vi} ({one.code})", one.name) for one in offices_to_choose(case))
    hint = Text("gõ tên để tìm; mã cơ quan ở trong ngoặc", "type the name to find it; the code stands in brackets")
    return Input(name="office", label=label, kind="office", required=required, hint=hint, options=known)

"""The input of an office: chosen from a list by name, sent by its code, which stands in brackets behind the name."""

from __future__ import annotations

from engine.dossier.case import Case
from engine.queries.colleagues import offices_to_choose
from engine.text import Text
from web.desk.dossier.doors import Input


def office_input(case: Case, label: Text, *, required: bool = True) -> Input:
    """The input, with the offices of the dossier's province to choose from."""
    known = tuple((f"{one.name.vi} ({one.code})", one.name) for one in offices_to_choose(case))
    hint = Text("gõ tên để tìm; mã cơ quan ở trong ngoặc", "type the name to find it; the code stands in brackets")
    return Input(name="office", label=label, kind="office", required=required, hint=hint, options=known)

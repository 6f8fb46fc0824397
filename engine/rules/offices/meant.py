"""Which office somebody means who writes a code or a name, with the nearest one where there is none."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Mapping

from engine.rules.offices.offices import Office
from engine.rules.plain_text import plain_text
from engine.text import Text

_SHOWN = 3
"""Offices of one name that a sentence lists."""


class OfficesMeant:
    """The offices by what people write. Names are read once, when the first text is no code."""

    def __init__(self, offices: Mapping[str, Office], on: dt.date) -> None:
        self._offices, self._on = offices, on
        self._by_name: dict[str, list[Office]] | None = None

    def find(self, written: str) -> Office | Text:
        """The office with this code, else the only open one with this name; else why there is none.

        >>> began = dt.date(2025, 7, 1)
        >>> a = Office("TT-1", "centre", "c:1@2025-07-01", Text("Trung tâm Một", "Centre One"), "79", began)
        >>> meant = OfficesMeant({"TT-1": a}, began)
        >>> meant.find("tt-1") is a, meant.find("trung tam mot") is a, meant.find("TT-2").en
        (True, True, 'no office has the code or name “TT-2”; did you mean “TT-1”?')
        """
        text = written.strip()
        if (found := self._offices.get(text) or self._offices.get(text.upper())) is not None:
            return found
        named = self._names().get(plain_text(text), [])
        if len(named) == 1:
            return named[0]
        shown = text[:80]
        if named:
            codes = ", ".join(one.code for one in named[:_SHOWN]) + (" …" if len(named) > _SHOWN else "")
            return Text(
                f"{len(named)} cơ quan tên “{shown}”; hãy ghi mã: {codes}",
                f"{len(named)} offices are called “{shown}”; write the code: {codes}",
            )
        near = self._nearest(text)
        vi, en = (f"; ý bạn là “{near}”?", f"; did you mean “{near}”?") if near else ("", "")
        return Text(
            f"không có cơ quan nào có mã hoặc tên “{shown}”{vi}", f"no office has the code or name “{shown}”{en}"
        )

    def _names(self) -> dict[str, list[Office]]:
        if self._by_name is None:
            self._by_name = {}
            for one in self._offices.values():
                if one.valid(self._on):
                    for name in {plain_text(one.name.vi), plain_text(one.name.en)}:
                        self._by_name.setdefault(name, []).append(one)
        return self._by_name

    def _nearest(self, text: str) -> str | None:
        if len(text) > 60:
            return None
        codes = difflib.get_close_matches(text.upper(), self._offices, n=1, cutoff=0.7)
        if codes:
            return codes[0]
        names = difflib.get_close_matches(plain_text(text), self._names(), n=1, cutoff=0.7)
        return self._names()[names[0]][0].code if names else None

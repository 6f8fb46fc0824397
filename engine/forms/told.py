"""What the journal of a dossier tells, read once for one form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson

from engine.dossier.case import Case
from engine.store import dossier_parts
from engine.store.detached import must_be_here

ISSUED = "issue_form"
"""The act whose entries hold what a form said when it was issued."""
_PAGE = 1000


class Told:
    """The entries of a dossier, oldest first; each is its body with the moment ``at`` and the ``private`` part itself.

    ``committed`` is the commitment to the private part. Searches begin with the newest. Raises EntriesAway.
    """

    def __init__(self, case: Case) -> None:
        self.entries = list(_entries(case))
        if not self.entries or self.entries[0]["number"] > 1:
            must_be_here(case.unit.reader(), case.id, case.code, "journal")

    def last(self, holds: Callable[[Mapping[str, Any]], bool]) -> dict[str, Any] | None:
        return next((entry for entry in reversed(self.entries) if holds(entry)), None)

    def effect(self, *effects: str) -> dict[str, Any] | None:
        """The newest step with one of these effects that was not recalled."""
        recalled = self.recalled()
        return self.last(lambda entry: entry["data"].get("effect") in effects and entry["number"] not in recalled)

    def recalled(self) -> set[int]:
        """The numbers of the steps that were recalled."""
        return {entry["data"]["recalled"] for entry in self.entries if entry["act"] == "recall"}

    def issues(self, form: str) -> list[dict[str, Any]]:
        """The entries that issued a form, oldest first."""
        return [entry for entry in self.entries if entry["act"] == ISSUED and entry["data"]["form"] == form]

    def stay(self, number: int) -> int:
        """The last entry before the dossier left the state into which entry ``number`` led."""
        left = (one["number"] for one in self.entries if one["number"] > number and "state" in one["changes"])
        return int(next(left, self.entries[-1]["number"] + 1)) - 1


def _entries(case: Case) -> Iterator[dict[str, Any]]:
    after, connection = 0, case.unit.reader()
    while rows := dossier_parts.journal_of(connection, case.id, after=after, limit=_PAGE):
        for row in rows:
            body = orjson.loads(row.body)
            yield {**body, "at": row.at, "private": row.private or {}, "committed": body["private"]}
        after = rows[-1].number
        if len(rows) < _PAGE:
            return

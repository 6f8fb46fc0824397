"""What applicants and offices say to each other in the demonstration, and how applicants rate the service.

Whether they do so depends on the dossier's code alone, so that the rest of the story is the same with and without it.
"""

from __future__ import annotations

import hashlib

from cli.demo.history.office import Office
from cli.demo.history.words import COMPLAINTS, MESSAGES, PRAISE
from engine.acts.messages import read_messages, write_message
from engine.acts.rate import rate
from engine.rules.dossier_row import DossierRow
from engine.rules.procedure.permissions import Actor

WRITE, ANSWERED, RATE, IN_WORDS = 0.12, 0.7, 0.5, 0.4
"""The parts of those who write, whose message is answered, who rate, and who say more than a mark."""
MARKS = ((0.55, 5), (0.83, 4), (0.93, 3), (0.98, 2), (1.0, 1))
"""Marks by luck, for a result in time; a late one gets one mark less."""


class Talk:
    """Messages and ratings; each dossier has one exchange at most."""

    def __init__(self, office: Office) -> None:
        self._office, self._written = office, set[str]()

    def write(self, code: str, row: DossierRow, holder: Actor) -> None:
        """The applicant asks something, and whoever has the dossier answers, or has not yet."""
        if code in self._written or code not in self._office.links or _luck(code, "write") > WRITE:
            return
        self._written.add(code)
        asked, answer = MESSAGES[int(_luck(code, "what") * len(MESSAGES))]
        if not self._office.attempt(_applicant(row), lambda unit: write_message(unit, code, asked)):
            return
        if _luck(code, "answered") < ANSWERED:
            self._office.attempt(holder, lambda unit: read_messages(unit, code))
            if (
                self._office.attempt(holder, lambda unit: write_message(unit, code, answer))
                and _luck(code, "read") < 0.6
            ):
                self._office.attempt(_applicant(row), lambda unit: read_messages(unit, code))

    def rate(self, code: str, row: DossierRow) -> None:
        """The applicant says how satisfied they are with what has just been returned."""
        if code not in self._office.links or _luck(code, "rate") > RATE:
            return
        luck = _luck(code, "mark")
        late = row["due_at"] is not None and row["finished_at"] is not None and row["finished_at"] > row["due_at"]
        mark = max(next(mark for limit, mark in MARKS if luck <= limit) - late, 1)
        said = (PRAISE if mark > 3 else COMPLAINTS) if _luck(code, "words") < IN_WORDS else ("",)
        words, receipt = said[int(luck * 997) % len(said)], self._office.links[code][1]
        self._office.attempt(_applicant(row), lambda unit: rate(unit, code, mark, words, receipt_code=receipt))


def _applicant(row: DossierRow) -> Actor:
    return Actor("citizen", "citizen", dossier_id=row["id"])


def _luck(code: str, what: str) -> float:
    """From 0 to 1, the same for a dossier on each run."""
    return int.from_bytes(hashlib.blake2b(f"{what} {code}".encode(), digest_size=4).digest()) / 2**32

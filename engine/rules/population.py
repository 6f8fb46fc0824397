"""The exchange with the national population data, as the mapping file of the connection says it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

FIELDS = ("number", "name", "born", "address")
"""What is compared: identity number, full name, date of birth, place of residence."""
Compared = Literal["match", "differs", "unknown"]
OUTCOMES: tuple[Compared, ...] = ("match", "differs", "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationMapping:
    """``asks`` and ``answers`` map our fields to the names there, ``words`` their outcomes to ours.

    ``path`` follows the address of the setting. ``purpose`` and ``reference`` are the names of these two in the
    question. ``verified`` is False until somebody has compared the file with the interface's own description.
    """

    path: str
    asks: Mapping[str, str]
    answers: Mapping[str, str]
    words: Mapping[str, Compared]
    purpose: str
    reference: str
    verified: bool

"""A place as a clerk types it at intake, under an old or a new name, and the commune that it means today."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from engine.catalogue import Catalogue
from engine.errors import Refusal
from engine.rules.territory.resolution import Candidate
from engine.text import Text


@dataclass(frozen=True, slots=True)
class Choice:
    """A commune among which a person chooses. ``share`` is the part of the old one that lies in it, in percent."""

    code: str
    name: str
    share: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """``code`` is None until one commune is certain or was picked. ``was`` is the former name where it has another."""

    code: str | None
    name: str
    was: str
    legal: str
    choices: tuple[Choice, ...]
    why: Text


def place_of(catalogue: Catalogue, text: str, picked: str, on: dt.date) -> Place | None:
    """The commune that a text means on a day; None where nothing was typed."""
    if not text.strip():
        return None
    try:
        found = catalogue.addresses.resolve(text.strip(), on)
    except Refusal as refused:
        return Place(None, "", "", "", (), Text(refused.sentence("vi"), refused.sentence("en")))
    communes = [one for one in found.candidates if one.unit.level == "commune"]
    why = Text(found.reason_vi, found.reason_en)
    if found.outcome == "one" and communes:
        return _certain(communes[0], (), why)
    choices = tuple(Choice(one.unit.code, one.full_name, _percent(one)) for one in communes)
    chosen = next((one for one in communes if one.unit.code == picked), None)
    if chosen is not None:
        return _certain(chosen, choices, why)
    was = communes[0].origin_name if communes and communes[0].path else ""
    return Place(None, "", was, "", choices, why)


def _certain(one: Candidate, choices: tuple[Choice, ...], why: Text) -> Place:
    was = one.origin_name if one.path else ""
    legal = ", ".join(dict.fromkeys(edge.legal for edge in one.path if edge.legal))
    return Place(one.unit.code, one.full_name, was, legal, choices, why)


def _percent(one: Candidate) -> int | None:
    return None if one.share is None else round(100 * one.share)

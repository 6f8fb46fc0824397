"""The texts of the intake form: which there are, what an identity card puts into them, and the filing they make."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.dossier.asks import Asks
from engine.dossier.intake_draft import DraftFile
from engine.dossier.new_dossier import Filing
from engine.rules.procedure.definition import Field, Release
from engine.rules.values.dates import first_day
from engine.rules.values.identity_card import identity_card, looks_like_card
from engine.rules.values.wrong_value import WrongValue
from engine.text import Text
from engine.transaction import UnitOfWork
from web.desk.intake_places import Place, place_of
from web.form_values import whole

_OWN = frozenset(
    {
        *("procedure", "office", "channel", "queue_number", "card", "handler_office", "handler_reason"),
        *("reason", "note", "all_papers", "representative"),
    }
)
_GROUPS = ("applicant.", "fields.", "papers.", "representative.")
APPLICANT = ("kind", "name", "identity_number", "phone", "email", "address")
CARD = ("born", "sex", "issued")
REPRESENTATIVE = ("name", "identity_number", "phone", "authority")
KINDS_OF_COPY = ("original", "certified", "copy")
_DAY = re.compile(r"([0-9]{1,2})[/. -]([0-9]{1,2})[/. -]([0-9]{4})")
_MONTH = re.compile(r"([0-9]{1,2})[/. -]([0-9]{4})")
_CLOSE = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{4})")
_NUMBER = re.compile(r"[0-9]{1,16}")
_COUNT = re.compile(r"[0-9]{0,2}")


@dataclass(frozen=True, slots=True)
class Typed:
    """The texts by name of their field, what is wrong with some, and whether a card has just filled them."""

    values: Mapping[str, str]
    faults: dict[str, Text] = field(default_factory=dict)
    from_card: bool = False

    def get(self, name: str) -> str:
        return self.values.get(name, "")


def kept_of(form: Mapping[str, str]) -> dict[str, str]:
    """The texts of a form that belong to a filing, without empty ones.

    A suggestion that was picked names the procedure, and so does ``thu-tuc`` in the address of the page.
    """
    kept = {
        name: value.strip()
        for name, value in form.items()
        if value.strip() and (name in _OWN or name.startswith(_GROUPS))
    }
    if picked := form.get("pick") or form.get("thu-tuc"):
        kept["procedure"] = picked
    return kept


def typed_of(kept: Mapping[str, str], on: dt.date) -> Typed:
    """The texts after a card's text in any field of the applicant was read into six fields."""
    values = dict(kept)
    held = [
        name for name in ("card", *(f"applicant.{one}" for one in APPLICANT)) if looks_like_card(values.get(name, ""))
    ]
    text = values[held[0]] if held else values.get("card", "")
    if not text:
        return Typed(values)
    try:
        card = identity_card(text, on)
    except WrongValue as wrong:
        return Typed(values, {held[0] if held else "card": wrong.text})
    for name in {*held, "card"}:
        values.pop(name, None)
    filled = {
        "identity_number": card.number,
        "name": card.name,
        "born": written(card.born),
        "sex": card.sex,
        "address": card.address,
        "issued": written(card.issued),
    }
    values |= {f"applicant.{name}": value for name, value in filled.items()}
    values.pop("applicant.commune", None)  # the address on the card tells the commune
    return Typed(values, {}, True)


def read_day(text: str) -> str:
    """A day as people write it, as ``2025-08-05``; every other text as it is.

    >>> read_day("5/8/2025"), read_day("05082025"), read_day("8/2025"), read_day("mai")
    ('2025-08-05', '2025-08-05', '2025-08', 'mai')
    """
    text = text.strip()
    if found := _DAY.fullmatch(text) or _CLOSE.fullmatch(text):
        day, month, year = found.groups()
        return f"{year}-{int(month):02}-{int(day):02}"
    if found := _MONTH.fullmatch(text):
        return f"{found[2]}-{int(found[1]):02}"
    return text


def written(iso: str) -> str:
    """``2025-08-05`` as people write it.

    >>> written("2025-08-05"), written("1950")
    ('05/08/2025', '1950')
    """
    return "/".join(reversed(iso.split("-")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A filing as far as the texts make one. ``places`` are the communes that were typed, by name of their field."""

    filing: Filing
    faults: Mapping[str, Text]
    places: Mapping[str, Place]


def read_filing(
    unit: UnitOfWork, release: Release, typed: Typed, office: str, files: tuple[DraftFile, ...] = ()
) -> Read:
    """The filing of a procedure that the texts make. ``files`` are those of the draft."""
    faults, places = dict(typed.faults), dict[str, Place]()
    applicant = _applicant(unit, typed, places)
    fields = {}
    for key, one in release.fields.items():
        name = f"fields.{key}"
        value = _value(unit, one, name, typed, places, faults)
        if value is not None:
            fields[key] = value
    people = {name: typed.get(f"representative.{name}") for name in REPRESENTATIVE}
    filing = Filing(
        procedure=release.procedure,
        applicant=applicant,
        intake_office=office,
        channel=typed.get("channel") or "counter",
        fields=fields,
        documents=_papers(release, typed, files, faults),
        handler_office=typed.get("handler_office") or None,
        handler_reason=typed.get("handler_reason") or None,
        note=typed.get("note") or None,
        parties=({"kind": "representative", **people},) if typed.get("representative") else (),
        queue_number=typed.get("queue_number") or None,
        card={name: typed.get(f"applicant.{name}") for name in CARD if typed.get(f"applicant.{name}")},
        reason=typed.get("reason") or None,
    )
    return Read(filing=filing, faults=faults, places=places)


def asks_of(missing: tuple[str, ...]) -> Asks:
    """A request for the papers that are missing."""
    return Asks(documents=missing)


def _applicant(unit: UnitOfWork, typed: Typed, places: dict[str, Place]) -> dict[str, Any]:
    given: dict[str, Any] = {name: typed.get(f"applicant.{name}") for name in APPLICANT}
    given = {name: value for name, value in given.items() if value}
    given.setdefault("kind", "citizen")
    name = "applicant.commune"
    told = typed.get(name) or typed.get("applicant.address")
    place = place_of(unit.catalogue, told, typed.get(f"{name}.pick"), unit.today)
    if place is not None:
        places[name] = place
        given["commune"] = place.code
    return given


def _value(
    unit: UnitOfWork, one: Field, name: str, typed: Typed, places: dict[str, Place], faults: dict[str, Text]
) -> object:
    text = typed.get(name)
    if one.type == "boolean":
        return {"true": True, "false": False}.get(text)
    if not text:
        return None
    if one.type == "date":
        day = read_day(text)
        if day == text and not re.fullmatch(r"[0-9-]{4,10}", text):
            faults[name] = Text(
                "phải là ngày có thật, viết như 05/08/2025", "must be a real date, written as 05/08/2025"
            )
            return None
        return day
    if one.type == "number" and one.places:
        return text.replace(",", ".")
    if one.type == "unit":
        place = place_of(unit.catalogue, text, typed.get(f"{name}.pick"), unit.today)
        if place is not None:
            places[name] = place
            if place.code is None:
                faults[name] = place.why
            return place.code
    return text


def _day(text: str, name: str, faults: dict[str, Text]) -> str | None:
    day = read_day(text)
    if first_day(day) is None:
        faults[name] = Text("phải là ngày có thật, viết như 05/08/2025", "must be a real date, written as 05/08/2025")
        return None
    return day


def _papers(
    release: Release, typed: Typed, files: tuple[DraftFile, ...], faults: dict[str, Text]
) -> tuple[dict[str, Any], ...]:
    """The papers that were ticked or counted, or have a file. A tick alone means what the procedure wants."""
    with_file = {one.key: one for one in files}
    papers = []
    for key, wanted in release.documents.items():
        counts = {kind: _count(typed, f"papers.{key}.{kind}", faults) for kind in KINDS_OF_COPY}
        ticked = bool(typed.get(f"papers.{key}.tick"))
        if ticked and not any(counts.values()):
            counts = {kind: getattr(wanted, kind) for kind in KINDS_OF_COPY}
        reuse = typed.get(f"papers.{key}.reuse")
        if not (ticked or any(counts.values()) or key in with_file or reuse):
            continue
        paper: dict[str, Any] = {"key": key, **counts}
        if whole(reuse):
            paper["reuse"] = whole(reuse)
        elif key in with_file:
            paper["file"] = {"size": with_file[key].size}
        papers.append(paper)
    return tuple(papers)


def _count(typed: Typed, name: str, faults: dict[str, Text]) -> int:
    text = typed.get(name)
    if not _COUNT.fullmatch(text):
        faults[name] = Text("số bản từ 0 đến 99", "a number of copies from 0 to 99")
        return 0
    return int(text or 0)

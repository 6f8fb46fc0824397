"""Reads a filing of the other side into our terms, by its form. It looks at no database: codes stay theirs."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from engine.clock import LOCAL
from engine.errors import InvalidInput
from engine.rules.filings.form import FilingForm
from engine.text import Text

LONGEST_KEY, LONGEST_CODE, MOST_PAPERS = 100, 60, 100
DEEPEST = 20
"""The levels of a filing that are read; nothing that the form names lies deeper, and bodies of ours have no more."""
_VISIBLE = re.compile(r"[\x21-\x7e]+")
_HASH = re.compile(r"[0-9a-fA-F]{64}")


class UnreadableFiling(InvalidInput):
    """A filing does not have the form that was agreed; ``errors`` name the fields as the other side calls them."""

    code = "filing-unreadable"
    vi = "Hồ sơ nộp từ hệ thống kia không đúng dạng: {summary}"
    en = "The filing of the other system does not have the agreed form: {summary}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComingPaper:
    """A paper to be fetched: ``path`` at the source, and what is told of its bytes. ``key`` is theirs."""

    key: str
    name: str
    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A filing in our terms. ``procedure`` and ``unit`` are still their codes; ``fields`` have our keys."""

    key: str
    procedure: str
    unit: str
    channel: str
    filed_at: dt.datetime
    applicant: Mapping[str, Any]
    fields: Mapping[str, Any]
    papers: tuple[ComingPaper, ...]


def storable(told: Any, levels: int = DEEPEST) -> Any:
    """What another system tells, as every database and encoder takes it: without NUL, and cut below some levels.

    Else one filing with such a thing would stop its whole feed.

    >>> storable({"a": "x\\0y", "b": {"c": [1]}}, levels=2)
    {'a': 'x\ufffdy', 'b': {'c': None}}
    """
    if isinstance(told, str):
        return told.replace("\0", "\ufffd")
    if isinstance(told, Mapping):
        return {storable(key): storable(one, levels - 1) for key, one in told.items()} if levels else None
    if isinstance(told, list):
        return [storable(one, levels - 1) for one in told] if levels else None
    return told


def key_of(form: FilingForm, raw: Mapping[str, Any]) -> str:
    """The key by which a filing is known; that of its bytes where it carries none that can be one."""
    given = at_path(raw, form.filing["key"])
    if isinstance(given, str) and len(given) <= LONGEST_KEY and _VISIBLE.fullmatch(given):
        return given
    return "sha256:" + hashlib.sha256(orjson.dumps(raw, option=orjson.OPT_SORT_KEYS)).hexdigest()


def coming(form: FilingForm, raw: Mapping[str, Any]) -> Coming:
    """The filing. Raises UnreadableFiling with every fault."""
    reader = _Reader(form, raw)
    made = Coming(
        key=reader.text("key", LONGEST_KEY),
        procedure=reader.text("procedure", LONGEST_CODE),
        unit=reader.text("unit", LONGEST_CODE),
        channel=reader.one_of("channel", form.channels),
        filed_at=reader.moment("filed_at"),
        applicant=reader.applicant(),
        fields=reader.fields(),
        papers=reader.papers(),
    )
    if reader.errors:
        raise UnreadableFiling(dict(reader.errors))
    return made


def at_path(raw: Any, path: str) -> Any:
    """The value at a path with dots; None where there is none."""
    for part in path.split("."):
        raw = raw.get(part) if isinstance(raw, Mapping) else None
    return raw


def moment_of(form: FilingForm, given: Any) -> dt.datetime:
    """A moment as the other side writes it, in civil time of Viet Nam unless it names another. Raises ValueError."""
    if not isinstance(given, str):
        raise ValueError("not a text")
    read = dt.datetime.strptime(given, form.moments)  # noqa: DTZ007 - the next line gives it its zone
    return (read if read.tzinfo else read.replace(tzinfo=LOCAL)).astimezone(dt.UTC)


class _Reader:
    """Reads the parts of a filing, and collects the faults by the other side's names."""

    def __init__(self, form: FilingForm, raw: Mapping[str, Any]) -> None:
        self._form, self._raw = form, raw
        self.errors: dict[str, Text] = {}

    def text(self, name: str, most: int) -> str:
        where = self._form.filing[name]
        given = at_path(self._raw, where)
        if not isinstance(given, str) or not 1 <= len(given) <= most or not _VISIBLE.fullmatch(given):
            return self._wrong(where, f"phải là mã có 1 đến {most} ký tự", f"must be a code of 1 to {most} characters")
        return given

    def one_of(self, name: str, values: Mapping[str, str]) -> str:
        where = self._form.filing[name]
        given = at_path(self._raw, where)
        found = values.get(str(given))
        if found is None:
            listed = ", ".join(values)
            return self._wrong(where, f"phải là một trong: {listed}", f"must be one of {listed}")
        return found

    def moment(self, name: str) -> dt.datetime:
        where = self._form.filing[name]
        try:
            return moment_of(self._form, at_path(self._raw, where))
        except (ValueError, OverflowError):
            self._wrong(where, "không phải thời điểm theo dạng đã định", "is no moment of the agreed form")
            return dt.datetime.min.replace(tzinfo=dt.UTC)

    def applicant(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for ours, theirs in self._form.applicant.items():
            given = at_path(self._raw, theirs)
            if ours == "kind":
                made[ours] = self._form.kinds.get(str(given)) or self._wrong(
                    theirs, "không phải loại người nộp đã định", "is no known kind of applicant"
                )
            elif ours == "verified":
                made[ours] = given in (True, 1, "1", "true")
            elif given is None or isinstance(given, str):
                made[ours] = given
            else:
                self._wrong(theirs, "phải là chữ", "must be text")
        return made

    def fields(self) -> dict[str, Any]:
        where = self._form.filing["fields"]
        given = at_path(self._raw, where)
        if given is None:
            return {}
        if not isinstance(given, Mapping):
            self._wrong(where, "phải là nhóm trường", "must be a group of fields")
            return {}
        procedure = at_path(self._raw, self._form.filing["procedure"])
        renamed = self._form.fields.get(str(procedure), {})
        return {renamed.get(str(key), str(key)): value for key, value in given.items()}

    def papers(self) -> tuple[ComingPaper, ...]:
        where = self._form.filing["papers"]
        given = at_path(self._raw, where)
        if given is None:
            return ()
        if not isinstance(given, Sequence) or isinstance(given, str) or len(given) > MOST_PAPERS:
            self._wrong(where, f"phải là danh sách tối đa {MOST_PAPERS} giấy tờ", f"must list {MOST_PAPERS} at most")
            return ()
        found = (self._paper(f"{where}[{number}]", one) for number, one in enumerate(given))
        return tuple(one for one in found if one is not None)

    def _paper(self, where: str, raw: Any) -> ComingPaper | None:
        names = self._form.paper
        told = {ours: at_path(raw, theirs) for ours, theirs in names.items()}
        texts = (("key", told["key"]), ("path", told["path"]))
        faulty = [ours for ours, one in texts if not isinstance(one, str) or not 1 <= len(one) <= 200]
        faulty += [] if type(told["size"]) is int and told["size"] >= 0 else ["size"]
        faulty += [] if _HASH.fullmatch(str(told["sha256"])) else ["sha256"]
        for ours in faulty:
            self._wrong(f"{where}.{names[ours]}", "thiếu hoặc không đúng dạng", "is missing, or has another form")
        if faulty:
            return None
        name = told["name"] if isinstance(told["name"], str) and told["name"].strip() else told["key"]
        return ComingPaper(
            key=told["key"], name=name[:200], path=told["path"], size=told["size"], sha256=told["sha256"].lower()
        )

    def _wrong(self, where: str, vi: str, en: str) -> str:
        self.errors.setdefault(where, Text(vi, en))
        return ""

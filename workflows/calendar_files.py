"""The strict parser of ``workflows/calendars/*.yaml``: the first mistake is one sentence with file, line and column.

All scalars are strings first, so that YAML never turns a date, a number or an ``on`` into something else. Anchors,
aliases, tags, unknown keys and duplicate keys are refused. Run-time code reads calendars from released rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from engine.errors import Refusal
from engine.rules.deadlines.calendar import WEEKDAYS, Calendar
from engine.rules.deadlines.office_hours import SOURCES, SPECIAL_KINDS, SpecialDay, read_date
from workflows.problems import Mark
from workflows.yaml_reader import Group, Items, Node, Scalar, decode, read

CALENDARS: Final = Path(__file__).parent / "calendars"

_TOP: Final = {"calendar": True, "covers": True, "official": False, "week": True, "legal": True, "days": True}
_DAY: Final = {
    "date": False,
    "from": False,
    "until": False,
    "kind": True,
    "instead_of": False,
    "hours": False,
    "vi": True,
    "en": True,
    "legal": True,
    "source": True,
}
_LONGEST_HOLIDAY: Final = 31

T = TypeVar("T")


class BadCalendarFile(Refusal):
    """A calendar file that cannot be used; ``at`` is ``file:line:column``."""

    code = "bad-calendar-file"
    vi = "{at}: {what_vi}"
    en = "{at}: {what_en}"


def load_calendar(code: str = "vn", folder: Path = CALENDARS) -> Calendar:
    """The calendar of ``<folder>/<code>.yaml``. Raises BadCalendarFile."""
    name = f"{code}.yaml"
    known = ", ".join(sorted(file.stem for file in folder.glob("*.yaml")))
    if code not in known.split(", "):
        raise _File(name).wrong(
            None, f"không có lịch này; các lịch đã có: {known}", f"no such calendar; known: {known}"
        )
    calendar = read_calendar((folder / name).read_bytes(), name)
    if calendar.code != code:
        vi = f"tệp có tên {code} nhưng lịch có mã {calendar.code}"
        raise _File(name).wrong(None, vi, f"the file is called {code}, the calendar {calendar.code}")
    return calendar


def read_calendar(text: bytes, name: str) -> Calendar:
    """The calendar in the bytes of a file; ``name`` is the file's name in messages. Raises BadCalendarFile."""
    file = _File(name)
    top_node = file.parse(text)
    top = file.mapping(top_node, _TOP)
    covers = file.mapping(top["covers"], {"from": True, "until": True})
    week = file.mapping(top["week"], dict.fromkeys(WEEKDAYS, False))
    data = {
        "code": file.text(top["calendar"]),
        "first": file.text(covers["from"]),
        "last": file.text(covers["until"]),
        "week": {weekday: file.texts(node) for weekday, node in week.items()},
        "week_legal": file.text(top["legal"]),
        "official_years": [file.year(node) for node in file.items(top["official"])] if "official" in top else [],
        "days": [day for node in file.items(top["days"]) for day in file.days(node)],
    }
    return file.convert(top_node, lambda: Calendar.from_data(data))


class _File:
    """Converts the nodes of one file to values; a mistake raises BadCalendarFile with its position."""

    def __init__(self, name: str) -> None:
        self.name = name

    def parse(self, data: bytes) -> Group:
        text, report = decode(data, self.name)
        root = None if report.has_errors() else read(text, report)
        if root is None or report.has_errors():
            first = report.problems()[0]
            raise BadCalendarFile(at=f"{self.name}:{first.line}:{first.column}", what_vi=first.vi, what_en=first.en)
        return root

    def mapping(self, node: Node, keys: Mapping[str, bool]) -> dict[str, Node]:
        """The values by key; ``keys`` maps each known key to whether it is required."""
        if not isinstance(node, Group):
            raise self.wrong(node, "chỗ này phải là các khóa và giá trị", "keys with values belong here")
        allowed = ", ".join(keys)
        for key, (key_node, _) in node.entries.items():
            if key not in keys:
                vi, en = f"không có khóa {key!r}; được dùng: {allowed}", f"unknown key {key!r}; allowed: {allowed}"
                raise self.wrong(key_node, vi, en)
        for key, needed in keys.items():
            if needed and key not in node.entries:
                raise self.wrong(node, f"thiếu khóa {key!r}", f"the key {key!r} is missing")
        return {key: value for key, (_, value) in node.entries.items()}

    def items(self, node: Node) -> list[Node]:
        if not isinstance(node, Items):
            raise self.wrong(node, "chỗ này phải là danh sách", "a list belongs here")
        return node.items

    def text(self, node: Node) -> str:
        if not isinstance(node, Scalar) or not node.value.strip():
            raise self.wrong(node, "chỗ này phải là chữ", "a text belongs here")
        return node.value

    def texts(self, node: Node) -> list[str]:
        return [self.text(item) for item in self.items(node)]

    def one_of(self, node: Node, known: tuple[str, ...]) -> str:
        text = self.text(node)
        if text not in known:
            listed = ", ".join(known)
            raise self.wrong(node, f"không có {text!r}; được dùng: {listed}", f"unknown {text!r}; allowed: {listed}")
        return text

    def year(self, node: Node) -> int:
        text = self.text(node)
        if not (text.isascii() and text.isdigit() and len(text) == 4):
            raise self.wrong(node, f"{text!r} không phải một năm", f"{text!r} is not a year")
        return int(text)

    def day(self, node: Node) -> date:
        text = self.text(node)
        return self.convert(node, lambda: read_date(text, text))

    def days(self, node: Node) -> list[dict[str, Any]]:
        """The special days of one line: of ``date``, or of every day from ``from`` to ``until``, both included."""
        keys = self.mapping(node, _DAY)
        words = {key: self.text(keys[key]) for key in ("vi", "en", "legal")}
        words["kind"] = self.one_of(keys["kind"], SPECIAL_KINDS)
        words["source"] = self.one_of(keys["source"], SOURCES)
        spans = self.texts(keys["hours"]) if "hours" in keys else []
        other = self.day(keys["instead_of"]).isoformat() if "instead_of" in keys else None
        days = [
            {"day": day.isoformat(), "spans": spans, "instead_of": other, **words} for day in self.covered(node, keys)
        ]
        for day in days:
            self.convert(node, partial(SpecialDay.from_data, day))  # validated here, where the line is known
        return days

    def covered(self, node: Node, keys: dict[str, Node]) -> list[date]:
        if set(keys) & {"date", "from", "until"} not in ({"date"}, {"from", "until"}):
            vi = "mỗi dòng có một date, hoặc from và until"
            raise self.wrong(node, vi, "a line has either a date, or from and until")
        last_node = keys["date" if "date" in keys else "until"]
        first, last = self.day(keys["date" if "date" in keys else "from"]), self.day(last_node)
        if not 0 <= (last - first).days < _LONGEST_HOLIDAY:
            vi = f"until phải từ ngày from đến {_LONGEST_HOLIDAY} ngày"
            raise self.wrong(last_node, vi, f"until must lie 0 to {_LONGEST_HOLIDAY - 1} days after from")
        return [first + timedelta(days=number) for number in range((last - first).days + 1)]

    def convert(self, node: Node, make: Callable[[], T]) -> T:
        """The result of ``make``; a refusal of it is raised with the position of the node."""
        try:
            return make()
        except Refusal as refusal:
            raise self.wrong(node, refusal.sentence("vi"), refusal.sentence("en")) from refusal

    def wrong(self, where: Node | None, vi: str, en: str) -> BadCalendarFile:
        mark = where.mark if where else Mark(1, 1)
        return BadCalendarFile(at=f"{self.name}:{mark.line}:{mark.column}", what_vi=vi, what_en=en)

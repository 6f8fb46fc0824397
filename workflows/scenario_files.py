"""The strict parser of ``scenarios/*.yaml``: the golden stories that test a procedure.

One file holds the stories of one procedure. Times are local civil time in Vietnam ("2026-02-13 15:30"). A step has the
act and its expected results: ``state``, ``portal``, ``clock``, ``due`` (a time, or ``none`` while the clock has not
started or is paused), ``forms``, ``notices``, ``fee`` (đồng due), ``opens``, ``fired`` (timers since the previous
step), or ``refused`` with the code of the refusal.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.clock import LOCAL
from engine.errors import Refusal
from engine.text import Text
from workflows.simulate import Act, Given
from workflows.yaml_reader import Group, Items, Node, Scalar, decode, read

SCENARIOS = Path(__file__).parent / "scenarios"

_FILE = {"procedure": True, "version": False, "scenarios": True}
_SCENARIO = {"vi": True, "en": True, "given": True, "steps": True}
_PLAIN = ("channel", "kind", "commune", "province")
_GIVEN = dict.fromkeys((*_PLAIN, "verified", "fields", "documents"), False) | {"filed": True}
_ACT = dict.fromkeys(("do", "act", "by", "reason", "attach", "fields", "papers", "days"), False) | {"at": True}
_EXPECT = ("state", "portal", "clock", "due", "forms", "notices", "fee", "opens", "fired", "refused")
_BUILT_IN_ACTS = ("settle", "documents", "extend", "ask_verification", "answer_verification", "finish_children", "wait")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}")


class BadScenarioFile(Refusal):
    """A scenario file is malformed; ``at`` is ``file:line:column``."""

    code = "bad-scenario-file"
    vi = "{at}: {what_vi}"
    en = "{at}: {what_en}"


@dataclass(frozen=True)
class Stage:
    """One step of a story: the act, the results expected after it, and the line of the file."""

    act: Act
    expect: Mapping[str, Any]
    line: int


@dataclass(frozen=True)
class Scenario:
    """One story. ``version`` None means the newest release of the procedure."""

    procedure: str
    name: Text
    given: Given
    stages: tuple[Stage, ...]
    file: str
    line: int
    version: int | None = field(default=None)


def is_story(path: Path) -> bool:
    """Whether a file holds stories rather than a procedure."""
    return any(line.startswith(b"scenarios:") for line in path.read_bytes().splitlines())


def read_scenarios(path: Path) -> list[Scenario]:
    """The stories of one file. Raises BadScenarioFile."""
    return read_stories(path.read_bytes(), path.name)


def read_stories(data: bytes, name: str) -> list[Scenario]:
    """The stories in the bytes of a file that is called ``name``. Raises BadScenarioFile."""
    return _File(name).scenarios(data)


class _File:
    """Converts the nodes of one file to values; a mistake raises BadScenarioFile with its position."""

    def __init__(self, name: str) -> None:
        self.name = name

    def scenarios(self, data: bytes) -> list[Scenario]:
        text, report = decode(data, self.name)
        root = None if report.has_errors() else read(text, report)
        if root is None or report.has_errors():
            first = report.problems()[0]
            raise BadScenarioFile(at=f"{self.name}:{first.line}:{first.column}", what_vi=first.vi, what_en=first.en)
        top = self.group(root, _FILE)
        version = self.number(top["version"]) if "version" in top else None
        return [self.scenario(node, self.text(top["procedure"]), version) for node in self.items(top["scenarios"])]

    def scenario(self, node: Node, procedure: str, version: int | None) -> Scenario:
        keys = self.group(node, _SCENARIO)
        given = self.given(keys["given"])
        stages = tuple(self.stage(one) for one in self.items(keys["steps"]))
        name = Text(self.text(keys["vi"]), self.text(keys["en"]))
        return Scenario(procedure, name, given, stages, self.name, node.mark.line, version)

    def given(self, node: Node) -> Given:
        keys = self.group(node, _GIVEN)
        plain: dict[str, Any] = {key: self.value(keys[key]) for key in _PLAIN if key in keys}
        if "documents" in keys:
            plain["documents"] = frozenset(self.text(one) for one in self.items(keys["documents"]))
        if "verified" in keys:
            plain["verified"] = self.value(keys["verified"]) is True
        return Given(filed=self.time(keys["filed"]), fields=self.values(keys.get("fields")), **plain)

    def stage(self, node: Node) -> Stage:
        keys = self.group(node, _ACT | dict.fromkeys(_EXPECT, False))
        if ("do" in keys) == ("act" in keys):
            raise self.wrong(node, "mỗi bước có một do hoặc một act", "a step has either do (an action) or act")
        words = ("do", "act", "by", "reason", "attach")
        plain: dict[str, Any] = {key: self.text(keys[key]) for key in words if key in keys}
        if plain.get("act", "wait") not in _BUILT_IN_ACTS:
            raise self.wrong(
                keys["act"], "act là " + ", ".join(_BUILT_IN_ACTS), "act is one of " + ", ".join(_BUILT_IN_ACTS)
            )
        if "papers" in keys:
            plain["papers"] = tuple(self.text(one) for one in self.items(keys["papers"]))
        if "days" in keys:
            plain["days"] = self.number(keys["days"])
        act = Act(at=self.time(keys["at"]), fields=self.values(keys.get("fields")), **plain)
        return Stage(act, {key: self.expected(key, keys[key]) for key in _EXPECT if key in keys}, node.mark.line)

    def expected(self, key: str, node: Node) -> Any:
        if key in ("forms", "notices", "opens", "fired"):
            return tuple(self.text(one) for one in self.items(node))
        if key == "due":
            return None if self.text(node) == "none" else self.time(node)
        return self.value(node)

    def group(self, node: Node, keys: Mapping[str, bool]) -> dict[str, Node]:
        if not isinstance(node, Group):
            raise self.wrong(node, "chỗ này phải là các khóa và giá trị", "keys with values belong here")
        for key, (key_node, _) in node.entries.items():
            if key not in keys:
                allowed = ", ".join(keys)
                vi = f'không có khóa "{key}"; được dùng: {allowed}'
                raise self.wrong(key_node, vi, f'unknown key "{key}"; allowed: {allowed}')
        for key, needed in keys.items():
            if needed and key not in node.entries:
                raise self.wrong(node, f'thiếu khóa "{key}"', f'the key "{key}" is missing')
        return {key: value for key, (_, value) in node.entries.items()}

    def items(self, node: Node) -> list[Node]:
        if not isinstance(node, Items):
            raise self.wrong(node, "chỗ này phải là danh sách", "a list belongs here")
        return node.items

    def text(self, node: Node) -> str:
        if not isinstance(node, Scalar) or not node.value:
            raise self.wrong(node, "chỗ này phải là chữ", "a text belongs here")
        return node.value

    def value(self, node: Node) -> str | int | bool:
        """The value of a scalar: an unquoted whole number is int, unquoted true or false is bool, the rest is text."""
        text = self.text(node)
        if isinstance(node, Scalar) and node.plain:
            if text in ("true", "false"):
                return text == "true"
            if re.fullmatch(r"-?(0|[1-9][0-9]{0,14})", text):
                return int(text)
        return text

    def number(self, node: Node) -> int:
        value = self.value(node)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.wrong(node, "chỗ này phải là số nguyên", "a whole number belongs here")
        return value

    def values(self, node: Node | None) -> dict[str, Any]:
        if node is None:
            return {}
        if not isinstance(node, Group):
            raise self.wrong(node, "chỗ này phải là trường: giá trị", "field: value belongs here")
        return {key: self.value(value) for key, (_, value) in node.entries.items()}

    def time(self, node: Node) -> dt.datetime:
        text = self.text(node)
        return self.convert(node, lambda: _time(text))

    def convert(self, node: Node, make: Callable[[], dt.datetime]) -> dt.datetime:
        try:
            return make()
        except ValueError:
            raise self.wrong(node, "giờ viết như 2026-02-13 15:30", "a time is written like 2026-02-13 15:30") from None

    def wrong(self, node: Node, vi: str, en: str) -> BadScenarioFile:
        return BadScenarioFile(at=f"{self.name}:{node.mark.line}:{node.mark.column}", what_vi=vi, what_en=en)


def _time(text: str) -> dt.datetime:
    if not _TIME.fullmatch(text):
        raise ValueError(text)
    return dt.datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=LOCAL)

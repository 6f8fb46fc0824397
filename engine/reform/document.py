"""Reads and writes the file of a reform plan: the document that is approved, and then applied exactly.

It is JSON with one dossier a line, so it is streamed and never held in memory. The summary's digest covers the
dossiers, their groups and the memberships, so a file that was changed by hand is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import orjson

from engine.errors import Refusal
from engine.rules.reform.policy import Reform
from engine.rules.reform.totals import Group, PlanDigest, Totals, group_from_data

FORMAT = "motcua-reform-plan-1"
_HEAD = b'{"format": "' + FORMAT.encode() + b'",\n"items": [\n'
_END = b"],\n"


class BadPlanFile(Refusal):
    """The file is not a plan, or was changed after it was made."""

    code = "bad-plan-file"
    vi = "{file} không phải kế hoạch dùng được: {why_vi}."
    en = "{file} is not a plan that can be used: {why_en}."


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan without its dossiers, which ``items`` reads from the file."""

    path: Path
    reform: Reform
    groups: tuple[Group, ...]
    summary: dict[str, Any]

    @property
    def digest(self) -> str:
        return str(self.summary["digest"])

    def items(self) -> Iterator[dict[str, Any]]:
        """The dossiers, in order of their ids."""
        with self.path.open("rb") as file:
            for line in _item_lines(file, self.path):
                yield orjson.loads(line)


def write_plan(path: Path, reform: Reform, lines: Iterable[bytes], totals: Totals) -> None:
    """Writes a plan to ``path``; an existing file is replaced at the end, as a whole.

    ``lines`` may be a generator that fills ``totals`` while it is written.
    """
    growing = path.with_name(path.name + ".part")
    with growing.open("wb") as file:
        file.write(_HEAD)
        first = True
        for line in lines:
            file.write(line if first else b",\n" + line)
            first = False
        file.write(b"" if first else b"\n")
        file.write(_END)
        tail = {
            "reform": msgspec.to_builtins(reform),
            "groups": totals.groups_data(),
            "summary": totals.summary(),
        }
        file.write(orjson.dumps(tail, option=orjson.OPT_SORT_KEYS)[1:])
        file.write(b"\n")
    growing.replace(path)


def read_plan(path: Path) -> PlanFile:
    """The plan in a file, its digest checked. Raises BadPlanFile."""
    try:
        with path.open("rb") as file:
            for _ in _item_lines(file, path):
                pass
            tail = orjson.loads(b"{" + file.read())
        return _checked(path, tail)
    except OSError as error:
        raise _bad(path, error.strerror or "không đọc được", error.strerror or "it cannot be read") from error
    except (orjson.JSONDecodeError, msgspec.ValidationError, KeyError, TypeError, AttributeError) as error:
        raise _bad(path, "nội dung không đọc được", "its content cannot be read") from error


def _checked(path: Path, tail: dict[str, Any]) -> PlanFile:
    reform = msgspec.convert(tail["reform"], Reform)
    digest = PlanDigest(reform)
    with path.open("rb") as file:
        for line in _item_lines(file, path):
            digest.line(line)
    groups = [{key: value for key, value in one.items() if key != "dossiers"} for one in tail["groups"]]
    if digest.of(groups, tail["summary"]["members"]) != tail["summary"]["digest"]:
        raise _bad(path, "nội dung khác với mã băm của kế hoạch", "its content does not fit its digest")
    return PlanFile(path, reform, tuple(group_from_data(one) for one in groups), tail["summary"])


def _item_lines(file: BinaryIO, path: Path) -> Iterator[bytes]:
    """The canonical lines of the dossiers; afterwards the file is positioned behind them. Raises BadPlanFile."""
    if file.readline() + file.readline() != _HEAD:
        raise _bad(path, f"không bắt đầu như {FORMAT}", f"it does not begin as {FORMAT}")
    for line in iter(file.readline, _END):
        if not line:
            raise _bad(path, "tệp bị cắt cụt", "it is cut off")
        yield line.removesuffix(b"\n").removesuffix(b",")


def _bad(path: Path, vi: str, en: str) -> BadPlanFile:
    return BadPlanFile(file=path.name, why_vi=vi, why_en=en)

"""The strict parser of the mapping file of the national portal: every mistake has its line and column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from engine.rules.portal.differences import FIELDS
from engine.rules.portal.mapping import (
    ADDRESSES,
    CODES,
    ENVELOPE,
    FACTS,
    FORMS,
    KINDS,
    LISTS,
    Dated,
    MessageForm,
    PortalMapping,
)
from workflows.problems import Both, Problem, Report, Suggest, in_order
from workflows.refused_file import RefusedFile, content_of
from workflows.shape_groups import Key, ListOf, MapOf, Record
from workflows.shapes import BAD, Code, Day, Flag, Form, OneOf, Shape, Words
from workflows.source import Source
from workflows.yaml_reader import decode, read

SHIPPED = Path(__file__).parent / "connections" / "national-portal.yaml"
_NAME = r"[A-Za-z_][A-Za-z0-9_.-]{0,59}"
_STATUSES = tuple(str(number) for number in range(1, 11))


class MappingRefused(RefusedFile):
    """A mapping file has errors; ``problems`` holds all findings in the order of the file."""

    code: ClassVar[str] = "portal-mapping-refused"
    status = 422
    vi = "Tệp ánh xạ {file} có {count} lỗi. Lỗi đầu tiên: {first_vi}"
    en = "The mapping file {file} has {count} error(s). The first: {first_en}"


def read_mapping(path: Path = SHIPPED) -> PortalMapping:
    """The mapping in a file. Raises MappingRefused."""
    data = content_of(path, MappingRefused)
    mapping, problems = check_mapping(data, path.name)
    if mapping is None:
        raise MappingRefused(problems)
    return mapping


def check_mapping(data: str | bytes, name: str) -> tuple[PortalMapping | None, list[Problem]]:
    """The mapping, or None when there is an error, and every finding in the order of the file."""
    text, report = decode(data, name)
    root = read(text, report) if not report.problems() else None
    if root is None:
        return None, report.problems()
    written: Any = FILE.read(root, (), report)
    if written is BAD or report.problems():
        return None, report.problems()
    _check_together(written, Source(name, root, text), report)
    problems = in_order(report.problems())
    return (None if problems else _mapping(written)), problems


def _key(shape: Shape, vi: str, en: str, required: bool = True) -> Key:
    return Key(shape, Both(vi, en), required)


def _names(words: tuple[str, ...], shape: Shape) -> Record:
    """A group that must have all these keys."""
    return Record({word: _key(shape, word, word) for word in words})


def _dated(ours: str, shape: Shape) -> ListOf:
    return ListOf(
        Record(
            {
                ours: _key(shape, "mã của ta", "our code"),
                "from": _key(Day(), "ngày đầu", "first day"),
                "code": _key(Words(60), "mã bên kia", "their code"),
            }
        )
    )


_PROCEDURE = Code(r"[0-9]\.[0-9]{6}|[A-Z][A-Z0-9]*(?:[.-][A-Z0-9]+){1,5}", '"1.012783"')
_FIELDS = MapOf(OneOf(tuple(FACTS)), _NAME, "MaHoSo", least=1)
_MESSAGE = Record(
    {
        "service": _key(Words(60), "tên dịch vụ", "service"),
        "fields": _key(_FIELDS, "trường bên kia: dữ kiện của ta", "their field: our fact"),
        "lists": _key(MapOf(OneOf(tuple(LISTS)), _NAME, "TaiLieuNop"), "danh sách", "lists", False),
    }
)
FILE = Record(
    {
        "verified": _key(Flag(), "đã đối chiếu với bản chính thức", "compared with an official text"),
        "source": _key(Words(300), "nguồn", "source"),
        "addresses": _key(_names(ADDRESSES, Form(r"/[A-Za-z0-9._~/-]{0,200}", "/call")), "địa chỉ", "addresses"),
        "envelope": _key(_names(ENVELOPE, Words(60)), "tên chung của mọi lời gọi", "names around every call"),
        "moments": _key(OneOf(tuple(FORMS)), "cách viết thời điểm", "how moments are written"),
        "messages": _key(_names(KINDS, _MESSAGE), "các thông điệp", "messages"),
        "lists": _key(
            Record(
                {
                    name: _key(MapOf(OneOf(tuple(facts)), _NAME, "SoTien", least=1), name, name)
                    for name, facts in LISTS.items()
                }
            ),
            "trường của từng danh sách",
            "fields of each list",
        ),
        "compare": _key(_names(FIELDS, Form(_NAME, "NgayHenTra")), "trường để so khớp", "fields that are compared"),
        "codes": _key(
            Record(
                {name: _key(MapOf(Words(60), r"[a-z0-9_]{1,40}", "counter", least=1), name, name) for name in CODES}
            ),
            "bảng mã",
            "code tables",
        ),
        "states": _key(
            ListOf(
                Record(
                    {
                        "procedure": _key(_PROCEDURE, "thủ tục", "procedure"),
                        "state": _key(Form(r"[a-z][a-z0-9_]{0,39}", "checking"), "bước", "state"),
                        "status": _key(OneOf(_STATUSES), "trạng thái trên cổng", "status there"),
                    }
                )
            ),
            "trạng thái riêng",
            "states told otherwise",
        ),
        "agencies": _key(_dated("office", Form(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", "UB-26740")), "cơ quan", "offices"),
        "units": _key(_dated("unit", Form(r"[0-9]{2,5}", '"26740"')), "đơn vị hành chính", "units"),
        "procedures": _key(_dated("procedure", _PROCEDURE), "thủ tục", "procedures"),
    }
)


def _check_together(written: Mapping[str, Any], source: Source, report: Report) -> None:
    """What no single value shows: fields that are compared must be told, and no code may begin twice on a day."""
    told = written["messages"]["dossier"]
    names = (*told["fields"], *told.get("lists", {}))
    for kind, name in written["compare"].items():
        if name not in names:
            where = Both(f'"{kind}" của compare', f'"{kind}" of compare')
            report.add("bad-value", source.at("compare", kind), value=name, where=where, hint=Suggest(name, names))
    for status in _STATUSES:
        if status not in written["codes"]["status"]:
            where = Both('"status" của codes', '"status" of codes')
            report.add("missing-key", source.at("codes", "status"), key=status, where=where)
    for part, ours in (("agencies", "office"), ("units", "unit"), ("procedures", "procedure")):
        for at, value in _twice([(line[ours], line["from"]) for line in written[part]]):
            words = f"{value[0]} {value[1]:%Y-%m-%d}"
            report.add("duplicate-item", source.at(part, at), value=words, where=Both(f'"{part}"', f'"{part}"'))


def _twice(lines: Sequence[tuple[str, dt.date]]) -> Iterator[tuple[int, tuple[str, dt.date]]]:
    seen: set[tuple[str, dt.date]] = set()
    for at, line in enumerate(lines):
        if line in seen:
            yield at, line
        seen.add(line)


def _mapping(written: Mapping[str, Any]) -> PortalMapping:
    return PortalMapping(
        verified=written["verified"],
        source=written["source"],
        addresses=written["addresses"],
        envelope=written["envelope"],
        moments=FORMS[written["moments"]],
        messages={
            kind: MessageForm(service=one["service"], fields=one["fields"], lists=one.get("lists", {}))
            for kind, one in written["messages"].items()
        },
        lists=written["lists"],
        compare=written["compare"],
        codes=written["codes"],
        states={(one["procedure"], one["state"]): one["status"] for one in written["states"]},
        agencies=Dated([(one["office"], one["from"], one["code"]) for one in written["agencies"]]),
        units=Dated([(one["unit"], one["from"], one["code"]) for one in written["units"]]),
        procedures=Dated([(one["procedure"], one["from"], one["code"]) for one in written["procedures"]]),
    )

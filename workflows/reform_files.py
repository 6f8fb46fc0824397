"""The strict parser of ``workflows/reforms/*.yaml``: every mistake has its line and column.

``check_reform`` returns every finding: syntax, structure, and contradictions to the territory, the offices and the
competences (the map). ``read_reform`` returns the reform or raises with the findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar

from engine.errors import Refusal
from engine.rules.offices.routing import Map
from engine.rules.reform.policy import DESTINATIONS, KINDS, Basis, Contact, Division, Policy, Reform
from engine.rules.territory.units import LEVELS
from engine.text import Text
from workflows.problems import Both, Mark, Problem, Report, in_order
from workflows.reform_lint import reform_problems
from workflows.shape_groups import Key, ListOf, Record, one_or_more
from workflows.shapes import BAD, Code, Day, Flag, Form, OneOf, Shape, Words
from workflows.source import Source
from workflows.yaml_reader import MOST_BYTES, decode, read

REFORMS = Path(__file__).parent / "reforms"
_SLUG = Form(r"[a-z0-9][a-z0-9-]{0,59}", "communes-to-wards")
_BODY = Form(r"[a-z][a-z_]{0,29}", "one_stop")
_KEY = Form(r"[a-z][a-z0-9_]{0,39}", "handler")
_OFFICE = Form(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", "UB-26740")
_UNIT = Form(r"[0-9]{5}", '"26740"')
_PROCEDURE = Code(r"[0-9]\.[0-9]{6}|[A-Z][A-Z0-9]*(?:[.-][A-Z0-9]+){1,5}", '"1.012783"')


class ReformRefused(Refusal):
    """A reform file has errors; ``problems`` holds all findings in the order of the file."""

    code: ClassVar[str] = "reform-refused"
    status = 422
    vi = "Tệp {file} có {count} lỗi. Lỗi đầu tiên: {first_vi}"
    en = "The file {file} has {count} error(s). The first: {first_en}"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        first = self.problems[0]
        where = f"{first.file}:{first.line}:{first.column}: "
        count = len(self.problems)
        super().__init__(file=first.file, count=count, first_vi=where + first.vi, first_en=where + first.en)


def read_reform(path: Path, known: Map) -> Reform:
    """The reform in a file, checked against the map ``known``. Raises ReformRefused."""
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        report = Report(path.name)
        report.add("no-file", Mark(1, 1), name=str(path), why=error.strerror or type(error).__name__)
        raise ReformRefused(report.problems()) from error
    reform, problems = check_reform(data, path.name, known)
    if reform is None:
        raise ReformRefused(problems)
    return reform


def check_reform(data: str | bytes, name: str, known: Map) -> tuple[Reform | None, list[Problem]]:
    """The reform, or None when there is an error, and every finding in the order of the file."""
    text, report = decode(data, name)
    root = read(text, report) if not report.problems() else None
    if root is None:
        return None, report.problems()
    written: Any = FILE.read(root, (), report)
    if written is BAD or report.problems():
        return None, report.problems()
    reform = _reform(written)
    problems = in_order(reform_problems(reform, known, Source(name, root, text)))
    return (None if problems else reform), problems


def _key(shape: Shape, vi: str, en: str, required: bool = False) -> Key:
    return Key(shape, Both(vi, en), required)


_WORDS = {
    "vi": _key(Words(), "bằng tiếng Việt", "in Vietnamese", True),
    "en": _key(Words(), "bằng tiếng Anh", "in English", True),
}
_FROM = Record(
    {
        "level": _key(OneOf(tuple(LEVELS.values())), "cấp của cơ quan", "level of the office", True),
        "body": _key(_BODY, "loại cơ quan", "kind of office", True),
        "keys": _key(one_or_more(_KEY), "phần việc trong hồ sơ", "parts in a dossier"),
        "procedures": _key(one_or_more(_PROCEDURE), "các thủ tục", "procedures"),
        "applicants": _key(one_or_more(OneOf(KINDS)), "loại người nộp", "kinds of applicant"),
    }
)
_POLICY = Record(
    {
        "name": _key(_SLUG, "tên ngắn", "short name", True),
        "from": _key(_FROM, "cơ quan nào", "which offices", True),
        "to": _key(OneOf(DESTINATIONS), "đi về đâu", "where to", True),
        "body": _key(_BODY, "loại cơ quan nhận", "kind of the receiving office"),
        "members": _key(OneOf(("follow", "person")), "cán bộ đi theo hay chờ phân công", "whether its clerks follow"),
        "legal": _key(Words(), "văn bản", "legal texts", True),
        **_WORDS,
    }
)
_BASIS = Record(
    {
        "text": _key(Words(80), "số hiệu", "number", True),
        **_WORDS,
        "verified": _key(Flag(), "đã đối chiếu với Công báo", "read in the official gazette"),
    }
)
_DIVISION = Record(
    {
        "commune": _key(_UNIT, "mã xã cũ", "code of the old commune", True),
        "hamlet": _key(Words(120), "thôn, tổ dân phố", "hamlet"),
        "parcel": _key(Words(120), "thửa đất", "plot"),
        "to": _key(_UNIT, "mã xã mới", "code of the new commune", True),
        "legal": _key(Words(), "văn bản", "legal text", True),
    },
    apart=(("hamlet", "parcel"),),
)
_CONTACT = Record(
    {
        "office": _key(_OFFICE, "mã cơ quan", "code of the office", True),
        "hotline": _key(Words(40), "điện thoại", "telephone"),
        "address": _key(Words(300), "địa chỉ", "address"),
    }
)
FILE = Record(
    {
        "reform": _key(_SLUG, "tên ngắn", "short name", True),
        "date": _key(Day(), "ngày đầu tiên của trật tự mới", "first day of the new order", True),
        **_WORDS,
        "legal": _key(ListOf(_BASIS, least=1), "căn cứ pháp lý", "legal basis", True),
        "moved": _key(OneOf(("pass", "keep")), "khi chỉ thẩm quyền chuyển", "when only the competence moves"),
        "offices": _key(ListOf(_POLICY), "chính sách", "policy"),
        "divisions": _key(ListOf(_DIVISION), "xã bị chia: thôn, thửa nào về đâu", "divided communes"),
        "contacts": _key(ListOf(_CONTACT), "điện thoại, địa chỉ mới", "new telephones and addresses"),
    }
)


def _reform(written: dict[str, Any]) -> Reform:
    return Reform(
        code=written["reform"],
        date=written["date"],
        name=Text(written["vi"], written["en"]),
        legal=tuple(
            Basis(one["text"], Text(one["vi"], one["en"]), one.get("verified", True)) for one in written["legal"]
        ),
        policies=tuple(_policy(one) for one in written.get("offices", ())),
        moved=written.get("moved", "pass"),
        divisions=tuple(
            Division(
                one["commune"],
                "hamlet" if "hamlet" in one else "parcel",
                one.get("hamlet") or one.get("parcel") or "",
                one["to"],
                one["legal"],
            )
            for one in written.get("divisions", ())
        ),
        contacts=tuple(
            Contact(one["office"], one.get("hotline"), one.get("address")) for one in written.get("contacts", ())
        ),
    )


def _policy(one: dict[str, Any]) -> Policy:
    left = one["from"]
    return Policy(
        name=one["name"],
        level=left["level"],
        body=left["body"],
        to=one["to"],
        legal=one["legal"],
        why=Text(one["vi"], one["en"]),
        keys=_some(left.get("keys")),
        procedures=_some(left.get("procedures")),
        kinds=_some(left.get("applicants")),
        to_body=one.get("body"),
        members=one.get("members", "person"),
    )


def _some(given: Iterable[str] | None) -> frozenset[str] | None:
    return frozenset(given) if given is not None else None

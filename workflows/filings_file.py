"""The strict parser of ``connections/filings.yaml``: how the other side writes its filings. Every mistake has its line.

``check_filing_form`` returns every finding, ``read_filing_form`` the form or a refusal with the findings.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

from engine.rules.filings.form import ANSWERS, APPLICANT, PAPER, TOLD, FilingForm, MirrorForm, Pages, Recoded
from engine.rules.procedure.definition import APPLICANT_KINDS, ONLINE
from workflows.problems import Both, Mark, Problem, in_order
from workflows.refused_file import RefusedFile, content_of
from workflows.shape_groups import Key, ListOf, MapOf, Record
from workflows.shapes import BAD, Day, Flag, Form, OneOf, Shape, Words
from workflows.source import Source
from workflows.yaml_reader import decode, read

SHIPPED = Path(__file__).parent / "connections" / "filings.yaml"
FILING = ("key", "procedure", "unit", "channel", "filed_at", "fields", "papers")
MIRRORED = ("source", "number", "procedure", "unit", "state", "applicant", "kind", "channel")
MIRRORED_MOMENTS = ("filed_at", "received_at", "due_at", "finished_at")
_NAME = Form(r"[^\s.]{1,60}(?:\.[^\s.]{1,60}){0,5}", "ChuHoSo.HoTen")
_PATH = Form(r"/[\x21-\x7e]{0,200}", "/ho-so")
_CODE = Form(r"[\x21-\x7e]{1,60}", "H79.26740")
_WORD = Form(r"[A-Za-z][\w-]{0,39}", "TiepNhan")


class FilingFormRefused(RefusedFile):
    """A file about inbound filings has errors; ``problems`` holds all findings in the order of the file."""

    code: ClassVar[str] = "filing-form-refused"
    status = 422
    vi = "Tệp {file} có {count} lỗi. Lỗi đầu tiên: {first_vi}"
    en = "The file {file} has {count} error(s). The first: {first_en}"


def read_filing_form(path: Path = SHIPPED) -> FilingForm:
    """The form in a file. Raises FilingFormRefused."""
    data = content_of(path, FilingFormRefused)
    form, problems = check_filing_form(data, path.name)
    if form is None:
        raise FilingFormRefused(problems)
    return form


def check_filing_form(data: str | bytes, name: str) -> tuple[FilingForm | None, list[Problem]]:
    """The form, or None when there is an error, and every finding in the order of the file."""
    text, report = decode(data, name)
    root = read(text, report) if not report.problems() else None
    if root is None:
        return None, report.problems()
    written: Any = FILE.read(root, (), report)
    if written is BAD or report.problems():
        return None, report.problems()
    problems = in_order(_contradictions(written, Source(name, root, text)))
    return (None if problems else _form(written)), problems


def _key(shape: Shape, vi: str, en: str, required: bool = True) -> Key:
    return Key(shape, Both(vi, en), required)


def _names(wanted: Sequence[str], optional: Sequence[str] = ()) -> Record:
    """A group that names fields of theirs, each by a path with dots."""
    field = Both("tên trường của bên kia", "their name of the field")
    return Record({one: Key(_NAME, field, one not in optional) for one in (*wanted, *optional)})


def _recoded(ours: Shape) -> ListOf:
    row = {
        "theirs": _key(_CODE, "mã của bên kia", "their code"),
        "ours": _key(ours, "mã ở đây", "our code"),
        "from": _key(Day(), "từ ngày", "from this day", False),
        "until": _key(Day(), "đến trước ngày", "until before this day", False),
    }
    return ListOf(Record(row))


_PAGES = Record(
    {
        "path": _key(_PATH, "đường dẫn", "path"),
        **{one: _key(_NAME, "tên", "name") for one in ("after", "size", "items", "next")},
    }
)
_STATE = Form(r"portal:(?:[1-9]|10)|[a-z][a-z0-9_]{0,39}", "portal:4")
_MIRRORS = Record(
    {
        "pages": _key(_PAGES, "danh sách", "the list"),
        "names": _key(_names(MIRRORED, MIRRORED_MOMENTS), "các trường", "the fields"),
        "states": _key(
            MapOf(MapOf(_STATE, r".{1,60}", "4"), r".{1,20}", "*"),
            "trạng thái của bên kia",
            "their states",
        ),
    }
)
FILE = Record(
    {
        "source": _key(Form(r"[a-z][a-z0-9-]{0,39}", "national-portal"), "tên hệ thống", "name of the system"),
        "verified": _key(Flag(), "đã thử với bên kia chưa", "whether it was tried against the other side"),
        "pages": _key(_PAGES, "danh sách hồ sơ", "the list of filings"),
        "answer_path": _key(_PATH, "nơi gửi trả lời", "where answers go"),
        "moments": _key(Words(40), "dạng thời điểm", "form of moments"),
        "filing": _key(_names(FILING), "các trường của hồ sơ", "the fields of a filing"),
        "applicant": _key(_names(("kind", "name"), APPLICANT[2:]), "người nộp", "the applicant"),
        "paper": _key(_names(PAPER), "giấy tờ", "a paper"),
        "channels": _key(MapOf(OneOf(ONLINE), r".{1,20}", "2", 1), "kênh nộp", "channels"),
        "kinds": _key(MapOf(OneOf(APPLICANT_KINDS), r".{1,20}", "1", 1), "loại người nộp", "kinds of applicant"),
        "answer": _key(_names(TOLD), "các trường của trả lời", "the fields of an answer"),
        "answers": _key(Record({one: _key(_WORD, "từ", "word") for one in ANSWERS}), "trả lời", "the answers"),
        "procedures": _key(_recoded(_CODE), "mã thủ tục", "codes of procedures", False),
        "units": _key(_recoded(_CODE), "mã đơn vị", "codes of units", False),
        "papers": _key(_recoded(_CODE), "mã giấy tờ", "codes of papers", False),
        "fields": _key(
            MapOf(MapOf(_NAME, r".{1,60}", "DiaDiem"), r".{1,60}", "1.013225"), "tờ khai", "fields of forms", False
        ),
        "mirrors": _key(_MIRRORS, "hồ sơ ở nơi khác", "mirrored dossiers", False),
    }
)


def _contradictions(written: dict[str, Any], source: Source) -> Iterator[Problem]:
    """What no single value shows: a form of moments that reads nothing back, and codes with two meanings on a day."""
    lines = source.text.splitlines()

    def found(at: Mark, rule: str, vi: str, en: str) -> Problem:
        excerpt = lines[at.line - 1][:400] if 0 < at.line <= len(lines) else ""
        return Problem(source.name, at.line, at.column, rule, vi, en, "error", excerpt)

    if not _reads_back(written["moments"]):
        vi = 'dạng thời điểm không ghi đủ ngày, giờ, phút. Ví dụ: "%Y%m%d%H%M%S"'
        en = 'the form of moments does not hold day, hour and minute. For example: "%Y%m%d%H%M%S"'
        yield found(source.at("moments"), "moments-unreadable", vi, en)
    for group in ("procedures", "units", "papers"):
        rows = written.get(group, ())
        for number, one in enumerate(rows):
            if one.get("from") and one.get("until") and one["until"] <= one["from"]:
                vi, en = "ngày until phải sau ngày from", "until must be after from"
                yield found(source.at(group, number, "until"), "recoded-never", vi, en)
            if any(_meet(one, other) for other in rows[:number]):
                vi = f'mã "{one["theirs"]}" có hai nghĩa trong cùng một ngày. Ghi from và until cho khớp nhau'
                en = f'the code "{one["theirs"]}" has two meanings on one day. Give from and until that do not meet'
                yield found(source.at(group, number, "theirs"), "recoded-twice", vi, en)


def _reads_back(moments: str) -> bool:
    one = dt.datetime(2026, 11, 28, 15, 7, tzinfo=dt.UTC)
    try:
        return dt.datetime.strptime(one.strftime(moments), moments).replace(tzinfo=dt.UTC) == one
    except ValueError:
        return False


def _meet(one: dict[str, Any], other: dict[str, Any]) -> bool:
    if one["theirs"] != other["theirs"]:
        return False
    first, last = dt.date.min, dt.date.max
    before = one.get("from", first) < other.get("until", last)
    return bool(before and other.get("from", first) < one.get("until", last))


def _form(written: dict[str, Any]) -> FilingForm:
    told = written.get("mirrors")
    return FilingForm(
        source=written["source"],
        verified=written["verified"],
        pages=Pages(**written["pages"]),
        answer_path=written["answer_path"],
        moments=written["moments"],
        filing=written["filing"],
        applicant=written["applicant"],
        paper=written["paper"],
        answer=written["answer"],
        answers=written["answers"],
        channels=written["channels"],
        kinds=written["kinds"],
        procedures=_codes(written.get("procedures", ())),
        units=_codes(written.get("units", ())),
        papers=_codes(written.get("papers", ())),
        fields=written.get("fields", {}),
        mirrors=MirrorForm(pages=Pages(**told["pages"]), names=told["names"], states=told["states"]) if told else None,
    )


def _codes(rows: Sequence[dict[str, Any]]) -> tuple[Recoded, ...]:
    return tuple(
        Recoded(theirs=one["theirs"], ours=one["ours"], start=one.get("from"), until=one.get("until")) for one in rows
    )

"""What was printed: the papers of a run as they are set on pages, and the list of prints of a dossier."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from engine.dossier.case import Case
from engine.dossier.read_many import read_cases
from engine.errors import Conflict, NotFound, Refusal
from engine.forms.data import register_data
from engine.forms.events import event_of
from engine.forms.handed_over import SLIP, last_hand_over, slip_data
from engine.forms.issued import DossierErased, FormDamaged, content_hash, known, must_have_data, printable
from engine.forms.issued import issue_of as issue_from
from engine.forms.sealed import SealTold, seal_told
from engine.forms.told import Told
from engine.rules.period import moments_of
from engine.store.dossier_parts import entries_with_private
from engine.store.form_seals import FormSeal, seals_of
from engine.store.prints import PrintRow, about_run, papers_of_run, prints_of
from engine.store.reports import register
from engine.store.visibility import visible_dossiers
from engine.text import Text
from engine.transaction import UnitOfWork

OPEN_FOR = dt.timedelta(minutes=15)
"""How long a run is shown to who printed it: the look was written down for that moment."""
MOST_LINES = 1000
FORM_NAMES: Mapping[str, Text] = {
    "01": Text("Giấy tiếp nhận hồ sơ và hẹn trả kết quả", "Receipt with the due date"),
    "02": Text("Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ", "Request for supplement"),
    "03": Text("Phiếu từ chối tiếp nhận giải quyết hồ sơ", "Refusal to receive"),
    "04": Text("Phiếu xin lỗi và hẹn lại ngày trả kết quả", "Apology with the new date"),
    "05": Text("Thông báo dừng giải quyết hồ sơ", "Notice that processing has stopped"),
    "06": Text("Phiếu kiểm soát quá trình giải quyết hồ sơ", "Control sheet"),
    "07": Text("Sổ theo dõi hồ sơ", "Register of dossiers"),
    SLIP: Text("Xác nhận đã trả kết quả", "Confirmation that the result was handed over"),
}


class PrintClosed(Conflict):
    """A run is shown for some minutes only; after that the paper is printed again, which is written down."""

    code = "print-closed"
    vi = "Bản in lúc {at} không còn mở. Hãy in lại; lần in lại được ghi nhận."
    en = "The print of {at} is no longer open. Print it again; that is recorded too."


class RegisterChanged(Conflict):
    """The register says something else than when it was printed a moment ago."""

    code = "register-changed"
    vi = "Sổ đã thay đổi sau khi in. Hãy in lại."
    en = "The register has changed since it was printed. Print it again."


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedPaper:
    """A paper to set on pages: ``data`` is what it says. ``copy`` above 1 is a reprint."""

    form: str
    dossier: str | None
    issue: int | None
    copy: int
    sha256: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedRun:
    """What a person printed at once. ``left_out`` are the dossiers that could not be printed, each with the reason."""

    number: int
    at: dt.datetime
    papers: tuple[PrintedPaper, ...]
    left_out: tuple[tuple[str, Text], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """A line of the list of prints. ``form`` is its number, ``copy`` above 1 a reprint."""

    at: dt.datetime
    by: str
    form: str
    issue: int | None
    copy: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperOffer:
    """A form of a dossier: ``why`` it cannot be printed, else None; ``issues`` are the numbers on the papers so far.

    ``seal`` says whether the PDF file of the last issue carries the office's seal; None where it was never to have one.
    """

    form: str
    name: Text
    why: Text | None
    issues: tuple[str, ...]
    seal: Text | None


def printed_run(unit: UnitOfWork, number: int) -> PrintedRun:
    """One of the actor's runs, while it is open. Raises NotFound, PrintClosed, RegisterChanged, FormDamaged."""
    person = unit.actor.person_id
    rows = papers_of_run(unit.begin(), number, person) if person is not None else []
    if not rows:
        raise NotFound(what=f"print {number}")
    if unit.now - rows[0].at > OPEN_FOR:
        raise PrintClosed(at=rows[0].at)
    about = about_run(unit.begin(), number)
    left_out = tuple((one["code"], Text(one["vi"], one["en"])) for one in about.get("left_out", ()))
    return PrintedRun(number=number, at=rows[0].at, papers=tuple(_papers(unit, rows, about)), left_out=left_out)


def prints_of_dossier(case: Case) -> tuple[Print, ...]:
    """What was printed of a dossier, newest first."""
    return tuple(
        Print(at=row.at, by=row.name, form=row.form, issue=row.issue, copy=row.copy, sha256=row.sha256)
        for row in prints_of(case.unit.reader(), case.id)
    )


def papers_to_print(unit: UnitOfWork, case: Case) -> tuple[PaperOffer, ...]:
    """Every form of a dossier, with why it cannot be printed. The unit of work must be one of an act."""
    told, seals = Told(case), seals_of(case.unit.reader(), case.id)
    return tuple(_offer(case, told, form, name, seals) for form, name in FORM_NAMES.items() if form != "07")


def _offer(case: Case, told: Told, form: str, name: Text, seals: Mapping[int, FormSeal]) -> PaperOffer:
    issues = told.issues(form)
    marks = tuple(str(entry["data"]["mark"]) for entry in issues)
    seal = seals.get(issues[-1]["number"]) if issues else None
    return PaperOffer(
        form=form, name=name, why=_why_not(case, told, form), issues=marks, seal=_in_words(seal_told(seal, form))
    )


def _in_words(seal: SealTold | None) -> Text | None:
    if seal is None:
        return None
    if seal.why is not None:
        return Text(f"Tệp PDF không có chữ ký số: {seal.why.vi}", f"The PDF file carries no seal: {seal.why.en}")
    if seal.state == "sealed":
        return Text("Tệp PDF có chữ ký số của cơ quan", "The PDF file carries the seal of the office")
    return Text("Tệp PDF được ký số khi tải lần đầu", "The PDF file is sealed at its first download")


def _why_not(case: Case, told: Told, form: str) -> Text | None:
    try:
        must_have_data(case, form)
    except DossierErased as refusal:
        return Text(refusal.sentence("vi"), refusal.sentence("en"))
    if form == SLIP:
        nobody = Text("chưa ghi nhận ai đã nhận kết quả", "nobody has taken the result yet")
        return None if last_hand_over(told) else nobody
    try:
        event_of(case, told, form)
    except Refusal as refusal:
        facts = refusal.facts
        return Text(facts.get("why_vi", refusal.sentence("vi")), facts.get("why_en", refusal.sentence("en")))
    return None


def _papers(unit: UnitOfWork, rows: list[PrintRow], about: Mapping[str, Any]) -> list[PrintedPaper]:
    cases = {case.code: case for case in read_cases(unit, [row.dossier for row in rows if row.dossier])}
    wanted = {(cases[row.dossier].id, row.entry) for row in rows if row.dossier in cases and row.entry is not None}
    entries = entries_with_private(unit.begin(), wanted) if wanted else {}
    return [_paper(unit, row, cases.get(row.dossier or ""), entries, about) for row in rows]


def _paper(
    unit: UnitOfWork, row: PrintRow, case: Case | None, entries: Mapping[Any, Any], about: Mapping[str, Any]
) -> PrintedPaper:
    if row.form == "07":
        data = _register(unit, about)
        if content_hash(data) != row.sha256:
            raise RegisterChanged()
    elif case is None:
        raise NotFound(what=row.dossier)
    else:
        data = _of_dossier(case, row, entries)
        if content_hash(data) != row.sha256:
            raise FormDamaged(number=row.form, issue=row.issue)
    return PrintedPaper(
        form=row.form, dossier=row.dossier, issue=row.issue, copy=row.copy, sha256=row.sha256, data=data
    )


def _of_dossier(case: Case, row: PrintRow, entries: Mapping[Any, Any]) -> Mapping[str, Any]:
    if row.form == SLIP:
        told = Told(case)
        entry = next(one for one in told.entries if one["number"] == row.entry)
        return slip_data(case, told, entry)
    stored, private = entries[case.id, row.entry]
    body = orjson.loads(stored.body)
    entry = {**body, "at": stored.at, "committed": body["private"]}
    return printable(case, issue_from(entry), known(entry, private)).data


def _register(unit: UnitOfWork, about: Mapping[str, Any]) -> Mapping[str, Any]:
    start, end = (dt.date.fromisoformat(about[name]) for name in ("start", "end"))
    seen = visible_dossiers(unit.actor, unit.today)
    rows = register(unit.begin(), seen, about["office"], *moments_of(start, end), limit=MOST_LINES)
    return register_data(unit, unit.catalogue.office(about["office"]), rows, start, end, masked=about["masked"])

"""Doors to the acts on papers: add or digitise one, check or reject it, remove it, issue a form again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from engine.acts.documents import OTHER, add_document, check_document, remove_document
from engine.acts.issue_form import reissue_form
from engine.acts.possible import why_not
from engine.dossier.case import Case
from engine.forms.data import NUMBERS
from engine.forms.events import NoSuchForm
from engine.queries.dossier import OTHER_DOCUMENT, offers_of, papers_of
from engine.text import Text
from engine.transaction import UnitOfWork
from server.values import Prose, YesNoInQuery
from web.desk.dossier.doors import Doing, Door, DoorForm, Input, Option, reason


class _Add(DoorForm):
    """Read by ``server.uploads``; this names what a page adds to it."""

    paper = fields.String(required=True)
    original = fields.String()
    certified = fields.String()
    copy = fields.String()
    late_reason = fields.String()
    reuse = fields.String()


class _Check(DoorForm):
    accepted = YesNoInQuery(required=True)
    reason = Prose(load_default=None)


class _WhyNeeded(DoorForm):
    reason = Prose(required=True)


def paper_keys(case: Case) -> tuple[Option, ...]:
    """The papers that the person may add now, by key."""
    release, results = case.release, case.workflow.results.bringing
    ended = release.states[case.row["state"]].final
    usual = ended or why_not(case, "add_document") is None
    keys = [key for key in release.documents if key not in results] if usual else []
    keys += [one.needs.attach for one in offers_of(case) if one.allowed and one.needs.attach in results and not ended]
    found: list[Option] = [(key, release.documents[key].name) for key in dict.fromkeys(keys)]
    return (*found, (OTHER, OTHER_DOCUMENT)) if usual else tuple(found)


def _why_no_paper(case: Case, path: Mapping[str, Any]) -> Text | None:
    ended = case.release.states[case.row["state"]].final
    guard = why_not(case, "late_document" if ended else "add_document")
    return None if guard is None or (not ended and paper_keys(case)) else guard


def _add(case: Case, path: Mapping[str, Any]) -> tuple[Input, ...]:
    known, wanted = paper_keys(case), path.get("of")
    ended = case.release.states[case.row["state"]].final
    late = Input(
        name="late_reason",
        label=Text("Vì sao thêm sau khi hồ sơ kết thúc", "Why it is added after the end"),
        kind="prose",
        required=True,
    )
    return (
        Input(
            name="paper",
            label=Text("Giấy tờ", "Paper"),
            kind="choice",
            required=True,
            options=known,
            chosen=(wanted,) if isinstance(wanted, str) else (),
        ),
        Input(
            name="file",
            label=Text("Tệp (bản số hóa)", "File (scan)"),
            kind="file",
            hint=Text("PDF, JPEG, PNG, DOCX, XLSX, ODT", "PDF, JPEG, PNG, DOCX, XLSX, ODT"),
        ),
        Input(name="original", label=Text("Số bản chính", "Originals"), kind="amount"),
        Input(name="certified", label=Text("Số bản chứng thực", "Certified copies"), kind="amount"),
        Input(name="copy", label=Text("Số bản sao", "Plain copies"), kind="amount"),
        *((late,) if ended else ()),
    )


def _check(case: Case, path: Mapping[str, Any]) -> tuple[Input, ...]:
    verdicts = (("true", Text("Đạt", "In order")), ("false", Text("Không đạt", "Not in order")))
    return (
        _about(case, path),
        Input(
            name="accepted", label=Text("Kết quả kiểm tra", "Result"), kind="choice", options=verdicts, required=True
        ),
        reason(Text("Sai ở điểm nào", "What is wrong"), required=False),
    )


def _about(case: Case, path: Mapping[str, Any]) -> Input:
    """The paper that a form is about, as its heading."""
    found = next((one for one in papers_of(case) if one.id == path["number"]), None)
    name = found.name if found else OTHER_DOCUMENT
    return Input(name="about", label=name, kind="heading")


def _why_no_such(case: Case, path: Mapping[str, Any]) -> Text | None:
    if any(one.id == path["number"] for one in papers_of(case)):
        return None
    return Text("hồ sơ không có giấy tờ này", "the dossier has no such paper")


def _brought(unit: UnitOfWork, to: Doing) -> Case:
    return add_document(unit, to.code, **to.form)[0]


def _reissued(unit: UnitOfWork, to: Doing) -> Any:
    form = to.path["paper"]
    if form not in NUMBERS:
        raise NoSuchForm(number=form)
    return reissue_form(unit, to.code, form, to.form["reason"], to.version)


PAPERS = (
    Door(
        name="paper",
        noun="documents",
        title=Text("Thêm giấy tờ", "Add a paper"),
        sign="clip",
        guard=None,
        why=_why_no_paper,
        schema=_Add,
        inputs=_add,
        doing=_brought,
        done=Text("Đã thêm giấy tờ.", "The paper is added."),
        loose=True,
    ),
    Door(
        name="check",
        noun="documents/<int:number>/check",
        tail="/<int:number>",
        title=Text("Kiểm tra giấy tờ", "Check the paper"),
        sign="check",
        guard="check_document",
        why=_why_no_such,
        schema=_Check,
        inputs=_check,
        doing=lambda unit, to: check_document(
            unit, to.code, to.path["number"], to.form["accepted"] == "true", to.form["reason"]
        ),
        done=Text("Đã ghi kết quả kiểm tra.", "The check is recorded."),
        loose=True,
        menu=False,
    ),
    Door(
        name="remove",
        noun="documents/<int:number>/removal",
        tail="/<int:number>",
        title=Text("Bỏ giấy tờ", "Remove the paper"),
        sign="x",
        guard="remove_document",
        why=_why_no_such,
        schema=_WhyNeeded,
        inputs=lambda case, path: (_about(case, path), reason(Text("Lý do bỏ", "Why it is removed"))),
        doing=lambda unit, to: remove_document(unit, to.code, to.path["number"], to.form["reason"], to.version),
        done=Text("Đã bỏ giấy tờ; tệp và nhật ký vẫn được giữ.", "Removed; its file and its entry are kept."),
        menu=False,
    ),
    Door(
        name="reissue",
        noun="forms/<paper>/issues",
        tail="/<paper>",
        title=Text("Cấp lại biểu mẫu", "Issue the form again"),
        sign="print",
        guard="print_form",
        schema=_WhyNeeded,
        inputs=lambda case, path: (
            Input(name="about", label=Text(f"Mẫu số {path['paper']}", f"Form {path['paper']}"), kind="heading"),
            reason(Text("Lý do cấp lại", "Why it is issued again")),
        ),
        doing=_reissued,
        done=Text("Đã cấp lại biểu mẫu với dữ liệu hôm nay.", "The form is issued again with today's data."),
        menu=False,
    ),
)

"""The drafts of procedures: all of them, and new ones from a published version, questions, a file or a diagram."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from engine.acts.procedure_drafts import LONGEST, DraftContent, make_draft
from engine.clock import civil_day
from engine.errors import NotFound, wrong
from engine.queries.procedure_drafts import drafts
from engine.queries.versions import version_of
from engine.rules.procedure.definition import Release
from engine.rules.values.written_day import read_day
from engine.text import Text
from server.context import language, runtime
from server.identity import Access, reading
from server.values import Line, WholeInQuery, Words
from web.admin.editor.addresses import DRAFTS, PLAN, draft_at, simulator_of_version
from web.admin.editor.checking import content_of, published_releases
from web.admin.editor.page import plain_text, source_text
from web.once import once
from web.pages import Pages
from web.render import render
from workflows.bpmn.draft import draft_of
from workflows.bpmn.markup import MOST_BYTES
from workflows.bpmn.written import Given
from workflows.new_file import Answers, story_text, workflow_text
from workflows.release_text import text_of
from workflows.shipped_text import shipped_stories, shipped_text

listing = Pages("procedure_drafts", audience="admin")
_MADE = Text("Đã tạo bản nháp.", "The draft is made.")


class FromVersion(Words):
    """A published version: ``1.013225@2``."""

    phien_ban = Line(60, required=True)


class FromQuestions(Words):
    """What ``motcua workflows new`` asks."""

    ma = Line(20, required=True)
    ten = Line(500, required=True)
    tieng_anh = Line(500, load_default="")
    can_cu = Line(1000, required=True)
    linh_vuc = Line(30, load_default="KHAC")
    so_ngay = WholeInQuery(0, 365, required=True)
    phi = WholeInQuery(0, 10_000_000_000, load_default=0)
    tu_ngay = Line(20, load_default="")


class FromText(Words):
    """A workflow file that is pasted; or it is uploaded as ``tep``."""

    text = source_text()


class FromDiagram(Words):
    """A BPMN file, uploaded as ``so_do``; with the code of the procedure, where it has one already, and the id of the
    process, where the file has several."""

    ma_so_do = Line(20, load_default="")
    quy_trinh = Line(200, load_default="")


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in force today that a draft can be made from."""

    procedure: str
    version: int
    name: Text
    simulator: str


@listing.page(DRAFTS, access=Access.ADMIN)
def show() -> str:
    """Drafts of procedures"""
    with reading() as unit:
        known = drafts(unit)
    return render(
        "admin/editor/drafts.html",
        drafts=known,
        versions=_versions(published_releases()),
        sectors=_sectors(),
        at=draft_at,
        plans=PLAN.rpartition("/")[0],
        here_=DRAFTS,
    )


@listing.post(f"{DRAFTS}/tu-phien-ban", access=Access.ADMIN, form=FromVersion, again=show, keeps=(NotFound,))
def from_version(form: dict[str, Any]) -> Response:
    """Make a draft from a published version"""
    procedure, _, number = form["phien_ban"].partition(" ")[0].partition("@")
    if not number.isascii() or not number.isdigit() or len(number) > 4:
        raise wrong("phien_ban", "chọn một phiên bản trong danh sách", "choose a version of the list")
    with reading() as unit:
        release = version_of(unit, procedure, int(number))
    text = shipped_text(release) or text_of(release)
    return _kept(content_of(text, shipped_stories(procedure), release.name.vi), f"{procedure}@{number}")


@listing.post(f"{DRAFTS}/tu-cau-hoi", access=Access.ADMIN, form=FromQuestions, again=show)
def from_questions(form: dict[str, Any]) -> Response:
    """Make a draft from a few answers"""
    today = civil_day(runtime().now())
    first_day = read_day(form["tu_ngay"]) if form["tu_ngay"] else today + dt.timedelta(days=1)
    if first_day is None:
        raise wrong("tu_ngay", "ngày viết như 01/03/2027", "a day is written like 01/03/2027")
    legal = tuple(one.strip() for one in form["can_cu"].split(",") if one.strip())
    if not legal:
        raise wrong("can_cu", "ghi ít nhất một văn bản", "name at least one legal text")
    sectors = dict(_sectors())
    answers = Answers(
        procedure=form["ma"],
        name=form["ten"],
        english=form["tieng_anh"],
        sector=(form["linh_vuc"], sectors.get(form["linh_vuc"]) or Text("Lĩnh vực khác", "Other field")),
        legal=legal,
        days=form["so_ngay"],
        fee=form["phi"],
        first_day=first_day,
        language=language(),
    )
    territory = runtime().catalogue.territory
    commune = territory.units("commune", max(first_day, territory.first))[0]
    province = territory.parent_chain(commune, max(first_day, territory.first))[-1]
    stories = story_text(answers, commune.code, province.code)
    return _kept(content_of(workflow_text(answers), stories, form["ten"]), "new")


@listing.post(f"{DRAFTS}/tu-tep", access=Access.ADMIN, form=FromText, again=show)
def from_text(form: dict[str, Any]) -> Response:
    """Make a draft from a file"""
    sent = request.files.get("tep")
    text = form["text"]
    if sent is not None and sent.filename:
        data = sent.stream.read(LONGEST + 1)
        if len(data) > LONGEST:
            raise wrong("tep", f"tối đa {LONGEST // 1024} KB", f"at most {LONGEST // 1024} KB")
        text = _decoded(data)
    if not text.strip():
        raise wrong("text", "chọn một tệp hoặc dán nội dung", "choose a file, or paste its text")
    return _kept(content_of(plain_text(text), ""), "text")


@listing.post(f"{DRAFTS}/tu-so-do", access=Access.ADMIN, form=FromDiagram, again=show)
def from_diagram(form: dict[str, Any]) -> Response:
    """Make a draft from a BPMN diagram"""
    sent = request.files.get("so_do")
    if sent is None or not sent.filename:
        raise wrong("so_do", "chọn một tệp .bpmn", "choose a .bpmn file")
    tomorrow = civil_day(runtime().now()) + dt.timedelta(days=1)
    given = Given(sent.filename, tomorrow, code=form["ma_so_do"], language=language())
    made = draft_of(sent.stream.read(MOST_BYTES + 1), given, "quy-trinh.yaml", form["quy_trinh"])
    if made.text is None:
        refused = next(one for one in made.problems if one.severity == "error")
        raise wrong("so_do", f"dòng {refused.line}: {refused.vi}", f"line {refused.line}: {refused.en}")
    return _kept(content_of(made.text, ""), "bpmn")


def _kept(content: DraftContent, source: str) -> Response:
    return once("make_procedure_draft", lambda unit: make_draft(unit, content, source), to=draft_at, done=_MADE)


def _decoded(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise wrong("tep", "tệp phải là chữ UTF-8", "the file must be text in UTF-8") from None
    if "\x00" in text:
        raise wrong("tep", "tệp có ký tự không hợp lệ", "the file has invalid characters")
    return text


def _versions(releases: Sequence[Release]) -> list[VersionLine]:
    return [
        VersionLine(one.procedure, one.version, one.in_lists, simulator_of_version(one.procedure, one.version))
        for one in releases
    ]


def _sectors() -> list[tuple[str, Text]]:
    known = {one.sector.code: one.sector.name for one in published_releases()}
    return [*sorted(known.items()), ("KHAC", Text("Lĩnh vực khác", "Other field"))]

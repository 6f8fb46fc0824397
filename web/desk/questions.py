"""Questions that other offices put to mine: the list by due moment, and the page on which one is answered."""

from __future__ import annotations

from flask import Response, request
from marshmallow import fields, validate

from engine.acts.read_personal_data import open_file
from engine.acts.verification import answer_verification
from engine.dossier.case import Case
from engine.errors import InvalidInput, wrong
from engine.queries.files import FileView, file_of
from engine.queries.page import After
from engine.queries.questions import (
    number_to_answer,
    question_to_answer,
    questions_answered,
    questions_to_answer,
)
from engine.text import Text
from engine.transaction import UnitOfWork
from server.context import runtime
from server.identity import Access, reading
from server.once import perform_unkept
from server.paging import key_of, read_after
from server.uploads import sent_files
from server.values import Body, Prose, WholeInQuery
from web.once import once
from web.pages import Pages
from web.render import render

questions = Pages("questions", audience="desk")
MOST_FILES = 10
YES, NO = "dung", "khong"


class Answer(Body):
    """Whether it is right, and what the office says; files are parts of the form."""

    xac_nhan = fields.String(required=True, validate=validate.OneOf([YES, NO]))
    tra_loi = Prose(required=True)


class Which(Body):
    """A paper that is attached to the question or to its answer."""

    document = WholeInQuery(1, required=True)


@questions.page("/xac-minh", access=Access.STAFF)
def show() -> str:
    """The questions that were put to my office"""
    answered = request.args.get("xem") == "da-tra-loi"
    with reading() as unit:
        number = number_to_answer(unit)
        if answered:
            return render(
                "desk/questions.html", lines=questions_answered(unit), answered=True, number=number, after=None
            )
        page = questions_to_answer(unit, after=_after())
        return render("desk/questions.html", lines=page.lines, answered=False, number=number, after=key_of(page.after))


@questions.page("/xac-minh/<int:number>", access=Access.STAFF)
def show_one(number: int) -> str:
    """A question with the papers attached to it"""
    with reading() as unit:
        return render("desk/question.html", one=question_to_answer(unit, number), most=MOST_FILES, yes=YES, no=NO)


@questions.post("/xac-minh/<int:number>/tra-loi", access=Access.STAFF, form=Answer, again=show_one)
def answer(number: int, form: dict[str, str]) -> Response:
    """Answer a question"""
    code = _code_of(number)
    files = sent_files("tep")
    if len(files) > MOST_FILES:
        raise wrong("tep", f"tối đa {MOST_FILES} tệp", f"at most {MOST_FILES} files")

    def doing(unit: UnitOfWork) -> Case:
        confirmed = form["xac_nhan"] == YES
        return answer_verification(unit, code, number, confirmed, form["tra_loi"], files=files)

    done = Text("Đã gửi trả lời cho cơ quan hỏi.", "The answer was sent to the office that asked.")
    return once("answer_verification", doing, to="/xac-minh", done=done)


@questions.post("/xac-minh/<int:number>/tep", access=Access.STAFF, form=Which, again=show_one)
def download(number: int, form: dict[str, int]) -> Response:
    """Download a paper of the question; it is recorded as a reading of personal data"""
    code = _code_of(number)

    def doing(unit: UnitOfWork) -> FileView:
        return file_of(open_file(unit, code, form["document"]), form["document"])

    file = perform_unkept("open_file", doing)
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return Response(runtime().files.read(file.storage_key), headers=headers, content_type=file.media_type)


def _code_of(number: int) -> str:
    with reading() as unit:
        return question_to_answer(unit, number).question.code


def _after() -> After | None:
    try:
        return read_after(request.args.get("sau"))
    except InvalidInput:
        return None

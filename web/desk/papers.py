"""Papers: the forms of a dossier, what was printed of it, printing one or many, and the printed pages themselves.

A print is a post, since it is a look at personal data that is written down. It leads to the pages, which stay open for
some minutes to who printed them.
"""

from __future__ import annotations

import re
from functools import partial

from flask import Response, request
from marshmallow import fields

from engine.acts.issue_form import print_form
from engine.acts.print_papers import MOST_PRINTED, print_paper, print_papers
from engine.acts.seal_form import form_file
from engine.dossier.case import read_case
from engine.errors import Refusal
from engine.forms.handed_over import SLIP
from engine.forms.issued import IssuedForm
from engine.queries.prints import FORM_NAMES, papers_to_print, printed_run, prints_of_dossier
from engine.transaction import UnitOfWork
from server.context import RenderForm, runtime, served
from server.identity import Access
from server.once import perform_unkept
from server.values import Body, Line, Prose, Word
from web.attachment import attachment
from web.once import once
from web.pages import Pages
from web.qr import qr_of
from web.render import render

papers = Pages("papers", audience="desk")
_CODES = re.compile(r"[^\s,;]+")


class FormsUnavailable(Refusal):
    """This installation runs without the component that makes files of forms."""

    code = "form-files-unavailable"
    status = 503
    vi = "Hệ thống này chưa có bộ phận tạo tệp PDF của biểu mẫu. Vẫn in được từ trang."
    en = "This installation makes no PDF files of forms. The pages can still be printed."


class Why(Body):
    """The reason of somebody who does not work on the dossier."""

    reason = Line(load_default=None)


class Batch(Body):
    """A form and the dossiers to print it of: chosen ones, or codes that were typed or scanned."""

    mau = Word(required=True)
    chon = fields.List(Line(100), load_default=list)
    ma = Prose(20_000, load_default="")


@papers.page("/ho-so/<code>/in", access=Access.STAFF)
def show(code: str, form: str | None = None) -> str | Response:
    """The forms of a dossier, and what was printed of it"""

    def reading_all(unit: UnitOfWork) -> str:
        case = read_case(unit, code)
        offers, done = papers_to_print(unit, case), prints_of_dossier(case)
        chosen = form if form in FORM_NAMES else None
        applicant, procedure = case.applicant["name"], case.release.name
        return render(
            "desk/papers.html",
            code=case.code,
            applicant=applicant,
            procedure=procedure,
            offers=[one for one in offers if chosen in (None, one.form)],
            chosen=FORM_NAMES.get(chosen or ""),
            prints=[one for one in done if chosen in (None, one.form)],
            names=FORM_NAMES,
            slip=SLIP,
        )

    return perform_unkept("show_papers", reading_all)


@papers.page("/ho-so/<code>/in/<form>", access=Access.STAFF)
def show_one(code: str, form: str) -> str | Response:
    """One form of a dossier, and its prints"""
    return show(code, form)


@papers.post("/ho-so/<code>/in/<paper>", access=Access.STAFF, form=Why, again=lambda code, paper: show(code, paper))
def print_one(code: str, paper: str, form: dict[str, str | None]) -> Response:
    """Print a form"""
    doing = partial(print_paper, code=code, form=paper, why=form["reason"])
    return once("print_paper", lambda unit: doing(unit), to=lambda run: f"/in/{run}")


@papers.post("/ho-so/<code>/in/<paper>/pdf", access=Access.STAFF, form=Why, again=lambda code, paper: show(code, paper))
def download(code: str, paper: str, form: dict[str, str | None]) -> Response:
    """Download a form as a PDF file"""
    made_by = _must_render()

    def doing(unit: UnitOfWork) -> IssuedForm:
        return print_form(unit, code, paper, None, form["reason"])

    made = perform_unkept("print_form", doing)
    content = form_file(runtime(), made, made_by)
    return attachment(content, f"{code}-{paper}-{made.issue.issue}.pdf", "application/pdf")


@papers.page("/in", access=Access.STAFF)
def ask_many() -> str:
    """Print a form of many dossiers at once"""
    offered = [(form, name) for form, name in FORM_NAMES.items() if form != "07"]
    return render("desk/print_many.html", forms=offered, most=MOST_PRINTED, given=request.args.getlist("chon"))


@papers.post("/in", access=Access.STAFF, form=Batch, again=ask_many)
def print_many(form: dict[str, str]) -> Response:
    """Print a form of many dossiers in one go"""
    codes = [*form["chon"], *_CODES.findall(form["ma"])]
    doing = partial(print_papers, codes=[code.upper() for code in codes], form=form["mau"])
    return once("print_papers", lambda unit: doing(unit), to=lambda run: f"/in/{run}")


@papers.page("/in/<int:run>", access=Access.STAFF)
def pages(run: int) -> str:
    """The printed pages"""
    found = perform_unkept("show_print", lambda unit: printed_run(unit, run))
    links = {url: qr_of(url) for paper in found.papers if (url := paper.data.get("status_url"))}
    return render("desk/print.html", run=found, names=FORM_NAMES, codes=links)


def _must_render() -> RenderForm:
    made_by = served().render_form
    if made_by is None:
        raise FormsUnavailable()
    return made_by

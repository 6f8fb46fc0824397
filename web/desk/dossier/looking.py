"""Looks that the read log keeps: personal data unmasked, files as pictures of their pages, files to download.

Each begins with a post. An uploaded file never stands on this origin: it is shown as pictures that the server made of
it, and downloaded as an attachment.
"""

from __future__ import annotations

from functools import partial

from flask import Response, request

from engine.acts.possible import why_not
from engine.acts.read_personal_data import open_file, read_personal_data
from engine.dossier.case import Case, read_case
from engine.errors import Forbidden
from engine.queries.applicant import applicant_of
from engine.queries.colleagues import commune_name
from engine.queries.dossier import papers_of
from engine.queries.files import FileView, file_of
from engine.queries.parties import parties_view
from engine.queries.signed_result import SignedResult, archive_of, signed_result
from engine.transaction import UnitOfWork
from server.context import runtime
from server.identity import Access, reading
from server.once import perform_unkept
from server.preview import NoPreview, can_preview, picture_of
from server.values import Prose, Word
from web.attachment import attachment
from web.desk.dossier.doors import DoorForm
from web.desk.dossier.group import dossier
from web.desk.dossier.listed import address
from web.desk.dossier.parties import PARTY_KINDS
from web.desk.dossier.ticket import shown, ticket
from web.desk.dossier.values import said
from web.form_values import whole
from web.once import see_other
from web.render import render

PERSON = "applicant"


class _Look(DoorForm):
    reason = Prose(required=True)


class _Open(DoorForm):
    reason = Prose(load_default=None)
    signed = Word(load_default=None)


@dossier.page("/ho-so/<code>/nguoi-nop", access=Access.STAFF)
def person(code: str) -> str:
    """The applicant unmasked after a look that was written down, else the form that asks why"""
    with reading() as unit:
        case = read_case(unit, code)
        why = why_not(case, "read_personal_data")
        seen = why is None and request.method == "GET" and shown(code, PERSON)
        form, release = case.applicant["form"] or {}, case.release
        return render(
            "desk/dossier/person.html",
            code=code,
            why=why,
            seen=seen,
            applicant=applicant_of(case, masked=not seen),
            parties=parties_view(case, masked=not seen),
            party_kinds=PARTY_KINDS,
            values=[
                (one.name, said(one, form[key], partial(commune_name, case)))
                for key, one in release.fields.items()
                if key in form and seen
            ],
            trong=request.values.get("trong", ""),
            back=address(code, request.values.get("trong", "")),
        )


@dossier.post("/ho-so/<code>/personal-data-views", access=Access.STAFF, form=_Look, again=person, step_up=True)
def look(code: str, form: dict[str, str]) -> Response:
    """See the applicant's data, for a reason that is written down"""
    perform_unkept("read_personal_data", lambda unit: read_personal_data(unit, code, form["reason"]))
    return see_other(f"/ho-so/{code}/nguoi-nop?xem={ticket(code, PERSON)}")


@dossier.page("/ho-so/<code>/giay-to/<int:number>", access=Access.STAFF)
def paper(code: str, number: int) -> str:
    """A paper as pictures of its pages, after a look that was written down; else the form that opens it"""
    page = whole(request.args.get("trang", ""), 1)
    with reading() as unit:
        case = read_case(unit, code, asked=True)
        name = file_of(case, number).name
        known = next(one for one in papers_of(case) if one.id == number)
        seen = request.method == "GET" and shown(code, f"file-{number}")
        pages = _pages(case, number, page) if seen else 0
        return render(
            "desk/dossier/paper.html",
            code=code,
            paper=known,
            file_name=name,
            seen=seen,
            page=max(1, min(page, pages)),
            pages=pages,
            check=None if case.limited else why_not(case, "check_document"),
            limited=case.limited,
            version=case.row["version"],
            xem=request.args.get("xem", ""),
            back=address(code, request.values.get("trong", "")),
        )


@dossier.post("/ho-so/<code>/documents/<int:number>/views", access=Access.STAFF, form=_Open, again=paper)
def open_paper(code: str, number: int, form: dict[str, str | None]) -> Response:
    """Open a paper to look at it; the read log keeps it"""
    perform_unkept("open_file", lambda unit: file_of(open_file(unit, code, number, form["reason"]), number))
    return see_other(f"/ho-so/{code}/giay-to/{number}?xem={ticket(code, f'file-{number}')}")


@dossier.page("/ho-so/<code>/giay-to/<int:number>/trang/<int:page>.png", access=Access.STAFF)
def picture(code: str, number: int, page: int) -> Response:
    """One page of a paper as a picture"""
    if not shown(code, f"file-{number}"):
        raise Forbidden(why_vi="hãy mở lại giấy tờ", why_en="open the paper again")
    with reading() as unit:
        file = file_of(read_case(unit, code, asked=True), number)
    drawn = picture_of(runtime().files.read(file.storage_key), file.media_type, max(0, page - 1))
    return Response(drawn.png, mimetype="image/png")  # in no cache: the next person at this browser must not find it


@dossier.post("/ho-so/<code>/documents/<int:number>", access=Access.STAFF, form=_Open, again=paper)
def download(code: str, number: int, form: dict[str, str | None]) -> Response:
    """Download the file of a paper, or a signed result with its signature; the read log keeps it"""

    def doing(unit: UnitOfWork) -> FileView | SignedResult:
        case = open_file(unit, code, number, form["reason"])
        return file_of(case, number) if form["signed"] is None else signed_result(case, number)

    found = perform_unkept("open_file", doing)
    if isinstance(found, FileView):
        return attachment(runtime().files.read(found.storage_key), found.name, found.media_type)
    packed = archive_of(found, runtime().files.read(found.file.storage_key))
    return attachment(packed, f"{found.file.name.rpartition('.')[0]}-signed.zip", "application/zip")


def _pages(case: Case, number: int, page: int) -> int:
    """The number of pages that a file has as pictures; 0 where it cannot be shown."""
    file = file_of(case, number)
    if not can_preview(file.media_type):
        return 0
    try:
        return picture_of(runtime().files.read(file.storage_key), file.media_type, max(0, page - 1)).pages
    except NoPreview:
        return 0

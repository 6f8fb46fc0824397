"""The operations that issue, list and print the official forms 01–06 of a dossier.

The forms carry personal data, so each print is recorded as a reading of personal data. Form 01 carries the citizen's
link as well and is for the counter alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api import bodies, parameters, shapes
from api.answers import answer, etag, moment
from api.dossier_json import both
from api.operations import ETAG, LOCATION, Gives, Resource
from api.versions import expected_version
from engine.acts.issue_form import print_form, reissue_form
from engine.acts.seal_form import form_file
from engine.dossier.case import read_case
from engine.errors import Refusal
from engine.forms.data import NUMBERS
from engine.forms.events import NoSuchForm
from engine.forms.issued import Issue
from engine.forms.sealed import SealTold
from engine.queries.forms import seal_of_new, sealed_issues
from engine.transaction import UnitOfWork, in_transaction
from server.answer import Answer
from server.context import RenderForm, runtime, served
from server.identity import Access, actor, reading
from server.once import perform

forms = Resource("forms", __name__, description="Official forms as PDF.")
PDF = Gives(media=("application/pdf",), description="The form.")


class FormsUnavailable(Refusal):
    """This installation runs without the component that prints forms."""

    code = "forms-unavailable"
    status = 503
    vi = "Hệ thống này chưa có bộ phận in biểu mẫu."
    en = "This installation has no printer of forms."


@forms.operation(
    "GET",
    "/dossiers/<code>/forms",
    access=Access.STAFF,
    gives=Gives(shape=shapes.Forms, headers=ETAG, description="The issues of all forms, oldest first."),
    refuses=(404,),
)
def issues(code: str) -> Answer:
    """List the forms that were issued, with their numbers, and whether their PDF carries the office's seal"""
    with reading() as unit:
        case = read_case(unit, code)
        items = [_shown(one.issue, one.seal) for one in sealed_issues(case)]
        return answer({"items": items}, ETag=etag(case.row["version"]))


@forms.operation(
    "GET",
    "/dossiers/<code>/forms/<number>.pdf",
    access=Access.STAFF,
    query=parameters.FormPrint,
    gives=PDF,
    refuses=(403, 404, 409),
)
def form(code: str, number: str, query: dict[str, Any]) -> Answer:
    """Print a form as it was issued: 01 receipt, 02 supplement, 03 refusal, 04 apology, 05 stop, 06 control sheet"""
    if number not in NUMBERS:
        raise NoSuchForm(number=number)
    if served().render_form is None:
        with reading() as unit:
            read_case(unit, code)  # a dossier that the caller may not see is answered like one that does not exist
    _must_print()
    issue, why = query["issue"], query["reason"]
    made = in_transaction(runtime(), actor(), lambda unit: print_form(unit, code, number, issue, why))
    content = form_file(runtime(), made, _must_print())
    return _pdf(content, f"{code}-{number}-{made.issue.issue}.pdf")


@forms.operation(
    "POST",
    "/dossiers/<code>/forms/<form>/issues",
    access=Access.STAFF,
    body=bodies.Reason,
    gives=Gives(status=201, shape=shapes.FormIssue, headers={**ETAG, **LOCATION}, description="Issued again."),
    refuses=(403, 404, 409),
    if_match=True,
    key="required",
)
def issue_again(code: str, form: str, body: dict[str, Any]) -> Answer:
    """Issue a form again with today's data, as a correction that names the issue it replaces"""
    if form not in NUMBERS:
        raise NoSuchForm(number=form)
    version = expected_version()

    def doing(unit: UnitOfWork) -> Answer:
        made = reissue_form(unit, code, form, body["reason"], version).issue
        where = f"/api/v1/dossiers/{code}/forms/{form}.pdf?issue={made.issue}"
        return answer(_shown(made, seal_of_new(unit)), 201, ETag=etag(made.entry), Location=where)

    return perform("reissue_form", doing, key_required=True)


def printed(number: str, data: Mapping[str, Any], name: str) -> Answer:
    """A form that is not issued as a PDF answer. Raises FormsUnavailable."""
    return _pdf(_must_print()(number, data), name)


def _pdf(content: bytes, name: str) -> Answer:
    headers = {"Content-Type": "application/pdf", "Content-Disposition": f'inline; filename="{name}"'}
    return Answer(200, content, headers)


def _must_print() -> RenderForm:
    """The printer, asked for before anything is issued. Raises FormsUnavailable."""
    render = served().render_form
    if render is None:
        raise FormsUnavailable()
    return render


def _shown(issue: Issue, seal: SealTold | None) -> dict[str, Any]:
    return {
        "form": issue.form,
        "issue": issue.issue,
        "number": issue.mark,
        "issued_at": moment(issue.at),
        "about": issue.about,
        "entry": issue.entry,
        "replaces": issue.replaces,
        "seal": _seal(seal) if seal is not None else None,
    }


def _seal(seal: SealTold) -> dict[str, Any]:
    return {"state": seal.state, "at": moment(seal.at), "sha256": seal.sha256, "why": both(seal.why)}

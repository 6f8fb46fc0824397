"""The operation that prints the official forms 01–06 of a dossier as PDF.

The forms carry personal data, so each print is recorded as a reading of personal data. Form 01 carries the citizen's
link as well and is for the counter alone.
"""

from __future__ import annotations

from typing import Any

from api import parameters
from api.operations import Gives, Resource
from engine.acts.read_personal_data import print_form
from engine.errors import Refusal
from engine.forms.data import NUMBERS, NoSuchForm, form_data
from engine.transaction import UnitOfWork, in_transaction
from server.answer import Answer
from server.context import runtime, served
from server.identity import Access, actor

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
    "/dossiers/<code>/forms/<number>.pdf",
    access=Access.STAFF,
    query=parameters.WhyRead,
    gives=PDF,
    refuses=(403, 404, 409),
)
def form(code: str, number: str, query: dict[str, Any]) -> Answer:
    """Print a form: 01 receipt, 02 supplement, 03 refusal, 04 apology, 05 stop, 06 control sheet"""
    if number not in NUMBERS:
        raise NoSuchForm(number=number)

    def doing(uow: UnitOfWork) -> dict[str, Any]:
        return form_data(print_form(uow, code, number, query["reason"]), number)

    data = in_transaction(runtime(), actor(), doing)
    return printed(number, data, f"{code}-{number}.pdf")


def printed(number: str, data: dict[str, Any], name: str) -> Answer:
    """A form as a PDF answer. Raises FormsUnavailable."""
    render = served().render_form
    if render is None:
        raise FormsUnavailable()
    headers = {"Content-Type": "application/pdf", "Content-Disposition": f'inline; filename="{name}"'}
    return Answer(200, render(number, data), headers)

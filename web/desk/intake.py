"""Counter intake in one page: what is typed is kept as a draft, computed on while typing, and filed once."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from flask import Response, request
from werkzeug.datastructures import FileStorage

from engine.acts.drafts.call_next import call_next
from engine.acts.drafts.consent import give_consent, withdraw_consent
from engine.acts.drafts.draft import drop_draft, keep_draft
from engine.acts.drafts.files import drop_file, keep_file
from engine.acts.drafts.identity import ask_identity, note_identity
from engine.acts.read_personal_data import read_personal_data
from engine.dossier.intake_draft import Draft, DraftFiled
from engine.errors import Forbidden, NotFound
from engine.queries import intake_choices
from engine.rules.offices.offices import Office
from engine.text import Text
from engine.transaction import UnitOfWork
from server.answer import Answer
from server.context import runtime
from server.identity import Access, reading
from server.once import perform, perform_unkept
from server.uploads import read_file
from web.desk.intake_asked import answer_of, asked_about, person_asked
from web.desk.intake_filing import file_typed, filed_address, fitting
from web.desk.intake_values import Typed, kept_of, typed_of
from web.desk.intake_view import intake_of, office_of
from web.form_values import whole
from web.once import see_other
from web.pages import Pages
from web.render import render

intake = Pages("intake", audience="desk")
ADDRESS = "/quay/tiep-nhan"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22,64}")
_FILE = re.compile(r"papers\.([a-z0-9_]{1,40})\.file")
_SAME_PERSON = Text("tiếp nhận hồ sơ mới của cùng người", "a new filing of the same person")
_FILL = ("name", "phone", "email", "address", "commune")


class NoCounter(Forbidden):
    """The person receives dossiers at no office."""

    code = "no-counter"
    vi = "Trang này dành cho cán bộ tiếp nhận ở bộ phận một cửa."
    en = "This page is for clerks who receive dossiers at a centre."


@intake.page(ADDRESS, access=Access.STAFF)
def show() -> str | Response:
    """Receive a dossier at the counter"""
    token = _token()
    with reading() as unit:
        offices = _offices(unit)
        try:
            draft = _draft(unit, token)
        except DraftFiled as filed:
            return see_other(filed_address(filed.facts["dossier"]))
        typed = typed_of(kept_of(_given(draft)), unit.today)
        drafts = intake_choices.kept_drafts(unit)
        page = intake_of(unit, typed, offices, token, draft, tuple(one for one in drafts if one.token != token))
    return render("desk/intake.html", page=page, here_at=ADDRESS)


@intake.post(f"{ADDRESS}/xem", access=Access.STAFF, again=show)
def look() -> str | Response:
    """What would become of the filing, without keeping anything"""
    return show()


@intake.post(f"{ADDRESS}/nhap", access=Access.STAFF, again=show)
def keep() -> str | Response:
    """Keep what was typed, and the files"""
    token = _posted_token()
    _keep(token)
    return show() if "X-Part" in request.headers else see_other(_at(token))


@intake.post(f"{ADDRESS}/nhap/bo", access=Access.STAFF)
def discard() -> Response:
    """Discard a draft"""
    token = request.form.get("bo") or _posted_token()
    _run("drop_draft", lambda unit: drop_draft(unit, token))
    return see_other(ADDRESS, Text("Đã xóa bản nháp.", "The draft was deleted."))


@intake.post(f"{ADDRESS}/tep/bo", access=Access.STAFF, again=show)
def take_file_away() -> str | Response:
    """Take a file off the draft"""
    token, number = _posted_token(), whole(request.form.get("tep", ""))
    _keep(token)
    _run("drop_draft_file", lambda unit: drop_file(unit, token, number))
    return show() if "X-Part" in request.headers else see_other(_at(token))


@intake.post(f"{ADDRESS}/so", access=Access.STAFF, again=show)
def call() -> Response:
    """Call the next number of the office"""
    token = _posted_token()

    def doing(unit: UnitOfWork) -> None:
        office = office_of(_offices(unit), request.form.get("office", ""))
        number = call_next(unit, office.code)
        keep_draft(unit, token, {**_typed(unit).values, "queue_number": f"{number:03}"})

    _run("call_next", doing)
    return see_other(_at(token))


@intake.post(f"{ADDRESS}/nguoi-da-biet", access=Access.STAFF, again=show)
def fill_in() -> Response:
    """Fill in name, contacts and address from an earlier dossier, which is recorded as a reading"""
    token, code = _posted_token(), request.form.get("nguon", "")

    def doing(unit: UnitOfWork) -> None:
        typed = _typed(unit)
        case = read_personal_data(unit, code, f"{_SAME_PERSON.vi} / {_SAME_PERSON.en}")
        same = case.applicant.get("identity_number") == re.sub(r"\D", "", typed.get("applicant.identity_number"))
        if not same:
            raise NotFound(what=code)
        known: Mapping[str, Any] = case.applicant
        filled = {f"applicant.{name}": str(known[name]) for name in _FILL if known.get(name)}
        keep_draft(unit, token, {**typed.values, **filled})

    _run("read_personal_data", doing)
    return see_other(_at(token))


@intake.post(f"{ADDRESS}/doi-chieu", access=Access.STAFF, again=show)
def compare() -> str | Response:
    """Compare the applicant with the population data; without an answer reception goes on"""
    token, asking = _posted_token(), runtime().population
    _keep(token)
    with reading() as unit:
        typed, office = _typed(unit), office_of(_offices(unit), request.form.get("office", ""))
    check = perform_unkept("ask_identity", lambda unit: ask_identity(unit, token, *asked_about(typed, office)))
    outcome = answer_of(asking, person_asked(typed, office, f"{check}"))
    perform_unkept("note_identity", lambda unit: note_identity(unit, check, outcome))
    return show() if "X-Part" in request.headers else see_other(f"{_at(token)}#nn")


@intake.post(f"{ADDRESS}/dong-y", access=Access.STAFF, again=show)
def agree() -> str | Response:
    """Record that the applicant agrees to the reuse of papers, or withdraws that"""
    token = _posted_token()
    _keep(token)
    with reading() as unit:
        number, office, purpose = asked_about(_typed(unit), office_of(_offices(unit), request.form.get("office", "")))
    back = request.form.get("dong-y") == "rut"
    doing = withdraw_consent if back else partial(give_consent, purpose=purpose)
    _run("record_consent", lambda unit: doing(unit, number, office))
    return show() if "X-Part" in request.headers else see_other(f"{_at(token)}#nn")


@intake.post(ADDRESS, access=Access.STAFF, again=show)
def receive() -> Response:
    """File the dossier, with the reception or what comes in its place, and print"""
    token, taken = _posted_token(), request.form.get("act", "receive")
    try:
        if any(file.filename for file in request.files.values()):
            _keep(token)
        with reading() as unit:
            offices = _offices(unit)
            typed, draft = _typed(unit), _draft(unit, token)
            made = fitting(unit, typed, office_of(offices, typed.get("office")), draft, taken)
        return file_typed(token, typed, made, taken)
    except DraftFiled as filed:
        said = Text("Hồ sơ này đã được nộp rồi, không nộp lần nữa.", "This was filed already, and is not filed again.")
        return see_other(filed_address(filed.facts["dossier"]), said)


def _offices(unit: UnitOfWork) -> tuple[Office, ...]:
    found = intake_choices.receiving_offices(unit)
    if not found:
        raise NoCounter()
    return found


def _typed(unit: UnitOfWork) -> Typed:
    return typed_of(kept_of(request.form), unit.today)


def _given(draft: Draft | None) -> Mapping[str, str]:
    """The texts: of the form that was posted, else of the draft that is resumed, else what the address asks for."""
    if request.method == "POST":
        return request.form
    return draft.values if draft is not None else request.args


def _token() -> str:
    given = request.form.get("draft") or request.args.get("nhap", "")
    return given if _TOKEN.fullmatch(given) else secrets.token_urlsafe(24)


def _posted_token() -> str:
    given = request.form.get("draft", "")
    if not _TOKEN.fullmatch(given):
        raise NotFound(what="draft")
    return given


def _draft(unit: UnitOfWork, token: str) -> Draft | None:
    """The draft with this token; None where it was not kept yet. Raises DraftFiled, NotFound for another's."""
    named = request.form.get("draft") or request.args.get("nhap")
    if not named:
        return None
    try:
        return intake_choices.draft(unit, token)
    except NotFound:
        if request.method == "GET":
            raise
        return None


def _keep(token: str) -> None:
    """Keeps the texts, then each file by itself, so that one that is refused costs no other."""
    _run("keep_draft", lambda unit: keep_draft(unit, token, _typed(unit).values))
    for name, file in request.files.items(multi=True):
        found = _FILE.fullmatch(name)
        if found and file.filename:
            _keep_file(token, found[1], file)


def _keep_file(token: str, key: str, file: FileStorage) -> None:
    sent = read_file(file)
    _run("keep_draft_file", lambda unit: keep_file(unit, token, key, sent["content"], sent["file_name"]))


def _run(name: str, doing: Callable[[UnitOfWork], object]) -> None:
    """Runs something about a draft that may be repeated without harm."""

    def answer(unit: UnitOfWork) -> Answer:
        doing(unit)
        return Answer(204, b"", {})

    perform(name, answer)


def _at(token: str) -> str:
    return f"{ADDRESS}?nhap={token}"

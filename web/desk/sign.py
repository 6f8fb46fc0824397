"""The sign queue: what waits for one's signature, with the paper that is signed; many are signed at once."""

from __future__ import annotations

import re
from urllib.parse import quote, urlencode

from flask import Response, request
from marshmallow import fields

from engine.acts.documents import add_document
from engine.acts.perform_action import perform_action
from engine.acts.read_personal_data import open_file
from engine.acts.sign_round import MOST_SIGNED, ToSign, begin_round
from engine.dossier.case import Case, read_case
from engine.errors import wrong
from engine.queries.files import FileView, file_of
from engine.queries.remote_signings import open_requests
from engine.queries.sign_queue import SignLine, sign_detail, sign_queue, stand_ins, to_sign
from engine.queries.sign_rounds import unfinished_round
from engine.text import Text
from engine.transaction import UnitOfWork
from server.context import runtime
from server.identity import Access, reading
from server.once import perform_unkept
from server.paging import key_of
from server.preview import NoPreview, can_preview, picture_of
from server.uploads import sent_files
from server.values import KEY, Body, Line, Prose, WholeInQuery, Word
from web.attachment import attachment
from web.desk.dossier.steps import signs
from web.desk.dossier.ticket import shown, ticket
from web.desk.list_address import read_place
from web.desk.sign_round import carry_on
from web.once import form_version, once, see_other
from web.pages import Pages
from web.render import render
from web.session import recently_proven

sign = Pages("sign", audience="desk")
_PAGE = 50
_MOST_PAGES = 20
"""Pages of a paper that the pane shows; the dossier's page shows all."""
_SEEN = re.compile(
    r"(?P<dossier>[A-Za-z0-9][A-Za-z0-9.\-_]{0,63})~(?P<action>\w{1,40})~(?:(?P<hash>[0-9a-f]{64})|v(?P<version>\d{1,9}))"
)


class Chosen(Body):
    """What was chosen to be signed, each with what was seen of it."""

    chon = fields.List(Line(200), load_default=list)


class SendBack(Body):
    """The action that sends a dossier back, with the reason."""

    action = Word(KEY, required=True)
    reason = Prose(load_default=None)


class Attach(Body):
    """The paper that a file is attached as; the file itself is a part of the form."""

    key_ = Word(KEY, required=True, data_key="giay")


class Which(Body):
    """A paper of the dossier."""

    document = WholeInQuery(1, required=True)


@sign.page("/ky", access=Access.STAFF)
def show(code: str | None = None) -> str:
    """What waits for my signature"""
    limit = _limit()
    with reading() as unit:
        page = sign_queue(unit, after=read_place(request.args.get("sau")), limit=limit)
        chosen = _shown(page.lines, code or request.args.get("ma"))
        place = page.lines.index(chosen) if chosen is not None else 0
        return render(
            "desk/sign.html",
            lines=page.lines,
            number=to_sign(unit),
            most=MOST_SIGNED,
            limit=limit,
            rest=_rest(limit),
            after=key_of(page.after),
            detail=sign_detail(unit, chosen) if chosen is not None else None,
            before_it=page.lines[place - 1].code if place > 0 else None,
            after_it=page.lines[place + 1].code if place + 1 < len(page.lines) else None,
            stand_ins=stand_ins(unit),
            names={one.person: one.name for one in stand_ins(unit)},
            last=unfinished_round(unit),
            pictures=_pictures(unit, chosen),
            asks_again=not recently_proven(),
            remote=runtime().remote is not None,
            asked=open_requests(unit) if runtime().remote is not None else (),
        )


@sign.post("/ky", access=Access.STAFF, form=Chosen, again=show, step_up=True)
def sign_chosen(form: dict[str, list[str]]) -> Response:
    """Sign what was chosen"""
    wanted = [to_sign_of(one) for one in form["chon"]]
    response = once("begin_round", lambda unit: begin_round(unit, wanted), to=lambda number: f"/ky/lan/{number}")
    carry_on(int(response.headers["Location"].rpartition("/")[2]))
    return response


@sign.post("/ky/<code>/tra-lai", access=Access.STAFF, form=SendBack, again=show, step_up=signs)
def send_back(code: str, form: dict[str, str | None]) -> Response:
    """Send a dossier back with a reason"""
    action, version = form["action"] or "", form_version()

    def doing(unit: UnitOfWork) -> Case:
        return perform_action(unit, code, action, version=version, reason=form["reason"])

    done = Text(f"Đã trả lại hồ sơ {code}.", f"Dossier {code} was sent back.")
    return once("perform_action", doing, to="/ky", done=done)


@sign.post("/ky/<code>/ket-qua", access=Access.STAFF, form=Attach, again=show)
def attach(code: str, form: dict[str, str]) -> Response:
    """Attach the paper that is to be signed"""
    files, version = sent_files("tep"), form_version()
    if not files:
        raise wrong("tep", "chưa chọn tệp", "choose a file")
    content, name = files[0]

    def doing(unit: UnitOfWork) -> Case:
        case, _ = add_document(unit, code, key=form["key_"], content=content, file_name=name, version=version)
        return case

    done = Text("Đã đính kèm. Xem lại rồi ký.", "Attached. Look at it, then sign.")
    return once("add_document", doing, to=f"/ky?ma={quote(code)}#xem", done=done)


@sign.post("/ky/<code>/xem", access=Access.STAFF, form=Which, again=show)
def look(code: str, form: dict[str, int]) -> Response:
    """See the paper that is to be signed as it will be printed; the read log keeps it"""
    perform_unkept("open_file", lambda unit: file_of(open_file(unit, code, form["document"]), form["document"]))
    opened = ticket(code, f"file-{form['document']}")
    return see_other(f"/ky?ma={quote(code)}&xem={opened}{_rest(_limit())}#xem")


@sign.post("/ky/<code>/tep", access=Access.STAFF, form=Which, again=show)
def download(code: str, form: dict[str, int]) -> Response:
    """Download the paper that is to be signed; it is recorded as a reading of personal data"""

    def doing(unit: UnitOfWork) -> FileView:
        return file_of(open_file(unit, code, form["document"]), form["document"])

    file = perform_unkept("open_file", doing)
    return attachment(runtime().files.read(file.storage_key), file.name, file.media_type)


def _limit() -> int:
    return MOST_SIGNED if request.args.get("hien") == str(MOST_SIGNED) else _PAGE


def _pictures(unit: UnitOfWork, line: SignLine | None) -> tuple[str, ...] | None:
    """The addresses of the pictures of the paper's pages; none where it has none, None while it is not opened."""
    paper = line.paper if line is not None else None
    if line is None or paper is None or not shown(line.code, f"file-{paper.id}"):
        return None
    if not can_preview(paper.media_type):
        return ()
    file = file_of(read_case(unit, line.code), paper.id)
    try:
        pages = picture_of(runtime().files.read(file.storage_key), file.media_type, 0).pages
    except NoPreview:
        return ()
    where = f"/ho-so/{line.code}/giay-to/{paper.id}/trang"
    return tuple(f"{where}/{page}.png?xem={request.args['xem']}" for page in range(1, min(pages, _MOST_PAGES) + 1))


def _rest(limit: int) -> str:
    """What the addresses of the lines carry beside the dossier, so that the list stays the same."""
    kept = {"hien": str(limit) if limit != _PAGE else "", "sau": request.args.get("sau", "")}
    told = urlencode({name: value for name, value in kept.items() if value})
    return f"&{told}" if told else ""


def _shown(lines: tuple[SignLine, ...], code: str | None) -> SignLine | None:
    """The line that the pane shows: the one that was asked for, else the first."""
    return next((line for line in lines if line.code == code), lines[0] if lines else None)


def to_sign_of(said: str) -> ToSign:
    """The choice in a form: dossier, action, and what was seen. Raises InvalidInput."""
    found = _SEEN.fullmatch(said)
    if found is None:
        raise wrong("chon", "không đọc được lựa chọn; hãy tải lại trang", "a choice is not readable; reload the page")
    version = int(found["version"]) if found["version"] else None
    return ToSign(found["dossier"], found["action"], found["hash"], version)

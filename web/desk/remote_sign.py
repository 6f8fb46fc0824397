"""Remote signing: many hashes are sent at once, and the signatory confirms them in the provider's app.

The pages ask and show. A worker sends, asks what became of it, and takes the signing action once a signature has come.
"""

from __future__ import annotations

from flask import Response

from engine.acts.remote_sign import ask_remotely, take_back
from engine.acts.sign_round import ToSign
from engine.errors import wrong
from engine.queries.remote_signings import remote_request, remote_requests
from engine.text import Text
from engine.transaction import UnitOfWork
from server.identity import Access, reading
from web.desk.sign import Chosen, to_sign_of
from web.desk.sign import show as show_queue
from web.once import once
from web.pages import Pages
from web.render import render

remote = Pages("remote_sign", audience="desk")


@remote.page("/ky/tu-xa", access=Access.STAFF)
def show() -> str:
    """My requests for remote signatures"""
    with reading() as unit:
        return render("desk/remote_signs.html", requests=remote_requests(unit))


@remote.post("/ky/tu-xa", access=Access.STAFF, form=Chosen, again=show_queue, step_up=True)
def ask(form: dict[str, list[str]]) -> Response:
    """Ask for signatures of what was chosen in the signing app"""
    wanted = [to_sign_of(one) for one in form["chon"]]
    return once("ask_remotely", lambda unit: _asked(unit, wanted), to=lambda number: f"/ky/tu-xa/{number}")


@remote.page("/ky/tu-xa/<int:number>", access=Access.STAFF)
def show_one(number: int) -> str:
    """What became of the dossiers of a request"""
    with reading() as unit:
        found = remote_request(unit, number)
    return render(
        "desk/remote_sign.html",
        request=found,
        in_app=found.with_status("prepared"),
        preparing=found.with_status("waiting"),
        finishing=found.with_status("signed"),
        done=found.with_status("done"),
        refused_lines=found.with_status("refused"),
    )


@remote.post("/ky/tu-xa/<int:number>/rut", access=Access.STAFF, again=show_one)
def give_up(number: int) -> Response:
    """Take a request back; what was signed meanwhile stays signed"""
    done = Text(
        "Đã rút yêu cầu; hồ sơ lại chờ ký.", "The request was taken back; the dossiers wait for signature again."
    )
    return once("take_back", lambda unit: take_back(unit, number), to=f"/ky/tu-xa/{number}", done=done)


@remote.post("/ky/tu-xa/<int:number>/hoi-lai", access=Access.STAFF, again=show_one, step_up=True)
def ask_again(number: int) -> Response:
    """Ask again for what was refused"""

    def doing(unit: UnitOfWork) -> int:
        lines = remote_request(unit, number).with_status("refused")
        wanted = [to_sign_of(one.seen) for one in lines if not one.seen.endswith("~")]
        if not wanted:
            raise wrong("chon", "không có hồ sơ nào để hỏi lại", "there is nothing to ask again")
        return _asked(unit, wanted)

    return once("ask_remotely", doing, to=lambda fresh: f"/ky/tu-xa/{fresh}")


def _asked(unit: UnitOfWork, wanted: list[ToSign]) -> int:
    return ask_remotely(unit, wanted)[-1]

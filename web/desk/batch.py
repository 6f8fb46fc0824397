"""Batches: asking for one, its page with progress and refusals, stopping it, and trying again what failed.

A batch is begun in the request, and a short one is finished there. The worker goes on with a long one.
"""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import fields

from engine.acts.batch import retry_batch, start_batch, stop_batch
from engine.acts.batch_work import work_batch
from engine.queries.batch import batch_of, own_batches
from engine.text import Text
from server.context import runtime
from server.identity import Access, reading
from server.values import WholeInQuery, Words
from web.desk.list_address import within
from web.desk.queue import read_marked
from web.once import once
from web.pages import Pages
from web.render import render

batches = Pages("batches", audience="desk")
SECONDS = 1.0
"""How long a request works on a batch before it answers."""
SECONDS_ON = 5.0
"""How long it does so where the person asked it to go on."""


class BatchForm(Words):
    """The marked dossiers, the act (``viec``), and what the act needs."""

    chon = fields.List(fields.String(), load_default=list)
    viec = fields.String(required=True)
    ly_do = fields.String(load_default=None, allow_none=True)
    nguoi = WholeInQuery(1, load_default=None)
    trong = fields.String(load_default="")


@batches.page("/viec", access=Access.STAFF)
def show_all() -> str:
    """One's batches"""
    with reading() as unit:
        return render("desk/batches.html", batches=own_batches(unit))


@batches.page("/viec/<int:number>", access=Access.STAFF)
def show(number: int) -> str:
    """A batch: how far it is, and what was refused"""
    with reading() as unit:
        return render("desk/batch.html", batch=batch_of(unit, number), within=within)


@batches.post("/viec", access=Access.STAFF, form=BatchForm)
def start(form: dict[str, Any]) -> Response:
    """Begin a batch"""
    marked = list(read_marked(form["chon"]).items())
    begun: list[int] = []

    def ask(unit: Any) -> int:
        number = start_batch(unit, form["viec"], marked, reason=form["ly_do"], person=form["nguoi"])
        begun[:] = [number]
        return number

    response = once("start_batch", ask, to="/viec/{}".format)
    for number in begun:
        work_batch(runtime(), number, SECONDS)
    return response


@batches.post("/viec/<int:number>/dung", access=Access.STAFF, again=show)
def stop(number: int) -> Response:
    """Stop a batch"""
    done = Text("Đã dừng. Hồ sơ đã làm xong vẫn giữ kết quả.", "Stopped. What was done stays done.")
    return once("stop_batch", lambda unit: stop_batch(unit, number), to=f"/viec/{number}", done=done)


@batches.post("/viec/<int:number>/thu-lai", access=Access.STAFF, again=show)
def retry(number: int) -> Response:
    """Try again what failed"""
    response = once("retry_batch", lambda unit: retry_batch(unit, number), to=f"/viec/{number}")
    work_batch(runtime(), number, SECONDS)
    return response


@batches.post("/viec/<int:number>/lam-tiep", access=Access.STAFF, again=show)
def go_on(number: int) -> Response:
    """Go on with a batch now, where no worker runs"""
    response = once("go_on_with_batch", lambda unit: batch_of(unit, number), to=f"/viec/{number}")
    work_batch(runtime(), number, SECONDS_ON)
    return response

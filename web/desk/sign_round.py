"""A signing round: its progress, what was signed, what was refused and why, and trying again.

A request signs some of the items and answers; the page carries on with the rest. So nothing waits for a worker, and a
process that dies in between loses nothing: the page says what still waits.
"""

from __future__ import annotations

from functools import partial

from flask import Response

from engine.acts.sign_round import refuse_item, sign_item, try_again
from engine.errors import Refusal
from engine.queries.sign_rounds import sign_round, waiting_in
from engine.transaction import Busy
from server.identity import Access, NotSignedIn, reading
from server.once import perform_unkept
from web.once import once, see_other
from web.pages import Pages
from web.render import render

sign_rounds = Pages("sign_rounds", audience="desk")
_IN_ONE_REQUEST = 40
"""Signatures in one request: some seconds of work, so that progress is seen and no server gives up."""


@sign_rounds.page("/ky/lan/<int:number>", access=Access.STAFF)
def show(number: int) -> str:
    """What became of the dossiers of a signing round"""
    with reading() as unit:
        found = sign_round(unit, number)
    return render(
        "desk/sign_round.html",
        round=found,
        done=found.with_status("done"),
        refused_items=found.with_status("refused"),
        waiting=found.with_status("waiting"),
    )


@sign_rounds.post("/ky/lan/<int:number>/tiep", access=Access.STAFF, step_up=True)
def go_on(number: int) -> Response:
    """Sign what still waits"""
    carry_on(number)
    return see_other(f"/ky/lan/{number}")


@sign_rounds.post("/ky/lan/<int:number>/thu-lai", access=Access.STAFF, step_up=True)
def retry(number: int) -> Response:
    """Try what was refused again"""
    response = once("try_again", lambda unit: try_again(unit, number), to=f"/ky/lan/{number}")
    carry_on(number)
    return response


def carry_on(number: int) -> None:
    """Signs the next waiting items of a round, each in a transaction of its own. Raises NotFound, NotSignedIn, Busy."""
    with reading() as unit:
        waiting = waiting_in(unit, number)
    for item in waiting[:_IN_ONE_REQUEST]:
        try:
            perform_unkept("sign_dossier", partial(sign_item, number=number, item=item))
        except (Busy, NotSignedIn):
            return
        except Refusal as refusal:
            perform_unkept("refuse_item", partial(refuse_item, number=number, item=item, refusal=refusal))

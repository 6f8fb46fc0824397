"""The acts of remote signing, ready to be killed in. The provider stands still within the process."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from engine.acts.remote_items import (
    RefusedInApp,
    begin_request,
    finish_item,
    keep_certificates,
    keep_prepared,
    keep_sent,
    keep_turn,
    look_again,
    refuse_remote,
    take_answers,
)
from engine.acts.remote_sign import ask_remotely, take_back
from engine.acts.sign_round import ToSign
from engine.ports import Signature
from engine.remote_signing import RemoteAnswer
from engine.store.remote_signings import remote_items, remote_signings
from tests.doubles.standing_provider import StandingStill
from tests.faults.crash_stage import Deed, Stage, Story
from tests.faults.crash_stories import to_sign
from tests.installation.filings import PDF

_SEEN = hashlib.sha256(PDF).hexdigest()
_SIGNED = (RemoteAnswer(id="1", state="signed", value=b"raw"),)
_PREPARED = StandingStill().prepare(PDF, (), check="")


def _direct(stage: Stage, who: str, act: Callable[..., Any], *arguments: Any, **named: Any) -> Callable[[], Any]:
    return stage.direct(act, *arguments, who=stage.world.actor(who), now=stage.world.now, **named)


def _asked(stage: Stage, until: str = "waiting") -> tuple[str, int]:
    """A dossier, and the request in which it is with the provider."""
    for world in (stage.world, stage.doomed):
        world.runtime = replace(world.runtime, remote=StandingStill())
    code = to_sign(stage)
    (number,) = stage.world.try_act("leader", ask_remotely, [ToSign(code, "sign", _SEEN)])
    if until != "waiting":
        stage.world.try_act("system", keep_prepared, number, 1, _PREPARED, "kept")
        stage.world.try_act("system", keep_sent, number, "T-1")
    if until == "signed":
        stage.world.try_act("system", take_answers, number, _SIGNED)
    return code, number


def asked(stage: Stage) -> Deed:
    _asked(stage)
    wanted = [ToSign(to_sign(stage), "sign", _SEEN)]
    return Deed(_direct(stage, "leader", ask_remotely, wanted), stage.rows(remote_items, status="waiting"))


def taken_back(stage: Stage) -> Deed:
    _, number = _asked(stage, "prepared")
    return Deed(_direct(stage, "leader", take_back, number), stage.rows(remote_items, code="request-taken-back"))


def turn_taken(stage: Stage) -> Deed:
    _, number = _asked(stage)
    until = stage.world.now + dt.timedelta(minutes=1)
    return Deed(_direct(stage, "system", begin_request, number, until), stage.rows(remote_signings, next_at=until))


def turn_kept(stage: Stage) -> Deed:
    _, number = _asked(stage)
    until = stage.world.now + dt.timedelta(minutes=2)
    return Deed(_direct(stage, "system", keep_turn, number, until), stage.rows(remote_signings, next_at=until))


def certificates_kept(stage: Stage) -> Deed:
    _, number = _asked(stage)
    run = _direct(stage, "system", keep_certificates, number, "known", ["pem"])
    return Deed(run, stage.rows(remote_signings, credential="known"))


def prepared(stage: Stage) -> Deed:
    _, number = _asked(stage)
    run = _direct(stage, "system", keep_prepared, number, 1, _PREPARED, "kept")
    return Deed(run, stage.rows(remote_items, status="prepared"))


def sent(stage: Stage) -> Deed:
    _, number = _asked(stage)
    return Deed(_direct(stage, "system", keep_sent, number, "T-2"), stage.rows(remote_signings, reference="T-2"))


def answered(stage: Stage) -> Deed:
    _, number = _asked(stage, "prepared")
    run = _direct(stage, "system", take_answers, number, _SIGNED)
    return Deed(run, stage.rows(remote_items, status="signed"))


def finished(stage: Stage) -> Deed:
    code, number = _asked(stage, "signed")
    made = Signature("PAdES", "v", "pem", content=PDF + b"\n%%signed\n")
    return Deed(_direct(stage, "leader", finish_item, number, 1, made), stage.entries(code, "sign"))


def refused(stage: Stage) -> Deed:
    _, number = _asked(stage, "prepared")
    run = _direct(stage, "system", refuse_remote, number, [1], RefusedInApp(said_vi="", said_en=""))
    return Deed(run, stage.rows(remote_items, code="refused-in-app"))


def looked_at_again(stage: Stage) -> Deed:
    _, number = _asked(stage)
    at = stage.world.now + dt.timedelta(minutes=7)
    return Deed(_direct(stage, "system", look_again, number, at), stage.rows(remote_signings, next_at=at))


_ASKED_TWICE = "the second request is refused, document by document: it is with the provider already"
STORIES_OF_SIGNATURES = {
    "ask for remote signatures": Story({"remote_sign.ask_remotely"}, asked, again=_ASKED_TWICE),
    "take a request for remote signatures back": Story({"remote_sign.take_back"}, taken_back),
    "take the turn of a request": Story({"remote_items.begin_request"}, turn_taken),
    "keep the turn of a request": Story({"remote_items.keep_turn"}, turn_kept),
    "keep certificates": Story({"remote_items.keep_certificates"}, certificates_kept),
    "keep a prepared paper": Story({"remote_items.keep_prepared"}, prepared),
    "keep that a request was sent": Story({"remote_items.keep_sent"}, sent),
    "take what the provider says": Story({"remote_items.take_answers"}, answered),
    "finish a remote signature": Story({"remote_items.finish_item"}, finished),
    "refuse a remote signature": Story({"remote_items.refuse_remote"}, refused),
    "look after a request again": Story({"remote_items.look_again"}, looked_at_again),
}

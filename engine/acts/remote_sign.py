"""Asking for signatures at a provider of remote signing, and taking a request back.

Asking only writes down what is wanted: a worker prepares the papers, sends their hashes, and takes the answers
(``engine/acts/remote_items.py``, ``engine/jobs/remote_signing.py``). Each dossier moves on by the signing action
itself, in a transaction of its own, once its signature has come.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from engine.acts.sign_result import fresh_token
from engine.acts.sign_round import MOST_SIGNED, ToSign
from engine.errors import Conflict, NotFound, Refusal, wrong
from engine.remote_signing import RemoteSigning
from engine.store.remote_signings import add_signing, change_item, change_signing, items_of, open_in, signing_with
from engine.transaction import UnitOfWork


class NoRemoteSigning(Conflict):
    """The installation has no provider of remote signing."""

    code = "no-remote-signing"
    vi = "Hệ thống chưa nối với nhà cung cấp ký số từ xa."
    en = "This installation is connected to no provider of remote signing."


class NoCredential(Conflict):
    """The person is unknown to the provider."""

    code = "no-credential"
    vi = "Anh/chị chưa được khai báo chứng thư ở nhà cung cấp ký số từ xa. Hãy báo quản trị."
    en = "You have no certificate at the remote-signing provider yet. Tell the administrator."


class AlreadyAsked(Conflict):
    """The dossier is with the provider already."""

    code = "already-asked"
    vi = "Hồ sơ này đang chờ xác nhận trong ứng dụng ký số."
    en = "This dossier is waiting for confirmation in the signing app already."


class NoPaperToSign(Conflict):
    """Only a paper can be signed at the provider."""

    code = "no-paper-to-sign"
    vi = "Bước này không kèm tệp nên không ký từ xa được. Hãy ký trực tiếp."
    en = "This step takes no file, so it cannot be signed remotely. Sign it here."


class TakenBack(Conflict):
    """The signatory took the request back."""

    code = "request-taken-back"
    vi = "Anh/chị đã rút yêu cầu ký từ xa."
    en = "You took the request for a remote signature back."


def ask_remotely(unit: UnitOfWork, wanted: Sequence[ToSign]) -> tuple[int, ...]:
    """Asks the actor's provider for signatures; returns the numbers of the requests, one for each batch that the
    provider takes. Raises InvalidInput, NoRemoteSigning, NoCredential.
    """
    remote, person = remote_of(unit), unit.actor.person_id
    once = {one.dossier: one for one in wanted}
    if not once:
        raise wrong("chon", "chưa chọn hồ sơ nào để ký", "choose what to sign")
    if len(once) > MOST_SIGNED:
        raise wrong("chon", f"mỗi lần ký tối đa {MOST_SIGNED} hồ sơ", f"at most {MOST_SIGNED} dossiers at once")
    if person is None:
        raise NotFound(what="person")
    open_already, chosen = open_in(unit.begin(), once), list(once.values())
    items = [_item(one, (one.dossier, one.action) in open_already, unit.now) for one in chosen]
    starts = range(0, len(items), remote.most)
    return tuple(_add(unit, remote, person, items[start : start + remote.most]) for start in starts)


def take_back(unit: UnitOfWork, number: int) -> int:
    """Takes back what is open of a request of the actor's; returns how many. What was signed meanwhile stays signed.

    Raises NotFound.
    """
    signing = signing_with(unit.begin(), number, lock=True)
    if signing is None or unit.actor.person_id is None or signing.person_id != unit.actor.person_id:
        raise NotFound(what=f"request {number}")
    items = items_of(unit.begin(), number, "waiting", "prepared")
    ended = sum(change_item(unit.begin(), number, one.number, **refused(TakenBack(), unit.now)) for one in items)
    end_if_done(unit, number)
    return ended


def refused(refusal: Refusal, at: dt.datetime) -> dict[str, Any]:
    """The columns of a document that was refused."""
    why = {"why_vi": refusal.sentence("vi"), "why_en": refusal.sentence("en")}
    return {"status": "refused", "code": refusal.code, "ended_at": at, **why}


def end_if_done(unit: UnitOfWork, number: int) -> bool:
    """Ends a request of which no document is open; whether it has ended."""
    if items_of(unit.begin(), number, "waiting", "prepared", "signed"):
        return False
    change_signing(unit.begin(), number, status="ended", next_at=None, ended_at=unit.now)
    return True


def remote_of(unit: UnitOfWork) -> RemoteSigning:
    """The provider of this installation. Raises NoRemoteSigning."""
    if unit.runtime.remote is None:
        raise NoRemoteSigning()
    return unit.runtime.remote


def _add(unit: UnitOfWork, remote: RemoteSigning, person: int, items: list[dict[str, Any]]) -> int:
    row = {
        "person_id": person,
        "key": str(uuid.uuid4()),
        "status": "asked",
        "asked_at": unit.now,
        "expires_at": unit.now + dt.timedelta(minutes=remote.minutes),
        "next_at": unit.now,
        "tries": 0,
    }
    number = add_signing(unit.begin(), row, items)
    end_if_done(unit, number)
    return number


def _item(one: ToSign, already: bool, at: dt.datetime) -> dict[str, Any]:
    row: dict[str, Any] = {"dossier": one.dossier, "action": one.action, "token": fresh_token()}
    row |= {"sha256": one.sha256 or "", "status": "waiting", "code": None, "why_vi": None, "why_en": None}
    row |= {"ended_at": None}
    if one.sha256 is None:
        return row | refused(NoPaperToSign(), at)
    return row | refused(AlreadyAsked(), at) if already else row

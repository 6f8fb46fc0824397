"""Looks after the requests for remote signatures: prepares and sends what was asked, asks what became of it, and puts
signatures into their files.

Everything is found in the tables, so it goes on after any death. Two workers at once do no harm: every step is taken
once. The network is asked between transactions and never within one.
"""

from __future__ import annotations

import base64
import datetime as dt
import time
from dataclasses import dataclass
from functools import partial

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

from engine.acts.batch_work import ItemFailed, NoLongerEmployed
from engine.acts.remote_items import (
    NotConfirmed,
    begin_request,
    finish_item,
    keep_certificates,
    keep_prepared,
    keep_sent,
    keep_turn,
    look_again,
    paper_to_prepare,
    refuse_remote,
    take_answers,
)
from engine.acts.remote_sign import NoCredential
from engine.acts.sign_result import check_address
from engine.errors import Refusal
from engine.ports import SigningFailed
from engine.remote_signing import PreparedPdf, RemoteDocument, RemoteSigning
from engine.rules.procedure.permissions import SYSTEM_ACTOR, Actor
from engine.store.actors import actor_of_person
from engine.store.people import username_of
from engine.store.remote_signings import RemoteItemRow, RemoteSigningRow, due_signings, items_of, signing_with
from engine.transaction import Busy, Runtime, in_transaction

TURN = dt.timedelta(seconds=20)
"""For how long a request is one worker's, counted from its last step; one that died is followed by another then."""
PATIENCE = dt.timedelta(hours=1)
"""How long after the time for confirming what does not answer is asked again."""
MOST_WAIT = dt.timedelta(minutes=5)

log = structlog.get_logger("motcua.remote_signing")


@dataclass(frozen=True, slots=True)
class _Work:
    """One request, and what it takes to look after it."""

    runtime: Runtime
    remote: RemoteSigning
    number: int

    def row(self) -> RemoteSigningRow:
        with self.runtime.database.connect().execution_options(motcua_read_only=True) as connection:
            row = signing_with(connection, self.number)
        if row is None:
            raise LookupError(f"request {self.number}")
        return row

    def items(self, *statuses: str) -> list[RemoteItemRow]:
        with self.runtime.database.connect().execution_options(motcua_read_only=True) as connection:
            return items_of(connection, self.number, *statuses)

    def keep_turn(self) -> None:
        until = self.runtime.now() + TURN
        in_transaction(self.runtime, SYSTEM_ACTOR, partial(keep_turn, number=self.number, until=until))

    def refuse(self, items: list[RemoteItemRow], refusal: Refusal) -> None:
        numbers = [one.number for one in items]
        act = partial(refuse_remote, number=self.number, items=numbers, refusal=refusal)
        in_transaction(self.runtime, SYSTEM_ACTOR, act)


def sign_due(runtime: Runtime, seconds: float, limit: int = 50) -> int:
    """Looks after every request that is due, and begins none after ``seconds``; returns how many it looked after."""
    if runtime.remote is None:
        return 0
    latest, done = time.monotonic() + seconds, 0
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        due = due_signings(connection, runtime.now(), limit)
    for number in due:
        if time.monotonic() > latest:
            break
        done += look_after(runtime, runtime.remote, number)
    return done


def look_after(runtime: Runtime, remote: RemoteSigning, number: int) -> int:
    """Looks after one request, if no other worker does; 1 if it did."""
    until = runtime.now() + TURN
    if not in_transaction(runtime, SYSTEM_ACTOR, partial(begin_request, number=number, until=until)):
        return 0
    work = _Work(runtime, remote, number)
    trouble: Refusal | None = None
    try:
        _prepare(work)
        _send(work)
        _ask_what_became(work)
        trouble = _finish(work)
    except (Busy, OperationalError, InterfaceError):
        log.exception("remote-signing-postponed", request=number)  # the turn ends by itself
        return 1
    except Refusal as refusal:
        trouble = refusal
        if getattr(refusal, "permanent", not isinstance(refusal, SigningFailed)):
            work.refuse(work.items("waiting", "prepared"), refusal)
    _give_up(work, trouble)
    _look_again(work, trouble)
    return 1


def _prepare(work: _Work) -> None:
    """Makes room for a signature in each paper that waits. Raises RemoteSigningFailed, CertificateUnfit."""
    waiting, row = work.items("waiting"), work.row()
    if not waiting:
        return
    with work.runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        actor, username = actor_of_person(connection, row.person_id), username_of(connection, row.person_id)
    if actor is None or username is None:
        work.refuse(waiting, NoLongerEmployed())
        return
    credential = work.remote.credential(username)
    if credential is None:
        work.refuse(waiting, NoCredential())
        return
    certificates = work.remote.certificates(credential, work.runtime.now())
    kept = partial(keep_certificates, number=work.number, credential=credential, certificates=certificates)
    in_transaction(work.runtime, SYSTEM_ACTOR, kept)
    for item in waiting:
        try:
            _prepare_one(work, actor, item, certificates)
        except Busy:
            raise
        except Refusal as refusal:
            work.refuse([item], refusal)


def _prepare_one(work: _Work, actor: Actor, item: RemoteItemRow, certificates: tuple[str, ...]) -> None:
    runtime = work.runtime
    key = in_transaction(runtime, actor, partial(paper_to_prepare, item=item))
    address = check_address(runtime.settings.public_url, item.token)
    prepared = work.remote.prepare(runtime.files.read(key), certificates, check=address)
    work.keep_turn()
    file = runtime.files.put(prepared.content)
    kept = partial(keep_prepared, number=work.number, item=item.number, prepared=prepared, file=file)
    in_transaction(runtime, SYSTEM_ACTOR, kept)


def _send(work: _Work) -> None:
    """Sends the hashes of a request that the provider does not have yet. Raises RemoteSigningFailed."""
    row, prepared = work.row(), work.items("prepared")
    if row.status == "asked" and prepared:
        _send_again(work, row, prepared)


def _send_again(work: _Work, row: RemoteSigningRow, prepared: list[RemoteItemRow]) -> None:
    documents = tuple(
        RemoteDocument(id=str(one.number), name=one.dossier, hash=str((one.prepared or {})["hash"])) for one in prepared
    )
    transaction = work.remote.ask(row.key, row.credential or "", documents)
    in_transaction(work.runtime, SYSTEM_ACTOR, partial(keep_sent, number=work.number, transaction=transaction))


def _ask_what_became(work: _Work) -> None:
    """Asks the provider about what is with it; sends a request again that it has forgotten."""
    row, prepared = work.row(), work.items("prepared")
    if row.reference is None or not prepared:
        return
    answers = work.remote.answers(row.key, row.reference)
    if answers is None:
        _send_again(work, row, prepared)
        return
    taken = partial(take_answers, number=work.number, answers=answers.documents)
    in_transaction(work.runtime, SYSTEM_ACTOR, taken)


def _finish(work: _Work) -> Refusal | None:
    """Puts the signatures that came into their files and takes the actions; returns what could not be done yet."""
    row = work.row()
    trouble: Refusal | None = None
    for item in work.items("signed"):
        try:
            _finish_one(work, row, item)
        except Busy:
            raise
        except SigningFailed as refusal:  # an authority does not answer: later perhaps
            trouble = refusal
        except Refusal as refusal:
            work.refuse([item], refusal)
        except (ValueError, LookupError, TypeError):
            log.exception("remote-item-failed", request=work.number, item=item.number)
            work.refuse([item], ItemFailed())
    return trouble


def _finish_one(work: _Work, row: RemoteSigningRow, item: RemoteItemRow) -> None:
    runtime = work.runtime
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        actor = actor_of_person(connection, row.person_id)
    if actor is None:
        raise NoLongerEmployed()
    prepared = _kept(runtime, item)
    value, certificates = base64.b64decode(item.value or ""), tuple(row.certificates or ())
    work.keep_turn()
    signature = work.remote.finish(prepared, value, certificates, runtime.now())
    act = partial(finish_item, number=work.number, item=item.number, signature=signature)
    in_transaction(runtime, actor, act)


def _kept(runtime: Runtime, item: RemoteItemRow) -> PreparedPdf:
    told = item.prepared or {}
    return PreparedPdf(
        content=runtime.files.read(told["file"]),
        digest=bytes.fromhex(told["digest"]),
        attributes=base64.b64decode(told["attributes"]),
        start=told["start"],
        end=told["end"],
        hash=told["hash"],
    )


def _give_up(work: _Work, trouble: Refusal | None) -> None:
    """Ends what was not confirmed in time; what an authority or the provider does not answer about, an hour later."""
    row, now = work.row(), work.runtime.now()
    if now <= row.expires_at:
        return
    if trouble is None:
        work.refuse(work.items("waiting", "prepared"), NotConfirmed())
    elif now > row.expires_at + PATIENCE:
        work.refuse(work.items("waiting", "prepared", "signed"), trouble)


def _look_again(work: _Work, trouble: Refusal | None) -> None:
    row = work.row()
    wait = dt.timedelta(seconds=work.remote.poll_seconds)
    if trouble is not None:
        wait = min(MOST_WAIT, wait * 2 ** min(row.tries, 8))
    act = partial(look_again, number=work.number, at=work.runtime.now() + wait, trouble=trouble)
    in_transaction(work.runtime, SYSTEM_ACTOR, act)

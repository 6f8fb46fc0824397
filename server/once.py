"""Idempotency: an act runs once for each Idempotency-Key, and its answer is recorded in the act's own transaction.

A repeated request gets the same status, headers and body, marked ``Idempotency-Replayed: true``. Only successes are
recorded: a refused request changed nothing, and repeating it runs the act. Of two equal requests at once the primary
key lets one through: the other is rolled back and gets the answer of the first. Recorded answers and their headers are
encrypted, because the answer to a filing holds the citizen's link, which the database alone must not give away.

A recorded answer is given again only to a sender who may still see the dossier that it is about, and one with the
citizen's keys only to the counter that hands them out. Personal data are never recorded: ``perform_unkept``.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

import orjson

from engine.dossier.case import read_case
from engine.dossier.receivers import must_receive
from engine.errors import Refusal
from engine.security.sealing import seal, unseal
from engine.store.idempotency import RecordedAnswer, proven_answer, record_answer, recorded_answer
from engine.transaction import ActorChanged, UnitOfWork, in_transaction
from server.answer import Answer
from server.context import reading_connection, runtime, served, this_request
from server.identity import identity, reading

T = TypeVar("T")
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
REPLAYED = "Idempotency-Replayed"
_SEALED = "sealed"


class KeyMissing(Refusal):
    """A request that creates something must carry a key, so that repeating it creates nothing twice."""

    code = "idempotency-key-missing"
    status = 400
    vi = "Thiếu Idempotency-Key: hãy gửi một giá trị ngẫu nhiên cho mỗi yêu cầu mới."
    en = "Idempotency-Key is missing: send a random value with each new request."


class KeyUnreadable(Refusal):
    """The key is empty, too long, or holds characters other than visible ASCII."""

    code = "idempotency-key-unreadable"
    status = 400
    vi = "Idempotency-Key phải có 1 đến 255 ký tự ASCII nhìn thấy được, không có khoảng trắng."
    en = "Idempotency-Key must be 1 to 255 visible ASCII characters without spaces."


class KeyReused(Refusal):
    """The same sender used the key for another request before."""

    code = "idempotency-key-reused"
    status = 422
    vi = "Idempotency-Key này đã được dùng cho một yêu cầu khác."
    en = "This Idempotency-Key was used for another request before."


class AnswerLost(Refusal):
    """The request was carried out, but the secret that encrypted its answer is no longer in use."""

    code = "answer-lost"
    status = 409
    vi = "Yêu cầu này đã được thực hiện trước đây nhưng câu trả lời không còn đọc được; hãy xem lại hồ sơ."
    en = "This request was carried out before, but its answer can no longer be read; look at the dossier."


class _LostTheRace(Exception):
    """Another request with the same key was recorded first: roll back and replay its answer."""


def _carry_out(name: str, act: Callable[[UnitOfWork], T]) -> T:
    """Runs ``act`` in one transaction as the sender of the request, in a span of its own where traces are kept.

    Raises NotSignedIn, and the refusals of the act.
    """
    if (trace := runtime().trace) is None:
        return _in_transaction(act)
    with trace.span("act", name):
        return _in_transaction(act)


def _in_transaction(act: Callable[[UnitOfWork], T]) -> T:
    """A stale cached actor is resolved again and retried."""
    who = identity()
    try:
        return in_transaction(runtime(), who.claimed, act, claim=who.claim)
    except ActorChanged:
        return in_transaction(runtime(), who.refresh(), act)


def perform(
    name: str, act: Callable[[UnitOfWork], Answer], *, key_required: bool = False, form_key: str | None = None
) -> Answer:
    """Runs ``act`` in one transaction as the sender of the request, and records its answer under the request's key.

    ``name`` labels the act in the metrics. ``form_key`` is the key of a page's form, which needs no header.
    Raises KeyMissing, KeyUnreadable, KeyReused, AnswerLost, NotSignedIn, and the refusals of the act.
    """
    key = _key(key_required, form_key)
    if key is None:
        given = _carry_out(name, act)
        served().metrics.acts.labels(name).inc()
        return given
    asked = _request_hash()
    # Without a required key no query is spent on this: the version or the recording of the answer detects a repetition.
    if key_required and (earlier := _given_before(key, asked)) is not None:
        return earlier
    who = _who()

    def once(uow: UnitOfWork) -> Answer:
        made = act(uow)
        secret = uow.settings.secret_keys[0]
        kept = RecordedAnswer(
            asked, made.status, {_SEALED: _sealed(secret, made.headers, asked)}, seal(secret, made.body, asked)
        )
        record_answer(uow.writes, who, key, kept, uow.now, rival=_LostTheRace)
        return made

    try:
        given = _carry_out(name, once)
    except (_LostTheRace, Refusal):
        # The first of two equal requests may be the reason why this one was refused.
        if (earlier := _earlier(who, key, asked)) is not None:
            return earlier
        raise
    served().metrics.acts.labels(name).inc()
    return given


def perform_unkept(name: str, act: Callable[[UnitOfWork], T]) -> T:
    """Runs ``act`` as ``perform`` does, and records no answer: an Idempotency-Key is ignored.

    For what shows personal data: each look is written down by itself, and no answer outlives the right to see it.
    """
    given = _carry_out(name, act)
    served().metrics.acts.labels(name).inc()
    return given


def _who() -> str:
    """The owner of a key: two citizens may send the same key, so a citizen's dossier is part of it."""
    asking = identity().claimed
    return asking.label if asking.dossier_id is None else f"{asking.label}:{asking.dossier_id}"


def _key(required: bool, form_key: str | None) -> str | None:
    given = form_key if form_key is not None else this_request().headers.get("Idempotency-Key")
    if given is None:
        if required:
            raise KeyMissing()
        return None
    if not _KEY.fullmatch(given):
        raise KeyUnreadable()
    return given


def _request_hash() -> bytes:
    """SHA-256 over method, path, query, version and body: two requests are the same when all of these are equal."""
    digest, request = hashlib.sha256(), this_request()
    version = request.headers.get("If-Match", "")
    for part in (request.method, request.path, request.query_string.decode(), version):
        digest.update(part.encode() + b"\0")
    digest.update(request.environ.get("motcua.body_digest", b""))
    return digest.digest()


def _given_before(key: str, asked: bytes) -> Answer | None:
    """The answer recorded under this key, if any. It is read only after the sender's claim is verified."""
    asking = identity()
    if asking.claim is not None:
        with reading_connection() as connection:
            stands, found = proven_answer(connection, _who(), key, asking.claim, runtime().now())
        if stands:
            asking.claim = None
            return _again(found, asked)
        asking.refresh()
    return _earlier(_who(), key, asked)


def _earlier(who: str, key: str, asked: bytes) -> Answer | None:
    """The answer recorded under this key, if any, for a sender who is proven first. Raises NotSignedIn."""
    with reading_connection() as connection:
        found = recorded_answer(connection, who, key)
    if found is not None:
        identity().prove()  # what was refused may be the claim itself
    return _again(found, asked)


def _again(found: RecordedAnswer | None, asked: bytes) -> Answer | None:
    if found is None:
        return None
    if found.request_hash != asked:
        raise KeyReused()
    secrets = runtime().settings.secret_keys
    body, headers = unseal(secrets, found.body, asked), _unsealed(secrets, found.headers, asked)
    if body is None or headers is None:
        raise AnswerLost()
    _must_still_see(body)
    return Answer(found.status, body, {**headers, REPLAYED: "true"})


def _must_still_see(body: bytes) -> None:
    """Raises NotFound when the sender no longer sees the dossier that an answer is about, and Forbidden when it holds
    the citizen's keys and the sender no longer hands them out."""
    told = orjson.loads(body) if body.startswith(b"{") else {}
    code = (this_request().view_args or {}).get("code") or identity().dossier or told.get("code")
    if not isinstance(code, str):
        return
    with reading() as unit:
        case = read_case(unit, code, asked=True)
        if "link_token" in told:
            must_receive(case)


def _sealed(secret: str, headers: Mapping[str, str], asked: bytes) -> str:
    """Headers as they are recorded: an address among them may hold the token of the citizen's link."""
    return base64.b64encode(seal(secret, orjson.dumps(dict(headers)), asked)).decode()


def _unsealed(secrets: Sequence[str], recorded: Mapping[str, str], asked: bytes) -> dict[str, str] | None:
    """The headers of a recorded answer; an earlier version of the program recorded them in clear."""
    if _SEALED not in recorded:
        return dict(recorded)
    plain = unseal(secrets, base64.b64decode(recorded[_SEALED]), asked)
    return None if plain is None else dict(orjson.loads(plain))

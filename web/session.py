"""Who asks for a page: a member of staff by the cookie of a session, an applicant by the cookie of opened dossiers.

The applicant's cookie is sealed. It holds for each dossier the code, a mark of its present keys, and when it ends.
After the link was renewed the mark is another, and the cookie opens nothing. A page's address carries the code, so two
tabs with two dossiers do not mix.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from typing import cast

import orjson
from flask import Response, g, request

from engine.acts.staff.own_sessions import keep_seen
from engine.acts.staff.sign_in import page_token_hash
from engine.clock import civil_day
from engine.errors import Forbidden
from engine.queries.link import Keys, applicant_keys, keys_of_link
from engine.queries.page_sessions import SessionState, must_have_factor, session_state
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.security.sealing import seal, unseal
from engine.transaction import in_transaction
from server.context import reading_connection, runtime, served
from server.identity import Access, NoSuchLink, NotSignedIn, identify_applicant, identify_session, identity
from server.limits import REQUESTS_PER_LINK
from web.cookies import DOSSIERS, SESSION, set_cookie

OPEN_FOR = dt.timedelta(minutes=30)
"""How long an opened dossier stays open without a request."""
MOST_OPEN = 5
"""Dossiers that one browser keeps open; the oldest gives way."""
SEEN_EVERY = dt.timedelta(minutes=1)
"""How often a session in use is written down. What a page asks by itself (header X-Poll) does not count as use."""
_PURPOSE = b"opened dossiers"


class SecondFactorMissing(Forbidden):
    """The person leads or administers and has not set up a second factor, which this installation asks of them."""

    code = "second-factor-missing"
    vi = "Tài khoản của lãnh đạo và người quản trị phải có xác thực hai lớp. Hãy thiết lập rồi làm tiếp."
    en = "Leaders and administrators must have a second factor. Set it up, then go on."


def identify_page(access: Access, code: str | None) -> None:
    """Resolves the sender as ``access`` requires. Raises NotSignedIn, Forbidden, NoSuchLink, TooMany."""
    if access is Access.PUBLIC:
        return
    if access is Access.LINK:
        identify_applicant(_opened(code or ""))
        return
    hashed = session_hash()
    with reading_connection() as connection:
        state = session_state(connection, hashed, runtime().now()) if hashed else None
    if hashed is None or state is None or state.changes is None or _idle(state):
        raise NotSignedIn()
    identify_session(access, hashed, state.changes if request.method == "GET" else None)
    g.page_session = state
    if runtime().now() - state.seen_at >= SEEN_EVERY and "X-Poll" not in request.headers:
        in_transaction(runtime(), SYSTEM_ACTOR, lambda unit: keep_seen(unit, hashed))


def session_hash() -> str | None:
    """The hash of the session's token in the cookie; None without one."""
    token = request.cookies.get(SESSION)
    return page_token_hash(token) if token else None


def page_session() -> SessionState:
    """The session of the request. Only on pages for the staff."""
    return cast(SessionState, g.page_session)


def recently_proven() -> bool:
    """Whether a password or a code was given in this session a short time ago (``web.step_up``)."""
    return runtime().now() - page_session().proven_at <= runtime().settings.sessions.proof


def must_have_both_factors() -> None:
    """Requires the second factor of whoever needs one. Raises SecondFactorMissing."""
    if not runtime().settings.sessions.second_factor or page_session().factor_of is not None:
        return
    if must_have_factor(identity().claimed, civil_day(runtime().now())):
        raise SecondFactorMissing()


def keys_by_link(token: str) -> Keys:
    """The keys of the dossier that a link opens. Raises NoSuchLink, TooMany."""
    with served().limits.guessing_links(NoSuchLink), reading_connection() as connection:
        found = keys_of_link(connection, token)
        if found is None:
            raise NoSuchLink()
    return found


def open_dossier(response: Response, keys: Keys) -> None:
    """Lets the browser open a dossier from now on, by its cookie."""
    kept = [one for one in _remembered() if one["code"] != keys.code][-(MOST_OPEN - 1) :]
    _remember(response, [*kept, _entry(keys)])


def keep_open(response: Response) -> None:
    """Prolongs the dossier of this request; called after each of its pages."""
    if (keys := g.get("opened")) is not None:
        open_dossier(response, keys)


def _idle(state: SessionState) -> bool:
    return runtime().now() - state.seen_at > runtime().settings.sessions.idle


def _opened(code: str) -> Keys:
    for one in _remembered():
        if one["code"] == code:
            served().limits.hold(REQUESTS_PER_LINK, "opened", code)
            with reading_connection() as connection:
                keys = applicant_keys(connection, code)
            if keys is not None and _mark(keys) == one["mark"]:
                g.opened = keys
                return keys
    raise NoSuchLink()


def _remembered() -> list[dict[str, str]]:
    """The opened dossiers that have not ended, oldest first."""
    try:
        raw = base64.urlsafe_b64decode(request.cookies.get(DOSSIERS, "").encode())
    except ValueError:
        return []
    plain = unseal(runtime().settings.secret_keys, raw, _PURPOSE)
    now = runtime().now().timestamp()
    return [one for one in orjson.loads(plain) if one["until"] > now] if plain else []


def _remember(response: Response, entries: list[dict[str, str]]) -> None:
    sealed = seal(runtime().settings.secret_keys[0], orjson.dumps(entries), _PURPOSE)
    value = base64.urlsafe_b64encode(sealed).decode()
    set_cookie(response, DOSSIERS, value, seconds=int(OPEN_FOR.total_seconds()))


def _entry(keys: Keys) -> dict[str, str]:
    until = (runtime().now() + OPEN_FOR).timestamp()
    return {"code": keys.code, "mark": _mark(keys), "until": until}  # type: ignore[dict-item]  # a moment beside words


def _mark(keys: Keys) -> str:
    return hashlib.sha256(f"{keys.code}:{keys.link_nonce}".encode()).hexdigest()[:32]

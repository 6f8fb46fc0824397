"""Who asks for a page: a member of staff by the cookie of a session, an applicant by the cookie of opened dossiers.

The applicant's cookie is sealed. It holds for each dossier the code, a mark of its present keys, and when it ends.
After the link was renewed the mark is another, and the cookie opens nothing. A page's address carries the code, so two
tabs with two dossiers do not mix.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib

import orjson
from flask import Response, g, request

from engine.acts.staff.sign_in import page_token_hash
from engine.queries.link import Keys, applicant_keys, keys_of_link
from engine.security.sealing import seal, unseal
from server.context import reading_connection, runtime, served
from server.identity import Access, NoSuchLink, identify_applicant, identify_session
from web.cookies import DOSSIERS, SESSION, set_cookie

OPEN_FOR = dt.timedelta(minutes=30)
"""How long an opened dossier stays open without a request."""
MOST_OPEN = 5
"""Dossiers that one browser keeps open; the oldest gives way."""
_PURPOSE = b"opened dossiers"


def identify_page(access: Access, code: str | None) -> None:
    """Resolves the sender as ``access`` requires. Raises NotSignedIn, Forbidden, NoSuchLink."""
    if access is Access.PUBLIC:
        return
    if access is Access.LINK:
        identify_applicant(_opened(code or ""))
        return
    token = request.cookies.get(SESSION)
    identify_session(access, page_token_hash(token) if token else None)


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


def _opened(code: str) -> Keys:
    for one in _remembered():
        if one["code"] == code:
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

"""FilingSource over HTTP: another system that takes filings is asked page by page, gives papers, and is told of each.

Every wait has a time limit. A paper that is cut is resumed where it broke (``Range``), then fetched anew; its length
and hash are compared with what was told. Only paths of the one address that is set are asked, and no redirect is
followed: a filing cannot make this program ask somebody else.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

import orjson
import requests

from engine.clock import LOCAL
from engine.connection_ports import FeedPage, PaperDiffers, SourceRefuses, SourceUnreachable
from engine.errors import in_log
from engine.filing_settings import FilingSettings
from engine.rules.filings.coming import at_path, storable
from engine.rules.filings.form import FilingForm, Pages
from engine.setting_values import WrongSetting

SECONDS = (5.0, 30.0)  # to connect, and between two bytes
LARGEST_PAGE = 64 * 1024 * 1024  # bytes
PIECE = 256 * 1024
RESUMES, WHOLE_TRIES = 4, 2
"""How often a paper that is cut goes on, and how often one whose bytes differ is fetched anew."""
LONGEST_CURSOR = 200
MOMENTS = frozenset({"at", "due_at"})


class HttpFilings:
    """The source at ``MOTCUA_FILINGS_URL``, which writes as the form says."""

    def __init__(self, settings: FilingSettings, form: FilingForm) -> None:
        if settings.url is None:
            raise WrongSetting(name="MOTCUA_FILINGS_URL", why="the address of the other system is missing")
        self._url, self._form = settings.url, form
        self._session = requests.Session()
        self._session.trust_env = False
        if settings.token:
            self._session.headers["Authorization"] = f"Bearer {settings.token}"

    def page(self, feed: str, after: str, most: int) -> FeedPage:
        """Raises SourceUnreachable."""
        pages = self._pages(feed)
        told = self._object(self._get(pages.path, {pages.after: after, pages.size: str(most)}))
        items, following = at_path(told, pages.items), at_path(told, pages.next)
        if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
            raise SourceUnreachable(why=f"{pages.path}: {pages.items} is no list of objects")
        cursor = after if following is None else str(following)
        if len(cursor) > LONGEST_CURSOR or not cursor.isprintable():
            why = f"{pages.path}: {pages.next} is no text of {LONGEST_CURSOR} printable characters at most"
            raise SourceUnreachable(why=why)
        return FeedPage(items=tuple(storable(one) for one in items), next=cursor)

    def paper(self, name: str, path: str, size: int, sha256: str, most: int) -> bytes:
        """Raises SourceUnreachable, PaperDiffers."""
        if size > most:
            raise _differs(name, f"dài {size} byte, tối đa {most}", f"has {size} bytes, at most {most} are taken")
        content = b""
        for _ in range(WHOLE_TRIES):
            content = self._fetched(path, size)
            if len(content) == size and hashlib.sha256(content).hexdigest() == sha256:
                return content
        if len(content) != size:
            found = f"{len(content)}" if len(content) <= size else f">{size}"
            raise _differs(name, f"báo {size} byte nhưng nhận {found}", f"was told as {size} bytes and has {found}")
        raise _differs(name, "mã băm SHA-256 không khớp", "has another SHA-256 than was told")

    def answer(self, key: str, body: dict[str, Any]) -> None:
        """Raises SourceUnreachable, SourceRefuses."""
        told = self._in_their_names(body)
        try:
            response = self._session.post(
                self._url + self._form.answer_path,
                data=orjson.dumps(told),
                headers={"Content-Type": "application/json", "Idempotency-Key": key},
                timeout=SECONDS,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise SourceUnreachable(why=in_log(error)[:300]) from error
        if 200 <= response.status_code <= 299:
            return
        why = f"{self._form.answer_path} answered {response.status_code}"
        if response.status_code in (400, 404, 409, 410, 422):
            raise SourceRefuses(why=why)
        raise SourceUnreachable(why=why)

    def _pages(self, feed: str) -> Pages:
        if feed == "mirrors" and self._form.mirrors is not None:
            return self._form.mirrors.pages
        return self._form.pages

    def _get(self, path: str, query: Mapping[str, str]) -> bytes:
        try:
            with self._session.get(
                self._url + path, params=dict(query), timeout=SECONDS, allow_redirects=False, stream=True
            ) as response:
                if response.status_code != 200:
                    raise SourceUnreachable(why=f"{path} answered {response.status_code}")
                content = b""
                for piece in response.iter_content(PIECE):
                    content += piece
                    if len(content) > LARGEST_PAGE:
                        raise SourceUnreachable(why=f"{path}: the page is larger than {LARGEST_PAGE} bytes")
                return content
        except requests.RequestException as error:
            raise SourceUnreachable(why=in_log(error)[:300]) from error

    def _object(self, content: bytes) -> dict[str, Any]:
        try:
            told = orjson.loads(content)
        except orjson.JSONDecodeError as error:
            raise SourceUnreachable(why="the page is not JSON") from error
        if not isinstance(told, dict):
            raise SourceUnreachable(why="the page is no object")
        return told

    def _fetched(self, path: str, size: int) -> bytes:
        """The bytes at a path, one more than told at most; it goes on where a connection broke."""
        if not path.startswith("/") or path.startswith("//"):
            raise SourceUnreachable(why="the path of a paper must begin with one /")
        content, why = bytearray(), ""
        for _ in range(RESUMES + 1):
            try:
                self._more(path, content, size)
                return bytes(content)
            except requests.RequestException as error:
                why = in_log(error)[:300]
            if len(content) >= size:
                return bytes(content)
        raise SourceUnreachable(why=why)

    def _more(self, path: str, content: bytearray, size: int) -> None:
        """Adds what comes to ``content``. Raises RequestException where it breaks, SourceUnreachable."""
        headers = {"Range": f"bytes={len(content)}-"} if content else {}
        with self._session.get(
            self._url + path, headers=headers, timeout=SECONDS, allow_redirects=False, stream=True
        ) as response:
            if response.status_code == 200:
                content.clear()  # it sends everything again
            elif response.status_code != 206:
                raise SourceUnreachable(why=f"a paper answered {response.status_code}")
            told = response.headers.get("Content-Length", "")
            promised = len(content) + int(told) if told.isdigit() else None
            for piece in response.iter_content(PIECE):
                content += piece
                if len(content) > size:
                    return
            if promised is not None and len(content) < promised:
                raise requests.ConnectionError("the connection broke")

    def _in_their_names(self, body: Mapping[str, Any]) -> dict[str, Any]:
        form, told = self._form, dict[str, Any]()
        for ours, value in body.items():
            if value is None:
                continue
            if ours == "answer":
                value = form.answers[value]
            elif ours in MOMENTS:
                value = _local(value).strftime(form.moments)
            _put(told, form.answer[ours], value)
        return told


def _local(value: dt.datetime | str) -> dt.datetime:
    moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value)
    return moment.astimezone(LOCAL)


def _put(told: dict[str, Any], path: str, value: Any) -> None:
    *above, last = path.split(".")
    for part in above:
        told = told.setdefault(part, {})
    told[last] = value


def _differs(name: str, why_vi: str, why_en: str) -> PaperDiffers:
    return PaperDiffers(paper=name, why_vi=why_vi, why_en=why_en)

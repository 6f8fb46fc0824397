"""The national portal over HTTP: a login gives a session, every call carries it, ``error_code`` 0 is a success.

No interface text is public: names, addresses and codes come from the mapping file (docs/connections.md says what is
assumed). Connections are kept for the next call, whichever thread makes it. Nothing of a message is logged.
"""

from __future__ import annotations

import contextlib
import http.client
import threading
import time
import weakref
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import orjson

from adapters.portal_wire import compared_fields, fingerprint_of, message_of
from adapters.tls import trusted
from engine.connection_ports import Held, PortalFailed, Telling
from engine.errors import in_log
from engine.portal_settings import PortalSettings
from engine.rules.portal.mapping import PortalMapping

SECONDS = 15.0
KEPT = 30.0  # seconds that a connection may be idle before a new one is opened instead
LARGEST_ANSWER = 4 * 1024 * 1024  # bytes of one answer, or of one line of the list
LONGEST_CODE = 200
LOOK_UP = "TraCuuHoSo"


class HttpPortal:
    """``engine.connection_ports.Portal`` at the address of the settings."""

    def __init__(self, settings: PortalSettings, mapping: PortalMapping) -> None:
        self._settings, self._mapping = settings, mapping
        self._place = urlsplit(settings.url)
        self._idle: deque[tuple[http.client.HTTPConnection, float]] = deque()
        weakref.finalize(self, _close_all, self._idle)
        self._session, self._signing_in = "", threading.Lock()

    def fingerprint(self, telling: Telling) -> str:
        """The fingerprint that the portal should list."""
        return fingerprint_of(self._mapping, message_of(self._mapping, telling))

    def compared(self, telling: Telling) -> Mapping[str, str]:
        """The compared fields as canonical texts, by kind."""
        return compared_fields(self._mapping, message_of(self._mapping, telling))

    def tell(self, telling: Telling) -> str:
        """Tells once, and returns the portal's reference or ''."""
        names, form = self._mapping.envelope, self._mapping.messages[telling.kind]
        call = {
            names["service"]: form.service,
            names["updating"]: telling.kind != "dossier",
            names["key"]: telling.key,
            names["sequence"]: telling.sequence,
            names["data"]: [message_of(self._mapping, telling)],
        }
        answer = self._asked("call", call)
        reference = answer.get("id")
        return reference[:200] if isinstance(reference, str) else ""

    def held(self, code: str) -> Sequence[Mapping[str, str]]:
        """The records there under a code."""
        names, key = self._mapping.envelope, self._key_name
        call = {names["service"]: LOOK_UP, names["updating"]: False, names["data"]: [{key: code}]}
        found = self._asked("call", call).get(names["data"])
        if not isinstance(found, list):
            raise _failed("refused", "the answer has no list of records")
        return [compared_fields(self._mapping, one) for one in found if isinstance(one, dict)]

    def listed(self, after: str) -> Iterator[Held]:
        """What the portal holds of this agency behind a code, line by line."""
        names, key = self._mapping.envelope, self._key_name
        call = {names["fields"]: list(self._mapping.compare.values()), names["after"]: after}
        line = self._opened()
        try:
            status, response = self._sent(line, "list", self._with_session(call))
            if status != 200:
                raise _failed("network", f"the list was answered with {status}")
            ended = False
            while (told := response.readline(LARGEST_ANSWER)) and not ended:
                one = _object(told)
                ended = bool(one.get("end"))
                code, mark = one.get(key), one.get(names["fingerprint"])
                if not ended and isinstance(code, str) and isinstance(mark, str) and len(code) <= LONGEST_CODE:
                    yield Held(code=code, fingerprint=mark)
                elif not ended:
                    raise _failed("refused", "a line of the list has no code or no fingerprint")
            if not ended:
                raise _failed("network", "the list broke off")
        except (http.client.HTTPException, OSError) as error:
            raise _failed("network", in_log(error)[:200]) from error
        finally:
            line.close()

    @property
    def _key_name(self) -> str:
        """What the portal calls the dossier's code."""
        fields = self._mapping.messages["dossier"].fields
        return next(name for name, fact in fields.items() if fact == "code")

    def _asked(self, address: str, call: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a call; signs in again once if the session has ended."""
        names = self._mapping.envelope
        answer = self._posted(address, self._with_session(call))
        if str(answer.get(names["error"])) == names["expired"]:
            self._session = ""
            answer = self._posted(address, self._with_session(call))
        code = str(answer.get(names["error"]))
        if code == names["expired"]:
            raise _failed("network", "the session ends at once")
        if code != "0":
            raise _failed("refused", f"error {code[:20]}: {str(answer.get(names['message'], ''))[:200]}")
        return answer

    def _with_session(self, call: Mapping[str, Any]) -> dict[str, Any]:
        names = self._mapping.envelope
        with self._signing_in:
            if not self._session:
                who = {names["username"]: self._settings.username, names["password"]: self._settings.password}
                given = self._posted("login", who).get(names["session"])
                if not isinstance(given, str) or not given:
                    raise _failed("network", "signing in gave no session; check the user and the password")
                self._session = given
            return {names["session"]: self._session, names["agency"]: self._settings.agency, **call}

    def _posted(self, address: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """POSTs over a kept connection; a closed one is opened anew once, which a known key makes safe."""
        kept = self._kept()
        for line in (kept, None) if kept is not None else (None,):
            line = line or self._opened()
            try:
                status, response = self._sent(line, address, body)
                content = response.read(LARGEST_ANSWER)
            except (http.client.HTTPException, OSError) as error:
                line.close()
                if line is kept and isinstance(error, ConnectionError):
                    continue
                raise _failed("network", in_log(error)[:200]) from error
            if response.will_close or not response.isclosed():
                line.close()
            else:
                self._idle.append((line, time.monotonic()))
            return _judged(status, content)
        raise AssertionError("a fresh connection answers or fails")

    def _kept(self) -> http.client.HTTPConnection | None:
        """The connection that was used last, if it was used lately."""
        with contextlib.suppress(IndexError):
            while True:
                line, used = self._idle.pop()
                if time.monotonic() - used < KEPT:
                    return line
                line.close()
        return None

    def _sent(
        self, line: http.client.HTTPConnection, address: str, body: Mapping[str, Any]
    ) -> tuple[int, http.client.HTTPResponse]:
        headers = {"content-type": "application/json", "user-agent": "motcua", "accept-encoding": "identity"}
        line.request("POST", self._place.path + self._mapping.addresses[address], orjson.dumps(body), headers)
        response = line.getresponse()
        return response.status, response

    def _opened(self) -> http.client.HTTPConnection:
        host, port = self._place.hostname or "", self._place.port
        if self._place.scheme == "https":
            return http.client.HTTPSConnection(host, port, timeout=SECONDS, context=trusted())
        return http.client.HTTPConnection(host, port, timeout=SECONDS)


def _close_all(idle: deque[tuple[http.client.HTTPConnection, float]]) -> None:
    for line, _ in idle:
        line.close()


def _judged(status: int, content: bytes) -> dict[str, Any]:
    """The answer's object. Other than 2xx is a failure: final for 4xx, but for 401, 408, 425 and 429."""
    if 200 <= status <= 299:
        return _object(content)
    final = 400 <= status <= 499 and status not in (401, 408, 425, 429)
    raise _failed("refused" if final else "network", f"it answered {status}")


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise _failed("network", "the answer is no JSON") from error
    if not isinstance(found, dict):
        raise _failed("network", "the answer is no object")
    return found


def _failed(cause: str, why: str) -> PortalFailed:
    return PortalFailed(cause=cause, channel="portal", why=why)

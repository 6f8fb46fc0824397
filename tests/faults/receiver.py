"""A receiver of notices as the outside world has one: it checks signatures and ignores what it has seen before."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

import orjson
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

DOWN, SLOW, NONSENSE = "down", "slow", "nonsense"
HANGS = 30.0  # seconds; longer than any sender waits
SMS_SECRET = "whsec_" + "c21zLWdhdGV3YXktb2YtdGhlLWZhdWx0LXJ1bnM="


@dataclass(slots=True)
class Taken:
    """One notice as it first arrived: the path, the JSON, and when (``time.monotonic``)."""

    path: str
    body: dict[str, Any]
    at: float


@dataclass(slots=True)
class Receiver:
    """An SMS gateway at ``/sms`` and a listener for events at ``/events``, on a free port of this machine."""

    secrets: dict[str, str] = field(default_factory=lambda: {"/sms": SMS_SECRET})
    taken: dict[str, Taken] = field(default_factory=dict)
    again: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    mood: str | None = None  # DOWN: hangs up; SLOW: never answers; NONSENSE: answers what is no HTTP
    turned_away: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Receiver:
        receiver = self

        class Door(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                content = self.rfile.read(length)
                if len(content) < length:  # its sender was killed in the middle
                    self.close_connection = True
                    return
                if (mood := receiver.mood) is not None:
                    self._turn_away(mood)
                    return
                status = receiver.take(self.path, content, {key.lower(): value for key, value in self.headers.items()})
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def _turn_away(self, mood: str) -> None:
                receiver.turned_away += 1
                self.close_connection = True
                if mood == NONSENSE:
                    self.wfile.write(b"\x16\x03\x01 200 ???\r\nContent-Length: -1\r\n\r\n\xff\xfe{")
                latest = time.monotonic() + HANGS
                while mood == SLOW and receiver.mood == SLOW and time.monotonic() < latest:
                    time.sleep(0.05)

            def log_message(self, *_: object) -> None:
                """What arrives is counted, not printed."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """A sender that was killed in the middle of a request is what this is for."""

        self._server = Server(("127.0.0.1", 0), Door)
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True, name="receiver").start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def sms_url(self) -> str:
        """The gateway's address with the shared secret, as MOTCUA_SMS_URL wants it."""
        return self.url.replace("http://", f"http://:{SMS_SECRET.replace('=', '%3D')}@") + "/sms"

    def take(self, path: str, content: bytes, headers: dict[str, str]) -> int:
        """The status of the answer. What came before is answered alike and counted in ``again``."""
        try:
            Webhook(self.secrets[path]).verify(content, headers)
        except (KeyError, WebhookVerificationError) as error:
            self.wrong.append(f"{path}: {type(error).__name__}: {error}")
            return 401
        key, body = headers["webhook-id"], orjson.loads(content)
        with self._lock:
            known = self.taken.get(key)
            if known is None:
                self.taken[key] = Taken(path, body, time.monotonic())
            else:
                self.again[key] += 1
                if (known.path, _content(known.body)) != (path, _content(body)):
                    self.wrong.append(f"{key} came again with another content")
        return 204


def _content(body: dict[str, Any]) -> dict[str, Any]:
    """All but the address, and the appointment: between two tries a telephone number may have been corrected, and the
    moment that a notice promised may have passed, which is then no longer named."""
    kept = {key: value for key, value in body.items() if key != "to"}
    if isinstance(kept.get("text"), str):
        kept["text"] = _APPOINTMENT.sub("·", kept["text"])
    if isinstance(kept.get("data"), dict):
        kept["data"] = {key: value for key, value in kept["data"].items() if key != "due"}
    return kept


_APPOINTMENT = re.compile(r"\d\d:\d\d \d\d/\d\d/\d{4}|da qua")

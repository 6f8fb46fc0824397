"""The HTTP client of the demonstration: it calls the public API as a clerk or a citizen would."""

from __future__ import annotations

import secrets
from typing import Any

import orjson
import urllib3

from engine.errors import Refusal


class Unexpected(Refusal):
    """The web process answered with something else than the demonstration expects."""

    code = "demo-failed"
    status = 500
    vi = "Trình diễn dừng: {method} {path} trả lời {status}: {body}"
    en = "The demonstration stopped: {method} {path} answered {status}: {body}"


class Client:
    """One session of one person; anonymous without ``username``."""

    def __init__(self, base: str, username: str = "", password: str = "") -> None:
        self._base = base
        self._pool = urllib3.PoolManager(timeout=30, retries=False)
        self._headers: dict[str, str] = {"Accept-Language": "vi"}
        self.username = username
        if username:
            token = self.call("POST", "/api/v1/sessions", {"username": username, "password": password})["token"]
            self._headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, body: Any = None, version: int | None = None) -> dict[str, Any]:
        """The JSON answer. Every writing request carries an idempotency key. Raises Unexpected."""
        headers = dict(self._headers)
        if method != "GET":
            headers["Idempotency-Key"] = secrets.token_hex(8)
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        content = orjson.dumps(body) if body is not None else None
        if content is not None:
            headers["Content-Type"] = "application/json"
        answer = self._pool.request(method, self._base + path, body=content, headers=headers)
        return self._read(method, path, answer)

    def upload(self, path: str, version: int, key: str, file_name: str, content: bytes) -> dict[str, Any]:
        """Sends a file as a browser's form would."""
        headers = dict(self._headers) | {"Idempotency-Key": secrets.token_hex(8), "If-Match": f'"{version}"'}
        parts: dict[str, str | tuple[str, str | bytes, str]] = {
            "key": key,
            "file": (file_name, content, "application/pdf"),
        }
        answer = self._pool.request("POST", self._base + path, fields=parts, headers=headers)
        return self._read("POST", path, answer)

    def _read(self, method: str, path: str, answer: urllib3.BaseHTTPResponse) -> dict[str, Any]:
        if not 200 <= answer.status < 300:
            raise Unexpected(method=method, path=path, status=answer.status, body=answer.data.decode(errors="replace"))
        read: dict[str, Any] = orjson.loads(answer.data) if answer.data else {}
        return read

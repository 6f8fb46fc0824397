"""A payment gateway over HTTP and JSON, as the mapping file ``connections/payments.yaml`` names its fields.

Every request carries the office's token and an Idempotency-Key, so one whose answer was lost may be sent again. An
answer of 4xx is a refusal that trying again cannot change, except 401, 403, 408, 409, 425 and 429: those are mended by
somebody, or pass. Neither the token nor what a payer wrote is logged.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import orjson
import urllib3
from urllib3.exceptions import HTTPError

from adapters.tls import trusted
from engine.connection_ports import GatewayFailed, Ordered, RefundAnswer
from engine.errors import in_log
from engine.rules.payments.wire import MessageUnreadable, Wire, at_path, text_at

TIMEOUT = urllib3.Timeout(connect=5.0, read=15.0)
LARGEST_ANSWER = 1024 * 1024  # bytes
_PASSING = frozenset({401, 403, 408, 409, 425, 429})


class HttpGateway:
    """Gateway (``engine.connection_ports``) at an address, with the token of the office."""

    def __init__(self, url: str, token: str, wire: Wire) -> None:
        self._url, self._token, self._wire = url, token, wire
        secure = trusted() if url.startswith("https://") else None
        self._pool = urllib3.PoolManager(retries=False, timeout=TIMEOUT, ssl_context=secure)

    def create(self, reference: str, vnd: int, about: str) -> Ordered:
        """Announces a charge; the gateway knows it again by its reference. Raises GatewayFailed."""
        call = self._wire.create
        ours = {"reference": reference, "vnd": vnd, "currency": "VND", "about": about}
        told = self._asked("POST", call.path, _named(ours, call.send), reference)
        key = self._text(told, call.receive["key"], 120)
        pay_at = at_path(told, call.receive["pay_at"]) if "pay_at" in call.receive else None
        usable = isinstance(pay_at, str) and pay_at.startswith("https://") and len(pay_at) <= 500
        return Ordered(key, pay_at if isinstance(pay_at, str) and usable else "")

    def transactions(self, key: str) -> list[Any]:
        """The transactions of a payment, as the gateway tells them. Raises GatewayFailed."""
        told = self._asked("GET", self._wire.status.path.replace("{key}", quote(key, safe="")))
        found = at_path(told, self._wire.items)
        if not isinstance(found, list):
            raise GatewayFailed(why=f"its answer has no list {self._wire.items}")
        return found

    def refund(self, key: str, transaction: str, vnd: int) -> RefundAnswer:
        """Orders to pay back; asked again with the same key, the gateway tells the same order. Raises GatewayFailed."""
        call, wire = self._wire.refund, self._wire
        path = call.path.replace("{transaction}", quote(transaction, safe=""))
        told = self._asked("POST", path, _named({"key": key, "vnd": vnd}, call.send), key)
        status = self._text(told, call.receive["status"], 40)
        known = self._text(told, call.receive["key"], 120)
        why = at_path(told, call.receive["why"]) if "why" in call.receive else None
        outcome = "done" if status in wire.refund_done else "refused" if status in wire.refund_refused else "waiting"
        return RefundAnswer(outcome, known, str(why or "")[:300])

    def _asked(self, method: str, path: str, body: dict[str, Any] | None = None, key: str | None = None) -> Any:
        headers = {"authorization": f"Bearer {self._token}", "accept": "application/json", "user-agent": "motcua"}
        if body is not None:
            headers |= {"content-type": "application/json", "idempotency-key": key or ""}
        content = orjson.dumps(body) if body is not None else None
        try:
            answer = self._pool.request(
                method, self._url + path, body=content, headers=headers, preload_content=False, redirect=False
            )
            try:
                raw = answer.read(LARGEST_ANSWER + 1)
            finally:
                answer.release_conn()
        except (HTTPError, OSError) as error:
            raise GatewayFailed(why=in_log(error)[:300]) from error
        if not 200 <= answer.status <= 299:
            refused = 400 <= answer.status <= 499 and answer.status not in _PASSING
            raise GatewayFailed(permanent=refused, why=f"it answered {answer.status}")
        return _read(raw)

    def _text(self, told: Any, path: str, most: int) -> str:
        try:
            return text_at(told, path, most)
        except MessageUnreadable as error:
            raise GatewayFailed(why=f"its answer lacks {path}") from error


def _named(ours: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Our values under the other side's names, dotted paths as objects within objects."""
    made: dict[str, Any] = {}
    for name, path in names.items():
        if name in ours:
            place = made
            *way, last = path.split(".")
            for step in way:
                place = place.setdefault(step, {})
            place[last] = ours[name]
    return made


def _read(raw: bytes) -> Any:
    if len(raw) > LARGEST_ANSWER:
        raise GatewayFailed(why="its answer is too long")
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise GatewayFailed(why="its answer is not JSON") from error

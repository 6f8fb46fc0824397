"""Remote signing at a provider, over HTTP: the names of everything on the wire come from the mapping file.

The secret that is shared with the provider proves us to it, and proves its calls to us: a callback carries the
HMAC-SHA-256 of ``timestamp.body``. Nothing personal is sent but what the provider knows the signatory by; documents go
as hashes with the dossier's code as their name.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import orjson
import requests

from adapters.pades.awaited import outcome
from adapters.pades.pdf import Signing
from adapters.pades.trust import Trust, as_pem, certificates_in
from adapters.signatory_file import signatories_in
from engine.ports import Signature
from engine.remote_signing import (
    CallbackForged,
    PreparedPdf,
    RemoteAnswer,
    RemoteAnswers,
    RemoteDocument,
    RemoteSigningFailed,
)
from engine.remote_wire import RemoteWire
from engine.signing_settings import RemoteSettings

_MOST_BYTES = 4_000_000
"""The longest answer that is read."""


class RemoteSigner:
    """RemoteSigning at the provider of the settings; ``back`` is the address that it calls us at."""

    def __init__(self, settings: RemoteSettings, wire: RemoteWire, trust: Trust, back: str) -> None:
        self._settings, self._wire, self._trust, self._back = settings, wire, trust, back
        self.minutes, self.poll_seconds = wire.numbers["confirm_minutes"], wire.numbers["poll_seconds"]
        self.most = wire.numbers["most_documents"]

    def credential(self, username: str) -> str | None:
        """What the provider knows a person by, from the file of the settings. Raises RemoteSigningFailed."""
        try:
            known = signatories_in(self._settings.signers)
        except OSError as error:
            raise _failed("không đọc được tệp người ký", "the file of signatories cannot be read") from error
        if username not in known.known and any(not one.line for one in known.faults):
            raise _failed("không đọc được tệp người ký", "the file of signatories cannot be read")
        return known.known.get(username)

    def certificates(self, credential: str, at: dt.datetime) -> tuple[str, ...]:
        """The person's certificate with its chain as PEM, checked."""
        words = self._wire.words
        path = words["certificate.path"].replace("{credential}", quote(credential, safe=""))
        answer = self._json("GET", path)
        own, above = _inside(answer, words["certificate.own"]), _inside(answer, words["certificate.above"])
        try:
            pems = [_pem(one) for one in (own, *(above if isinstance(above, list) else [above] if above else []))]
            chain = certificates_in("".join(pems).encode())
        except (ValueError, TypeError) as error:
            raise _failed("chứng thư nhận về không đọc được", "the certificate that came back is unreadable") from error
        outcome(self._trust.check(chain, at))
        return tuple(map(as_pem, chain))

    def prepare(self, content: bytes, certificates: tuple[str, ...], *, check: str) -> PreparedPdf:
        """Makes room for a signature."""
        return outcome(self._signing(certificates).prepare(content, check=check))

    def ask(self, key: str, credential: str, documents: tuple[RemoteDocument, ...]) -> str:
        """Sends hashes in one request; returns the provider's name of it."""
        words = self._wire.words
        body = {
            words["sign.key"]: key,
            words["sign.credential"]: credential,
            words["sign.algorithm"]: words["sign.algorithm_value"],
            words["sign.callback"]: self._back,
            words["sign.documents"]: [
                {words["sign.id"]: one.id, words["sign.name"]: one.name, words["sign.hash"]: self._hash(one.hash)}
                for one in documents
            ],
        }
        transaction = _inside(self._json("POST", words["sign.path"], body), words["sign.transaction"])
        if not isinstance(transaction, str | int) or not 0 < len(str(transaction)) <= 100:
            raise _failed("câu trả lời không có mã giao dịch", "the answer names no transaction")
        return str(transaction)

    def answers(self, key: str, transaction: str) -> RemoteAnswers | None:
        """What became of a request; None for one that the provider does not know."""
        path = self._wire.words["status.path"].replace("{transaction}", quote(transaction, safe=""))
        answer = self._json("GET", path, unknown_is_none=True)
        return None if answer is None else self._read(answer)

    def read_callback(self, headers: Mapping[str, str], body: bytes, now: dt.datetime) -> RemoteAnswers:
        """What a call of the provider says."""
        words = self._wire.words
        stamp, given = (headers.get(words[f"callback.{name}"].lower(), "") for name in ("timestamp", "signature"))
        right = hmac.new(self._settings.secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(given.encode(), right.encode()) or not stamp.isascii() or not stamp.isdigit():
            raise CallbackForged()
        if abs(now.timestamp() - int(stamp[:12])) > self._wire.numbers["callback.tolerance_seconds"]:
            raise CallbackForged()
        try:
            return self._read(orjson.loads(body))
        except ValueError as error:
            raise _failed("nội dung không phải JSON", "the body is no JSON") from error

    def finish(self, prepared: PreparedPdf, value: bytes, certificates: tuple[str, ...], at: dt.datetime) -> Signature:
        """Puts the signature into its PDF, with timestamp and validation data."""
        return outcome(self._signing(certificates).finish(prepared, value, at))

    def _signing(self, certificates: tuple[str, ...]) -> Signing:
        return Signing(certificates_in("".join(certificates).encode()), self._trust)

    def _hash(self, hexadecimal: str) -> str:
        if self._wire.hash_as == "hex":
            return hexadecimal
        return base64.b64encode(bytes.fromhex(hexadecimal)).decode()

    def _read(self, answer: Any) -> RemoteAnswers:
        words = self._wire.words
        documents = _inside(answer, words["status.documents"])
        if not isinstance(documents, list):
            raise _failed("câu trả lời không có danh sách tài liệu", "the answer has no list of documents")
        return RemoteAnswers(
            key=str(_inside(answer, words["status.key"]) or ""),
            transaction=str(_inside(answer, words["status.transaction"]) or ""),
            documents=tuple(self._document(one) for one in documents),
        )

    def _document(self, told: Any) -> RemoteAnswer:
        words = self._wire.words
        state = self._wire.states.get(str(_inside(told, words["status.state"])))
        if state is None:
            raise _failed("trạng thái tài liệu không có trong tệp ánh xạ", "a state is not in the mapping file")
        value = _inside(told, words["status.value"])
        try:
            raw = base64.b64decode(value, validate=True) if isinstance(value, str) and state == "signed" else None
        except binascii.Error:
            raw = b""
        reason = str(_inside(told, words["status.reason"]) or "")[:300]
        return RemoteAnswer(id=str(_inside(told, words["status.id"])), state=state, value=raw, reason=reason)

    def _json(self, method: str, path: str, body: Any = None, *, unknown_is_none: bool = False) -> Any:
        words, wait = self._wire.words, self._wire.numbers["wait_seconds"]
        proof = words["authorisation.value"].replace("{secret}", self._settings.secret)
        given: dict[str, Any] = {"headers": {words["authorisation.header"]: proof}, "json": body}
        try:
            with requests.request(
                method, self._settings.url + path, timeout=wait, allow_redirects=False, stream=True, **given
            ) as answer:
                content = answer.raw.read(_MOST_BYTES + 1, decode_content=True)
        except (requests.RequestException, OSError) as error:
            raise _failed("máy chủ không trả lời", "the server does not answer", permanent=False) from error
        if answer.status_code == 404 and unknown_is_none:
            return None
        if not 200 <= answer.status_code < 300:
            late = answer.status_code >= 500 or answer.status_code in (408, 425, 429)
            said = f"HTTP {answer.status_code}"
            raise _failed(f"máy chủ trả lời {said}", f"the server answered {said}", permanent=not late)
        try:
            return orjson.loads(content[:_MOST_BYTES])
        except ValueError as error:
            raise _failed("câu trả lời không phải JSON", "the answer is no JSON", permanent=False) from error


def _failed(vi: str, en: str, *, permanent: bool = True) -> RemoteSigningFailed:
    return RemoteSigningFailed(permanent=permanent, why_vi=vi, why_en=en)


def _inside(answer: Any, path: str) -> Any:
    for name in path.split("."):
        answer = answer.get(name) if isinstance(answer, dict) else None
    return answer


def _pem(told: Any) -> str:
    """A certificate as PEM, from PEM or from base64 of DER. Raises TypeError, ValueError."""
    if not isinstance(told, str):
        raise TypeError("no text")
    if "-----BEGIN" in told:
        return told
    raw = base64.b64encode(base64.b64decode(told)).decode()
    return f"-----BEGIN CERTIFICATE-----\n{raw}\n-----END CERTIFICATE-----\n"

"""A provider of remote signing: takes hashes, waits for the signatory's app, and then is asked or calls back.

It speaks the wire format of ``workflows/connections/remote-signing.yaml``. Requests, confirmations and keys are kept in
its folder, so a restart in the middle loses nothing.

- ``POST /_double/signatories`` with ``{"credential": …, "pem": …}``: a person with key, certificate and chain.
- ``PUT /_double/app`` with ``{"confirm": 0.95, "refuse": 0.05, "seed": 7}``: the shares of documents that the app
  confirms and refuses by itself as they come; the rest waits.
- ``POST /_double/confirmed`` with ``{"transaction": …, "refused": ["2"]}``: the signatory confirms a request in the app
  and refuses some documents. ``{"all": true}`` confirms everything that waits.
- ``PUT /_double/options`` with ``{"secret": …, "callbacks": true, "alter": 0.1, "expire": true}``;
  ``"side_by_side": true`` gives the two numbers of an ECDSA signature as they are, and not as DER.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import requests
from asn1crypto import pem
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from flask import Flask, Response, jsonify, request

from tests.doubles.faults import Faults, give_faults
from tests.doubles.process import serve

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class Provider:
    """What the provider knows, each thing a file of its folder."""

    def __init__(self, folder: Path, faults: Faults) -> None:
        self._folder, self._faults, self._lock = folder, faults, threading.RLock()
        self._keys: dict[str, Key] = {}
        self.options: dict[str, Any] = self._read("options") or {}
        (folder / "requests").mkdir(exist_ok=True)

    def enter(self, credential: str, text: str) -> None:
        """Keeps a signatory, or the new key of one."""
        self._keys.pop(credential, None)
        self._write(f"signatory-{_safe(credential)}", {"pem": text})

    def set(self, options: dict[str, Any]) -> None:
        """Changes options; they outlive a restart."""
        with self._lock:
            self.options |= options
            self._write("options", self.options)

    def certificates(self, credential: str) -> dict[str, Any] | None:
        """The certificate of a signatory and its chain."""
        known = self._read(f"signatory-{_safe(credential)}")
        if known is None:
            return None
        ders = [der for kind, _, der in pem.unarmor(known["pem"].encode(), multiple=True) if kind == "CERTIFICATE"]
        own, *chain = (base64.b64encode(der).decode() for der in ders)
        return {"certificate": own, "chain": chain}

    def take(self, given: dict[str, Any]) -> str:
        """Takes a request; one with a known key is the same request."""
        with self._lock:
            for known in self.every():
                if known["request_id"] == given["request_id"]:
                    return str(known["transaction_id"])
            kept = {**given, "transaction_id": uuid.uuid4().hex[:16]}
            chance = random.Random(f"{self.options.get('seed', 0)}{given['request_id']}")
            for one in kept["documents"]:
                one["status"] = "PENDING"
            if not self._faults.struck("forget"):
                self._keep(kept)
            self._by_itself(kept, chance)
            return str(kept["transaction_id"])

    def confirm(self, transaction: str, refused: list[str]) -> None:
        """The signatory confirms a request in the app, and refuses some documents."""
        with self._lock:
            kept = self.known(transaction)
            assert kept is not None
            for one in kept["documents"]:
                if one["status"] == "PENDING":
                    self._decide(kept, one, "REJECTED" if one["doc_id"] in refused else "SIGNED")
            self._keep(kept)
        self._call(kept)

    def known(self, transaction: str) -> dict[str, Any] | None:
        """A request by the provider's name of it."""
        path = self._folder / "requests" / f"{_safe(transaction)}.json"
        return json.loads(path.read_text()) if path.exists() else None

    def every(self) -> list[dict[str, Any]]:
        """Every request."""
        return [json.loads(path.read_text()) for path in sorted((self._folder / "requests").glob("*.json"))]

    def expire(self) -> None:
        """Lets everything that waits expire."""
        with self._lock:
            for kept in self.every():
                for one in kept["documents"]:
                    one["status"] = "EXPIRED" if one["status"] == "PENDING" else one["status"]
                self._keep(kept)

    def _by_itself(self, kept: dict[str, Any], chance: random.Random) -> None:
        app = self.options.get("app", {})
        for one in kept["documents"]:
            point = chance.random()
            if point < app.get("refuse", 0):
                self._decide(kept, one, "REJECTED")
            elif point < app.get("refuse", 0) + app.get("confirm", 0):
                self._decide(kept, one, "SIGNED")
        if app and not self._faults.struck("forget"):
            self._keep(kept)
            threading.Timer(0.05, self._call, [kept]).start()

    def _decide(self, kept: dict[str, Any], one: dict[str, Any], status: str) -> None:
        one["status"] = status
        if status == "REJECTED":
            one["reason"] = "Từ chối trong ứng dụng"
            return
        digest = base64.b64decode(one["hash"])
        if random.random() < self.options.get("alter", 0):
            digest = hashlib.sha256(digest).digest()
        raw = _signed(self._key(kept["user_id"]), digest, side_by_side=bool(self.options.get("side_by_side")))
        one["signature"] = base64.b64encode(raw).decode()

    def _key(self, credential: str) -> Key:
        if credential not in self._keys:
            known = self._read(f"signatory-{_safe(credential)}")
            assert known is not None
            key = load_pem_private_key(known["pem"].encode(), None)
            assert isinstance(key, Key)
            self._keys[credential] = key
        return self._keys[credential]

    def _call(self, kept: dict[str, Any]) -> None:
        """Calls back once; whoever does not hear it asks."""
        if not self.options.get("callbacks") or not kept.get("callback_url"):
            return
        body, stamp = json.dumps(shown(kept)).encode(), str(int(self.options.get("now") or time.time()))
        signed = hmac.new(self.options["secret"].encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        headers = {"X-Timestamp": stamp, "X-Signature": signed, "Content-Type": "application/json"}
        for _ in range(2 if self.options.get("twice") else 1):
            try:
                requests.post(kept["callback_url"], data=body, headers=headers, timeout=10)
            except requests.RequestException:
                return

    def _keep(self, kept: dict[str, Any]) -> None:
        self._write(f"requests/{_safe(kept['transaction_id'])}", kept)

    def _read(self, name: str) -> dict[str, Any] | None:
        path = self._folder / f"{name}.json"
        return json.loads(path.read_text()) if path.exists() else None

    def _write(self, name: str, what: dict[str, Any]) -> None:
        path = self._folder / f"{name}.json"
        fresh = path.with_suffix(f".{uuid.uuid4().hex}")
        fresh.write_text(json.dumps(what))
        fresh.replace(path)


def make(folder: Path) -> Flask:
    """The provider of a folder as a program."""
    app = Flask("remote-signer")
    provider = Provider(folder, give_faults(app))

    @app.get("/v1/credentials/<credential>/certificate")
    def certificate(credential: str) -> Response:
        found = provider.certificates(credential) if _known(provider) else None
        return jsonify(found) if found else Response("{}", 404)

    @app.post("/v1/signatures")
    def sign() -> Response:
        if not _known(provider):
            return Response("{}", 401)
        return jsonify({"transaction_id": provider.take(request.get_json())})

    @app.get("/v1/signatures/<transaction>")
    def status(transaction: str) -> Response:
        found = provider.known(transaction)
        return jsonify(shown(found)) if found else Response("{}", 404)

    _controls(app, provider)
    return app


def _signed(key: Key, digest: bytes, *, side_by_side: bool) -> bytes:
    ready = utils.Prehashed(hashes.SHA256())
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(digest, padding.PKCS1v15(), ready)
    der = key.sign(digest, ec.ECDSA(ready))
    size = (key.curve.key_size + 7) // 8
    return b"".join(one.to_bytes(size, "big") for one in utils.decode_dss_signature(der)) if side_by_side else der


def shown(kept: dict[str, Any]) -> dict[str, Any]:
    """A request as it is told of."""
    names = ("doc_id", "status", "signature", "reason")
    documents = [{name: one[name] for name in names if name in one} for one in kept["documents"]]
    return {"request_id": kept["request_id"], "transaction_id": kept["transaction_id"], "documents": documents}


def _controls(app: Flask, provider: Provider) -> None:
    @app.post("/_double/signatories")
    def enter() -> Response:
        provider.enter(request.get_json()["credential"], request.get_json()["pem"])
        return Response("", 204)

    @app.put("/_double/app")
    def by_itself() -> Response:
        provider.set({"app": request.get_json(), "seed": request.get_json().get("seed", 0)})
        return Response("", 204)

    @app.put("/_double/options")
    def options() -> Response:
        provider.set(request.get_json())
        if request.get_json().get("expire"):
            provider.expire()
        return Response("", 204)

    @app.post("/_double/confirmed")
    def confirmed() -> Response:
        given = request.get_json()
        which = [one["transaction_id"] for one in provider.every()] if given.get("all") else [given["transaction"]]
        for transaction in which:
            provider.confirm(transaction, given.get("refused", []))
        return Response("", 204)

    app.add_url_rule("/_double/requests", "every", lambda: jsonify(provider.every()))


def _known(provider: Provider) -> bool:
    secret = provider.options.get("secret")
    return secret is None or request.headers.get("Authorization") == f"Bearer {secret}"


def _safe(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:24] if not name.isalnum() else name


if __name__ == "__main__":
    serve(make)

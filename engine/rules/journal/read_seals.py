"""The text format of the read log as evidence: the leaf of a read, and the signed line that seals all reads up to it.

A seal is one line of canonical JSON, ``{"seal":{…},"signature":"…"}``:

* ``number`` counts from 1; ``previous`` is the SHA-256 of the previous line (ORIGIN for the first); ``at`` is a moment;
* ``size`` and ``root`` describe the Merkle tree (``merkle``) whose leaves are the SHA-256 of the bodies of the reads;
* ``checkpoint`` is the number of the journal's last checkpoint then, and ``key`` the Ed25519 public key that signed: it
  is the one that this checkpoint announces, so that both logs have one line of keys.

The reason of a read may name people, so a body holds a salted commitment to it only.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

import orjson

from engine.rules.journal.entries import ORIGIN, canonical, commitment

FORMAT = "motcua-read-seal-v1"


def read_body(number: int, at: dt.datetime, actor: str, code: str, what: str, reason: str, salt: bytes | None) -> bytes:
    """The canonical bytes of one read: who read ``what`` of the dossier ``code``, and the commitment to the reason."""
    promised = commitment(salt or b"", {"reason": reason})
    return canonical({"actor": actor, "at": at, "code": code, "id": number, "private": promised, "what": what})


def read_digest(body: bytes) -> bytes:
    """The bytes that the leaf of a read holds."""
    return hashlib.sha256(body).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """The signed part of a seal. Hashes and keys are hexadecimal."""

    number: int
    at: dt.datetime
    size: int
    root: str
    previous: str = ORIGIN
    checkpoint: int
    key: str

    def body(self) -> bytes:
        """The canonical JSON of the seal."""
        return canonical(
            {
                "at": self.at,
                "checkpoint": self.checkpoint,
                "format": FORMAT,
                "key": self.key,
                "number": self.number,
                "previous": self.previous,
                "root": self.root,
                "size": self.size,
            }
        )

    def signed_bytes(self) -> bytes:
        """The bytes that are signed."""
        return FORMAT.encode() + b"\n" + self.body()

    def line(self, signature: bytes) -> str:
        """The line of the seal, without a line break."""
        return f'{{"seal":{self.body().decode()},"signature":"{signature.hex()}"}}'


def parse_seal(line: str) -> tuple[Seal, bytes]:
    """The seal and its signature. Raises ValueError on anything that ``Seal.line`` does not write."""
    try:
        document = orjson.loads(line)
        body, signature = document["seal"], bytes.fromhex(document["signature"])
        numbers = {key: body[key] for key in ("number", "size", "checkpoint")}
        texts = {key: body[key] for key in ("root", "previous", "key")}
        typed = all(type(one) is int for one in numbers.values()) and all(type(one) is str for one in texts.values())
        seal = Seal(at=dt.datetime.fromisoformat(body["at"]), **numbers, **texts)
        exact = typed and seal.line(signature) == line
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("this is not a seal") from error
    if not exact:
        raise ValueError("this is not a seal as it was written")
    return seal, signature


def seal_file_name(number: int) -> str:
    """The file name under which a seal is published.

    >>> seal_file_name(42)
    'reads-00000042.json'
    """
    return f"reads-{number:08d}.json"

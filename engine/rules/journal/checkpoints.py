"""What a checkpoint says, as text: a signed statement that the journal has so many entries with this root.

A checkpoint is one line of canonical JSON, ``{"checkpoint":{…},"signature":"…"}``, so that any byte of it counts:

* ``number`` from 1, ``previous`` the SHA-256 of the line before it (ORIGIN for the first), ``at`` its moment;
* ``size`` and ``root`` of the Merkle tree (``merkle``) whose leaves are the entries' hashes (32 bytes each);
* ``key`` the Ed25519 public key that signed it, ``next`` the one that signs the checkpoint after it: where they differ
  the old key hands over to the new one; ``log`` the id of the first key, which tells installations apart.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

import orjson

from engine.rules.journal.entries import ORIGIN, canonical

FORMAT = "motcua-checkpoint-v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What is signed. Hashes and keys are hexadecimal."""

    number: int
    at: dt.datetime
    size: int
    root: str
    previous: str = ORIGIN
    log: str
    key: str
    next: str

    def body(self) -> bytes:
        """The canonical JSON of the statement."""
        return canonical(
            {
                "at": self.at,
                "format": FORMAT,
                "key": self.key,
                "log": self.log,
                "next": self.next,
                "number": self.number,
                "previous": self.previous,
                "root": self.root,
                "size": self.size,
            }
        )

    def signed_bytes(self) -> bytes:
        """What the signature is over."""
        return FORMAT.encode() + b"\n" + self.body()

    def line(self, signature: bytes) -> str:
        """The checkpoint, without a line break."""
        return f'{{"checkpoint":{self.body().decode()},"signature":"{signature.hex()}"}}'


def parse_line(line: str) -> tuple[Statement, bytes]:
    """The statement and its signature. Raises ValueError on anything that ``Statement.line`` does not write."""
    try:
        document = orjson.loads(line)
        body, signature = document["checkpoint"], bytes.fromhex(document["signature"])
        facts = {key: body[key] for key in ("number", "size", "root", "previous", "log", "key", "next")}
        statement = Statement(at=dt.datetime.fromisoformat(body["at"]), **facts)
        exact = statement.line(signature) == line
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("this is not a checkpoint") from error
    if not exact:
        raise ValueError("this is not a checkpoint as it was written")
    return statement, signature


def line_hash(line: str) -> str:
    """What the next checkpoint names as ``previous``."""
    return hashlib.sha256(line.encode()).hexdigest()


def key_id(public: str) -> str:
    """The short name of a public key: the first 16 bytes of its SHA-256."""
    return hashlib.sha256(bytes.fromhex(public)).hexdigest()[:32]


def file_name(number: int) -> str:
    """Under which name a checkpoint is published."""
    return f"checkpoint-{number:08d}.json"

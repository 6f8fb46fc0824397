"""The text format of checkpoints: a signed statement of the number of entries in the journal and of their Merkle root.

A checkpoint is one line of canonical JSON, ``{"checkpoint":{…},"signature":"…"}``, so that every byte of it counts:

* ``number`` counts from 1; ``previous`` is the SHA-256 of the previous line (ORIGIN for the first); ``at`` is a moment;
* ``size`` and ``root`` describe the Merkle tree (``merkle``) whose leaves are the entries' hashes (32 bytes each);
* ``key`` is the Ed25519 public key that signed it; ``next`` is the key that signs the next checkpoint. Where they
  differ, the key is rotated. ``log`` is the id of the first key, which tells installations apart.
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
    """The signed part of a checkpoint. Hashes and keys are hexadecimal."""

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
        """The bytes that are signed."""
        return FORMAT.encode() + b"\n" + self.body()

    def line(self, signature: bytes) -> str:
        """The line of the checkpoint, without a line break."""
        return f'{{"checkpoint":{self.body().decode()},"signature":"{signature.hex()}"}}'


def parse_line(line: str) -> tuple[Statement, bytes]:
    """The statement and its signature. Raises ValueError on anything that ``Statement.line`` does not write."""
    try:
        document = orjson.loads(line)
        body, signature = document["checkpoint"], bytes.fromhex(document["signature"])
        facts = {key: body[key] for key in ("number", "size", "root", "previous", "log", "key", "next")}
        typed = all(type(fact) is (int if key in ("number", "size") else str) for key, fact in facts.items())
        statement = Statement(at=dt.datetime.fromisoformat(body["at"]), **facts)
        exact = typed and statement.line(signature) == line
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("this is not a checkpoint") from error
    if not exact:
        raise ValueError("this is not a checkpoint as it was written")
    return statement, signature


def line_hash(line: str) -> str:
    """The SHA-256 of a line, hexadecimal, which the next checkpoint names as ``previous``."""
    return hashlib.sha256(line.encode()).hexdigest()


def key_id(public: str) -> str:
    """The id of a public key (hexadecimal): the first 16 bytes of its SHA-256, hexadecimal."""
    return hashlib.sha256(bytes.fromhex(public)).hexdigest()[:32]


def file_name(number: int) -> str:
    """The file name under which a checkpoint is published.

    >>> file_name(42)
    'checkpoint-00000042.json'
    """
    return f"checkpoint-{number:08d}.json"

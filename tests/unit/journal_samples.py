"""Small journals with their checkpoints, made in memory as an export is, to be tampered with."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from engine.rules.journal.checkpoints import Statement, key_id, line_hash
from engine.rules.journal.entries import ORIGIN, Entry, entry
from engine.rules.journal.merkle import Edge, leaf_hash

BEGIN = dt.datetime(2026, 3, 2, 1, 0, tzinfo=dt.UTC)


@dataclass
class Act:
    """What happened: enough to make the entry from."""

    code: str
    what: str
    minute: int


@dataclass
class Log:
    """A journal: the acts in the order of the tree, the sizes at which checkpoints were made, and who signed each."""

    acts: list[Act]
    sizes: list[int]
    keys: list[Ed25519PrivateKey]
    announced: bool = True  # whether the old key names the new one
    late: int = 0  # minutes by which each checkpoint comes later than an hour after the one before it
    entries: list[Entry] = field(default_factory=list)
    entry_lines: list[bytes] = field(default_factory=list)
    checkpoint_lines: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.entries = chain(self.acts)
        self.entry_lines = [line_of(one) for one in self.entries]
        self.checkpoint_lines = _sign(self)


def key(number: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


def public(private: Ed25519PrivateKey) -> str:
    return private.public_key().public_bytes_raw().hex()


def sample_log(rng: random.Random) -> Log:
    """10 to 24 entries of 2 to 5 dossiers under 2 to 4 checkpoints; the key changes hands in every other one."""
    codes = [f"H19.{number:03d}-260302-{number:04d}" for number in range(1, rng.randint(3, 6))]
    acts = [Act(rng.choice(codes), rng.choice(["receive", "forward", "ask", "sign"]), at) for at in range(24)]
    acts = acts[: rng.randint(10, 24)]
    count = rng.randint(2, 4)
    sizes = [*sorted(rng.sample(range(1, len(acts)), count - 1)), len(acts)]
    first, changes = rng.randint(1, 100), rng.randint(0, 1) * rng.randint(1, count - 1)
    keys = [key(first if number < changes or not changes else first + 100) for number in range(count)]
    return Log(acts, sizes, keys)


def chain(acts: list[Act]) -> list[Entry]:
    """The entries, each behind the last of its dossier."""
    ends: dict[str, Entry] = {}
    made = []
    for act in acts:
        before = ends.get(act.code)
        ends[act.code] = entry(
            code=act.code,
            number=before.number + 1 if before else 1,
            previous=before.hash if before else ORIGIN,
            at=BEGIN + dt.timedelta(minutes=act.minute),
            act=act.what,
            actor="staff:7",
            changes={"state": act.what, "note": "đã tiếp nhận"},
            data={},
            private=None,
        )
        made.append(ends[act.code])
    return made


def line_of(one: Entry) -> bytes:
    return b'{"body":%b,"hash":"%b"}\n' % (one.body.encode(), one.hash.encode())


def _sign(log: Log) -> list[bytes]:
    edge, lines, previous = Edge(), [], ORIGIN
    for number, (size, signer) in enumerate(zip(log.sizes, log.keys, strict=True), 1):
        for one in log.entries[edge.size : size]:
            edge.append(leaf_hash(bytes.fromhex(one.hash)))
        statement = Statement(
            number=number,
            at=BEGIN + dt.timedelta(hours=number, minutes=log.late * number),
            size=size,
            root=edge.root().hex(),
            previous=previous,
            log=key_id(public(log.keys[0])),
            key=public(signer),
            next=public(log.keys[min(number, len(log.keys) - 1)] if log.announced else signer),
        )
        line = statement.line(signer.sign(statement.signed_bytes()))
        previous = line_hash(line)
        lines.append(line.encode() + b"\n")
    return lines

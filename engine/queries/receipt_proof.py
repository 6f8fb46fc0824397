"""The proof that the reception of a dossier stands in the signed journal: a file that anybody may check.

``verifier/motcua_verify.py entry`` checks the file on any machine, against a checkpoint that was published.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import orjson
from sqlalchemy import select

from engine.dossier.case import read_case
from engine.journal.checkpoint_proofs import NotCovered, prove_entry
from engine.store.detached import must_be_here
from engine.store.journal import journal
from engine.transaction import Runtime, UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptEntry:
    """The entry of the journal with which the dossier was received, or filed while it is not received yet."""

    code: str
    number: int
    at: dt.datetime
    hash: str
    received: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptProof:
    """The proof of an entry: the ``file`` (JSON), and the checkpoint that covers it, with its number of entries."""

    entry: ReceiptEntry
    checkpoint: int
    signed_at: dt.datetime
    entries: int
    root: str
    steps: int
    file: bytes


def receipt_entry(unit: UnitOfWork, code: str) -> ReceiptEntry:
    """The entry that the proof is about. Raises NotFound, EntriesAway."""
    case = read_case(unit, code)
    columns = (journal.c.number, journal.c.at, journal.c.hash, journal.c.body)
    found = unit.reader().execute(select(*columns).where(journal.c.dossier_id == case.id).order_by(journal.c.number))
    entries = found.all()
    if not entries or entries[0].number > 1:
        must_be_here(unit.reader(), case.id, code, "journal")
    chosen = next((row for row in entries if orjson.loads(row.body)["changes"].get("received_at")), None)
    row = chosen or entries[0]
    return ReceiptEntry(code=case.code, number=row.number, at=row.at, hash=row.hash, received=chosen is not None)


def receipt_proof(runtime: Runtime, entry: ReceiptEntry) -> ReceiptProof | None:
    """The proof of the entry by the last checkpoint; None until a checkpoint covers it.

    It takes a connection of its own. Raises TreeDamaged.
    """
    try:
        proof = prove_entry(runtime.database, entry.code, entry.number)
    except NotCovered:
        return None
    signed = proof["checkpoint"]["checkpoint"]
    return ReceiptProof(
        entry=entry,
        checkpoint=signed["number"],
        signed_at=dt.datetime.fromisoformat(signed["at"]),
        entries=signed["size"],
        root=signed["root"],
        steps=len(proof["path"]),
        file=orjson.dumps(proof, option=orjson.OPT_INDENT_2),
    )

"""The journal of one dossier with its proofs, as it lies in the package: checked offline by ``verifier/``.

``entries.jsonl`` has the lines of ``motcua journal export``, ``proofs.jsonl`` one proof for each entry, all by the same
checkpoint, and ``checkpoint.json`` the signed line of it. ``private.jsonl`` has the private parts with their salts, so
that the names and reasons in them are proven too.
"""

from __future__ import annotations

from typing import Any, cast

import orjson
from sqlalchemy import Connection, select

from engine.archive.bag import Payload
from engine.errors import Conflict
from engine.journal.checkpoint_proofs import ENTRY_PROOF, Subtrees, TreeDamaged
from engine.rules.journal.merkle import inclusion_path
from engine.store.checkpoints import go_by_index, last_checkpoint, leaf_of
from engine.store.detached import must_be_here
from engine.store.journal import journal, journal_private
from engine.store.rows import JournalRow, PrivateRow


class NotCoveredYet(Conflict):
    """Entries of the dossier await the next checkpoint."""

    code = "not-covered-yet"
    vi = "Hồ sơ {dossier} còn mục nhật ký chưa có điểm kiểm tra. Chạy `motcua journal checkpoint` rồi xuất lại."
    en = "Entries of dossier {dossier} await a checkpoint. Run `motcua journal checkpoint`, then export again."


def evidence_of(connection: Connection, dossier_id: int, code: str) -> list[Payload]:
    """The files of the folder ``journal``. Raises NotCoveredYet, EntriesAway, TreeDamaged."""
    must_be_here(connection, dossier_id, code, "journal")
    go_by_index(connection)
    last = last_checkpoint(connection)
    rows = connection.execute(
        select(journal).where(journal.c.dossier_id == dossier_id).order_by(journal.c.number)
    ).all()
    entries = [cast(JournalRow, row) for row in rows]
    subtrees, proofs = Subtrees(connection), list[bytes]()
    for entry in entries:
        leaf = leaf_of(connection, dossier_id, entry.number)
        if last is None or leaf is None or leaf >= last.size:
            raise NotCoveredYet(dossier=code)
        path = [node.hex() for node in inclusion_path(leaf, last.size, subtrees)]
        proof = {"format": ENTRY_PROOF, "entry": entry.body, "leaf": leaf, "path": path}
        proofs.append(orjson.dumps(proof | {"checkpoint": orjson.loads(last.line)}))
    if last is None or not entries:
        raise TreeDamaged(height=0, position=0)
    lines = b"".join(b'{"body":%b,"hash":"%b"}\n' % (one.body.encode(), one.hash.encode()) for one in entries)
    return [
        Payload("journal/entries.jsonl", lines),
        Payload("journal/proofs.jsonl", b"".join(proof + b"\n" for proof in proofs)),
        Payload("journal/checkpoint.json", last.line.encode() + b"\n"),
        Payload("journal/private.jsonl", _private(connection, dossier_id)),
    ]


def _private(connection: Connection, dossier_id: int) -> bytes:
    mine = select(journal_private).where(journal_private.c.dossier_id == dossier_id)
    lines = list[bytes]()
    for row in connection.execute(mine.order_by(journal_private.c.number)).all():
        one = cast(PrivateRow, row)
        if one.erased_at is None:
            told: dict[str, Any] = {"number": one.number, "salt": bytes(one.salt).hex(), "data": one.data}
            lines.append(orjson.dumps(told, option=orjson.OPT_SORT_KEYS) + b"\n")
    return b"".join(lines)

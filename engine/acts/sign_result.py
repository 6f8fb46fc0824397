"""Signs a result through the signer port, or takes the signature that was made elsewhere, and keeps it with the
document; used by ``perform_action``.

A signature that stands in the file (PAdES) gives a new file, which begins with the bytes of the one that was signed.
Each signed result gets a token, at whose address anybody checks a printed copy.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import asdict
from typing import Any

from engine.dossier.case import Case
from engine.ports import Signature, SigningFailed
from engine.rules.part_rows import DocumentRow
from engine.store.documents import documents
from engine.store.result_checks import result_checks


def fresh_token() -> str:
    """The token of a result that is about to be signed: 160 random bits, in letters and digits."""
    return base64.b32encode(secrets.token_bytes(20)).decode().lower()


def check_address(public_url: str, token: str) -> str:
    """Where a printed copy of the result with this token is checked."""
    return f"{public_url}/kiem-tra/{token}"


def sign_result(case: Case, document_id: int, made: Signature | None = None, token: str | None = None) -> str:
    """Signs the file of a document in the name of the acting person; returns the algorithm used. Raises SigningFailed.

    ``made`` is a signature of a provider, for which ``token`` was chosen when its PDF was prepared. A failure leaves
    the dossier unchanged, since nothing is recorded yet.
    """
    unit, row = case.unit, next(one for one in case.documents() if one["id"] == document_id)
    if row["storage_key"] is None:
        raise LookupError(f"document {document_id} has no file to sign")
    earlier = row["signature"] or {}
    content = unit.runtime.files.read(row["storage_key"])
    if hashlib.sha256(content).hexdigest() != row["sha256"]:
        raise SigningFailed(why="tệp trong kho khác với tệp đã đính kèm / the stored file is not the one attached")
    token = earlier.get("check") or token or fresh_token()
    if made is None:
        person, office = unit.actor.label, case.row["handler_office"]
        address = check_address(unit.runtime.settings.public_url, token)
        made = unit.runtime.signer.sign(content, person=person, office=office, at=unit.now, check=address)
    changes = _file_of(case, made, content) | {"signature": _kept(case, row, made, token)}
    unit.writes.update(documents, changes, {"id": document_id})
    if not earlier.get("check"):
        unit.writes.insert(result_checks, [{"token": token, "document_id": document_id, "made_at": unit.now}])
    case.forget()
    return made.algorithm


def _file_of(case: Case, made: Signature, seen: bytes) -> dict[str, Any]:
    """The columns of the signed file, where the signature stands in it. Raises SigningFailed."""
    if made.content is None:
        return {}
    if not made.content.startswith(seen):
        raise SigningFailed(why="tệp đã ký không chứa đúng tệp đã xem / the signed file does not hold what was seen")
    return {
        "storage_key": case.unit.runtime.files.put(made.content),
        "sha256": hashlib.sha256(made.content).hexdigest(),
        "size": len(made.content),
    }


def _kept(case: Case, row: DocumentRow, made: Signature, token: str) -> dict[str, Any]:
    unit, earlier = case.unit, row["signature"]
    kept: dict[str, Any] = {
        "algorithm": made.algorithm,
        "value": made.value,
        "certificate": made.certificate,
        "statement": made.statement,
        "by": unit.actor.label,
        "office": case.row["handler_office"],
        "at": unit.now.isoformat(),
        "check": token,
    }
    if made.about is not None:
        told = asdict(made.about)
        kept["about"] = told | {name: at.isoformat() for name in _MOMENTS if (at := told[name]) is not None}
    if made.content is not None:
        kept["seen"] = row["sha256"]
    return kept | ({"earlier": [*earlier.get("earlier", ()), _short(earlier)]} if earlier else {})


_MOMENTS = ("valid_until", "stamped_at")


def _short(earlier: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a signature that another one followed: who, when and by which certificate."""
    return {name: earlier[name] for name in ("algorithm", "by", "office", "at", "about") if name in earlier}

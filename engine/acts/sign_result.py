"""Signs a result through the signer port and keeps the signature with the document; used by ``perform_action``."""

from __future__ import annotations

import hashlib

from engine.dossier.case import Case
from engine.ports import SigningFailed
from engine.store.documents import documents


def sign_result(case: Case, document_id: int) -> str:
    """Signs the file of a document in the name of the acting person; returns the algorithm used. Raises SigningFailed.

    A failure leaves the dossier unchanged, since nothing is recorded yet.
    """
    unit = case.unit
    key, known = next((one["storage_key"], one["sha256"]) for one in case.documents() if one["id"] == document_id)
    if key is None:
        raise LookupError(f"document {document_id} has no file to sign")
    content = unit.runtime.files.read(key)
    if hashlib.sha256(content).hexdigest() != known:
        raise SigningFailed(why="tệp trong kho khác với tệp đã đính kèm / the stored file is not the one attached")
    office = case.row["handler_office"]
    signature = unit.runtime.signer.sign(content, person=unit.actor.label, office=office)
    kept = {
        "algorithm": signature.algorithm,
        "value": signature.value,
        "certificate": signature.certificate,
        "statement": signature.statement,
        "by": unit.actor.label,
        "office": office,
        "at": unit.now.isoformat(),
    }
    unit.writes.update(documents, {"signature": kept}, {"id": document_id})
    case.forget()
    return signature.algorithm

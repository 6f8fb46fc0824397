"""A signed result to hand out: the file, the signature, and what somebody without this system needs to check both."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from engine.dossier.case import Case
from engine.errors import Conflict, NotFound
from engine.queries.files import FileView, file_of
from engine.security.signed_statement import statement_of
from engine.store.dossier_parts import document_of

_AT: Final = (2025, 1, 1, 0, 0, 0)  # of the files inside: equal results make equal archives
_GUIDE: Final = """\
Kiểm tra kết quả đã ký / How to check the signed result

1. Tệp không bị sửa: hai dòng sau phải giống nhau.
   The file is unchanged: both must show the same number.
     sha256sum {name}
     cat signed-statement.txt        ("sha256")

2. Chữ ký đúng: phải in ra "Signature Verified Successfully".
   The signature is right: it must say "Signature Verified Successfully".
     openssl pkeyutl -verify -pubin -inkey certificate.pem -rawin -in signed-statement.txt -sigfile signature.bin

3. Khóa là của hệ thống: so certificate.pem với /api/v1/signing-certificate của hệ thống, hoặc với khóa đã công bố.
   The key is the installation's: compare certificate.pem with its /api/v1/signing-certificate, or a published copy.

Hoặc / or:  python motcua_result.py FILE.zip --certificate published.pem

Chữ ký này là của hệ thống, thay mặt người và cơ quan ghi trong signed-statement.txt; không phải chữ ký số cá nhân.
This is the signature of the system in the name of the person and office in signed-statement.txt, not that of a person's
certificate.
"""


class NotSigned(Conflict):
    """The document carries no signature."""

    code = "not-signed"
    vi = "Giấy tờ số {document} chưa được ký số."
    en = "Document {document} is not signed."


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedResult:
    """A signed file. ``signature`` has algorithm, value (base64), certificate (PEM), by, office and at."""

    file: FileView
    sha256: str
    signature: Mapping[str, Any]

    @property
    def statement(self) -> str:
        """The text that was signed. A signer that keeps none signed the file itself: then it is empty."""
        kept = self.signature.get("statement")
        if kept is None and self.signature["algorithm"] == "Ed25519":  # signed by a version that kept no statement
            return statement_of(self.sha256, self.signature["by"], self.signature["office"])
        return str(kept or "")


def signed_result(case: Case, document: int) -> SignedResult:
    """The signed file of one document. Raises NotFound, OnPaperOnly, NotSigned."""
    row = document_of(case.unit.reader(), case.id, document)
    if row is None:
        raise NotFound(what=f"document {document}")
    file = file_of(case, document)
    if row.signature is None or row.sha256 is None:
        raise NotSigned(document=document)
    return SignedResult(file=file, sha256=row.sha256, signature=row.signature)


def archive_of(signed: SignedResult, content: bytes) -> bytes:
    """File, statement, signature, certificate and guide in one ZIP. Equal results make equal bytes.

    ``sha256`` inside is that of the bytes handed out, so a file that changed in the store cannot pass as signed.
    """
    told = {
        **{name: signed.signature[name] for name in ("algorithm", "value", "certificate", "by", "office", "at")},
        "file": signed.file.name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "statement": signed.statement,
    }
    parts: dict[str, bytes] = {
        signed.file.name: content,
        "signature.json": orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS),
        "signature.bin": _decoded(told["value"]),
        "certificate.pem": str(told["certificate"]).encode(),
        "signed-statement.txt": signed.statement.encode() or content,
        "HUONG-DAN.txt": _GUIDE.format(name=signed.file.name).encode(),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _AT), part, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _decoded(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        return value.encode()

"""The parser of uploads: the fields and the one file of a multipart body, checked before any transaction begins."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Any

from flask import request
from marshmallow import fields
from werkzeug.datastructures import FileStorage

from engine.errors import InvalidInput, wrong
from engine.rules.file_types import check_content
from server.context import runtime
from server.request_limits import WrongContentType
from server.values import KEY, Prose, WholeInQuery, Word, Words, flat_errors


class Upload(Words):
    """The multipart body: the paper's key, its numbers of copies, and the file or the document that is reused."""

    key = Word(KEY, required=True)
    original = WholeInQuery(0, 99, load_default=0)
    certified = WholeInQuery(0, 99, load_default=0)
    copy = WholeInQuery(0, 99, load_default=0)
    reuse = WholeInQuery(1, load_default=None)
    late_reason = Prose(load_default=None)
    file = fields.Raw(metadata={"type": "string", "format": "binary"})


_FORM = Upload(exclude=("file",))


def read_upload(*, beside: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The arguments of ``add_document`` from a multipart body.

    ``beside`` names further fields of a page's form, which are left out. A page's empty fields count as not given, and
    it calls the paper's key ``paper``, since ``key`` is the key of its form.
    Raises WrongContentType, InvalidInput, FileInfected, ScannerSilent, and the refusals of ``check_content``.
    """
    if request.mimetype != "multipart/form-data":
        raise WrongContentType(wanted="multipart/form-data")
    values, files = request.form.to_dict(flat=False), request.files.to_dict(flat=False)
    if beside:
        values = {name: given for name, given in values.items() if name not in beside and given != [""]}
        values |= {"key": values.pop("paper")} if "paper" in values else {}
        files = {name: given for name, given in files.items() if any(one.filename for one in given)}
    if wrong := [name for name in files if name != "file"] + [name for name, given in values.items() if len(given) > 1]:
        raise InvalidInput(dict.fromkeys((name[:80] for name in wrong), "Unknown field."))
    if errors := _FORM.validate({name: given[0] for name, given in values.items()}):
        raise InvalidInput(flat_errors(errors))
    given: dict[str, Any] = _FORM.load({name: one[0] for name, one in values.items()})
    sent = files.get("file", [])
    if len(sent) > 1:
        raise InvalidInput({"file": "Given twice."})
    given |= read_file(sent[0]) if sent else {}
    _remember(given)
    return given


def sent_files(name: str) -> list[tuple[bytes, str]]:
    """The contents and names of the files that were chosen in a field of a page's form; a field left empty gives none.

    Raises InvalidInput, FileInfected, ScannerSilent, and the refusals of ``check_content``.
    """
    chosen = (read_file(one) for one in request.files.getlist(name) if one.filename)
    return [(given["content"], given["file_name"]) for given in chosen]


def hash_of_sent(name: str) -> str:
    """The SHA-256 of a file that was chosen in a field, which is read and not kept. Raises InvalidInput."""
    chosen = [one for one in request.files.getlist(name) if one.filename]
    if len(chosen) != 1:
        raise wrong(name, "chọn một tệp", "choose one file")
    digest = hashlib.sha256()
    while part := chosen[0].stream.read(1 << 16):
        digest.update(part)
    return digest.hexdigest()


def read_file(sent: FileStorage) -> dict[str, Any]:
    """The checked content and the name of one file. Raises FileInfected, ScannerSilent, those of ``check_content``."""
    most = runtime().settings.max_upload_bytes
    content = sent.stream.read(most + 1)
    name = unicodedata.normalize("NFC", sent.filename or "file")  # macOS sends the accents apart
    check_content(content, name, most)
    runtime().scanner.check(content)
    return {"content": content, "file_name": name}


def _remember(given: dict[str, Any]) -> None:
    """Sets the digest that idempotency compares: of the values and the file, not of the boundary between the parts."""
    content = given.get("content") or b""
    plain = {key: value for key, value in given.items() if key != "content"}
    request.environ["motcua.body_digest"] = hashlib.sha256(repr(sorted(plain.items())).encode() + content).digest()

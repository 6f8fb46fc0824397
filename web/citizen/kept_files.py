"""Keeps the files of a form, one after another: each by an act of its own, so that a refused one loses no other."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import request
from werkzeug.datastructures import FileStorage

from engine.acts.documents import add_document
from engine.errors import InvalidInput, Refusal
from engine.queries.supplement import AskedPaper, Supplement
from engine.rules.file_types import FileTooLarge
from engine.text import Text
from engine.transaction import UnitOfWork
from server.answer import Answer
from server.once import KeyMissing, perform
from server.uploads import read_file


def keep_files(asked: Supplement) -> int:
    """Keeps every file that is acceptable; returns how many came. Raises InvalidInput with those that are not."""
    key = request.form.get("key", "")[:64]
    if not key:
        raise KeyMissing()
    faults: dict[str, Any] = {}
    kept, whole = 0, request.environ["motcua.body_digest"]
    for paper in asked.papers:
        for sent in request.files.getlist(f"file.{paper.key}"):
            if not sent.filename:
                continue
            try:
                _keep(asked.code, paper, sent, key)
                kept += 1
            except Refusal as refusal:
                faults[f"file.{paper.key}"] = _fault(sent.filename, refusal)
    request.environ["motcua.body_digest"] = whole
    if faults:
        raise InvalidInput(faults)
    return kept


def _keep(code: str, paper: AskedPaper, sent: FileStorage, key: str) -> None:
    file = read_file(sent)
    digest = hashlib.sha256(f"{code} {paper.key} ".encode() + file["content"]).digest()
    request.environ["motcua.body_digest"] = digest

    def doing(unit: UnitOfWork) -> Answer:
        case, _ = add_document(unit, code, key=paper.key, **file)
        return Answer(201, b'{"code":"' + case.code.encode() + b'"}', {})

    perform("add_document", doing, key_required=True, form_key=f"{key}.{digest.hex()[:24]}")


def _fault(name: str, refusal: Refusal) -> Text:
    if isinstance(refusal, FileTooLarge):
        most = refusal.facts["most"] // 1_000_000
        return Text(
            f"{name}: lớn quá {most} MB. Chụp lại ở cỡ vừa, hoặc gửi từng trang.",
            f"{name}: larger than {most} MB. Take a smaller picture, or send page by page.",
        )
    return Text(f"{name}: {refusal.sentence('vi')}", f"{name}: {refusal.sentence('en')}")

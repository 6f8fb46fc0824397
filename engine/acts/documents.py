"""The acts on papers of a dossier: add (on paper, as a file, or from an earlier dossier), check and remove."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from engine.dossier.asks import must_be_asked_paper
from engine.dossier.case import Case, lock_case, read_case
from engine.dossier.late_papers import must_add_late
from engine.dossier.paper_bounds import must_have_room
from engine.dossier.papers import is_taken, must_bring, must_check_result, must_handle_result
from engine.dossier.record import record
from engine.dossier.reused_papers import reused_file
from engine.dossier.rights import must_be_open, must_may
from engine.errors import Conflict, InvalidInput, NotFound, wrong
from engine.rules.file_types import file_type
from engine.rules.part_rows import COPY_KINDS, DocumentRow
from engine.store.documents import documents
from engine.store.numbers import take_paper_number
from engine.text import Text
from engine.transaction import UnitOfWork

MOST_COPIES = 999
OTHER = "other"
"""The key of a paper that the release does not name."""


class PaperInUse(Conflict):
    """The paper cannot be removed: it is a signed result, or another dossier reuses it."""

    code = "paper-in-use"
    vi = "Không thể bỏ giấy tờ này: {why_vi}."
    en = "This document cannot be removed: {why_en}."


def add_document(
    unit: UnitOfWork,
    code: str,
    *,
    key: str,
    original: int = 0,
    certified: int = 0,
    copy: int = 0,
    content: bytes | None = None,
    file_name: str | None = None,
    reuse: int | None = None,
    version: int | None = None,
    late_reason: str | None = None,
) -> tuple[Case, int]:
    """Adds a paper, as copies on paper, as a file, or both; or takes over document ``reuse`` of an earlier dossier of
    the same person. Returns the case and the document's id. With ``late_reason`` staff add a paper to a dossier that
    has ended. Raises InvalidInput, NotFound, UnacceptableFile, Forbidden, NothingAsked, ResultNotNow, ResultTaken,
    Ended, NotEnded, TooManyPapers, PapersTooLarge."""
    case = read_case(unit, code, version)
    _must_add(case, key, late_reason)
    if key != OTHER and key not in case.release.documents:
        raise wrong("key", f"thủ tục không có giấy tờ {key}", f"the procedure has no document {key}")
    counts = check_counts({"original": original, "certified": certified, "copy": copy})
    if content is None and reuse is None and not any(counts.values()):
        raise wrong(
            "original",
            "phải có tệp, số bản giấy, hoặc giấy tờ dùng lại",
            "give a file, a number of copies, or a document to reuse",
        )
    must_have_room(case, len(content or b"") if reuse is None else 0)
    row: dict[str, Any] = {**counts, "digitised": 0, "late": int(late_reason is not None)}
    if reuse is not None:
        row |= reused_file(unit, case.workflow, key, reuse, case.applicant.get("identity_number"))
    elif content is not None:
        row |= stored_file(case, content, file_name)
    return case, _added(case, key, row, file_name, late_reason)


def check_document(
    unit: UnitOfWork, code: str, document: int, accepted: bool, reason: str | None = None, version: int | None = None
) -> Case:
    """Records the check of a paper. A paper that is not accepted needs a reason and counts as missing.

    Raises NotFound, InvalidInput, Ended, Forbidden, ResultNotNow, ResultTaken, ResultVoid.
    """
    case = lock_case(unit, code, version)
    must_may(case, "check_document")
    must_be_open(case)
    row = _document(case, document)
    if row["key"] in case.workflow.results.bringing:
        must_check_result(case, row, accepted)
    if not accepted and not (reason or "").strip():
        raise wrong("reason", "phải ghi giấy tờ sai ở điểm nào", "say what is wrong with the document")
    checked = {"checked_at": unit.now, "checked_by": unit.actor.person_id, "accepted": int(accepted)}
    unit.begin().execute(update(documents).where(documents.c.id == document).values(checked))
    data = {"document": document, "accepted": accepted}
    record(case, "check_document", data=data, private={"reason": reason} if reason else None)
    case.forget()
    return case


def remove_document(unit: UnitOfWork, code: str, document: int, reason: str, version: int | None = None) -> Case:
    """Takes a paper off the dossier; its file and its journal entry stay.

    Raises PaperInUse, NotFound, InvalidInput, Ended, Forbidden, ResultNotNow.
    """
    case = lock_case(unit, code, version)
    must_may(case, "remove_document")
    must_be_open(case)
    row = _document(case, document)
    if not reason.strip():
        raise wrong("reason", "phải ghi lý do bỏ giấy tờ", "say why the document is taken off")
    _must_be_loose(case, row)
    taken = select(documents.c.id).where(documents.c.reused_from == document, documents.c.removed_at.is_(None)).limit(1)
    if unit.begin().execute(taken).first():
        raise PaperInUse(why_vi="hồ sơ khác đang dùng lại", why_en="another dossier reuses it")
    unit.begin().execute(update(documents).where(documents.c.id == document).values(removed_at=unit.now))
    record(case, "remove_document", data={"document": document, "key": row["key"]}, private={"reason": reason})
    case.forget()
    return case


def check_counts(given: Mapping[str, Any]) -> dict[str, int]:
    """The numbers of originals, certified and plain copies, 0 to 999 each; a missing one is 0. Raises InvalidInput.

    >>> check_counts({"original": 1})
    {'original': 1, 'certified': 0, 'copy': 0}
    """
    counts: dict[str, int] = {kind: given.get(kind, 0) for kind in COPY_KINDS}
    faulty = [kind for kind, count in counts.items() if type(count) is not int or not 0 <= count <= MOST_COPIES]
    if faulty:
        what = Text(f"phải là số nguyên từ 0 đến {MOST_COPIES}", f"must be a whole number from 0 to {MOST_COPIES}")
        raise InvalidInput(dict.fromkeys(faulty, what))
    return counts


def _must_add(case: Case, key: str, late_reason: str | None) -> None:
    """Requires that the actor may add the paper now, or after the end where a reason for that is given."""
    if late_reason is not None:
        must_add_late(case, key, late_reason)
        return
    must_be_open(case)
    if case.unit.actor.kind == "citizen" or key not in case.workflow.results.bringing:
        must_may(case, "add_document")  # the right to a result is that of the action which takes it
    must_bring(case, key)
    if case.unit.actor.kind == "citizen":
        must_be_asked_paper(case, key)


def _added(case: Case, key: str, row: Mapping[str, Any], file_name: str | None, late_reason: str | None) -> int:
    """Writes the paper and its journal entry; returns the paper's id."""
    document = take_paper_number(case.unit.reader())
    place = {"id": document, "dossier_id": case.id, "key": key, "added_at": case.unit.now}
    case.unit.writes.insert(documents, [{**row, **place}])
    told = {name: row.get(name) for name in ("original", "certified", "copy", "sha256", "size", "reused_from")}
    told |= {"late": True} if late_reason is not None else {}
    private = {name: value for name, value in (("file_name", file_name), ("reason", late_reason)) if value}
    record(case, "add_document", data={"document": document, "key": key, **told}, private=private or None)
    case.forget()
    return document


def _must_be_loose(case: Case, row: DocumentRow) -> None:
    """Requires that no signature and no step holds the paper, and of a result the role that brings it.

    Raises PaperInUse, Forbidden, ResultNotNow.
    """
    if row["signature"] is not None:
        raise PaperInUse(why_vi="kết quả đã ký", why_en="the result is signed")
    if row["key"] in case.workflow.results.bringing:
        must_handle_result(case, row["key"])
        if is_taken(case, row["id"]):
            raise PaperInUse(why_vi="một bước đã dùng giấy tờ này", why_en="a step took this document")


def _document(case: Case, document: int) -> DocumentRow:
    found = next((row for row in case.documents() if row["id"] == document), None)
    if found is None:
        raise NotFound(what=f"document {document}")
    return found


def stored_file(case: Case, content: bytes, file_name: str | None) -> dict[str, Any]:
    """Checks and stores a file. Raises InvalidInput, UnacceptableFile.

    The file is durable before the transaction ends. A rollback leaves a stray file that no row names.
    """
    most = case.unit.settings.max_upload_bytes
    if len(content) > most:
        raise wrong("file", f"tối đa {most} byte", f"at most {most} bytes")
    kind = file_type(content)
    return {
        "digitised": 1,
        "file_name": file_name,
        "media_type": kind.media,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "storage_key": case.unit.runtime.files.put(content),
    }

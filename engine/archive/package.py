"""The package of one finished dossier: description, papers and results, sealed forms, control sheet, and the journal
with proofs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

from engine.archive.bag import Payload
from engine.archive.description import bag_info, described, metadata_files
from engine.archive.evidence import evidence_of
from engine.archive.forms import packed_forms
from engine.dossier.case import Case
from engine.errors import Conflict, NotFound, Refusal
from engine.forms.data import form_data
from engine.ports import Files
from engine.rules.part_rows import DocumentRow
from engine.store.parties import parties_of

RenderForm = Callable[[str, Mapping[str, Any]], bytes]
"""Renders a form as PDF, from its number and its data."""
_PDFA = re.compile(rb"pdfaid:part[^0-9]{1,3}([1-4])")
_LEVEL = re.compile(rb"pdfaid:conformance[^A-Z]{1,3}([A-Z])")


class NotEnded(Conflict):
    """The dossier has not ended, so it is not archived."""

    code = "archive-not-ended"
    vi = "Hồ sơ {dossier} chưa kết thúc (trạng thái {state}), chưa được đưa vào lưu trữ."
    en = "Dossier {dossier} has not ended (state {state}) and is not archived yet."


class PaperLost(Refusal):
    """The file of a paper is missing or is not the one that was received; the package would not be whole."""

    code = "archive-paper-lost"
    status = 500
    vi = "Tệp của giấy tờ số {document} trong hồ sơ {dossier} {why_vi}; không đóng gói. Hãy khôi phục từ bản sao lưu."
    en = "The file of document {document} of dossier {dossier} {why_en}; not packed. Restore it from a backup."


def package_of(
    case: Case, files: Files, render: RenderForm, retention: str
) -> tuple[list[Payload], list[tuple[str, str]]]:
    """The files below ``data/`` and the fields of ``bag-info.txt``.

    Raises NotEnded, NotCoveredYet, PaperLost, FormLost, FormDamaged.
    """
    must_have_ended(case)
    papers = [(paper, _path(case, paper)) for paper in case.documents()]
    contents = [Payload(path, _content(case, paper, files)) for paper, path in papers if path]
    forms, sealed = packed_forms(case, files)
    told = described(case, papers, forms, parties_of(case.unit.reader(), case.id), retention)
    sheet = render("06", form_data(case, "06"))
    payload = [
        *metadata_files(told),
        *contents,
        *sealed,
        Payload("forms/control-sheet.pdf", sheet),
        *evidence_of(case.unit.reader(), case.id, case.code),
    ]
    return payload, bag_info(case, told, pdf_standard(sheet))


def must_have_ended(case: Case) -> None:
    """Requires a dossier in a state that ends it, whose truth is here. Raises NotEnded."""
    state = case.release.states[case.row["state"]]
    if not state.final or case.row["finished_at"] is None or case.row["source"] is not None:
        raise NotEnded(dossier=case.code, state=state.name)


def pdf_standard(content: bytes) -> str:
    """What the metadata of a PDF claim: ``PDF/A-2a``, or ``PDF`` where they claim no standard for archives."""
    part, level = _PDFA.search(content), _LEVEL.search(content)
    return f"PDF/A-{part[1].decode()}{level[1].decode().lower() if level else ''}" if part else "PDF"


def _path(case: Case, paper: DocumentRow) -> str:
    """Where the file of a paper lies in the package: a name of ours, since the applicant's may be anything."""
    if not paper["storage_key"]:
        return ""
    folder = "results" if paper["key"] in case.workflow.results.bringing else "documents"
    ending = re.search(r"\.([A-Za-z0-9]{1,8})$", paper["file_name"] or "")
    key = re.sub(r"[^A-Za-z0-9_-]", "_", paper["key"])
    return f"{folder}/{paper['id']:06d}-{key}{'.' + ending[1].lower() if ending else ''}"


def _content(case: Case, paper: DocumentRow, files: Files) -> bytes:
    try:
        content = files.read(paper["storage_key"] or "")
    except NotFound as error:
        raise _lost(case, paper, "không còn trong kho", "is not in the store any more") from error
    if hashlib.sha256(content).hexdigest() != paper["sha256"]:
        raise _lost(case, paper, "khác với tệp đã nhận", "is not the one that was received")
    return content


def _lost(case: Case, paper: DocumentRow, vi: str, en: str) -> PaperLost:
    return PaperLost(document=paper["id"], dossier=case.code, why_vi=vi, why_en=en)

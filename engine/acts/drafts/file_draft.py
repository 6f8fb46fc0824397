"""The act ``file_draft``: files a dossier from a draft of intake with its files, once, and empties the draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from engine.acts.drafts.identity import join_identity_checks
from engine.acts.file_dossier import Filed, Filing, file_dossier
from engine.dossier.intake_draft import DraftFile, own_draft, read_draft, unsealed
from engine.errors import NotFound
from engine.store.intake_drafts import draft_file_content, empty_draft
from engine.transaction import UnitOfWork


def file_draft(unit: UnitOfWork, token: str, filing: Filing) -> Filed:
    """``file_dossier`` with the files of an own draft as papers of the same keys; the draft is then empty.

    A paper of ``filing.documents`` takes the first file of its key; further files become papers of their own. Raises
    NotFound, DraftFiled, and the refusals of ``file_dossier``.
    """
    if own_draft(unit, token, lock=True) is None:
        raise NotFound(what="draft")
    draft = read_draft(unit, token)
    files = [(one.key, _stored(unit, token, one)) for one in draft.files]
    filed = file_dossier(unit, replace(filing, documents=_with_files(filing.documents, files)))
    join_identity_checks(unit, token, filed.case.id)
    empty_draft(unit.begin(), token, filed.case.code, unit.now)
    return filed


def _with_files(
    papers: Sequence[Mapping[str, Any]], files: list[tuple[str, dict[str, Any]]]
) -> list[Mapping[str, Any]]:
    left = list(files)
    made: list[Mapping[str, Any]] = []
    for paper in papers:
        own = next((one for one in left if one[0] == paper["key"]), None)
        if own is None or paper.get("reuse") is not None:
            made.append(paper)
            continue
        left.remove(own)
        made.append({**paper, "file": own[1]})
    return made + [{"key": key, "file": file} for key, file in left]


def _stored(unit: UnitOfWork, token: str, file: DraftFile) -> dict[str, Any]:
    """The columns of a file, which is durable before the transaction ends; a rollback leaves one that no row names."""
    content = draft_file_content(unit.begin(), token, file.id)
    if content is None:
        raise NotFound(what=f"file {file.id}")
    return {
        "file_name": file.name,
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
        "storage_key": unit.runtime.files.put(unsealed(unit, token, content)),
    }

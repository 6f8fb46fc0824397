"""The acts that keep and drop a file of a draft, so that what was accepted is not uploaded again."""

from __future__ import annotations

from engine.dossier.intake_draft import own_draft, read_draft, sealed_file
from engine.dossier.paper_bounds import must_fit_filing
from engine.errors import NotFound, wrong
from engine.rules.file_types import file_type
from engine.store.intake_drafts import add_draft_file, delete_draft_files
from engine.transaction import UnitOfWork


def keep_file(unit: UnitOfWork, token: str, key: str, content: bytes, file_name: str) -> int:
    """Keeps a file of an own draft for the paper ``key``; returns its number. The caller has scanned it.

    Raises NotFound, DraftFiled, InvalidInput, UnacceptableFile, TooManyPapers, PapersTooLarge.
    """
    if own_draft(unit, token, lock=True) is None:
        raise NotFound(what="draft")
    most = unit.settings.max_upload_bytes
    if len(content) > most:
        raise wrong("file", f"tối đa {most} byte", f"at most {most} bytes")
    kind = file_type(content)
    before = [one.size for one in read_draft(unit, token).files]
    must_fit_filing(unit.settings.uploads, [*before, len(content)])
    row = {"draft": token, "key": key, **sealed_file(unit, token, file_name, kind.media, content)}
    return add_draft_file(unit.begin(), row)


def drop_file(unit: UnitOfWork, token: str, number: int) -> None:
    """Deletes a file of an own draft. Raises NotFound, DraftFiled."""
    if own_draft(unit, token, lock=True) is None or not delete_draft_files(unit.begin(), token, number):
        raise NotFound(what=f"file {number}")

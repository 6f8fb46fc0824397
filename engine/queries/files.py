"""The file of a document for download, under a name that the system makes."""

from __future__ import annotations

from dataclasses import dataclass

from engine.dossier.case import Case
from engine.errors import Conflict, NotFound
from engine.rules.file_types import extension
from engine.store.dossier_parts import document_of


class OnPaperOnly(Conflict):
    """The document was handed in on paper only and was not scanned."""

    code = "on-paper-only"
    vi = "Giấy tờ số {document} chỉ có bản giấy, chưa có tệp để tải về."
    en = "Document {document} was handed in on paper only; there is no file to download."


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """A file to download. ``name`` is made of the document's key and id, since the sender's name may be anything."""

    name: str
    media_type: str
    storage_key: str


def file_of(case: Case, document: int) -> FileView:
    """The file of one document of the dossier. Raises NotFound, OnPaperOnly."""
    row = document_of(case.unit.reader(), case.id, document)
    if row is None:
        raise NotFound(what=f"document {document}")
    if row.storage_key is None or row.media_type is None:
        raise OnPaperOnly(document=document)
    name = f"{row.key}-{row.id}.{extension(row.media_type)}"
    return FileView(name=name, media_type=row.media_type, storage_key=row.storage_key)

"""The papers of a dossier that comes from a predecessor system, from files in a folder."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.dossier.case import Case
from engine.errors import InvalidInput, Refusal, wrong
from engine.rules.file_types import file_type
from engine.rules.imports.row import ImportedRow
from engine.store.documents import documents
from engine.text import Text
from engine.transaction import Runtime

OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFile:
    """A file of a paper, checked; ``storage_key`` is empty while it is only tried."""

    key: str
    file_name: str
    media_type: str
    size: int
    sha256: str
    storage_key: str


def read_papers(runtime: Runtime, folder: Path | None, told: ImportedRow, *, store: bool) -> list[PaperFile]:
    """The files of a row. They are durable before the dossier is; a row that is refused then leaves strays.

    Raises InvalidInput for a file that is missing, outside the folder, too large or of a kind that is not taken.
    """
    return [_paper(runtime, folder, key, name, store=store) for key, name in told.documents]


def paper_rows(case: Case, papers: Sequence[PaperFile], numbers: Sequence[int]) -> list[dict[str, Any]]:
    """The rows of ``documents``. Raises InvalidInput for a key that the procedure does not have."""
    known = {*case.release.documents, OTHER}
    if unknown := sorted({one.key for one in papers} - known):
        raise wrong(
            "documents",
            f"thủ tục không có giấy tờ {', '.join(unknown)}; có {', '.join(sorted(known))}",
            f"the procedure has no document {', '.join(unknown)}; it has {', '.join(sorted(known))}",
        )
    empty: dict[str, Any] = dict.fromkeys(documents.c.keys())
    counts = {"original": 0, "certified": 0, "copy": 0, "digitised": 1, "late": 0}
    return [
        {
            **empty,
            **counts,
            **{name: getattr(one, name) for name in one.__slots__},
            "id": number,
            "dossier_id": case.id,
            "added_at": case.unit.now,
        }
        for number, one in zip(numbers, papers, strict=True)
    ]


def _paper(runtime: Runtime, folder: Path | None, key: str, name: str, *, store: bool) -> PaperFile:
    content = _read(runtime, folder, name)
    try:
        kind = file_type(content)
    except Refusal as refusal:
        raise InvalidInput({"documents": _named(name, refusal.sentence("vi"), refusal.sentence("en"))}) from refusal
    return PaperFile(
        key=key,
        file_name=Path(name).name,
        media_type=kind.media,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        storage_key=runtime.files.put(content) if store else "",
    )


def _read(runtime: Runtime, folder: Path | None, name: str) -> bytes:
    most = runtime.settings.max_upload_bytes
    if folder is None:
        raise InvalidInput({"documents": _named(name, "phải có --files", "needs --files")})
    root, path = folder.resolve(), (folder / name).resolve()
    if not path.is_relative_to(root):
        raise InvalidInput({"documents": _named(name, "nằm ngoài thư mục tệp", "lies outside the folder of files")})
    try:
        if path.stat().st_size > most:
            raise InvalidInput({"documents": _named(name, f"lớn hơn {most} byte", f"has more than {most} bytes")})
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise InvalidInput({"documents": _named(name, "không đọc được", "cannot be read")}) from error


def _named(name: str, vi: str, en: str) -> Text:
    return Text(f"{name[:120]}: {vi}", f"{name[:120]}: {en}")

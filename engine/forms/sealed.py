"""The office's seal on the PDF of an issued form: how it stands with it, and the file that was sealed and kept."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from engine.errors import NotFound
from engine.forms.data import WITH_LINK
from engine.forms.issued import Issue
from engine.ports import Files
from engine.security.sealing import seal, unseal
from engine.store.form_seals import FormSeal
from engine.text import Text

State = Literal["waiting", "sealed", "unsealed"]
GONE: Final = Text("không còn trong kho", "is not in the store any more")
CHANGED: Final = Text("khác với tệp đã cấp", "is not the one that was issued")
SECRET_GONE: Final = Text(
    "được mã hóa bằng khóa không còn trong MOTCUA_SECRET_KEYS",
    "is encrypted with a secret that MOTCUA_SECRET_KEYS does not hold any more",
)


class SealedFileLost(Exception):
    """The kept file cannot be given out. ``why`` continues a sentence that begins with the file."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class SealTold:
    """How it stands with the seal of one issue.

    ``waiting``: no PDF of it was made yet, and the first download seals it. ``sealed``: every download is the file that
    was sealed ``at``. ``unsealed``: it went out ``at`` without the seal, and ``why``. ``sha256`` is of the PDF; None
    where the file is kept encrypted, since it prints the applicant's keys.
    """

    state: State
    at: dt.datetime | None = None
    sha256: str | None = None
    why: Text | None = None


def seal_told(known: FormSeal | None, form: str) -> SealTold | None:
    """How it stands with a seal; None for an issue that was never to have one."""
    if known is None:
        return None
    if known.storage_key is not None:
        return SealTold(state="sealed", at=known.ended_at, sha256=None if form in WITH_LINK else known.sha256)
    if known.why is None:
        return SealTold(state="waiting")
    vi, _, en = known.why.partition(" / ")
    return SealTold(state="unsealed", at=known.ended_at, why=Text(vi, en or vi))


def at_rest(secret: str, dossier: int, issue: Issue, content: bytes) -> bytes:
    """The file as it is kept. One that prints the applicant's keys is encrypted: the store must not give them away."""
    if issue.form not in WITH_LINK:
        return content
    return seal(secret, content, _purpose(dossier, issue))


def kept_file(files: Files, secrets: Sequence[str], dossier: int, issue: Issue, known: FormSeal) -> bytes:
    """The sealed PDF of an issue, exactly as it went out. Raises SealedFileLost."""
    try:
        content = files.read(known.storage_key or "")
    except NotFound as error:
        raise SealedFileLost(GONE) from error
    if hashlib.sha256(content).hexdigest() != known.sha256:
        raise SealedFileLost(CHANGED)
    if issue.form not in WITH_LINK:
        return content
    opened = unseal(secrets, content, _purpose(dossier, issue))
    if opened is None:
        raise SealedFileLost(SECRET_GONE)
    return opened


def _purpose(dossier: int, issue: Issue) -> bytes:
    return f"form:{dossier}:{issue.entry}".encode()

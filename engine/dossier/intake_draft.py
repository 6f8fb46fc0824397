"""A draft of intake in hand: whose it is, what it holds unsealed, and the refusals about it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from engine.errors import Conflict, Forbidden, NotFound
from engine.security.sealing import seal, unseal
from engine.store.intake_drafts import DraftFileRow, DraftRow, draft_files, draft_row
from engine.transaction import UnitOfWork


class DraftFiled(Conflict):
    """A dossier was filed from this draft already: from another tab, or before the connection broke."""

    code = "draft-filed"
    vi = "Bản nháp này đã được nộp thành hồ sơ {dossier}. Không nộp lần nữa."
    en = "This draft was filed as dossier {dossier} already. It is not filed again."


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A file that was accepted and waits for the filing."""

    id: int
    key: str
    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Draft:
    """An own draft that was not filed. ``values`` are the texts of the form by field name, as they were typed."""

    token: str
    saved_at: dt.datetime
    values: Mapping[str, str]
    files: tuple[DraftFile, ...] = ()


def clerk_of(unit: UnitOfWork) -> int:
    """The id of the person who acts; drafts belong to people. Raises Forbidden."""
    if unit.actor.person_id is None:
        raise Forbidden(why_vi="bản nháp chỉ dành cho cán bộ", why_en="drafts are for members of staff")
    return unit.actor.person_id


def own_draft(unit: UnitOfWork, token: str, *, lock: bool = False) -> DraftRow | None:
    """The row of the actor's draft; None where there is none. Raises NotFound for another person's, DraftFiled."""
    row = draft_row(unit.begin() if lock else unit.reader(), token, lock=lock)
    if row is None:
        return None
    if row.person_id != clerk_of(unit):
        raise NotFound(what="draft")
    if row.dossier is not None:
        raise DraftFiled(dossier=row.dossier)
    return row


def read_draft(unit: UnitOfWork, token: str) -> Draft:
    """The actor's draft with its files. Raises NotFound, DraftFiled."""
    row = own_draft(unit, token)
    if row is None:
        raise NotFound(what="draft")
    files = tuple(file_of(unit, token, one) for one in draft_files(unit.reader(), token))
    return Draft(token, row.saved_at, values_of(unit, row), files)


def values_of(unit: UnitOfWork, row: DraftRow) -> dict[str, str]:
    """The texts of a draft; none where they can no longer be unsealed, since the secret is gone."""
    plain = unseal(unit.settings.secret_keys, row.content, _purpose(unit, row.token)) if row.content else None
    return {} if plain is None else dict(orjson.loads(plain))


def file_of(unit: UnitOfWork, token: str, row: DraftFileRow) -> DraftFile:
    """What is told of a file of a draft. Raises NotFound where it can no longer be unsealed."""
    told = unsealed(unit, token, row.told)
    return DraftFile(row.id, row.key, **orjson.loads(told))


def sealed(unit: UnitOfWork, token: str, content: bytes) -> bytes:
    """Content of a draft as the database keeps it."""
    return seal(unit.settings.secret_keys[0], content, _purpose(unit, token))


def sealed_values(unit: UnitOfWork, token: str, values: Mapping[str, Any]) -> bytes:
    """The texts of a draft as the database keeps them."""
    return sealed(unit, token, orjson.dumps(dict(values)))


def sealed_file(unit: UnitOfWork, token: str, name: str, media: str, content: bytes) -> dict[str, bytes]:
    """The columns ``told`` and ``content`` of a file of a draft."""
    told = {"name": name, "media_type": media, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    return {"told": sealed(unit, token, orjson.dumps(told)), "content": sealed(unit, token, content)}


def unsealed(unit: UnitOfWork, token: str, content: bytes) -> bytes:
    """Content of a draft. Raises NotFound where the secret that sealed it is gone."""
    plain = unseal(unit.settings.secret_keys, content, _purpose(unit, token))
    if plain is None:
        raise NotFound(what="draft")
    return plain


def _purpose(unit: UnitOfWork, token: str) -> bytes:
    return f"intake-draft:{token}:{clerk_of(unit)}".encode()

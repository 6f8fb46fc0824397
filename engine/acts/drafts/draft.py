"""The acts that keep and drop a draft of intake: what a clerk has typed so far, saved every few seconds."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.dossier.intake_draft import clerk_of, own_draft, sealed_values
from engine.errors import Conflict, wrong
from engine.store.intake_drafts import delete_draft, drafts_of, intake_drafts
from engine.transaction import UnitOfWork

MOST_DRAFTS = 50
"""How many drafts one person may have at a time."""
LONGEST = 200_000
"""Characters that all texts of a draft have together."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22,64}")


class TooManyDrafts(Conflict):
    """The person has as many drafts as are kept."""

    code = "too-many-drafts"
    vi = "Đã có {most} bản nháp chưa nộp. Hãy nộp hoặc xóa bớt rồi tiếp tục."
    en = "There are {most} drafts that were not filed. File or delete some of them first."


def keep_draft(unit: UnitOfWork, token: str, values: Mapping[str, str]) -> None:
    """Saves the texts of a draft, sealed; makes the draft where it is new.

    Raises InvalidInput, NotFound (another person's), DraftFiled, TooManyDrafts.
    """
    if not _TOKEN.fullmatch(token):
        raise wrong("draft", "mã bản nháp không đúng dạng", "is not the token of a draft")
    if sum(len(name) + len(value) for name, value in values.items()) > LONGEST:
        raise wrong("draft", "nội dung quá dài", "is too long")
    person = clerk_of(unit)
    known = own_draft(unit, token, lock=True)
    content = {"content": sealed_values(unit, token, values), "saved_at": unit.now}
    if known is not None:
        unit.writes.update(intake_drafts, content, {"token": token})
        return
    if len(drafts_of(unit.begin(), person, MOST_DRAFTS)) >= MOST_DRAFTS:
        raise TooManyDrafts(most=MOST_DRAFTS)
    unit.writes.insert(intake_drafts, [{"token": token, "person_id": person, **content}])


def drop_draft(unit: UnitOfWork, token: str) -> None:
    """Deletes an own draft with its files; does nothing where there is none. Raises NotFound, DraftFiled."""
    if own_draft(unit, token, lock=True) is not None:
        delete_draft(unit.begin(), token)

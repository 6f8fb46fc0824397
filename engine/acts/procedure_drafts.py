"""The acts on drafts of workflow files: make, save and delete one. Administrators alone do them.

Making and deleting stand in the journal of staff; the draft itself tells who saved it last.

A draft is text that is worked on together: whoever saves it says which version they read, so that nobody writes over
what somebody else saved meanwhile. Nothing of a draft is in force before its file is published.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, insert, update

from engine.acts.staff.record import record_staff
from engine.errors import Conflict, Forbidden, NotFound, wrong
from engine.store.procedure_drafts import draft_line, lock_draft, number_of_drafts, procedure_drafts
from engine.transaction import UnitOfWork

MOST_DRAFTS = 500
"""How many drafts an installation keeps at a time."""
LONGEST = 262_144
"""Bytes of UTF-8 that a workflow file may have (``workflows.yaml_reader``), and its stories as many."""


class DraftChanged(Conflict):
    """Somebody saved the draft since it was read."""

    code = "draft-changed"
    vi = (
        "{name} đã lưu bản nháp này lúc {when}, sau khi anh/chị mở. Nội dung anh/chị soạn vẫn còn ở đây: "
        "so với bản đã lưu bên dưới, rồi lưu lại nếu muốn thay bản đó."
    )
    en = (
        "{name} saved this draft at {when}, after you opened it. What you wrote is still here: "
        "compare it with the saved text below, then save again to replace that one."
    )


class TooManyDrafts(Conflict):
    """The installation keeps as many drafts of procedures as it may."""

    code = "too-many-procedure-drafts"
    vi = "Đã có {most} bản nháp thủ tục. Hãy xóa bớt bản không dùng nữa."
    en = "There are {most} drafts of procedures. Delete some that are not needed any more."


@dataclass(frozen=True, slots=True)
class DraftContent:
    """What a draft holds. ``procedure`` and ``title`` are those that its text names, ``errors`` what the linter found
    in it."""

    text: str
    stories: str
    procedure: str
    title: str
    errors: int


def make_draft(unit: UnitOfWork, content: DraftContent, source: str) -> int:
    """Keeps a new draft, and returns its number. ``source`` says what it was made from.

    Raises Forbidden, InvalidInput, TooManyDrafts.
    """
    person, connection = _administrator(unit), unit.begin()
    if number_of_drafts(connection) >= MOST_DRAFTS:
        raise TooManyDrafts(most=MOST_DRAFTS)
    made = {"source": source[:80], "version": 1, "made_at": unit.now, "made_by": person}
    row = insert(procedure_drafts).values(**made, **_values(unit, content, person))
    number = int(connection.execute(row.returning(procedure_drafts.c.id)).scalar_one())
    record_staff(unit, "make-procedure-draft", None, [], _named(number, content.procedure, source))
    return number


def save_draft(unit: UnitOfWork, number: int, version: int | None, content: DraftContent) -> int:
    """Saves a draft over the ``version`` that was read, and returns its new version.

    Raises Forbidden, InvalidInput, NotFound, DraftChanged.
    """
    person = _administrator(unit)
    known = _must_be(unit, number, version)
    changed = update(procedure_drafts).where(procedure_drafts.c.id == number)
    unit.begin().execute(changed.values(version=known + 1, **_values(unit, content, person)))
    return known + 1


def delete_draft(unit: UnitOfWork, number: int, version: int | None) -> None:
    """Deletes a draft. Raises Forbidden, NotFound, DraftChanged."""
    _administrator(unit)
    _must_be(unit, number, version)
    last = draft_line(unit.begin(), number)
    record_staff(unit, "delete-procedure-draft", None, [], _named(number, last.procedure if last else "", ""))
    unit.begin().execute(delete(procedure_drafts).where(procedure_drafts.c.id == number))


def _administrator(unit: UnitOfWork) -> int:
    if not unit.actor.admin or unit.actor.person_id is None:
        raise Forbidden(why_vi="chỉ dành cho người quản trị", why_en="administrators only")
    return unit.actor.person_id


def _must_be(unit: UnitOfWork, number: int, version: int | None) -> int:
    """The version of the draft, which is locked. Raises NotFound, DraftChanged where it is not ``version``."""
    connection = unit.begin()
    known = lock_draft(connection, number)
    if known is None:
        raise NotFound(what=f"draft {number}")
    last = draft_line(connection, number)
    if known != version and last is not None:
        raise DraftChanged(name=last.saved_name, when=last.saved_at, version=known)
    return known


def _named(number: int, procedure: str, source: str) -> str:
    """A draft in the journal of staff: ``#3 1.013225``, and what it was made from."""
    return " ".join(filter(None, (f"#{number}", procedure[:40], source and f"({source[:80]})")))


def _values(unit: UnitOfWork, content: DraftContent, person: int) -> dict[str, object]:
    for name, text in (("text", content.text), ("stories", content.stories)):
        if len(text.encode()) > LONGEST:
            raise wrong(name, f"tối đa {LONGEST // 1024} KB", f"at most {LONGEST // 1024} KB")
    return {
        "procedure": content.procedure[:40],
        "title": content.title[:200],
        "text": content.text,
        "stories": content.stories,
        "errors": content.errors,
        "saved_at": unit.now,
        "saved_by": person,
    }

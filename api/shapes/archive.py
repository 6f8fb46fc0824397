"""The shapes of packages for the archive, and of lists for destruction."""

from __future__ import annotations

from api.shapes.base import Shape, Words, day, many, one, text, when, whole, yes_no


class ArchiveStatus(Shape):
    due = whole()
    packed = whole()
    transferred = whole()
    destroyed = whole()
    bytes = whole()
    files_to_remove = whole()


class Package(Shape):
    code = text()
    procedure = one(Words)
    finished = day(True)
    sha256 = text()
    bytes = whole()
    way = text()
    exported_at = when()
    receipt = text(True)
    receipt_day = day(True)
    archive = text(True)
    transferred_at = when(True)
    destroyed_at = when(True)


class Packages(Shape):
    items = many(Package)
    next = text(True)


class DestructionList(Shape):
    id = whole()
    status = text()
    dossiers = whole()
    done = whole()
    reason = text()
    proposed_by = text()
    proposed_at = when()
    decided_by = text(True)
    decided_at = when(True)
    done_at = when(True)
    has_minutes = yes_no()
    mine = yes_no()


class DestructionLists(Shape):
    items = many(DestructionList)

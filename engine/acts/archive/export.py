"""The act ``archive_export``: a finished dossier was packed for the archive; and the run that packs all of them.

A package is built from one reading of the dossier, renamed into its place, and then recorded. Killed before the record,
the next run builds it anew; killed after it, the next run passes over the dossier.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import insert

from engine.acts.checkpoint import checkpoint_now
from engine.archive.bag import Payload, Written, write_bag
from engine.archive.evidence import NotCoveredYet
from engine.archive.package import RenderForm, must_have_ended, package_of
from engine.clock import midnight
from engine.dossier.case import Case, lock_case
from engine.dossier.record import record
from engine.errors import Conflict, Forbidden, Refusal
from engine.rules.procedure.permissions import Actor
from engine.store.archive import archive_bags, bag_of, ended_codes
from engine.store.read_log import add_reads
from engine.transaction import Runtime, UnitOfWork, in_transaction

PAGE = 100
PURPOSE = "đóng gói lưu trữ / packed for the archive"


class AlreadyPacked(Conflict):
    """The dossier was packed before; its package is the one that the journal names."""

    code = "archive-already-packed"
    vi = "Hồ sơ {dossier} đã được đóng gói, mã băm {sha256}."
    en = "Dossier {dossier} was packed before; the hash of its package is {sha256}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """What became of one dossier: its package, or the refusal."""

    code: str
    bag: Written | None
    refused: Refusal | None = None


def must_archive(unit: UnitOfWork) -> None:
    """Requires an administrator or the operator. Raises Forbidden."""
    if unit.actor.kind not in ("admin", "system"):
        raise Forbidden(why_vi="chỉ dành cho người quản trị", why_en="administrators only")


def archive_export(unit: UnitOfWork, code: str, version: int, bag: Written) -> Case:
    """Records that the dossier, as it stood at ``version``, was packed. Raises Forbidden, NotFound, Stale, NotEnded,
    AlreadyPacked."""
    must_archive(unit)
    case = lock_case(unit, code, version)
    must_have_ended(case)
    if (known := bag_of(unit.begin(), case.id)) is not None:
        raise AlreadyPacked(dossier=code, sha256=known.sha256)
    told = {"bag": bag.folder.name, "sha256": bag.sha256, "files": bag.files, "bytes": bag.bytes, "entries": version}
    record(case, "archive_export", data=told)
    unit.flush()
    unit.begin().execute(insert(archive_bags).values(dossier_id=case.id, exported_at=unit.now, **told))
    return case


def pack(
    runtime: Runtime,
    actor: Actor,
    code: str,
    folder: Path,
    render: RenderForm,
    retention: Callable[[Case], str] = lambda case: "",
) -> Written:
    """Writes the package of one dossier and records it. Raises what ``package_of`` and ``archive_export`` raise."""
    built: tuple[int, str, list[Payload], list[tuple[str, str]]] = in_transaction(
        runtime, actor, lambda unit: _built(unit, code, render, retention)
    )
    version, name, payload, info = built
    bag = write_bag(folder, name, payload, info)
    in_transaction(runtime, actor, lambda unit: archive_export(unit, code, version, bag))
    return bag


def pack_ended(
    runtime: Runtime,
    actor: Actor,
    before: dt.date,
    folder: Path,
    render: RenderForm,
    retention: Callable[[Case], str] = lambda case: "",
) -> Iterator[Packed]:
    """Packs every dossier that ended before the civil day ``before`` and was not packed yet, one after another.

    A refusal of one dossier does not keep the others.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    checkpoint_now(runtime)
    after = 0
    while found := in_transaction(runtime, actor, partial(_page, before=midnight(before), after=after)):
        for number, code in found:
            after = number
            try:
                yield Packed(code=code, bag=_packed(runtime, actor, code, folder, render, retention))
            except Refusal as refusal:
                yield Packed(code=code, bag=None, refused=refusal)


def _packed(
    runtime: Runtime, actor: Actor, code: str, folder: Path, render: RenderForm, retention: Callable[[Case], str]
) -> Written:
    """One dossier; one that was written to since the last checkpoint is packed after another one."""
    try:
        return pack(runtime, actor, code, folder, render, retention)
    except NotCoveredYet:
        checkpoint_now(runtime)
        return pack(runtime, actor, code, folder, render, retention)


def _page(unit: UnitOfWork, *, before: dt.datetime, after: int) -> list[tuple[int, str]]:
    return list(ended_codes(unit.reader(), before, after, PAGE))


def _built(
    unit: UnitOfWork, code: str, render: RenderForm, retention: Callable[[Case], str]
) -> tuple[int, str, list[Payload], list[tuple[str, str]]]:
    """Everything that goes into the package, from one transaction; the reading of personal data is recorded."""
    must_archive(unit)
    case = lock_case(unit, code)
    must_have_ended(case)
    if (known := bag_of(unit.begin(), case.id)) is not None:
        raise AlreadyPacked(dossier=code, sha256=known.sha256)
    payload, info = package_of(case, unit.runtime.files, render, retention(case))
    add_reads(unit.begin(), unit.now, unit.actor.label, [case.id], "archive", PURPOSE)
    return case.row["version"], case.code, payload, info

"""The acts on the way to the archive, and those that bring in a predecessor's dossiers, ready to be killed in."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine.acts.archive import destroy
from engine.acts.archive.export import archive_export, pack_ended
from engine.acts.archive.files import remove_files
from engine.acts.archive.receipt import archive_receipt
from engine.acts.drafts.consent import give_consent, withdraw_consent
from engine.acts.drafts.identity import ask_identity, join_identity_checks, note_identity
from engine.acts.import_dossier import import_dossier
from engine.acts.import_run import import_file
from engine.archive.bag import Payload, bag_hash, write_bag
from engine.connection_ports import IdentityOutcome
from engine.rules.imports.row import ImportedRow
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.rules.retention import RetentionSchedule, RetentionTerm
from engine.store.archive import archive_bags, archive_destruction_items, archive_destructions, file_removals
from engine.store.identity_checks import identity_checks
from engine.store.imported import imported_dossiers
from engine.store.journal import reads
from engine.store.reuse_consents import reuse_consents
from tests.faults.crash_stage import Deed, Errand, Stage, Story
from tests.installation.short_releases import LAND
from tests.installation.world import APPLICANT, BRANCH, LONG_KHANH, World, moment
from tests.integration.test_archive_destroy import second_admin
from tests.integration.test_archive_export import ended
from tests.integration.test_import_dossiers import MAPPING, ROW
from workflows.import_mapping import read_mapping

_AT_ONCE = RetentionSchedule(terms=(RetentionTerm(procedures=("*",), years=-1, legal="QĐ mẫu"),), digest="0" * 64)
"""Terms that are over in the year of the end."""
_RECEIPT = {"number": "1/BN", "day": dt.date(2026, 3, 2), "archive": "Lưu trữ mẫu"}
_NUMBERS = itertools.count(1)
_NUMBER = str(APPLICANT["identity_number"])


def render(_number: str, _data: Mapping[str, Any]) -> bytes:
    """A form at no cost."""
    return b"%PDF-1.7"


def packed(stage: Stage) -> Deed:
    code = ended(stage.world)
    folder = stage.folder / f"by-hand-{next(_NUMBERS)}"
    folder.mkdir()
    bag = write_bag(folder, code, [Payload("a.txt", b"a")], [])
    run = stage.direct(archive_export, code, stage.world.row(code)["version"], bag)
    return Deed(run, stage.entries(code, "archive_export"))


def at_the_archive(stage: Stage, world: World | None = None) -> str:
    """A dossier that the archive has."""
    world = world or stage.world
    code, sha256 = _exported(stage, world)
    world.try_act("system", archive_receipt, code, sha256=sha256, **_RECEIPT)
    return code


def _exported(stage: Stage, world: World) -> tuple[str, str]:
    """A dossier that was packed, and the hash of its package. Others that have ended before are left as they are."""
    code, folder = ended(world), stage.folder / f"by-hand-{next(_NUMBERS)}"
    folder.mkdir()
    bag = write_bag(folder, code, [Payload("a.txt", b"a")], [])
    world.try_act("system", archive_export, code, world.row(code)["version"], bag)
    return code, bag.sha256


def confirmed(stage: Stage) -> Deed:
    code, sha256 = _exported(stage, stage.world)
    run = stage.direct(archive_receipt, code, sha256=sha256, **_RECEIPT)
    return Deed(run, stage.entries(code, "archive_receipt"))


def proposed(stage: Stage) -> Deed:
    at_the_archive(stage)
    admin = stage.world.actor("admin")
    run = stage.direct(destroy.propose_destruction, _AT_ONCE, "Hết hạn", who=admin)
    return Deed(run, stage.rows(archive_destructions))


def _listed(stage: Stage, *, approve: bool) -> tuple[str, int]:
    code = at_the_archive(stage)
    number = stage.world.try_act("admin", destroy.propose_destruction, _AT_ONCE, "Hết hạn")
    if approve:
        stage.world.try_act(second_admin(stage.world), destroy.decide_destruction, number, approve=True)
    return code, number


def decided(stage: Stage) -> Deed:
    _, number = _listed(stage, approve=False)
    run = stage.direct(destroy.decide_destruction, number, who=second_admin(stage.world), approve=True)
    return Deed(run, stage.rows(archive_destructions, id=number, status="approved"))


def destroyed(stage: Stage) -> Deed:
    code, number = _listed(stage, approve=True)
    run = stage.direct(destroy.destroy_dossier, number, stage.world.row(code)["id"])
    return Deed(run, stage.entries(code, "archive_destroy"))


def left_out(stage: Stage) -> Deed:
    code, number = _listed(stage, approve=True)
    run = stage.direct(destroy.leave_out, number, stage.world.row(code)["id"])
    fewer = stage.rows(archive_destruction_items, destruction_id=number, dossier_id=stage.world.row(code)["id"])
    return Deed(run, lambda: -fewer())


def with_minutes(stage: Stage) -> Deed:
    _, number = _listed(stage, approve=True)
    run = stage.direct(destroy.keep_minutes, number, "0" * 32, "0" * 64)
    return Deed(run, stage.rows(archive_destructions, id=number, status="done"))


def brought_in(stage: Stage) -> Deed:
    told = ImportedRow(
        source="cũ",
        code=f"H19.26080-260220-{next(_NUMBERS):04}",
        procedure=LAND,
        state="returned",
        channel="counter",
        applicant={"kind": "citizen", "name": "Nguyễn Văn Mẫu"},
        intake_office=LONG_KHANH,
        handler_office=BRANCH,
        filed_at=moment("2026-02-20 08:00"),
        received_at=moment("2026-02-20 09:00"),
        due_at=moment("2026-02-27 10:00"),
        finished_at=moment("2026-02-25 10:00"),
        fees={"le_phi": 50_000},
    )
    return Deed(stage.direct(import_dossier, told), stage.rows(imported_dossiers, number=told.code))


def asked(stage: Stage) -> Deed:
    run = stage.direct(
        ask_identity, f"token-{next(_NUMBERS):020}", _NUMBER, LONG_KHANH, "tiếp nhận", who=stage.world.actor("counter")
    )
    return Deed(run, stage.rows(identity_checks))


def answered(stage: Stage) -> Deed:
    token = f"token-{next(_NUMBERS):020}"
    check = stage.world.try_act("counter", ask_identity, token, _NUMBER, LONG_KHANH, "tiếp nhận")
    outcome = IdentityOutcome(number="match", name="match", born="match", address="differs")
    run = stage.direct(note_identity, check, outcome, who=stage.world.actor("counter"))
    return Deed(run, stage.rows(identity_checks, id=check, status="answered"))


def joined(stage: Stage) -> Deed:
    token = f"token-{next(_NUMBERS):020}"
    stage.world.try_act("counter", ask_identity, token, _NUMBER, LONG_KHANH, "tiếp nhận")
    number = stage.world.row(stage.world.land_at("new"))["id"]
    run = stage.direct(join_identity_checks, token, number)
    return Deed(run, stage.rows(reads, dossier_id=number, what="population"))


def agreed(stage: Stage) -> Deed:
    number = f"0790900{next(_NUMBERS):05}"
    run = stage.direct(give_consent, number, LONG_KHANH, "dùng lại", who=stage.world.actor("counter"))
    return Deed(run, stage.rows(reuse_consents))


def took_back(stage: Stage) -> Deed:
    number = f"0790900{next(_NUMBERS):05}"
    stage.world.try_act("counter", give_consent, number, LONG_KHANH, "dùng lại")
    standing = stage.rows(reuse_consents, withdrawn_at=None)
    run = stage.direct(withdraw_consent, number, LONG_KHANH, who=stage.world.actor("counter"))
    return Deed(run, lambda: -standing())


STORIES_OF_ARCHIVES: Mapping[str, Story] = {
    "archive: packed": Story({"archive.export.archive_export"}, packed),
    "archive: receipt": Story({"archive.receipt.archive_receipt"}, confirmed),
    "archive: propose to destroy": Story({"archive.destroy.propose_destruction"}, proposed),
    "archive: decide to destroy": Story({"archive.destroy.decide_destruction"}, decided),
    "archive: destroy": Story({"archive.destroy.destroy_dossier"}, destroyed),
    "archive: left out": Story({"archive.destroy.leave_out"}, left_out),
    "archive: minutes": Story({"archive.destroy.keep_minutes"}, with_minutes),
    "consent: given": Story({"drafts.consent.give_consent"}, agreed),
    "consent: withdrawn": Story(
        {"drafts.consent.withdraw_consent"}, took_back, again="nothing stands that could be withdrawn once more"
    ),
    "population: asked": Story({"drafts.identity.ask_identity"}, asked, again="another question of the same"),
    "population: answered": Story({"drafts.identity.note_identity"}, answered),
    "population: joined to its dossier": Story({"drafts.identity.join_identity_checks"}, joined),
    "import a dossier": Story(
        {"import_dossier.import_dossier", "imported_offices.offices_of_import", "imported_papers.paper_rows"},
        brought_in,
    ),
}


def packing(stage: Stage) -> Errand:
    """Two dossiers ended; each is packed once, and what is recorded is what lies in the folder."""
    codes = [ended(stage.world) for _ in range(2)]
    folder = stage.folder / "bags"

    def run() -> None:
        list(pack_ended(stage.doomed.runtime, SYSTEM_ACTOR, dt.date(2026, 4, 1), folder, render))

    def whole() -> None:
        for code in codes:
            assert [one["act"] for one in stage.world.entries(code)].count("archive_export") == 1
            assert bag_hash(folder / code) == stage.world.entries(code)[-1]["data"]["sha256"]
        assert {one.name for one in folder.iterdir()} == set(codes)
        assert stage.number(archive_bags) == 2

    return Errand(run, run, whole)


def clearing(stage: Stage) -> Errand:
    """The content of a destroyed dossier goes, whatever dies on the way."""
    code, number = _listed(stage, approve=True)
    stage.world.try_act("system", destroy.destroy_dossier, number, stage.world.row(code)["id"])
    (key,) = _keys(stage.world)

    def run() -> None:
        remove_files(stage.doomed.runtime)

    def whole() -> None:
        assert _keys(stage.world) == []
        assert not [path for path in Path(stage.world.runtime.files.place).rglob(key) if path.is_file()]

    return Errand(run, run, whole)


def bringing(stage: Stage) -> Errand:
    """A file of two dossiers, one row at a time."""
    file, mapping = stage.folder / "old.csv", read_mapping(MAPPING)
    rows = [ROW | {"Số hồ sơ": f"H19.26080-260220-{number:04}"} for number in (1, 2)]
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(ROW))
        writer.writeheader()
        writer.writerows(rows)

    def run() -> None:
        found = list(import_file(stage.doomed.runtime, SYSTEM_ACTOR, file, mapping, None, dry_run=False))
        assert {one.outcome for one in found} <= {"imported", "known"}

    def whole() -> None:
        assert stage.number(imported_dossiers) == 2
        for row in rows:
            assert [one["act"] for one in stage.world.entries(row["Số hồ sơ"])] == ["import"]

    return Errand(run, run, whole)


def _keys(world: World) -> list[str]:
    with world.reading() as connection:
        return list(connection.execute(select(file_removals.c.storage_key)).scalars())


ERRANDS_OF_ARCHIVES: Mapping[str, tuple[set[str], Callable[[Stage], Errand]]] = {
    "archive: pack what has ended": ({"archive.export.pack_ended", "archive.export.pack"}, packing),
    "archive: remove files": ({"archive.files.remove_files"}, clearing),
    "import a file": ({"import_run.import_file", "imported_papers.read_papers"}, bringing),
}

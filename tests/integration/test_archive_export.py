"""Finished dossiers as packages for the archive: whole, validated by two programs, packed once whatever happens."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import bagit
import pypdf
import pytest
from lxml import etree

from adapters.forms import render_form
from engine.acts.archive import export
from engine.acts.archive.export import AlreadyPacked, Packed, archive_export, pack, pack_ended
from engine.acts.file_dossier import file_dossier
from engine.acts.perform_action import perform_action
from engine.archive.bag import Payload, write_bag
from engine.archive.package import NotEnded, pdf_standard
from engine.dossier.stale import Stale
from engine.errors import Forbidden
from engine.journal.check import Tally, check_journal
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.archive import bag_of
from engine.store.journal import reads
from tests.installation.filings import PDF
from tests.installation.world import PAPERS, World
from tests.integration.test_checkpoints import count, published
from tests.integration.test_cli import Run, run  # noqa: F401 - a fixture
from verifier.motcua_verify import verify_bag

BEFORE = dt.date(2026, 4, 1)


def ended(world: World, **changes: Any) -> str:
    """A dossier with a file that was withdrawn."""
    file = world.try_act("system", lambda unit: unit.runtime.files.put(PDF))
    paper = {
        "key": "don",
        "original": 1,
        "file": {
            "file_name": 'Đơn "xin"\n../cấp.PDF',
            "media_type": "application/pdf",
            "size": len(PDF),
            "sha256": hashlib.sha256(PDF).hexdigest(),
            "storage_key": file,
        },
    }
    code = world.try_act("counter", file_dossier, world.filing(**{"documents": [paper, PAPERS[1]]} | changes)).case.code
    world.try_act("counter", perform_action, code, "receive")
    world.try_act(world.citizen(code), perform_action, code, "withdraw")
    return code


def packed(world: World, folder: Path) -> list[Packed]:
    return list(pack_ended(world.runtime, SYSTEM_ACTOR, BEFORE, folder, render_form))


def test_a_package_is_whole_and_validated_by_two_programs(world: World, tmp_path: Path) -> None:
    code = ended(world)
    (one,) = packed(world, tmp_path)
    assert one.refused is None and one.bag is not None and one.bag.folder == tmp_path / code
    bag = bagit.Bag(str(one.bag.folder))
    assert bag.validate() and bag.info["External-Identifier"] == code
    assert bag.info["Archive-Control-Sheet"] == "PDF/A-2a" and bag.info["Archive-Documents"] == "2"
    report = verify_bag(one.bag.folder, published(world))
    assert (report.findings, report.notes, report.entries) == ([], [], 3)
    told = json.loads((one.bag.folder / "data/metadata/dossier.json").read_bytes())
    assert told["applicant"]["name"] == "Nguyễn Văn Mẫu" and told["documents"][0]["sha256"]
    assert (one.bag.folder / "data" / told["documents"][0]["path"]).read_bytes() == PDF
    xml = etree.parse(one.bag.folder / "data/metadata/dossier.xml").getroot()
    assert xml.findtext("applicant/name") == "Nguyễn Văn Mẫu" and xml.findtext("code") == code
    sheet = pypdf.PdfReader(one.bag.folder / "data/forms/control-sheet.pdf")
    assert code in sheet.pages[0].extract_text()
    assert sheet.xmp_metadata is not None and pdf_standard(render_form("06", _sheet(told))) == "PDF/A-2a"


def _sheet(told: dict[str, Any]) -> dict[str, Any]:
    head = {"authority": "", "unit": "", "place": "", "date": ""}
    empty = {"head": head, "code": told["code"], "received": "", "due": "", "deciding": "", "coordinating": []}
    return empty | {"applicant": {"name": "A"}, "request": "", "handovers": []}


def test_the_package_is_recorded_once_and_the_journal_stays_whole(world: World, tmp_path: Path) -> None:
    code = ended(world)
    (one,) = packed(world, tmp_path)
    assert one.bag is not None
    entry = world.entries(code)[-1]
    assert entry["act"] == "archive_export" and entry["data"]["sha256"] == one.bag.sha256
    assert entry["data"]["entries"] == 3
    assert packed(world, tmp_path) == [] and packed(world, tmp_path / "another") == []
    assert list(check_journal(world.database, Tally())) == []
    assert count(world, reads) == 1
    world.refuse(AlreadyPacked, "system", archive_export, code, 4, one.bag)


def test_what_has_not_ended_is_left_out_and_refused(world: World, tmp_path: Path) -> None:
    code = world.land_at("checking")
    assert packed(world, tmp_path) == []
    bag = write_bag(tmp_path, "x", [Payload("a", b"1")], [])
    world.refuse(NotEnded, "system", archive_export, code, world.row(code)["version"], bag)
    late = ended(world)
    world.refuse(Stale, "system", archive_export, late, 1, bag)
    world.refuse(Forbidden, "counter", archive_export, late, 3, bag)
    assert list(pack_ended(world.runtime, SYSTEM_ACTOR, world.now.date(), tmp_path, render_form)) == []


def test_a_lost_or_changed_file_keeps_one_dossier_and_not_the_others(world: World, tmp_path: Path) -> None:
    broken, whole = ended(world), ended(world)
    store = Path(world.runtime.files.place)
    keys = [path for path in store.rglob("*") if path.is_file() and path.name != "installation"]
    keys[0].write_bytes(b"another")
    found = {one.code: one for one in packed(world, tmp_path)}
    assert sum(one.bag is not None for one in found.values()) == 1 and set(found) == {broken, whole}
    (refused,) = (one.refused for one in found.values() if one.refused)
    assert refused.code == "archive-paper-lost" and "backup" in refused.sentence("en")
    keys[0].write_bytes(PDF)
    assert [one.refused for one in packed(world, tmp_path)] == [None]


def test_killed_between_package_and_record_it_is_packed_anew(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out = ended(world), tmp_path / "out"

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(export, "archive_export", die)
        with pytest.raises(KeyboardInterrupt):
            packed(world, out)
    (out / f".{code}.part").mkdir()
    (out / f".{code}.part" / "left").write_text("x")
    assert (out / code).is_dir()
    (one,) = packed(world, out)
    assert one.bag is not None and bagit.Bag(str(out / code)).validate()
    assert [path.name for path in out.iterdir()] == [code]


@pytest.mark.parametrize(
    "harm",
    [
        ("data/journal/entries.jsonl", b"Z"),
        ("data/metadata/dossier.json", b"x"),
        ("bag-info.txt", b"Extra: x\n"),
        ("data/extra.txt", b"x"),
    ],
    ids=lambda one: one[0],
)
def test_a_changed_byte_is_found_by_both(world: World, tmp_path: Path, harm: tuple[str, bytes]) -> None:
    ended(world)
    (one,) = packed(world, tmp_path)
    assert one.bag is not None
    path = one.bag.folder / harm[0]
    path.write_bytes((path.read_bytes() if path.exists() else b"") + harm[1])
    assert not bagit.Bag(str(one.bag.folder)).is_valid()
    assert verify_bag(one.bag.folder, published(world)).findings


def test_a_journal_forged_with_new_manifests_is_found_by_its_proofs(world: World, tmp_path: Path) -> None:
    ended(world)
    (one,) = packed(world, tmp_path)
    assert one.bag is not None
    payload = [
        Payload(path.relative_to(one.bag.folder / "data").as_posix(), path.read_bytes())
        for path in (one.bag.folder / "data").rglob("*")
        if path.is_file()
    ]
    for what, old, new in (
        ("entries", b'"act":"withdraw"', b'"act":"withdraX"'),
        ("private", "Nguyễn".encode(), "Nguyên".encode()),
        ("proofs", b'"leaf":1', b'"leaf":0'),
    ):
        forged = [
            Payload(file.path, file.content.replace(old, new) if what in file.path else file.content)
            for file in payload
        ]
        bag = write_bag(tmp_path / what, "forged", forged, []) if (tmp_path / what).mkdir() is None else None
        assert bag is not None and bagit.Bag(str(bag.folder)).is_valid()
        assert verify_bag(bag.folder, published(world)).findings, what
        shutil.rmtree(tmp_path / what)


def test_one_dossier_is_packed_by_hand(world: World, tmp_path: Path) -> None:
    code = ended(world)
    export.checkpoint_now(world.runtime)
    bag = pack(world.runtime, SYSTEM_ACTOR, code, tmp_path, render_form)
    with world.reading() as connection:
        row = bag_of(connection, world.row(code)["id"])
    assert row is not None and (row.sha256, row.files, row.bytes) == (bag.sha256, bag.files, bag.bytes)


def test_the_command_packs_and_says_so_in_both_languages(world: World, run: Run, tmp_path: Path) -> None:  # noqa: F811
    code = ended(world)
    again = ("archive", "export", "--finished-before", "2026-04-01", "--to", str(tmp_path / "out"))
    told = json.loads(run(*again, "--json").output)
    assert [one["code"] for one in told["packed"]] == [code] and told["refused"] == []
    assert "0 dossiers were packed" in run(*again).output
    assert "Đã đóng gói 0 hồ sơ" in run("--lang", "vi", *again).output

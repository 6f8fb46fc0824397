"""Sealed forms in a package for the archive: each with its hash, found out when one is missing or changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import bagit
import pytest
from lxml import etree

from adapters.forms import render_form
from engine.acts.issue_form import print_form
from engine.acts.renew_link import renew_link
from engine.acts.seal_form import form_file
from engine.archive.bag import Payload, Written, write_bag
from engine.ports import SigningFailed
from engine.settings import SecretKeys
from tests.doubles.standing_signer import StandingSigner
from tests.installation.world import World
from tests.integration.test_archive_export import packed
from tests.integration.test_checkpoints import published
from tests.integration.test_sealed_forms import raises, sealing, stored
from verifier.motcua_verify import verify_bag


def ended(world: World, *forms: str) -> str:
    """A withdrawn dossier of which these forms were downloaded."""
    filed = world.file()
    code = filed.case.code
    world.do("counter", code, "receive")
    for number in forms:
        form_file(world.runtime, world.act("counter", print_form, code, number), render_form)
    world.do(world.citizen(code), code, "withdraw", receipt_code=filed.receipt_code)
    return code


def bag_of(world: World, folder: Path) -> Written:
    (one,) = packed(world, folder)
    assert one.refused is None and one.bag is not None, one.refused
    return one.bag


def told(bag: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((bag / "data/metadata/dossier.json").read_bytes())["forms"]
    return found


def rebuilt(bag: Written, folder: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The package with changed files and new manifests, which hold."""
    files = {
        path.relative_to(bag.folder / "data").as_posix(): path.read_bytes()
        for path in (bag.folder / "data").rglob("*")
        if path.is_file()
    }
    change(files)
    made = write_bag(folder, "rebuilt", [Payload(*one) for one in files.items()], []).folder
    assert bagit.Bag(str(made)).is_valid()
    return made


class TestASealedForm:
    def test_lies_in_the_package_with_its_hash_and_what_the_paper_says_of_itself(
        self, world: World, tmp_path: Path
    ) -> None:
        by = StandingSigner()
        sealing(world, by)
        code = ended(world, "06")
        form = world.act("counter", print_form, code, "06", 1)
        bag = bag_of(world, tmp_path)
        (one,) = told(bag.folder)
        content = (bag.folder / "data" / one["path"]).read_bytes()
        assert content == form_file(world.runtime, form, render_form) and content.endswith(b"%seal 1\n")
        assert (one["path"], one["size"], one["seal"], one["why"]) == (
            "forms/issued/06-1.pdf",
            len(content),
            "sealed",
            None,
        )
        assert (one["form"], one["issue"], one["number"]) == ("06", 1, form.issue.mark)
        assert one["sha256"] == stored(world)[0].sha256 and one["sealed_at"] is not None
        info = bagit.Bag(str(bag.folder))
        assert info.validate() and info.info["Archive-Sealed-Forms"] == "1"
        xml = etree.parse(bag.folder / "data/metadata/dossier.xml").getroot()
        assert xml.findtext("forms/path") == one["path"] and xml.findtext("forms/sha256") == one["sha256"]
        assert verify_bag(bag.folder, published(world)).findings == []

    def test_gives_no_key_of_the_applicant_away_that_is_still_good(self, world: World, tmp_path: Path) -> None:
        sealing(world, StandingSigner())
        code = ended(world, "01")
        form = world.act("counter", print_form, code, "01", 1)
        bag = bag_of(world, tmp_path)
        (one,) = told(bag.folder)
        content = form_file(world.runtime, form, render_form)
        assert one["path"] == "" and one["size"] == len(content) and "receipt code" in one["why"]["en"]
        assert one["sha256"] is not None and one["seal"] == "sealed"
        keys = [form.data[name].encode() for name in ("status_url", "receipt_code")]
        for path in bag.folder.rglob("*"):
            assert not path.is_file() or not any(key in path.read_bytes() for key in keys), path

    def test_whose_keys_are_void_is_packed(self, world: World, tmp_path: Path) -> None:
        sealing(world, StandingSigner())
        code = ended(world, "01")
        world.act("counter", renew_link, code, "khách làm mất giấy")
        bag = bag_of(world, tmp_path)
        (one,) = told(bag.folder)
        content = (bag.folder / "data" / one["path"]).read_bytes()
        assert content.startswith(b"%PDF") and content.endswith(b"%seal 1\n")
        assert verify_bag(bag.folder, published(world)).findings == []

    def test_that_went_out_without_its_seal_is_told_with_the_reason(self, world: World, tmp_path: Path) -> None:
        sealing(world, StandingSigner(raises(SigningFailed(why="máy chủ im / the authority is silent"))))
        ended(world, "06")
        (one,) = told(bag_of(world, tmp_path).folder)
        assert (one["seal"], one["path"], one["why"]["en"]) == ("unsealed", "", "the authority is silent")

    @pytest.mark.parametrize("harm", ["changed", "gone"])
    def test_that_was_changed_or_lost_keeps_the_dossier_from_being_packed(
        self, world: World, tmp_path: Path, harm: str
    ) -> None:
        sealing(world, StandingSigner())
        code = ended(world, "06")
        (path,) = (world.runtime.settings.data / "files").rglob(stored(world)[0].storage_key.rpartition("/")[2])
        path.chmod(0o600)
        path.write_bytes(path.read_bytes() + b"?") if harm == "changed" else path.unlink()
        (one,) = packed(world, tmp_path)
        assert one.refused is not None and one.refused.code == "archive-form-lost"
        for language, words in (("vi", "mẫu số 06"), ("en", "form 06 (issue 1)")):
            assert words in one.refused.sentence(language) and code in one.refused.sentence(language)
        assert not (tmp_path / code).exists()

    def test_whose_secret_was_taken_out_holds_the_dossier_back_for_ever_no_more(
        self, world: World, tmp_path: Path
    ) -> None:
        sealing(world, StandingSigner())
        ended(world, "01")
        settings = world.runtime.settings
        fresh = replace(settings, keys=SecretKeys(("another" * 8,), settings.data))
        world.runtime = replace(world.runtime, settings=fresh)
        (one,) = told(bag_of(world, tmp_path).folder)
        assert (one["path"], one["sha256"]) == ("", None) and "MOTCUA_SECRET_KEYS" in one["why"]["en"]


class TestThePackageIsChecked:
    def test_a_missing_or_changed_form_is_found_by_its_manifest(self, world: World, tmp_path: Path) -> None:
        sealing(world, StandingSigner())
        ended(world, "06")
        bag = bag_of(world, tmp_path)
        path = bag.folder / "data/forms/issued/06-1.pdf"
        path.write_bytes(path.read_bytes() + b"?")
        assert "data/forms/issued/06-1.pdf" in {one.where for one in verify_bag(bag.folder, published(world)).findings}
        path.unlink()
        assert "the file is missing" in str(verify_bag(bag.folder, published(world)).findings)

    @pytest.mark.parametrize("what", ["form", "paper", "listed", "metadata"])
    def test_what_new_manifests_hide_is_found_by_the_metadata_and_the_journal(
        self, world: World, tmp_path: Path, what: str
    ) -> None:
        sealing(world, StandingSigner())
        ended(world, "06")

        def change(files: dict[str, bytes]) -> None:
            if what == "form":
                del files["forms/issued/06-1.pdf"]
            elif what == "paper":
                files["forms/issued/06-1.pdf"] += b"?"
            elif what == "listed":
                document = json.loads(files["metadata/dossier.json"])
                files["metadata/dossier.json"] = json.dumps(document | {"forms": []}).encode()
            else:
                del files["metadata/dossier.json"]

        made = rebuilt(bag_of(world, tmp_path), tmp_path, change)
        found = verify_bag(made, published(world)).findings
        words = {"form": "it is missing", "paper": "not the one", "listed": "issued", "metadata": "cannot be read"}
        assert len(found) == 1 and words[what] in found[0].what

    def test_of_before_is_still_whole(self, world: World, tmp_path: Path) -> None:
        sealing(world, StandingSigner())
        ended(world, "06")

        def change(files: dict[str, bytes]) -> None:
            del files["forms/issued/06-1.pdf"]
            document = json.loads(files["metadata/dossier.json"])
            del document["forms"]
            files["metadata/dossier.json"] = json.dumps(document).encode()

        assert verify_bag(rebuilt(bag_of(world, tmp_path), tmp_path, change), published(world)).findings == []

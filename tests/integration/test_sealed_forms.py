"""The PDF of an issued form with the office's seal: the same bytes every time, and never held back."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from adapters.files_local import LocalFiles, NoSuchFile
from adapters.forms.render import render_form
from adapters.local_signer import LocalSigner
from engine.acts.archive.files import remove_files
from engine.acts.documents import add_document
from engine.acts.issue_form import print_form, reissue_form
from engine.acts.retry_incident import retry_all
from engine.acts.seal_form import form_file
from engine.dossier.case import lock_case
from engine.dossier.erasure import erase_personal_data
from engine.dossier.incidents import incidents
from engine.forms.issued import FormDamaged, FormErased, IssuedForm
from engine.journal.check_files import FileTally, check_files
from engine.ports import Signature, SigningFailed
from engine.setting_values import WrongSetting
from engine.signing_settings import signing_from
from engine.store.form_seals import form_seals
from tests.doubles.signing import Signing, signing_doubles
from tests.doubles.standing_signer import StandingSigner
from tests.installation.application import application
from tests.installation.served import ServedInstallation
from tests.installation.world import World
from tests.integration.test_pdf_signers import AT, pdfsig, signer, validated

NOW = "2026-03-02 09:00"  # AT
WAITING = {"state": "waiting", "at": None, "sha256": None, "why": None}


@pytest.fixture(scope="module")
def signing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signing]:
    with signing_doubles(tmp_path_factory.mktemp("signing")) as made:
        made.told(AT)
        yield made


def sealing(world: World, by: Any, *, forms: bool = True) -> None:
    """The world seals its forms from now on, by this signer."""
    settings = world.runtime.settings
    settings = replace(settings, signing=replace(settings.signing, forms=forms))
    world.runtime = replace(world.runtime, signer=by, settings=settings)


def made(world: World, code: str, number: str = "01") -> IssuedForm:
    return world.act("counter", print_form, code, number)


def plain(form: IssuedForm) -> bytes:
    return render_form(form.issue.form, form.data)


def file_of(world: World, form: IssuedForm) -> bytes:
    return form_file(world.runtime, form, render_form)


def stored(world: World) -> list[Any]:
    with world.reading() as connection:
        return list(connection.execute(select(form_seals)).all())


def raises(error: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def unsealed(world: World) -> list[Any]:
    with world.reading() as connection:
        return [(one.cause.en, one.codes) for one in incidents(connection, "seals")]


class TestAnIssuedForm:
    @pytest.mark.parametrize("number", ["01", "06"])
    def test_carries_the_seal_of_the_office_from_its_first_file_on(
        self, world: World, signing: Signing, tmp_path: Path, number: str
    ) -> None:
        world.at(NOW)
        sealing(world, signer(signing, tmp_path))
        form = made(world, world.land_at("checking"), number)
        first = file_of(world, form)
        assert first.startswith(plain(form)) and validated(signing, first, tmp_path) == ""
        changed = first.replace(b"/MediaBox", b"/MediaBux", 1)
        assert validated(signing, changed, tmp_path) != ""
        if shutil.which("pdfsig"):
            assert "Signature is Valid." in pdfsig(first, tmp_path)
            assert "Signature is Valid." not in pdfsig(changed, tmp_path)
        world.at("2026-03-09 09:00")
        assert file_of(world, form) == first

    def test_is_sealed_once_and_its_file_gives_no_key_of_the_applicant_away(self, world: World) -> None:
        by = StandingSigner()
        sealing(world, by)
        receipt, sheet = made(world, world.land_at("checking")), made(world, world.land_at("checking"), "06")
        first = [file_of(world, one) for one in (receipt, sheet)]
        assert [file_of(world, one) for one in (receipt, sheet)] == first and by.count == 2
        kept = {row.form: world.runtime.files.read(row.storage_key) for row in stored(world)}
        assert kept["06"] == first[1]
        assert b"%PDF" not in kept["01"] and b"%seal" not in kept["01"]

    def test_that_is_issued_again_has_a_seal_of_its_own(self, world: World) -> None:
        sealing(world, StandingSigner())
        code = world.land_at("checking")
        first = made(world, code)
        before = file_of(world, first)
        again = world.act("counter", reissue_form, code, "01", "sai số điện thoại")
        assert file_of(world, again).endswith(b"seal 2\n") and file_of(world, first) == before

    def test_of_before_stays_as_it_went_out(self, world: World) -> None:
        form = made(world, world.land_at("checking"))
        sealing(world, StandingSigner())
        assert file_of(world, form) == plain(form) and stored(world) == []

    def test_keeps_its_seal_where_forms_are_no_longer_sealed(self, world: World, tmp_path: Path) -> None:
        sealing(world, StandingSigner())
        code = world.land_at("checking")
        first = made(world, code)
        before = file_of(world, first)
        sealing(world, LocalSigner(tmp_path / "own"), forms=False)
        assert file_of(world, first) == before
        later = made(world, code, "06")
        assert file_of(world, later) == plain(later)

    def test_that_two_download_at_once_is_one_file(self, world: World) -> None:
        got: list[bytes] = []
        second = StandingSigner()

        def meanwhile() -> None:
            other = replace(world.runtime, signer=second)
            got.append(form_file(other, form, render_form))

        sealing(world, StandingSigner(meanwhile))
        form = made(world, world.land_at("checking"), "06")
        assert [file_of(world, form)] == got
        folder = world.runtime.settings.data / "files"
        assert sum(path.read_bytes().endswith(b"seal 1\n") for path in folder.rglob("*") if path.is_file()) == 1


class ByContent(LocalFiles):
    """A store that keeps a content under its hash, as one of S3 does: the same content is there once."""

    def put(self, content: bytes) -> str:
        key = hashlib.sha256(content).hexdigest()
        self.store(key, content)
        return key


class TestAStoreThatKeepsAContentOnce:
    @pytest.fixture
    def hashed(self, world: World) -> World:
        world.runtime = replace(world.runtime, files=ByContent(world.runtime.settings.data / "by-content"))
        return world

    def test_keeps_the_file_that_two_sealed_with_the_same_bytes(self, hashed: World) -> None:
        def meanwhile() -> None:
            form_file(replace(hashed.runtime, signer=StandingSigner()), form, render_form)

        sealing(hashed, StandingSigner(meanwhile))
        form = made(hashed, hashed.land_at("checking"), "06")
        assert file_of(hashed, form) == file_of(hashed, form) == plain(form) + b"%seal 1\n"

    @pytest.mark.parametrize("first", ["the form's", "the paper's"])
    def test_keeps_it_while_one_dossier_has_it_as_a_form_and_another_as_a_paper(
        self, hashed: World, first: str
    ) -> None:
        sealing(hashed, StandingSigner())
        code, other = hashed.land_at("checking"), hashed.land_at("checking")
        form = made(hashed, code, "06")
        content = file_of(hashed, form)
        hashed.act("counter", add_document, other, key="don", content=content, file_name="phieu.pdf")
        gone, left = (code, other) if first == "the form's" else (other, code)
        hashed.try_act("system", lambda unit: erase_personal_data(lock_case(unit, gone)))
        remove_files(hashed.runtime)
        key = hashlib.sha256(content).hexdigest()
        assert hashed.runtime.files.read(key) == content
        if left == code:
            assert file_of(hashed, form) == content
        hashed.try_act("system", lambda unit: erase_personal_data(lock_case(unit, left)))
        remove_files(hashed.runtime)
        with pytest.raises(NoSuchFile):
            hashed.runtime.files.read(key)


class TestASignerThatFails:
    @pytest.mark.parametrize(
        ("error", "why"),
        [
            (
                SigningFailed(why="máy chủ không trả lời / the authority does not answer"),
                "the authority does not answer",
            ),
            (RuntimeError("a token's library"), "RuntimeError"),
        ],
    )
    def test_holds_no_form_back(self, world: World, error: Exception, why: str) -> None:
        sealing(world, StandingSigner(raises(error)))
        code = world.land_at("checking")
        form = made(world, code)
        with capture_logs() as logs:
            assert file_of(world, form) == plain(form)
        assert [one["form"] for one in logs if one["event"] == "form-unsealed"] == ["01"]
        assert unsealed(world) == [(why, (code,))]
        sealing(world, StandingSigner())
        assert file_of(world, form) == plain(form)

    def test_is_tried_again_by_an_administrator_and_the_file_begins_with_what_went_out(self, world: World) -> None:
        sealing(world, StandingSigner(raises(SigningFailed(why="x / y"))))
        form = made(world, world.land_at("checking"))
        before = file_of(world, form)
        sealing(world, StandingSigner())
        assert world.act("admin", retry_all, "máy chủ đã chạy lại") == 1
        assert unsealed(world) == []
        assert file_of(world, form) == before + b"%seal 1\n" == file_of(world, form)

    def test_is_no_incident_once_the_form_was_issued_again(self, world: World) -> None:
        sealing(world, StandingSigner(raises(SigningFailed(why="x / y"))))
        code = world.land_at("checking")
        file_of(world, made(world, code))
        assert unsealed(world) != []
        world.act("counter", reissue_form, code, "01", "cấp bản có dấu")
        assert unsealed(world) == []

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (lambda _: None, "does not sign within PDF files"),
            (lambda _: b"%PDF-1.7 another file", "does not hold the form"),
            (lambda given: given, "without a signature"),
        ],
    )
    def test_by_giving_another_file_is_not_believed(
        self, world: World, content: Callable[[bytes], bytes | None], why: str
    ) -> None:
        by = StandingSigner()
        by.sign = lambda given, **_: Signature("PAdES", "", "", content=content(given))  # type: ignore[method-assign]
        sealing(world, by)
        form = made(world, world.land_at("checking"))
        assert file_of(world, form) == plain(form)
        ((told, _),) = unsealed(world)
        assert why in told


class TestAKeptFile:
    @pytest.mark.parametrize("number", ["01", "06"])
    def test_that_was_changed_or_is_gone_is_not_given_out_and_is_found(self, world: World, number: str) -> None:
        sealing(world, StandingSigner())
        code = world.land_at("checking")
        form = made(world, code, number)
        file_of(world, form)
        (path,) = (world.runtime.settings.data / "files").rglob(stored(world)[0].storage_key.rpartition("/")[2])
        path.chmod(0o600)
        path.write_bytes(path.read_bytes()[:-1] + b"?")
        with pytest.raises(FormDamaged):
            file_of(world, form)
        found = list(check_files(world.runtime.database, world.runtime.files, FileTally()))
        assert [one.code for one in found] == [code] and "is not the one that was issued" in str(found)
        path.unlink()
        with pytest.raises(FormDamaged):
            file_of(world, form)

    def test_goes_with_the_personal_data(self, world: World) -> None:
        sealing(world, StandingSigner())
        code = world.land_at("checking")
        form, late = made(world, code), made(world, code, "06")
        file_of(world, form)
        (key,) = (row.storage_key for row in stored(world) if row.storage_key)

        def erase() -> None:
            world.try_act("system", lambda unit: erase_personal_data(lock_case(unit, code)))

        sealing(world, StandingSigner(erase))
        with pytest.raises(FormErased):
            file_of(world, late)  # erased while it was being sealed
        assert stored(world) == [] and remove_files(world.runtime) == 1
        assert not list((world.runtime.settings.data / "files").rglob(key.rpartition("/")[2]))


def test_is_what_the_address_gives(world: World) -> None:
    sealing(world, StandingSigner())
    served = ServedInstallation(world.runtime, application(world.runtime, render_form=render_form))
    path = f"/api/v1/dossiers/{world.land_at('checking')}/forms/01.pdf"
    first, second = (served.person("counter").get(path) for _ in range(2))
    assert first.status_code == 200 and first.data.endswith(b"seal 1\n") and second.data == first.data


class TestTheListOfIssues:
    def test_says_how_it_stands_with_the_seal_of_each(self, world: World) -> None:
        served = ServedInstallation(world.runtime, application(world.runtime, render_form=render_form))
        code = world.land_at("checking")
        path, counter = f"/api/v1/dossiers/{code}/forms", served.person("counter")
        counter.get(f"{path}/06.pdf")
        sealing(world, StandingSigner())
        served = ServedInstallation(world.runtime, application(world.runtime, render_form=render_form))
        counter = served.person("counter")
        made(world, code)
        assert [one["seal"] for one in counter.get(path).json["items"]] == [None, WAITING]
        counter.get(f"{path}/01.pdf")
        issued = counter.post(f"{path}/06/issues", {"reason": "sai tên"}, version=world.row(code)["version"]).json
        assert issued["seal"] == WAITING == counter.get(path).json["items"][-1]["seal"]
        sheet = counter.get(f"{path}/06.pdf").data
        told = [one["seal"] for one in counter.get(path).json["items"]]
        assert [one["state"] for one in told[1:]] == ["sealed", "sealed"] and told[1]["sha256"] is None
        assert told[2]["sha256"] == hashlib.sha256(sheet).hexdigest() and told[2]["at"].startswith("2026-")

    def test_says_why_a_form_went_out_without(self, world: World) -> None:
        sealing(world, StandingSigner(raises(SigningFailed(why="máy chủ im / the authority is silent"))))
        served = ServedInstallation(world.runtime, application(world.runtime, render_form=render_form))
        path = f"/api/v1/dossiers/{world.land_at('checking')}/forms"
        served.person("counter").get(f"{path}/06.pdf")
        (one,) = served.person("counter").get(path).json["items"]
        assert (one["seal"]["state"], one["seal"]["sha256"]) == ("unsealed", None)
        assert one["seal"]["why"] == {"vi": "máy chủ im", "en": "the authority is silent"}


def test_the_setting_needs_a_key_that_signs_pdf_files(tmp_path: Path) -> None:
    assert not signing_from({}).forms
    with pytest.raises(WrongSetting, match="MOTCUA_SIGNING=pkcs12 or pkcs11"):
        signing_from({"MOTCUA_SIGN_FORMS": "1"})
    key = {"MOTCUA_SIGNING": "pkcs12", "MOTCUA_SIGNING_PKCS12": str(tmp_path / "key.p12")}
    assert signing_from({"MOTCUA_SIGN_FORMS": "1", **key}).forms and not signing_from(key).forms

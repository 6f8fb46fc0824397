"""Dossiers whose month is detached: every page and answer says which entries lie in the archive, and none fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from adapters.forms import render_form
from cli.main import main
from engine.acts.add_note import add_note
from engine.acts.archive.destroy import decide_destruction, destroy_dossier, propose_destruction
from engine.acts.file_dossier import file_dossier
from engine.archive.evidence import evidence_of
from engine.dossier.stale import Stale
from engine.journal.checkpoint_proofs import prove_entry
from engine.store.detached import BLOCK, EntriesAway
from engine.store.detaching import attach, detach
from tests.installation.application import application
from tests.installation.caller import Caller
from tests.installation.months import asked, owner_of, owner_url
from tests.installation.runtime import environment_over
from tests.installation.served import ServedInstallation
from tests.installation.world import World
from tests.integration.test_archive_destroy import LATE, SCHEDULE, second_admin
from tests.integration.test_retention import OLD, left_by_the_archive, order
from tests.web.site import Site
from web.app import register_pages

pytestmark = pytest.mark.postgresql


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A dossier of an old month ended and left by the archive; its month is detached."""
    with left_by_the_archive(tmp_path) as made:
        for source in ("journal", "outbox", "reads"):
            detach(owner_of(made), order(source))
        yield made


@pytest.fixture
def code(world: World) -> str:
    return str(asked(world, f"SELECT code FROM dossiers WHERE id = {OLD * BLOCK + 1}")[0][0])


@pytest.fixture
def site(world: World) -> Site:
    app = application(world.runtime, render_form=render_form, pages=register_pages)
    return Site(ServedInstallation(world.runtime, app))


def test_the_page_says_which_entries_lie_in_the_archive(world: World, code: str, site: Site) -> None:
    for _ in range(2):  # an act on it is not stopped, and its own entry is shown
        for lang, told in (("vi", "Mục 1–5 của nhật ký nằm ở lưu trữ: tháng 01/2024"), ("en", "Entries 1 to 5 of the")):
            page = site.person("counter").get(f"/ho-so/{code}", lang=lang)
            assert told in page.text and "motcua retention attach journal 2024-01" in page.text
            assert "Không có dòng nào" not in page.text and "No entry of" not in page.text
        world.try_act("counter", add_note, code, "…")
    page = site.person("counter").get(f"/ho-so/{code}?loc=thong-bao")
    assert "Chưa có thông báo nào" not in page.text
    assert "đã tách cùng tháng 2024-01" in page.text and "attach outbox 2024-01" in page.text
    for source in ("journal", "outbox", "reads"):
        attach(owner_of(world), source, OLD)
    assert "lưu trữ:" not in site.person("counter").get(f"/ho-so/{code}").text


def test_the_interface_says_it_too(world: World, code: str, site: Site) -> None:
    caller: Caller = site.installation.person("counter")
    told = caller.get(f"/api/v1/dossiers/{code}/journal").json
    assert (told["items"], told["away"]["month"], told["away"]["first"], told["away"]["last"]) == ([], "2024-01", 1, 5)
    assert told["away"]["told"]["en"].startswith("Entries 1 to 5")
    assert caller.get(f"/api/v1/dossiers/{code}/journal?after=5").json["away"] is None
    looks = site.installation.person("admin").get("/api/v1/personal-data-views").json
    assert (looks["items"], looks["months_away"]) == ([], ["2024-01"])
    here = world.try_act("counter", file_dossier, world.filing()).case.code
    assert caller.get(f"/api/v1/dossiers/{here}/journal").json["away"] is None


def test_what_needs_the_entries_is_refused_in_words(world: World, code: str, site: Site) -> None:
    caller: Caller = site.installation.person("counter")
    for path in (f"/ho-so/{code}/in", f"/ho-so/{code}/in/06"):
        page = site.person("counter").get(path, status=409)
        assert "motcua retention attach journal 2024-01" in page.text
    assert "ra lưu trữ" in site.person("counter").get(f"/ho-so/{code}/lam/recall").text
    version = world.row(code)["version"]
    recalled = caller.post(f"/api/v1/dossiers/{code}/recalls", {"reason": "nhầm"}, version=version)
    assert (recalled.status_code, recalled.json["code"]) == (409, "cannot-recall")
    late = caller.post(f"/api/v1/dossiers/{code}/actions", {"action": "receive"}, version=1)
    assert (late.status_code, late.json["code"]) == (412, Stale.code)
    proof = site.nobody()
    token = site.installation.person("counter").post(
        f"/api/v1/dossiers/{code}/link-renewals", {"reason": "mất giấy hẹn"}, version=version
    )
    proof.get(f"/h/{token.json['link_token']}", status=303)
    assert "2024-01" in proof.get(f"/h/{code}/bang-chung", status=409).text
    with pytest.raises(EntriesAway):
        prove_entry(world.database, code, 1)
    with world.reading() as connection, pytest.raises(EntriesAway):
        evidence_of(connection, world.row(code)["id"], code)


def test_the_applicant_is_told_that_steps_are_not_shown(world: World, code: str, site: Site) -> None:
    renewal = {"reason": "mất giấy hẹn"}
    sent = site.installation.person("counter").post(
        f"/api/v1/dossiers/{code}/link-renewals", renewal, version=world.row(code)["version"]
    )
    applicant, status = site.applicant(sent.json), f"/api/v1/status/{sent.json['link_token']}"
    assert "đã chuyển vào lưu trữ" in applicant.get(f"/h/{code}").text
    assert "have gone to the archive" in applicant.get(f"/h/{code}", lang="en").text
    told = site.installation.anyone().get(status).json
    assert (told["steps"], told["steps_away"]) == ([], True)
    attach(owner_of(world), "journal", OLD)
    assert "đã chuyển vào lưu trữ" not in applicant.get(f"/h/{code}").text
    assert site.installation.anyone().get(status).json["steps_away"] is False


def test_commands_say_which_months_they_lack(world: World, tmp_path: Path) -> None:
    environment = environment_over(world.database.url.render_as_string(hide_password=False), tmp_path)
    for language, told in (("en", "lacks the months that were detached (2024-01)"), ("vi", "thiếu các tháng đã tách")):
        for words in (["events", "xes", "--output", str(tmp_path / "log")], ["journal", "reads"]):
            ran = CliRunner().invoke(main, ["--lang", language, *words], env=environment, catch_exceptions=False)
            assert ran.exit_code == 0 and told in ran.stderr, ran.output
    attach(owner_of(world), "reads", OLD)
    assert CliRunner().invoke(main, ["journal", "reads"], env=environment).stderr == ""


def test_a_backup_with_detached_months_is_drilled_and_says_so(world: World, tmp_path: Path) -> None:
    environment = environment_over(world.database.url.render_as_string(hide_password=False), tmp_path)
    environment |= {"MOTCUA_OWNER_DATABASE_URL": owner_url(world), "LANG": "en_GB.UTF-8"}
    for words in (["take", str(tmp_path / "kept")], ["drill", str(tmp_path / "kept")]):
        ran = CliRunner().invoke(main, ["backup", *words], env=environment, catch_exceptions=False)
        assert ran.exit_code == 0, ran.output
    assert "The journal of 1 dossiers (5 entries) is in detached months" in ran.output


@pytest.mark.parametrize("source", ["journal", "outbox"])
def test_nothing_is_destroyed_while_personal_data_lie_in_a_detached_month(world: World, code: str, source: str) -> None:
    """Else it would be said to be erased, and come back with the month."""
    owner, dossier = owner_of(world), world.row(code)["id"]
    for other in ("journal", "outbox"):
        if other != source:
            attach(owner, other, OLD)
    world.at(LATE)
    number = world.try_act("admin", propose_destruction, SCHEDULE, "Hết thời hạn")
    world.try_act(second_admin(world), decide_destruction, number, approve=True)
    refusal = world.refuse(EntriesAway, "system", destroy_dossier, number, dossier)
    assert f"attach {source} 2024-01" in refusal.sentence("vi") and "2024-01" in refusal.sentence("en")
    attach(owner, source, OLD)
    world.try_act("system", destroy_dossier, number, dossier)
    assert asked(world, "SELECT count(*) FROM journal_private WHERE erased_at IS NULL") == [(0,)]

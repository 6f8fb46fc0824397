"""Publishing is all or nothing, says beforehand what it does, and moves running dossiers on the first day."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
from sqlalchemy import Connection, select

from cli.seed import seed
from cli.shipped import NoContentFolder, Shipped
from engine.acts.publish_procedures import CompetenceNotSettled, DossiersLeftBehind, plan_release, publish_procedures
from engine.errors import Refusal
from engine.jobs.migration import migrate_due
from engine.rules.offices.competence import Competence
from engine.rules.procedure.definition import Effective, Release, Route
from engine.store.releases import releases
from engine.store.staff_journal import staff_journal
from engine.store.units import competences
from tests.installation.content import country
from tests.installation.short_releases import copies, land
from tests.installation.world import World
from workflows.competence_files import MalformedCompetences
from workflows.office_files import MalformedOffices

SOON = dt.date(2026, 3, 9)


def renamed(start: dt.date = SOON, **mapping: str) -> Release:
    """A later version without the state ``checking``, whose part ``review`` plays."""
    old = land()
    states = {("review" if key == "checking" else key): state for key, state in old.states.items()}

    def moved(action: object) -> object:
        return msgspec.convert(
            msgspec.json.decode(msgspec.json.encode(action).replace(b'"checking"', b'"review"')), type(action)
        )

    return land(
        version=2,
        states=states,
        actions={key: moved(action) for key, action in old.actions.items()},
        notify=tuple(one for one in old.notify if one.subject != "checking"),
        effective=Effective(start, running="migrate", migrate=mapping),
    )


def published(world: World) -> set[tuple[str, int, str | None]]:
    with world.reading() as connection:
        columns = (releases.c.procedure, releases.c.version, releases.c.publisher)
        return {tuple(row) for row in connection.execute(select(*columns))}


def test_a_dossier_that_cannot_move_keeps_everything_from_being_published(world: World) -> None:
    stuck, fine = world.land_at("checking"), world.land_at("accepted")
    before = published(world)
    other = copies(version=2, effective=Effective(dt.date(2026, 6, 1)))
    refused = world.refuse(DossiersLeftBehind, "admin", publish_procedures, [other, renamed()])
    assert stuck in refused.sentence("vi") and fine not in refused.sentence("vi")
    assert published(world) == before
    plan = world.act("admin", plan_release, renamed())
    assert [(one.dossier, one.state) for one in plan.left] == [(stuck, "checking")]
    assert (plan.new, plan.running, plan.moves) == (True, 2, 1)


def test_what_is_to_happen_later_happens_then(world: World) -> None:
    code = world.land_at("checking")
    release = renamed(checking="review")
    world.act("admin", publish_procedures, [release])
    assert migrate_due(world.runtime) == {}
    assert world.row(code)["state"] == "checking"
    world.at(f"{SOON} 00:01")
    assert migrate_due(world.runtime)[release.digest()].moved == 1
    assert (world.row(code)["state"], world.row(code)["release"]) == ("review", release.digest())
    assert migrate_due(world.runtime) == {}
    world.check()


def test_a_dossier_that_got_stuck_meanwhile_stays_and_is_named(world: World) -> None:
    release = renamed()
    world.act("admin", publish_procedures, [release])
    code = world.land_at("checking")
    world.at(f"{SOON} 00:01")
    done = migrate_due(world.runtime)[release.digest()]
    assert (done.moved, [one.facts["dossier"] for one in done.left]) == (0, [code])
    assert world.row(code)["state"] == "checking"


def test_an_interrupted_move_goes_on(world: World) -> None:
    codes = [world.land_at("checking") for _ in range(3)]
    release = renamed(checking="review")
    world.act("admin", publish_procedures, [release])
    world.at(f"{SOON} 00:01")
    assert migrate_due(world.runtime, seconds=-1)[release.digest()].moved == 0
    assert migrate_due(world.runtime)[release.digest()].moved == 3
    assert {world.row(code)["state"] for code in codes} == {"review"}


def test_who_published_is_kept(world: World) -> None:
    world.act("admin", publish_procedures, [renamed()])
    named = copies(version=2, effective=Effective(dt.date(2026, 6, 1)))
    world.act("system", publish_procedures, [named], "root")
    assert {one[1:] for one in published(world) if one[1] == 2} == {(2, world.actor("admin").name), (2, "root")}


@pytest.mark.parametrize("by", ["competent", "competent:customs"])
def test_a_procedure_without_competence_is_not_published(world: World, by: str) -> None:
    routing = land().routing | {"handler": Route(by=by, place="land.commune")}
    release = land(procedure="9.999999", routing=routing, effective=Effective(dt.date(2026, 3, 1)))
    before = published(world)
    refused = world.refuse(CompetenceNotSettled, "admin", publish_procedures, [release])
    assert by.partition(":")[2] in refused.sentence("en")
    assert published(world) == before


def test_competences_of_a_new_procedure_are_published_with_it_and_known_ones_stay(world: World) -> None:
    """A line of the installation's own table is enough; what is published of another subject, or already, stays."""

    def known(connection: Connection) -> set[tuple[str, str]]:
        return {tuple(row) for row in connection.execute(select(competences.c.subject, competences.c.body))}

    routing = land().routing | {"handler": Route(by="competent", place="land.commune")}
    release = land(procedure="9.999999", routing=routing, effective=Effective(dt.date(2026, 3, 1)))
    mine = Competence("9.999999", None, "province", "authority", dt.date(2026, 1, 1), None, "1/2026/QĐ-UBND")
    other = replace(mine, subject="9.999998")
    with world.reading() as connection:
        before = known(connection)
    assert world.act("admin", plan_release, release, [mine]).defects == ()
    world.act("admin", publish_procedures, [release], None, [mine, other])
    later = replace(mine, body="justice")
    world.act("admin", publish_procedures, [release], None, [later])
    with world.reading() as connection:
        assert known(connection) == before | {("9.999999", "authority")}
        told = connection.execute(select(staff_journal.c.body).where(staff_journal.c.act == "publish-procedure")).all()
    assert ["9.999999@1" in row.body for row in told] == [True], "who published stands in the journal of staff, once"
    known_here = world.runtime.catalogue
    content = {"territory": known_here.territory, "offices": list(known_here.offices.values()), "releases": []}
    shipped = [one for one in known_here.competences if one.subject != mine.subject]
    seed(world.runtime, SimpleNamespace(**content, competences=shipped, calendars={}, templates={}))  # type: ignore[arg-type]  # a small one
    with world.reading() as connection:
        assert known(connection) == before | {("9.999999", "authority")}, "seeding takes nothing away"


class TestContentOfTheInstallation:
    """The folder that ``MOTCUA_CONTENT`` names."""

    @pytest.fixture(autouse=True)
    def _one_country(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The territory is not in this folder, and reading it takes a second."""
        monkeypatch.setattr("cli.shipped.read_territory", country)

    def test_its_files_stand_beside_and_above_the_shipped_ones(self, tmp_path: Path) -> None:
        write(tmp_path, "competences.csv", "2.000815,*,province,authority,2024-01-01,,1/2026/QĐ-UBND")
        write(tmp_path, "offices.csv", "TT-26740,1900 1022,12 Đường Mẫu")
        (tmp_path / "notices").mkdir()
        both = "{vi: Một, en: One}"
        (tmp_path / "notices" / "da-tiep-nhan.yaml").write_text(f"subject: {both}\nbody: {both}\nsms: {both}\n")
        content, shipped = Shipped(tmp_path), Shipped()
        assert [one.level for one in content.competences if one.subject == "2.000815"] == ["province"]
        others = [one for one in shipped.competences if one.subject != "2.000815"]
        assert [one for one in content.competences if one.subject != "2.000815"] == others
        (office,) = [one for one in content.offices if one.code == "TT-26740"]
        assert (office.hotline, office.address) == ("1900 1022", "12 Đường Mẫu")
        assert len(content.offices) == len(shipped.offices)
        assert content.templates["da-tiep-nhan"]["sms"] == {"vi": "Một", "en": "One"}
        assert content.templates.keys() == shipped.templates.keys()

    def test_a_new_office_is_taken_with_what_it_needs(self, tmp_path: Path) -> None:
        columns = "code,body,unit,name_vi,name_en,valid_from,receives"
        row = "TT-HTQT,centre,c:26740@2025-07-01,Điểm hỗ trợ,Support point,2026-01-01,1"
        write(tmp_path, "offices.csv", row, columns)
        (office,) = [one for one in Shipped(tmp_path).offices if one.code == "TT-HTQT"]
        assert (office.province, office.receives, office.valid_from) == ("79", True, dt.date(2026, 1, 1))

    @pytest.mark.parametrize(
        ("columns", "row", "line"),
        [
            ("code,colour", "TT-26740,red", 1),
            ("hotline", "1900", 1),
            ("code,hotline", "TT-26740,1,2", 2),
            ("code,hotline", "TT-26740", 2),
            ("code,hotline", ",1900", 2),
            ("code,hotline", "TT-26740,1\nTT-26740,2", 3),
            ("code,hotline", f"TT-26740,{'1' * 41}", 2),
            ("code,name_vi", "TT-MOI,Mới", 2),
            ("code,valid_to", "TT-26740,tomorrow", 2),
            ("code,valid_to", "TT-26740,2020-01-01", 2),
            ("code,receives", "TT-26740,yes", 2),
            ("code,area", "TT-26740,c:99999@2025-07-01", 2),
            ("code,body", "TT-26740,authority", 2),
        ],
    )
    def test_a_wrong_line_is_named(self, tmp_path: Path, columns: str, row: str, line: int) -> None:
        write(tmp_path, "offices.csv", row, columns)
        with pytest.raises(MalformedOffices) as refused:
            _ = Shipped(tmp_path).offices
        assert refused.value.facts["line"] == line

    def test_a_gap_in_its_competences_is_refused(self, tmp_path: Path) -> None:
        rows = "2.000815,*,commune,authority,2024-01-01,2025-01-01,a\n2.000815,*,commune,authority,2025-02-01,,b"
        write(tmp_path, "competences.csv", rows)
        with pytest.raises(MalformedCompetences):
            _ = Shipped(tmp_path).competences

    def test_a_folder_that_is_not_there_is_a_sentence(self, tmp_path: Path) -> None:
        with pytest.raises(NoContentFolder) as refused:
            Shipped(tmp_path / "none")
        assert isinstance(refused.value, Refusal)


COLUMNS = {
    "competences.csv": "subject,applicant_kinds,level,body,valid_from,valid_to,legal",
    "offices.csv": "code,hotline,address",
}


def write(folder: Path, name: str, rows: str, columns: str | None = None) -> None:
    (folder / name).write_text(f"{columns or COLUMNS[name]}\n{rows}\n", encoding="utf-8")

"""Publishing: releases are immutable and never overlap, everything else becomes what was given, and others notice."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from engine.acts.publish import (
    ReleaseChanged,
    ReleaseOverlap,
    publish_calendar,
    publish_closure,
    publish_competences,
    publish_offices,
    publish_release,
    publish_template,
    publish_territory,
)
from engine.catalogue import NoRelease
from engine.errors import NotFound
from engine.rules.deadlines.office_hours import Closure
from engine.rules.offices.competence import Competence
from engine.rules.offices.offices import Office
from engine.rules.procedure.definition import Effective, Release, release_from_bytes
from engine.rules.territory.territory import Territory
from engine.store.releases import releases
from engine.store.units import catalogue_versions, offices
from engine.text import Text
from tests.installation.content import territory_around
from tests.installation.short_releases import LAND, land, world_releases
from tests.installation.world import BRANCH, World, moment
from workflows.calendar_files import load_calendar
from workflows.competence_files import read_competences

APRIL = Effective(dt.date(2026, 4, 1))


class TestReleases:
    def test_what_is_published_is_what_was_given(self, world: World) -> None:
        with world.reading() as connection:
            rows = connection.execute(select(releases)).mappings().all()
        given = {release.digest(): release for release in world_releases()}
        assert {row["digest"] for row in rows} == given.keys()
        for row in rows:
            assert release_from_bytes(row["document"]) == given[row["digest"]]
            assert release_from_bytes(row["document"]).digest() == row["digest"]

    def test_the_authors_order_of_fields_is_kept(self, world: World) -> None:
        kept = world.runtime.catalogue.current(LAND, dt.date(2026, 3, 2)).release
        assert list(kept.fields) == list(land().fields)
        assert list(kept.fields) != sorted(kept.fields)

    def test_again_it_changes_nothing(self, world: World) -> None:
        before = world.everything()
        assert world.act("admin", publish_release, land()) is False
        assert world.everything() == before

    def test_the_same_version_with_other_content_is_refused(self, world: World) -> None:
        refusal = world.refuse(ReleaseChanged, "admin", publish_release, land(legal=("1/2026/NĐ-CP",)))
        assert refusal.facts["version"] == 1

    def test_a_later_version_ends_the_open_one_the_day_before(self, world: World) -> None:
        assert world.act("admin", publish_release, land(version=2, effective=APRIL)) is True
        assert self.in_force(world, "2026-03-31") == 1
        assert self.in_force(world, "2026-04-01") == 2
        assert [until for _, until in self.spans(world)] == [dt.date(2026, 3, 31), None]

    @pytest.mark.parametrize(
        ("start", "until"),
        [
            ("2025-07-01", None),  # on the same day
            ("2025-01-01", None),  # before it, and open
            ("2025-01-01", "2025-07-01"),  # before it, and one day into it
        ],
    )
    def test_two_versions_are_never_in_force_on_one_day(self, world: World, start: str, until: str | None) -> None:
        span = Effective(dt.date.fromisoformat(start), dt.date.fromisoformat(until) if until else None)
        refusal = world.refuse(ReleaseOverlap, "admin", publish_release, land(version=2, effective=span))
        assert (refusal.facts["version"], refusal.facts["other"]) == (2, 1)

    @pytest.mark.parametrize("start", ["2025-07-01", "2025-01-01", "2026-01-01"])
    def test_a_correction_replaces_the_version_that_it_names(self, world: World, start: str) -> None:
        first = dt.date.fromisoformat(start)
        code = world.file().case.code
        world.act("admin", publish_release, land(version=2, effective=Effective(first, replaces=1)))
        assert self.in_force(world, start) == self.in_force(world, "2026-03-02") == 2
        assert first - dt.timedelta(days=1) in [until for _, until in self.spans(world)]
        assert world.act("admin", publish_release, land()) is False  # known, and not in force again
        release = world.runtime.catalogue.workflow(world.row(code)["release"]).release
        assert release.version == 1  # who filed under it keeps it

    def test_an_earlier_span_may_be_published_later(self, world: World) -> None:
        span = Effective(dt.date(2025, 1, 1), dt.date(2025, 6, 30))
        world.act("admin", publish_release, land(version=2, effective=span))
        assert (self.in_force(world, "2025-06-30"), self.in_force(world, "2025-07-01")) == (2, 1)

    def test_a_version_with_an_end_leaves_a_day_without_any(self, world: World) -> None:
        week = Effective(dt.date(2026, 4, 1), dt.date(2026, 4, 7))
        world.act("admin", publish_release, land(version=2, effective=week))
        world.act("admin", publish_release, land(version=3, effective=Effective(dt.date(2026, 4, 9))))
        with pytest.raises(NoRelease) as caught:
            self.in_force(world, "2026-04-08")
        assert (caught.value.facts["procedure"], caught.value.facts["on"]) == (LAND, "2026-04-08")

    def test_filing_takes_the_version_of_the_day(self, world: World) -> None:
        world.act("admin", publish_release, land(version=2, effective=APRIL))
        digests = [world.file(at=at).case.row["release"] for at in ("2026-03-31 16:00", "2026-04-01 08:00")]
        versions = [world.runtime.catalogue.workflow(digest).release.version for digest in digests]
        assert versions == [1, 2]

    def in_force(self, world: World, day: str) -> int:
        return world.runtime.catalogue.current(LAND, dt.date.fromisoformat(day)).release.version

    def spans(self, world: World) -> list[tuple[dt.date, dt.date | None]]:
        with world.reading() as connection:
            of_land = select(releases.c.start, releases.c.until).where(releases.c.procedure == LAND)
            return [(row.start, row.until) for row in connection.execute(of_land.order_by(releases.c.start))]


class TestTheRest:
    def test_a_territory_comes_back_as_it_was_given(self, world: World) -> None:
        given = territory_around("760")
        world.act("admin", publish_territory, given)
        kept = world.runtime.catalogue.territory
        assert set(kept.units()) == set(given.units())
        assert kept.successions() == given.successions()

    def test_what_is_known_of_a_succession_comes_back_too(self, world: World) -> None:
        known = territory_around("596")
        edges = [replace(e, standing="unread") if e.from_id[0] == "p" else e for e in known.successions()]
        world.act("admin", publish_territory, Territory(known.units(), edges))
        kept = world.runtime.catalogue.territory
        assert [(e.from_id, e.to_id) for e in kept.standing("doubtful")] == [
            ("c:23053@2024-01-01", "c:23041@2025-07-01"),
        ]  # fmt: skip
        assert {e.from_id[0] for e in kept.standing("unread")} == {"p"}
        found = world.runtime.catalogue.addresses.resolve("Xã Hòa Thắng, Huyện Bắc Bình", world.now.date())
        assert (found.outcome, found.unit) == ("candidates", None)

    def test_offices_are_added_and_changed_but_never_removed(self, world: World) -> None:
        name = Text("Chi nhánh mới", "New branch")
        new = Office(
            "VPDK-CN-MOI", "land_registration_branch", "p:75@2025-07-01", name, "75", dt.date(2026, 4, 1),
            dt.date(2027, 1, 1), True, ("c:26080@2025-07-01",), "H75.M", "Số 1", "1900",
        )  # fmt: skip
        with world.reading() as connection:
            before = connection.execute(select(func.count()).select_from(offices)).scalar_one()
        world.act("admin", publish_offices, [new])
        assert world.runtime.catalogue.office("VPDK-CN-MOI") == new
        world.act("admin", publish_offices, [Office(new.code, new.body, new.unit_id, name, "75", new.valid_from)])
        assert world.runtime.catalogue.office("VPDK-CN-MOI").area == ()
        assert len(world.runtime.catalogue.offices) == before + 1
        world.act("admin", publish_offices, [])
        assert len(world.runtime.catalogue.offices) == before + 1

    def test_competences_become_exactly_those_given(self, world: World) -> None:
        assert list(world.runtime.catalogue.competences) != []
        assert set(world.runtime.catalogue.competences) == set(read_competences())
        kinds = frozenset({"citizen", "foreigner"})
        one = Competence("x", kinds, "commune", "authority", dt.date(2026, 1, 1), dt.date(2026, 2, 1), "1/2026/NĐ-CP")
        world.act("admin", publish_competences, [one])
        assert list(world.runtime.catalogue.competences) == [one]

    def test_the_same_calendar_again_raises_nothing(self, world: World) -> None:
        before = self.versions(world)
        world.act("admin", publish_calendar, load_calendar("vn"))
        assert self.versions(world) == before
        assert world.runtime.catalogue.calendar("vn").to_data() == load_calendar("vn").to_data()

    def test_a_closure_is_of_one_office_only(self, world: World) -> None:
        storm = Closure(dt.date(2026, 3, 5), dt.date(2026, 3, 6), "Bão số 1", "Storm", "Công điện 1")
        world.act("admin", publish_closure, BRANCH, storm)
        calendars = world.runtime.catalogue.calendar("vn"), world.runtime.catalogue.calendar("vn", BRANCH)
        assert [one.within_office_hours(moment("2026-03-05 09:00")) for one in calendars] == [True, False]
        world.refuse(NotFound, "admin", publish_closure, "TT-00000", storm)

    def test_templates_are_replaced(self, world: World) -> None:
        for words in ("one", "two"):
            world.act("admin", publish_template, "moi", {"subject": {"vi": words}})
            assert world.runtime.catalogue.template("moi") == {"subject": {"vi": words}}

    def test_each_publication_raises_its_own_number(self, world: World) -> None:
        before = self.versions(world)
        world.act("admin", publish_template, "moi", {})
        world.act("admin", publish_competences, read_competences())
        raised = {name: number - before[name] for name, number in self.versions(world).items()}
        assert {name for name, by in raised.items() if by} == {"templates", "competences"}
        assert set(raised.values()) <= {0, 1}

    def versions(self, world: World) -> dict[str, int]:
        with world.reading() as connection:
            return {row.name: row.number for row in connection.execute(select(catalogue_versions))}


def test_a_release_says_the_same_on_both_databases() -> None:
    assert isinstance(land(), Release)
    assert release_from_bytes(land().to_bytes()).digest() == release_from_bytes(land().canonical()).digest()

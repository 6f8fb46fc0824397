"""``motcua workflows what-if`` reads the journal, forecasts, and compares a forecast with what it did not know."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import main
from engine.queries import what_if as queries
from engine.queries.histories import Asked
from engine.queries.pasts import pasts_of, told_of
from engine.queries.what_if import Staff, TooFewDossiers, held_out, trial, what_if
from engine.rules.history.what_if import Terms
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.staff_counts import people_of_posts
from tests.installation.lived import asked, live
from tests.installation.runtime import environment_over
from tests.installation.short_releases import LAND
from tests.installation.world import BRANCH, LONG_KHANH, World, open_world

MARCH = Asked(procedure=LAND, start=dt.date(2026, 3, 1), end=dt.date(2026, 3, 31))


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]  # a fixture of pytest
    with open_world("sqlite", tmp_path_factory.mktemp("what_if")) as world:
        yield live(world)


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three past dossiers are enough here."""
    monkeypatch.setattr(queries, "FEWEST", 3)


def test_the_forecast_is_near_to_what_it_learned_from(lived: World) -> None:
    release = lived.runtime.catalogue.current(LAND, MARCH.end).release
    told = asked(lived, SYSTEM_ACTOR, what_if, release, MARCH, Terms(dossiers=2000))
    real = asked(lived, SYSTEM_ACTOR, held_out, release, MARCH, dt.date(2026, 3, 12), Terms(dossiers=2000))
    assert told == asked(lived, SYSTEM_ACTOR, what_if, release, MARCH, Terms(dossiers=2000))
    assert told.dossiers == 2000 and 0 <= told.on_time <= 1
    assert real.learned >= 3 and real.held_out >= 3
    assert real.error == real.forecast - real.real
    assert {step.state for step in told.steps} >= {"accepted", "checking", "signing"}
    known = asked(lived, SYSTEM_ACTOR, told_of, MARCH)
    past = [one.late for _, one in asked(lived, SYSTEM_ACTOR, pasts_of, known, MARCH.start, MARCH.end)]
    assert abs(told.on_time - (1 - sum(past) / len(past))) < 0.05


def test_a_dossier_counts_by_the_day_on_which_it_was_due(lived: World) -> None:
    """Who ended early but is due later is not counted yet; who was still open on the due day is late."""
    told = asked(lived, SYSTEM_ACTOR, told_of, MARCH)
    everything = asked(lived, SYSTEM_ACTOR, pasts_of, told, MARCH.start, MARCH.end)
    known = dt.datetime(2026, 3, 11, 17, tzinfo=dt.UTC)
    early = asked(lived, SYSTEM_ACTOR, pasts_of, told, MARCH.start, MARCH.end, known)
    assert 0 < len(early) < len(everything)
    finished = {one.head.id: one.head.finished_at for _, one in told.histories}
    due = {one.head.id: one.head.promised_at for _, one in told.histories}
    quick = [key for key, at in finished.items() if at is not None and at < known and (due[key] or known) >= known]
    assert quick and len(early) <= len(told.histories) - len(quick)
    for _, past in early:
        spent = sum(one.minutes for one in past.stays)
        assert past.late is (spent > past.allowed) or any(one.state == "supplement" for one in past.stays)
    few = asked(lived, SYSTEM_ACTOR, told_of, MARCH, 4)
    assert not few.whole and len(few.histories) == 4 and told.whole
    newest = {one.head.id for _, one in few.histories}
    assert newest == set(sorted(one.head.id for _, one in told.histories)[-4:])


def test_a_trial_sets_a_version_beside_the_one_in_force(lived: World) -> None:
    release = lived.runtime.catalogue.current(LAND, MARCH.end).release
    terms, bounds = Terms(dossiers=500), (1000, 14)
    same = asked(lived, SYSTEM_ACTOR, trial, release, release, MARCH, terms, Staff(), bounds)
    assert same.before == same.after and same.held is not None and same.held.chance > 0
    (low, high), _ = same.between
    assert low < same.before.on_time <= high and same.learned >= 3 and same.whole
    more = asked(lived, SYSTEM_ACTOR, trial, release, release, MARCH, terms, Staff(more=3, role="specialist"), bounds)
    alone = asked(lived, SYSTEM_ACTOR, trial, release, release, MARCH, terms, Staff(role="specialist"), bounds)
    assert more.people > alone.people and more.before == same.before
    fewer = asked(lived, SYSTEM_ACTOR, trial, release, release, MARCH, terms, Staff(more=-99), bounds)
    assert fewer.people <= same.people
    held = asked(lived, SYSTEM_ACTOR, trial, release, release, MARCH, terms, Staff(), (1000, 1)).held
    assert held is None


def test_people_are_counted_at_their_posts(lived: World) -> None:
    with lived.reading() as connection:
        people = people_of_posts(connection, dt.date(2026, 3, 10))
        assert (people[LONG_KHANH, "counter"], people[BRANCH, "specialist"]) == (2, 2)
        assert people_of_posts(connection, dt.date(2020, 1, 1)) == {}


def test_a_forecast_needs_a_past(lived: World) -> None:
    release = lived.runtime.catalogue.current(LAND, MARCH.end).release
    nothing = Asked(procedure=LAND, start=dt.date(2025, 3, 1), end=dt.date(2025, 3, 31))
    with pytest.raises(TooFewDossiers):
        asked(lived, SYSTEM_ACTOR, what_if, release, nothing, Terms())


def test_the_command_tells_text_and_json(lived: World) -> None:
    environment = environment_over(lived.database.url.render_as_string(), Path(str(lived.runtime.settings.data)))
    version = f"{LAND}@{lived.runtime.catalogue.current(LAND, MARCH.end).release.version}"
    period = ["--from", "2026-03-01", "--until", "2026-03-31", "--dossiers", "300"]

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(main, [*arguments], env=environment)
        assert done.exit_code == 0, done.output
        return done.output

    told = json.loads(run("workflows", "what-if", version, *period, "--json"))["forecasts"][0]
    assert told["procedure"] == LAND and told["dossiers"] == 300
    said = run("--lang", "en", "workflows", "what-if", version, *period, "--staff", f"{BRANCH}/specialist=5")
    assert "simulated dossiers on time; bottleneck:" in said
    compared = run("--lang", "en", "workflows", "what-if", version, *period, "--held-out", "2026-03-12")
    assert "percentage points" in compared
    refused = CliRunner().invoke(main, ["workflows", "what-if", version, "--staff", "nobody"], env=environment)
    assert refused.exit_code == 2

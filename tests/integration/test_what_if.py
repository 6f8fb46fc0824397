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
from engine.queries.what_if import TooFewDossiers, held_out, what_if
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
    past = [one.late for _, one in asked(lived, SYSTEM_ACTOR, queries.pasts_of, MARCH)]
    assert abs(told.on_time - (1 - sum(past) / len(past))) < 0.05


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

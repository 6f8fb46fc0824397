"""The population data: outcomes by field, nothing else stored, every question recorded, and reception never blocked."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from adapters.population import HttpPopulation
from engine.acts.drafts.draft import keep_draft
from engine.acts.drafts.file_draft import file_draft
from engine.acts.drafts.identity import ask_identity, note_identity
from engine.connection_ports import IdentityOutcome, PersonAsked, PopulationSilent
from engine.errors import Forbidden, InvalidInput
from engine.queries.identity_check import identity_check
from engine.setting_values import WrongSetting
from engine.store.identity_checks import identity_checks
from engine.store.journal import reads
from tests.doubles.process import Running, free_port, running
from tests.installation.world import APPLICANT, LONG_KHANH, World
from workflows.population_mapping import PopulationMappingRefused, load_population_mapping, read_population_mapping

TOKEN = "draft-token-of-the-tests-000000"
NUMBER = str(APPLICANT["identity_number"])
ASKED = PersonAsked(NUMBER, "Nguyễn Văn Mẫu", "1990-11-04", "Số 1, đường Mẫu", "tiếp nhận", "TT-1")
MATCH = IdentityOutcome(number="match", name="match", born="match", address="match")
KNOWN = {
    "citizenId": NUMBER,
    "fullName": "NGUYỄN VĂN MẪU",
    "dateOfBirth": "1990-11-04",
    "residence": "Số 1, đường Mẫu",
}


@pytest.fixture(scope="module")
def double(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running("tests.doubles.population", tmp_path_factory.mktemp("population")) as one:
        put(one, "people", [KNOWN])
        yield one


def put(double: Running, what: str, body: Any) -> None:
    asking = urllib.request.Request(  # noqa: S310 - loopback
        f"{double.address}/_double/{what}",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
        method="PUT",
    )
    urllib.request.urlopen(asking, timeout=5).close()  # noqa: S310 - loopback


def population(address: str, **more: Any) -> HttpPopulation:
    return HttpPopulation(address, load_population_mapping(), **more)


def test_each_field_has_its_outcome(double: Running) -> None:
    asking = population(double.address)
    assert asking.compare(ASKED) == MATCH
    other = asking.compare(replace(ASKED, name="Trần Văn Mẫu", born=""))
    assert other == IdentityOutcome(number="match", name="differs", born="unknown", address="match")
    nobody = asking.compare(replace(ASKED, number="079190000009"))
    assert nobody == IdentityOutcome(number="differs", name="unknown", born="unknown", address="unknown")


@pytest.mark.parametrize("fault", ["down", "slow", "error", "refuse", "lost_answer", "forget"])
def test_every_fault_is_silence_and_leaves_the_next_question_alone(double: Running, fault: str) -> None:
    asking = population(double.address, seconds=0.5)
    put(double, "faults", {"faults": {fault: 1.0}, "seconds": 1.5})
    try:
        with pytest.raises(PopulationSilent):
            asking.compare(ASKED)
    finally:
        put(double, "faults", {"faults": {}})
    assert population(double.address).compare(ASKED) == MATCH


def test_nobody_listening_is_silence_and_wrong_settings_are_told() -> None:
    with pytest.raises(PopulationSilent):
        population(f"http://127.0.0.1:{free_port()}").compare(ASKED)
    for address, token in (("ftp://x", ""), ("http://", ""), ("http://x", "a b")):
        with pytest.raises(WrongSetting):
            population(address, token=token)


def test_only_the_outcome_is_stored_and_the_question_stands_in_the_read_log(world: World) -> None:
    world.try_act("counter", keep_draft, TOKEN, {"procedure": "x"})
    check = world.try_act("counter", ask_identity, TOKEN, NUMBER, LONG_KHANH, "tiếp nhận hồ sơ")
    assert world.try_act("counter", identity_check, TOKEN, NUMBER) is None
    world.try_act("counter", note_identity, check, replace(MATCH, name="differs"))
    world.try_act("counter", note_identity, check, None)  # what is known stays
    found = world.try_act("counter", identity_check, TOKEN, NUMBER)
    assert found is not None and (found.answered, found.name, found.born) == (True, "differs", "match")
    assert world.try_act("counter", identity_check, TOKEN, "079190000009") is None
    stored = "\n".join(world.everything()["identity_checks"])
    for personal in (NUMBER, "Mẫu", "1990", TOKEN):
        assert personal not in stored
    filed = world.act("counter", file_draft, TOKEN, world.filing())
    with world.reading() as connection:
        (read,) = connection.execute(select(reads)).all()
        assert connection.execute(select(identity_checks.c.dossier_id)).scalars().all() == [filed.case.id]
    assert (read.what, read.actor, read.dossier_id) == (
        "population",
        f"staff:{world.person('counter')}",
        filed.case.id,
    )


def test_a_silent_answer_and_a_wrong_number(world: World) -> None:
    check = world.try_act("counter", ask_identity, TOKEN, NUMBER, LONG_KHANH, "tiếp nhận")
    world.try_act("counter", note_identity, check, None)
    found = world.try_act("counter", identity_check, TOKEN, NUMBER)
    assert found is not None and not found.answered and found.number == "unknown"
    world.refuse(InvalidInput, "counter", ask_identity, TOKEN, "12", LONG_KHANH, "tiếp nhận")
    world.refuse(Forbidden, "system", ask_identity, TOKEN, NUMBER, LONG_KHANH, "tiếp nhận")
    other = world.try_act("counter", ask_identity, TOKEN, NUMBER, LONG_KHANH, "tiếp nhận")
    world.try_act("counter2", note_identity, other, MATCH)  # not theirs
    again = world.try_act("counter", identity_check, TOKEN, NUMBER)
    assert again is None or not again.answered


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("verified: false", "verified: maybe", (4, 11), "true or false"),
        (
            "  name: fullName\n  born: dateOfBirth      #",
            "  nam: fullName\n  born: dateOfBirth      #",
            (10, 3),
            "name",
        ),
        ("MATCH: match", "MATCH: same", (19, 10), "one of"),
        ("path: /identity/compare", "path: ''", (5, 7), "name in ASCII"),
        ("purpose: purpose", "porpose: purpose", (6, 1), "did you mean"),
    ],
)
def test_a_wrong_mapping_is_told_by_line(old: str, new: str, place: tuple[int, int], words: str) -> None:
    text = (Path(__file__).parents[2] / "workflows" / "connections" / "population.yaml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(PopulationMappingRefused) as caught:
        read_population_mapping(text.replace(old, new, 1))
    told = [(one.line, one.column, one.words.en) for one in caught.value.faults]
    assert any((line, column) == place and words.lower() in what.lower() for line, column, what in told), told

"""Event logs of the journal, read back by a reader of other authors (Rust4PM), and compared to the journal itself."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import r4pm
from click.testing import CliRunner
from sqlalchemy import select

from cli.main import main
from engine.errors import InvalidInput
from engine.journal.event_ocel import ocel_pieces
from engine.journal.event_source import Chosen, Written
from engine.journal.event_xes import xes_lines
from engine.store.dossiers import dossiers
from tests.installation.lived import live
from tests.installation.runtime import KEY
from tests.installation.short_releases import COPIES, LAND
from tests.installation.world import APPLICANT, BRANCH, World, open_world

_NAMED = {"type": "string"}


def _list(required: str, **properties: Any) -> dict[str, Any]:
    """A list of objects, as the schema that the OCEL 2.0 specification publishes (8.2) describes each of its lists."""
    items = {"type": "object", "properties": properties, "required": required.split()}
    return {"type": "array", "items": items}


_MOMENT = {"type": "string", "format": "date-time"}
_TYPES = _list("name attributes", name=_NAMED, attributes=_list("name type", name=_NAMED, type=_NAMED))
_RELATED = _list("objectId qualifier", objectId=_NAMED, qualifier=_NAMED)
OCEL_SCHEMA = {
    "type": "object",
    "required": ["eventTypes", "objectTypes", "events", "objects"],
    "properties": {
        "eventTypes": _TYPES,
        "objectTypes": _TYPES,
        "events": _list(
            "id type time",
            id=_NAMED,
            type=_NAMED,
            time=_MOMENT,
            attributes=_list("name value", name=_NAMED, value=_NAMED),
            relationships=_RELATED,
        ),
        "objects": _list(
            "id type",
            id=_NAMED,
            type=_NAMED,
            attributes=_list("name value time", name=_NAMED, value=_NAMED, time=_MOMENT),
            relationships=_RELATED,
        ),
    },
}


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with open_world("sqlite", tmp_path_factory.mktemp("lived")) as made:
        yield live(made)


def journals_of(world: World) -> dict[str, list[dict[str, Any]]]:
    with world.reading() as connection:
        codes = connection.execute(select(dossiers.c.code).order_by(dossiers.c.id)).scalars().all()
    return {code: world.entries(code) for code in codes}


def xes(world: World, folder: Path, **chosen: Any) -> tuple[list[dict[str, Any]], bytes]:
    """The traces as the other reader read them, and the bytes of the file."""
    path, again, written = folder / "log.xes", folder / "read.json", Written()
    path.write_bytes(b"".join(xes_lines(world.runtime, Chosen(**chosen), "vi", written)))
    r4pm.export_item(r4pm.import_item("EventLog", str(path)), str(again))
    traces = json.loads(again.read_text(encoding="utf-8"))["traces"]
    assert (written.dossiers, written.events) == (len(traces), sum(len(one["events"]) for one in traces))
    return traces, path.read_bytes()


def values(of: dict[str, Any]) -> dict[str, Any]:
    return {one["key"]: one["value"]["content"] for one in of["attributes"]}


def test_xes_is_read_back_entry_by_entry(lived: World, tmp_path: Path) -> None:
    traces, _ = xes(lived, tmp_path)
    journals = journals_of(lived)
    assert [values(trace)["concept:name"] for trace in traces] == list(journals)
    for trace in traces:
        entries = journals[values(trace)["concept:name"]]
        read = [values(event) for event in trace["events"]]
        assert [one["act"] for one in read] == [body["act"] for body in entries]
        moments = [dt.datetime.fromisoformat(one["time:timestamp"]) for one in read]
        assert moments == [dt.datetime.fromisoformat(body["at"]) for body in entries]
        assert [one["org:role"] for one in read] == [body["actor"].partition(":")[0] for body in entries]
        states = [body["changes"]["state"] for body in entries if "state" in body["changes"]]
        kept = [one["state"] for one in read]
        assert [state for place, state in enumerate(kept) if place == 0 or kept[place - 1] != state] == states
        assert values(trace)["handler_office"] == lived.row(values(trace)["concept:name"])["handler_office"]
    names = {values(event)["concept:name"] for trace in traces for event in trace["events"]}
    assert {"nộp hồ sơ", "thu phí, lệ phí", "Ký duyệt"} < names


def test_ocel_is_read_back_with_its_objects_and_meets_the_published_schema(lived: World, tmp_path: Path) -> None:
    path, written = tmp_path / "log.json", Written()
    path.write_bytes(b"".join(ocel_pieces(lived.runtime, Chosen(staff=True), "vi", written)))
    log = json.loads(path.read_bytes())
    jsonschema.validate(log, OCEL_SCHEMA)
    known = {one["id"] for one in log["objects"]}
    named = {one["objectId"] for part in ("events", "objects") for each in log[part] for one in each["relationships"]}
    assert named <= known and len(known) == len(log["objects"])
    for part, types in (("events", "eventTypes"), ("objects", "objectTypes")):
        declared = {one["name"]: {each["name"] for each in one["attributes"]} for one in log[types]}
        assert all({each["name"] for each in one["attributes"]} <= declared[one["type"]] for one in log[part])

    read = r4pm.convert_item(r4pm.import_item("OCEL", str(path)), "SlimLinkedOCEL")
    stats = r4pm.bindings.bindings.ocel_type_stats(read)
    journals = journals_of(lived)
    assert sum(stats["event_type_counts"].values()) == written.events == sum(map(len, journals.values()))
    assert stats["object_type_counts"]["dossier"] == written.dossiers == len(journals)
    assert stats["object_type_counts"]["release"] == len({body["changes"]["release"] for body, *_ in journals.values()})
    actors = {body["actor"] for entries in journals.values() for body in entries if body["actor"].startswith("staff:")}
    assert stats["object_type_counts"]["staff"] == len(actors)
    made = {one["id"]: one for one in log["events"]}
    names = {code: [made[f"{code}#{body['number']}"]["type"] for body in entries] for code, entries in journals.items()}
    for code, entries in journals.items():
        of_acts = [made[f"{code}#{body['number']}"]["attributes"][0]["value"] for body in entries]
        assert of_acts == [body["act"] for body in entries]
    acts = Counter(tuple(sorted(ones)) for ones in names.values())
    told: Counter[tuple[str, ...]] = Counter()
    for way, number in r4pm.bindings.bindings.get_variants_of_object_type(read, "dossier"):
        told[tuple(sorted(way))] += number  # sorted: this reader orders by time alone, and some acts have the same
    assert told == acts


def test_a_dossier_that_another_one_opened_is_related_to_it(world: World) -> None:
    parent = world.file().case.code
    child = world.file().case.code
    world.tamper(
        f"UPDATE dossiers SET parent_id = {world.row(parent)['id']}, child_key = 'residence' WHERE code = '{child}'"
    )
    log = json.loads(b"".join(ocel_pieces(world.runtime, Chosen(), "en", Written())))
    found = {one["id"]: one["relationships"] for one in log["objects"]}
    assert {"objectId": f"dossier:{parent}", "qualifier": "opened by"} in found[f"dossier:{child}"]
    assert "opened by" not in {one["qualifier"] for one in found[f"dossier:{parent}"]}
    assert {one["type"] for one in log["events"]} == {"file"}


def test_a_log_names_nobody_and_tells_who_acted_only_when_asked(lived: World, tmp_path: Path) -> None:
    _, usual = xes(lived, tmp_path)
    _, with_staff = xes(lived, tmp_path, staff=True)
    ocel = b"".join(ocel_pieces(lived.runtime, Chosen(), "vi", Written()))
    ocel_with_staff = b"".join(ocel_pieces(lived.runtime, Chosen(staff=True), "vi", Written()))
    secret = [str(APPLICANT[key]) for key in ("name", "identity_number", "phone", "email", "address")]
    secret += ["Thiếu mảnh trích đo", "ghi nhầm", "citizen:"]  # reasons, and the numbers of applicants
    for made in (usual, with_staff, ocel, ocel_with_staff):
        assert not [word for word in secret if word.encode() in made]
    assert b"staff:" not in usual and b'"staff:' not in ocel
    assert b"org:resource" in with_staff and b"staff:staff:" in ocel_with_staff


def test_only_the_chosen_dossiers_are_in_a_log(lived: World, tmp_path: Path) -> None:
    everything = {code: lived.row(code) for code in journals_of(lived)}

    def codes(**chosen: Any) -> set[str]:
        return {values(trace)["concept:name"] for trace in xes(lived, tmp_path, **chosen)[0]}

    land = {code for code, row in everything.items() if row["procedure"] == LAND}
    assert codes(procedure=LAND) == land and codes(procedure=COPIES) == everything.keys() - land
    assert codes(office=BRANCH) == {code for code, row in everything.items() if row["handler_office"] == BRANCH}
    third = dt.date(2026, 3, 3)
    assert codes(start=third, end=third) == {code for code in everything if "-260303-" in code} != set()
    assert codes(end=dt.date(2026, 3, 1)) == set()
    with pytest.raises(InvalidInput):
        codes(start=third, end=dt.date(2026, 3, 2))


@pytest.mark.parametrize("form", ["xes", "ocel"])
def test_the_command_writes_to_a_file_or_to_the_output(lived: World, tmp_path: Path, form: str) -> None:
    environment = {
        "DATABASE_URL": lived.database.url.render_as_string(hide_password=False),
        "MOTCUA_DATA": str(tmp_path / "data"),
        "MOTCUA_SECRET_KEY": KEY,
    }
    path = tmp_path / "log"
    arguments = ["--lang", "en", "events", form, "--procedure", COPIES]
    written = CliRunner().invoke(main, [*arguments, "--output", str(path)], env=environment, catch_exceptions=False)
    shown = CliRunner().invoke(main, arguments, env=environment, catch_exceptions=False)
    assert (written.exit_code, written.stdout, shown.exit_code) == (0, "", 0)
    assert written.stderr.startswith("7 dossiers and ") and shown.stdout_bytes == path.read_bytes()
    if form == "xes":
        assert path.read_bytes().count(b"<trace>") == 7
    else:
        assert sum(one["type"] == "dossier" for one in json.loads(path.read_bytes())["objects"]) == 7
    refused = CliRunner().invoke(main, [*arguments, "--from", "2026-03-02", "--until", "2026-03-01"], env=environment)
    assert refused.exit_code == 1 and "last day" in refused.stderr

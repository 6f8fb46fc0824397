"""Why an office has a dossier, and which had it before: told from the journal."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from engine.rules.offices.history import Held, office_history
from engine.rules.procedure.act_names import ACT_NAMES, act_name
from engine.text import Text
from tests.installation.land_release import land_release

ROUTED = {"handler": {"vi": "theo nơi có đất", "en": "by the land"}, "intake": {"vi": "nơi nộp", "en": "where filed"}}


def entry(act: str, changed: dict[str, str] | None, /, **data: Any) -> dict[str, Any]:
    return {"act": act, "changes": {} if changed is None else {"offices": changed}, "data": data}


FILED = entry("file", {"handler": "UB-760-C", "intake": "MC-760-C"}, routing=ROUTED)
MOVED = entry(
    "reform",
    {"handler": "UB-26740", "intake": "MC-760-C"},
    date="2025-07-01",
    legal=["203/2025/QH15"],
    passages=[{"desk": "handler", "from": "UB-760-C", "to": "UB-26740", "policy": "p", "legal": "140/2025/NĐ-CP"}],
)


def test_a_dossier_that_stayed_has_the_reasons_of_its_routing() -> None:
    held = office_history([FILED, entry("forward", None)])
    assert held == {
        "handler": Held(Text("theo nơi có đất", "by the land")),
        "intake": Held(Text("nơi nộp", "where filed")),
    }


def test_a_reform_gives_the_reason_and_keeps_the_office_of_before() -> None:
    held = office_history([FILED, MOVED])
    assert held["handler"].before == ("UB-760-C",)
    assert held["handler"].reason is not None
    assert "01/07/2025" in held["handler"].reason.vi and "140/2025/NĐ-CP" in held["handler"].reason.en
    assert held["intake"] == Held(Text("nơi nộp", "where filed"))


def test_a_way_back_leaves_no_office_before_itself() -> None:
    back = entry("reform_revert", {"handler": "UB-760-C", "intake": "MC-760-C"})
    held = office_history([FILED, MOVED, back])
    assert held["handler"].before == ("UB-26740",)
    assert held["handler"].reason is not None and "hoàn lại" in held["handler"].reason.vi


def test_later_offices_stand_before_earlier_ones() -> None:
    moved_on = entry("transfer", {"handler": "UB-X", "intake": "MC-760-C"}, key="handler", legal="QĐ 1")
    corrected = entry(
        "rectify",
        {"handler": "UB-Y", "intake": "MC-760-C"},
        offices=[{"key": "handler", "from": "UB-X", "to": "UB-Y", "reason": {"vi": "đổi nơi", "en": "moved"}}],
    )
    held = office_history([FILED, MOVED, moved_on, corrected])["handler"]
    assert held == Held(Text("đổi nơi", "moved"), ("UB-X", "UB-26740", "UB-760-C"))
    told = office_history([FILED, moved_on])["handler"].reason
    assert told == Text("được chuyển đến theo QĐ 1", "transferred under QĐ 1")


def test_only_acts_that_say_why_give_a_reason() -> None:
    silent = entry("migrate", {"handler": "UB-X", "intake": "MC-760-C"}, legal="QĐ 1")
    assert office_history([FILED, silent])["handler"] == Held(None, ("UB-760-C",))
    bare = entry("transfer", {"handler": "UB-X", "intake": "MC-760-C"})
    assert office_history([FILED, bare])["handler"].reason == Text("được chuyển đến", "transferred")


def test_a_reform_gives_the_laws_of_the_desk_or_else_its_own() -> None:
    whole = entry("reform", {"handler": "A", "intake": "B"}, date="2025-07-01", legal=["L1", "L2"], passages=[
        {"desk": "handler", "from": "UB-760-C", "to": "A", "policy": "p", "legal": ""},
        {"desk": "intake", "from": "MC-760-C", "to": "B", "policy": "p", "legal": "L3"},
    ])  # fmt: skip
    held = office_history([FILED, whole])
    assert held["handler"].reason == Text(
        "sắp xếp đơn vị hành chính từ ngày 01/07/2025 theo L1, L2", "reorganisation of 01/07/2025, L1, L2"
    )
    assert held["intake"].reason == Text(
        "sắp xếp đơn vị hành chính từ ngày 01/07/2025 theo L3", "reorganisation of 01/07/2025, L3"
    )
    old = entry("reform", {"handler": "A", "intake": "MC-760-C"}, date="2025-07-01", legal="L1", passages=[])
    assert office_history([FILED, old])["handler"].reason == Text(
        "sắp xếp đơn vị hành chính từ ngày 01/07/2025 theo L1", "reorganisation of 01/07/2025, L1"
    )


def test_an_act_is_called_as_its_procedure_calls_it_then_by_its_common_name_then_by_itself() -> None:
    release = land_release()
    assert act_name("receive", release) == release.actions["receive"].name
    assert act_name("claim", release) == ACT_NAMES["claim"] == Text("nhận xử lý", "claim")
    assert act_name("??", release) == Text("??", "??")


def test_every_act_that_is_recorded_has_a_name() -> None:
    acts = Path(__file__).parents[2] / "engine/acts"
    record = r'record\(\s*\w+,\s*"(\w+)"'
    recorded = {name for path in acts.rglob("*.py") for name in re.findall(record, path.read_text())}
    assert recorded == ACT_NAMES.keys()
    assert all(name.vi and name.en and name.vi != name.en for name in ACT_NAMES.values())


def test_a_transfer_that_was_taken_back_says_so() -> None:
    back = {"act": "recall", "changes": {"offices": {"intake": "TT", "handler": "A"}}, "data": {"recalled": 2}}
    there = {"act": "transfer", "changes": {"offices": {"intake": "TT", "handler": "B"}}, "data": {}}
    first = {"act": "file", "changes": {"offices": {"intake": "TT", "handler": "A"}}, "data": {}}
    held = office_history([first, there, back])["handler"]
    assert held.reason is not None and "took the transfer back" in held.reason.en
    assert held.before == ("B",)

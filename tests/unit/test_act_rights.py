"""The table of rights: the page that shows it, the names of its acts and parts, and what a workflow file may narrow."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine.rules.procedure.act_names import ACT_NAMES
from engine.rules.procedure.act_rights import NARROWED, PART_NAMES, RIGHTS, may_do
from engine.rules.procedure.definition import Release, release_from_bytes
from engine.rules.procedure.known_roles import RESERVED, why_unknown
from engine.rules.procedure.permissions import Actor, Membership
from tests.installation.trial_release import trial_release
from workflows.loader import load
from workflows.problems import WorkflowRefused

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rights.md"
CORRECT = PAGE.parents[1] / "tests" / "workflow_samples" / "correct.yaml"
DAY = dt.date(2026, 3, 2)
KINDS_OF = {"waive_fee": "settle_fee", "transfer_elsewhere": "transfer"}
"""Rights that are a kind of an act."""


def test_the_page_shows_the_table_as_it_is() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    told = dict(rows[: len(RIGHTS)])
    assert told == {act: ", ".join(parts) for act, parts in RIGHTS.items()}
    assert dict(rows[len(RIGHTS) : len(RIGHTS) + len(PART_NAMES)]) == {
        part: name.en for part, name in PART_NAMES.items()
    }
    assert {name for name, _ in rows[len(RIGHTS) + len(PART_NAMES) :]} >= {*RESERVED}


def test_every_right_is_of_a_named_act() -> None:
    unnamed = {"read_personal_data", "print_form"}  # they leave no entry in the journal
    assert {KINDS_OF.get(act, act) for act in RIGHTS} - unnamed <= ACT_NAMES.keys()
    assert {part for parts in RIGHTS.values() for part in parts} == PART_NAMES.keys()


def actor(*posts: tuple[str, str], kind: Any = "staff") -> Actor:
    held = tuple(Membership(office, role, dt.date(2025, 1, 1)) for office, role in posts)
    return Actor(kind, "Ai", person_id=7, memberships=held)


DOSSIER = {
    "id": 1,
    "offices": {"intake": "TT", "handler": "UB"},
    "intake_office": "TT",
    "handler_office": "UB",
    "holder_office": "UB",
    "holder_role": "specialist",
    "holder_id": None,
}


def allowed(who: Actor, act: str, release: Release, *, reached: bool = True, **changes: Any) -> bool:
    return may_do(who, act, DOSSIER | changes, release, DAY, reached=lambda _: reached).allowed


class TestNarrowing:
    release = msgspec.structs.replace(trial_release(), rights={"waive_fee": ("leader",), "rectify": ("counter",)})

    @pytest.mark.parametrize(
        ("office", "role", "waives", "corrects", "settles"),
        [
            ("UB", "leader", True, False, True),
            ("UB", "specialist", False, False, True),
            ("TT", "counter", False, True, True),
            ("TT", "leader", False, False, False),  # named, and without a part
            ("XX", "leader", False, False, False),
        ],
    )
    def test_takes_rights_away_and_gives_none(
        self, office: str, role: str, waives: bool, corrects: bool, settles: bool
    ) -> None:
        who = actor((office, role))
        told = [allowed(who, act, self.release) for act in ("waive_fee", "rectify", "settle_fee")]
        assert told == [waives, corrects, settles]

    def test_is_told_in_the_refusal(self) -> None:
        verdict = may_do(actor(("UB", "specialist")), "waive_fee", DOSSIER, self.release, DAY, reached=lambda _: True)
        assert verdict.why is not None and verdict.why.en.endswith("in this procedure only: leader")

    def test_leaves_the_digest_of_a_release_without_it(self) -> None:
        plain = trial_release()
        assert b"rights" not in plain.canonical() and b"rights" not in plain.to_bytes()
        assert b'"rights"' in self.release.canonical()
        assert release_from_bytes(self.release.to_bytes()) == self.release
        assert release_from_bytes(plain.to_bytes()).digest() == plain.digest()


def written(tmp_path: Path, lines: str) -> Release:
    path = tmp_path / "1.012783.yaml"
    path.write_text(CORRECT.read_text(encoding="utf-8") + lines, encoding="utf-8")
    return load(path)


class TestInAFile:
    def test_one_role_or_several_are_read(self, tmp_path: Path) -> None:
        release = written(tmp_path, "\nrights:\n  waive_fee: leader\n  rectify: [counter, specialist]\n")
        assert release.rights == {"waive_fee": ("leader",), "rectify": ("counter", "specialist")}

    @pytest.mark.parametrize(
        ("lines", "rule"),
        [
            ("  waive_fee: boss\n", "unknown-role"),
            ("  waive_fee: monitor\n", "unknown-role"),
            ("  waive: leader\n", "unknown-act"),
            ("  recall: counter\n", "unknown-act"),
            ("  answer_verification: counter\n", "unknown-act"),
        ],
    )
    def test_unknown_acts_and_roles_are_refused(self, tmp_path: Path, lines: str, rule: str) -> None:
        with pytest.raises(WorkflowRefused) as refused:
            written(tmp_path, f"\nrights:\n{lines}")
        assert rule in [problem.rule for problem in refused.value.problems]

    def test_what_may_be_narrowed(self) -> None:
        assert {*RIGHTS} - {*NARROWED} == {"release_claim", "recall", "answer_verification"}


class TestParts:
    release = trial_release()

    @pytest.mark.parametrize("act", RIGHTS)
    def test_administrators_overseers_and_clerks_do_nothing(self, act: str) -> None:
        everywhere = [(office, role) for office in ("TT", "UB") for role in ("monitor", "clerk")]
        assert not allowed(actor(*everywhere), act, self.release)
        assert not allowed(actor(("UB", "leader"), ("TT", "counter"), kind="admin"), act, self.release)

    @pytest.mark.parametrize(
        ("role", "answers"), [("specialist", True), ("leader", True), ("monitor", False), ("clerk", False)]
    )
    def test_who_only_oversees_or_helps_answers_nothing(self, role: str, answers: bool) -> None:
        who = actor(("UB-9", role))
        verdict = may_do(who, "answer_verification", DOSSIER, self.release, DAY, reached=lambda _: False, asked="UB-9")
        assert verdict.allowed is answers

    def test_an_office_that_is_not_reached_has_no_part_beside_its_turn(self) -> None:
        leader = actor(("UB", "leader"))
        at_counter = {"holder_office": "TT", "holder_role": "counter"}
        assert not allowed(leader, "rectify", self.release, reached=False, **at_counter)
        assert allowed(leader, "rectify", self.release, reached=True, **at_counter)
        assert allowed(actor(("TT", "counter")), "rectify", self.release, reached=False, **at_counter)

    def test_the_office_of_an_earlier_day_has_no_part(self) -> None:
        gone = Membership("TT", "counter", dt.date(2025, 1, 1), DAY)
        assert not allowed(Actor("staff", "Ai", person_id=7, memberships=(gone,)), "rectify", self.release)


class TestKnownRoles:
    PUBLISHED = ("counter", "specialist", "tax")

    @pytest.mark.parametrize("role", [*PUBLISHED, *RESERVED])
    def test_of_a_procedure_or_reserved(self, role: str) -> None:
        assert why_unknown(role, self.PUBLISHED) is None

    @pytest.mark.parametrize(
        ("role", "near"),
        [("specialst", "specialist"), ("conter", "counter"), ("Leader", "leader"), ("monitors", "monitor")],
    )
    def test_a_slip_is_told_what_it_resembles(self, role: str, near: str) -> None:
        why = why_unknown(role, self.PUBLISHED)
        assert why is not None and f"“{near}”" in why.vi and f"“{near}”" in why.en

    @pytest.mark.parametrize("role", ["", " ", "boss", "applicant", "system", "holder", "*", "админ"])
    def test_any_other_word_is_none(self, role: str) -> None:
        why = why_unknown(role, self.PUBLISHED)
        assert why is not None and why.vi != why.en

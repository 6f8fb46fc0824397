"""The mapping file of the national portal, and the wire format that it gives."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import pytest

from adapters.portal_wire import compared_fields, fingerprint_of, message_of
from engine.connection_ports import PortalFailed, Telling
from engine.rules.portal.differences import FAULTS, FIELDS, KINDS, advice, differing
from engine.rules.portal.mapping import FACTS
from engine.rules.portal.mapping import KINDS as MESSAGES
from engine.rules.portal.merge import NotSorted, merged
from engine.rules.procedure.definition import APPLICANT_KINDS, CHANNELS, PAYMENT_METHODS
from tests.doubles.portal import _fingerprint
from workflows.portal_mapping import SHIPPED, check_mapping, read_mapping

TEXT = SHIPPED.read_text(encoding="utf-8")
MIDNIGHT = dt.datetime(2025, 6, 30, 17, 0, tzinfo=dt.UTC)  # of 1 July 2025 in Viet Nam
FACTS_OF_ONE = {
    **dict.fromkeys(FACTS, "x"),
    **{name: MIDNIGHT for name, kind in FACTS.items() if kind == "moment"},
    "channel": "counter",
    "applicant.kind": "citizen",
    "status": "4",
    "procedure": "1.013225",
    "handler": "UB-760",
    "handler.identifier": "H29.760",
    "intake": "TT-760",
    "intake.identifier": "H29.761",
    "due": None,
}


def telling(at: dt.datetime = MIDNIGHT, kind: str = "dossier", **facts: object) -> Telling:
    lists = {"fees": [{"name": "Lệ phí", "vnd": 8000, "paid": 1, "paid_at": MIDNIGHT, "method": "cash"}]}
    known: dict[str, object] = {**FACTS_OF_ONE, **{name.replace("_", "."): value for name, value in facts.items()}}
    return Telling(key="k", sequence=1, kind=kind, at=at, state="checking", facts=known, lists=lists)  # type: ignore[arg-type]


def test_the_shipped_file_is_whole_and_says_that_it_is_unverified() -> None:
    mapping = read_mapping()
    assert not mapping.verified and set(mapping.messages) == set(MESSAGES) and set(mapping.compare) == set(FIELDS)
    assert set(mapping.codes["applicant"]) == set(APPLICANT_KINDS) and set(mapping.codes["paid"]) == set(
        PAYMENT_METHODS
    )
    assert set(CHANNELS) <= set(mapping.codes["channel"])


def test_every_fact_has_the_form_of_its_kind() -> None:
    made = message_of(read_mapping(), telling())
    assert (made["NgayTiepNhan"], made["NgayHenTra"], made["KenhThucHien"]) == ("20250701000000", "", "1")
    assert (made["DonViXuLy"], made["TrangThaiHoSo"], made["LoaiDoiTuong"]) == ("H29.760", "4", "1")
    fee = {"TenLePhi": "Lệ phí", "SoTien": "8000", "DaNop": "1", "NgayNop": "20250701000000", "HinhThuc": "1"}
    assert made["DanhSachLePhi"] == [fee] and made["TaiLieuNop"] == []
    assert set(message_of(read_mapping(), telling(kind="fees"))) == {"MaHoSo", "DanhSachLePhi"}


@pytest.mark.parametrize(
    ("line", "field", "facts"),
    [
        ("agencies:\n- {office: UB-760, from: 2025-07-01, code: NEW}", "DonViXuLy", {}),
        ('units:\n- {unit: "26737", from: 2025-07-01, code: NEW}', "MaDonViHanhChinh", {"handler_unit": "26737"}),
        ('procedures:\n- {procedure: "1.013225", from: 2025-07-01, code: NEW}', "MaTTHC", {}),
    ],
)
def test_a_code_changes_at_midnight_in_viet_nam(line: str, field: str, facts: dict[str, object]) -> None:
    part = line.partition(":")[0]
    mapping, problems = check_mapping(TEXT.replace(f"\n{part}: []", f"\n{line}"), "own.yaml")
    assert mapping is not None, problems
    before, after = MIDNIGHT - dt.timedelta(microseconds=1), MIDNIGHT
    assert message_of(mapping, telling(before, **facts))[field] in ("H29.760", "26737", "1.013225")
    assert message_of(mapping, telling(after, **facts))[field] == "NEW"


def test_a_state_may_be_shown_under_another_status() -> None:
    own = 'states:\n- {procedure: "1.013225", state: checking, status: "5"}'
    mapping, _ = check_mapping(TEXT.replace("\nstates: []", f"\n{own}"), "own.yaml")
    assert mapping is not None
    assert message_of(mapping, telling())["TrangThaiHoSo"] == "5"
    assert message_of(mapping, telling(procedure="2.000815"))["TrangThaiHoSo"] == "4"


def test_a_missing_code_is_the_mappings_fault() -> None:
    for facts in ({"channel": "pigeon"}, {"handler_identifier": ""}):
        with pytest.raises(PortalFailed) as caught:
            message_of(read_mapping(), telling(**facts))
        assert caught.value.cause == "mapping" and caught.value.permanent


@pytest.mark.parametrize(
    ("old", "new", "line", "rule"),
    [
        ("KenhThucHien: channel", "KenhThucHien: chanel", "KenhThucHien", "bad-value"),
        ("  due: NgayHenTra\n", "  due: NgayHen\n", "  due: NgayHen\n", "bad-value"),
        ("moments: yyyyMMddHHmmss", "moments: dd/MM/yyyy", "moments:", "bad-value"),
        ("  login: /login", "  login: https://evil.example/login", "  login:", "bad-format"),
        ("  error: error_code\n", "", "envelope:", "missing-key"),
        ('"10": "10"', '"11": "10"', "  status:", "missing-key"),
        ("agencies: []", "agencies: [{office: A, from: 2025-02-30, code: B}]", "agencies:", "bad-date"),
        (
            "agencies: []",
            "agencies:\n- {office: A, from: 2025-07-01, code: B}\n- {office: A, from: 2025-07-01, code: C}",
            "- {office: A, from: 2025-07-01, code: C}",
            "duplicate-item",
        ),
        ("verified: false", "verified: false\nverified: true", "verified: true", "duplicate-key"),
        ("source: public", "sauce: public", "sauce:", "unknown-key"),
    ],
)
def test_a_mistake_is_told_with_its_line_in_both_languages(old: str, new: str, line: str, rule: str) -> None:
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    mapping, problems = check_mapping(text, "own.yaml")
    assert mapping is None
    found = next(one for one in problems if one.rule == rule)
    at = text[: text.index(line)].count("\n") + 1
    assert abs(found.line - at) <= 1 and found.vi and found.en and found.vi != found.en


@pytest.mark.parametrize("text", ["", "\0", "[" * 5000, "a: *b", b"\xff\xfe", "x" * 300_000, "verified: false"])
def test_hostile_files_are_refused(text: str | bytes) -> None:
    mapping, problems = check_mapping(text, "own.yaml")
    assert mapping is None and problems


def test_the_fingerprint_is_of_the_compared_fields_alone() -> None:
    mapping = read_mapping()
    one = message_of(mapping, telling())
    assert fingerprint_of(mapping, one) == fingerprint_of(mapping, {**one, "ChuHoSo": "khác"})
    for kind, name in mapping.compare.items():
        other = {**one, name: "khác"}
        assert fingerprint_of(mapping, one) != fingerprint_of(mapping, other)
        found = differing(compared_fields(mapping, one), compared_fields(mapping, other))
        assert [each.kind for each in found] == [kind]


def test_the_double_computes_the_same_fingerprint_from_what_it_got() -> None:
    mapping = read_mapping()
    one = message_of(mapping, telling())
    there = json.loads(json.dumps(one))
    assert _fingerprint(there, list(mapping.compare.values())) == fingerprint_of(mapping, one)


def test_there_are_twelve_kinds_each_with_advice() -> None:
    assert len(KINDS) == 12
    for kind in KINDS:
        for fault in FAULTS:
            for safe in (True, False):
                told = advice(kind, fault, safe)
                assert told.vi and told.en and told.vi != told.en


def test_two_lists_are_merged_and_an_unsorted_one_is_refused() -> None:
    pairs = list(merged([("a", "1"), ("c", "3")], [("a", "1"), ("b", "2"), ("b", "2"), ("c", "4")]))
    assert [(one.code, one.ours, one.theirs) for one in pairs] == [
        ("a", "1", ("1",)),
        ("b", None, ("2", "2")),
        ("c", "3", ("4",)),
    ]
    with pytest.raises(NotSorted):
        list(merged([], [("b", "1"), ("a", "1")]))


def test_the_mapping_is_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        read_mapping().verified = True  # type: ignore[misc]

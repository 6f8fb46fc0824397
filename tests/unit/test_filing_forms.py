"""The mapping file of inbound filings: the shipped one is read; every mistake has its line in both languages."""

from __future__ import annotations

import datetime as dt

import pytest

from engine.rules.filings.coming import UnreadableFiling, coming, key_of
from engine.rules.values.dossier_codes import is_dossier_code, ministry_of
from tests.doubles.portal_filings import written
from workflows.filings_file import SHIPPED, FilingFormRefused, check_filing_form, read_filing_form
from workflows.problems import render_text

TEXT = SHIPPED.read_text(encoding="utf-8")


def findings(text: str) -> list[tuple[str, int]]:
    form, problems = check_filing_form(text, "thu.yaml")
    assert (form is None) == bool(problems)
    for one in problems:
        assert one.vi and one.en and one.vi != one.en
        assert f"thu.yaml:{one.line}:{one.column}: " in render_text([one], "vi")
    return [(one.rule, one.line) for one in problems]


def line_of(part: str, text: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_the_shipped_form_is_clean_and_says_that_it_is_not_verified() -> None:
    assert read_filing_form().verified is False


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('portal, "4": vneid', 'portal, "4": vnied', "bad-value"),
        ("  key: MaHoSoTrucTuyen\n  proc", "  proc", "missing-key"),
        ('moments: "%Y%m%d%H%M%S"', 'moments: "%Y"', "moments-unreadable"),
        ("verified: false", "verified: no", "wrong-type"),
        ("answer_path: /tra-loi", "answer_path: tra-loi", "bad-format"),
        ("source: national-portal", "source: national portal", "bad-format"),
        ("mirrors:\n", "mirors:\n", "unknown-key"),
        ("\nmirrors:", "\nunits: [{theirs: A, ours: B}, {theirs: A, ours: C}]\nmirrors:", "recoded-twice"),
        (
            "\nmirrors:",
            "\nunits: [{theirs: A, ours: B, from: 2026-01-02, until: 2026-01-02}]\nmirrors:",
            "recoded-never",
        ),
    ],
)
def test_each_mistake_has_its_line(old: str, new: str, rule: str) -> None:
    text = TEXT.replace(old, new, 1)
    assert text != TEXT
    assert rule in [one for one, _ in findings(text)]


def test_the_line_is_that_of_the_mistake() -> None:
    text = TEXT.replace("paper: {key: MaGiayTo,", "paper: {kee: MaGiayTo,")
    assert {line for _, line in findings(text)} == {line_of("paper: {", text)}


@pytest.mark.parametrize("text", ["", "a", "- a", "source: [", "a: &x 1\nb: *x", "\x00", "source: " + "x" * 300_000])
def test_hostile_files_are_refused(text: str) -> None:
    assert findings(text)


def test_a_file_that_is_not_there_is_a_refusal(tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(FilingFormRefused) as caught:
        read_filing_form(SHIPPED.with_name("none.yaml"))
    assert "none.yaml" in caught.value.sentence("vi")


def test_codes_change_by_date() -> None:
    more = "units: [{theirs: A, ours: TT-1, until: 2025-07-01}, {theirs: A, ours: TT-2, from: 2025-07-01}]\n"
    form, _ = check_filing_form(TEXT + more, "x")
    assert form is not None
    days = (dt.date(2025, 6, 30), dt.date(2025, 7, 1))
    assert [form.unit("A", day) for day in days] == ["TT-1", "TT-2"] and form.unit("B", days[0]) is None


def test_a_filing_is_read_and_its_faults_are_named_as_the_other_side_calls_them() -> None:
    form = read_filing_form()
    told = coming(form, written("A1", procedure="1.013225", KenhThucHien="4"))
    assert (told.key, told.channel, told.applicant["kind"], told.applicant["verified"]) == (
        "A1",
        "vneid",
        "citizen",
        True,
    )
    odd = written("A1", procedure="", KenhThucHien="x", NgayNopHoSo=1, ToKhai=[], TaiLieuNop=[{"MaGiayTo": "a"}, 7])
    with pytest.raises(UnreadableFiling) as caught:
        coming(form, odd)
    names = {"MaTTHC", "KenhThucHien", "NgayNopHoSo", "ToKhai", "TaiLieuNop[0].MaBam", "TaiLieuNop[1].DuongDan"}
    assert names <= set(caught.value.errors)


@pytest.mark.parametrize("key", ["", "x" * 101, "có dấu", 7, None, "a b"])
def test_a_filing_without_a_key_is_known_by_its_bytes(key: object) -> None:
    form = read_filing_form()
    first, same = (key_of(form, {"MaHoSoTrucTuyen": key, "a": 1}) for _ in range(2))
    assert first == same and first.startswith("sha256:") and first != key_of(form, {"MaHoSoTrucTuyen": key, "a": 2})


def test_both_shapes_of_codes_and_the_ministries_that_they_name() -> None:
    for code in ("H79.26740-250715-0001", "H15.50.05.13-261008-0975", "000.00.01.H22-250701-0001"):
        assert is_dossier_code(code) and ministry_of(code) is None
    names = {"09": "Home Affairs", "18": "Health", "10": "Agriculture and Environment", "15": "Justice"}
    for number, name in names.items():
        for code in (f"G.1-261008-{number}0975", f"g.1-261008-{number}00975"):
            found = ministry_of(code)
            assert is_dossier_code(code) and found is not None and found.en.endswith(name)
    assert ministry_of("G.1-261008-990975") is None and not is_dossier_code("G.1-261008-12345")

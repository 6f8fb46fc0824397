"""The cases that conditions tell apart: whatever holds in none of them holds for no dossier at all."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rules.procedure.definition import Field
from engine.rules.procedure.facts import nested
from engine.text import Text
from tests.workflow_samples.surroundings import CORRECT, surroundings
from workflows.lint_rules.cases import cases, compiled, holds
from workflows.lint_rules.subject import Subject
from workflows.loader import load
from workflows.problems import Mark, Report
from workflows.source import Source
from workflows.yaml_reader import Group

_NUMBERS = st.integers(-2, 6)
_DAYS = st.dates(dt.date(2026, 12, 28), dt.date(2027, 1, 4)).map(str)
_SIGNS = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
_KINDS = st.sampled_from(["citizen", "organisation", "foreigner"])
_ATOMS = st.one_of(
    st.builds("land.area {} {}".format, _SIGNS, _NUMBERS),
    st.builds("{} {} fees.due".format, _NUMBERS, _SIGNS),
    st.builds("land.area in [{}, {}]".format, _NUMBERS, _NUMBERS),
    st.builds('applicant.kind == "{}"'.format, _KINDS),
    st.builds('land.commune in area("{}")'.format, st.just("mountain")),
    st.builds('land.commune {} "{}"'.format, st.sampled_from(["==", "!="]), st.sampled_from(["25270", "26080"])),
    st.builds('"{}" in documents.missing'.format, st.sampled_from(["don", "trich_do"])),
    st.builds('dossier.filed_on {} "{}"'.format, _SIGNS, _DAYS),
    st.just("land.remeasured"),
)
_CONDITIONS = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.builds("({}) && ({})".format, inner, inner),
        st.builds("({}) || ({})".format, inner, inner),
        st.builds("!({})".format, inner),
    ),
    max_leaves=5,
)
_FACTS = st.fixed_dictionaries(
    {
        "land.area": st.just(0) | st.integers(1, 7),
        "fees.due": st.integers(0, 7),
        "applicant.kind": st.sampled_from(["citizen", "organisation"]),
        "land.commune": st.sampled_from(["", "25270", "26080", "26089"]),
        "documents.missing": st.lists(st.sampled_from(["don", "trich_do", "bien_lai"]), unique=True),
        "dossier.filed_on": _DAYS,
        "land.remeasured": st.booleans(),
    }
)


@cache
def _subject(born: bool = False) -> Subject:
    release = load(CORRECT)
    if born:
        fields = release.fields | {"person.born": Field("date", Text("Ngày sinh", "Date of birth"))}
        release = msgspec.structs.replace(release, fields=fields)
    return Subject(release, Source("a.yaml", Group(Mark(1, 1))), surroundings(), Report("a.yaml"))


def _never(condition: str, subject: Subject | None = None) -> bool:
    subject = subject or _subject()
    known = cases(subject, [condition])
    return known is not None and not any(holds(one, case) for one in compiled(subject, [condition]) for case in known)


@given(_CONDITIONS, _FACTS)
def test_what_holds_for_a_dossier_holds_in_a_case(condition: str, facts: dict[str, Any]) -> None:
    one = _subject().condition(condition)
    assert not isinstance(one, Exception)
    if one(nested(facts)):
        assert not _never(condition)


@pytest.mark.parametrize(
    ("condition", "never"),
    [
        ("land.area < 1 && land.area > 0", True),
        ("land.area > 3 && land.area < 5", False),
        ("land.area > 3 && land.area < 4", True),
        ("land.area < 0", True),  # its least is 1, or it was not given
        ("land.area < 1", False),  # not given
        ("land.area > 100000", True),
        ("fees.due < 0", True),
        ('applicant.kind == "foreigner"', True),  # may not file here
        ('applicant.kind != "citizen" && applicant.kind != "organisation"', True),
        ('land.commune in area("mountain") && land.commune == "26080"', True),
        ('land.commune in area("mountain") && land.commune in former_district("long-khanh")', True),
        ('"don" in documents.missing && !("don" in documents.missing)', True),
        ('dossier.filed_on < "2027-01-01" && dossier.filed_on > "2026-12-31"', True),
        ('dossier.filed_on <= "2027-01-01" && dossier.filed_on >= "2027-01-01"', False),
        ("land.remeasured == true && land.remeasured == false", True),
        ("land.remeasured ? false : !(!land.remeasured)", True),
        ("fees.due - fees.total > 5 && false", False),  # nothing is said of sums
        ('land.serial.startsWith("A") && false', False),  # nor of texts that are searched
    ],
)
def test_what_never_holds_is_known(condition: str, never: bool) -> None:
    assert _never(condition) is never


@pytest.mark.parametrize(
    ("condition", "never"),
    [
        ("days_since(born) > 60 && days_since(born) < 61", True),
        ("days_since(born) > 60 && days_since(born) < 62", False),
        ("age(born) >= 18 && age(born) < 18", True),
        ("age(born) == 17", False),
        ('born == "" && age(born) > 0', True),
    ],
)
def test_functions_of_dates_are_told_apart_at_their_bounds(condition: str, never: bool) -> None:
    condition = condition.replace("born", "person.born")
    assert cases(_subject(born=True), [condition]) is not None
    assert _never(condition, _subject(born=True)) is never

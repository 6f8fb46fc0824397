"""Dates bound to the day of filing and to each other, ages, values that must differ, numbers with decimal places."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import workflows
from engine.rules.procedure.conditions import BadCondition, ConditionRefused, WrongType, compile_condition
from engine.rules.procedure.definition import Field, FieldType, Release, release_from_bytes
from engine.rules.procedure.facts import BUILT_IN, DATE, INT, FactType
from engine.rules.procedure.fields import InvalidFields
from engine.rules.procedure.machine import Workflow, compile_release
from tests.installation.land_release import FUNCTIONS, land_release
from tests.installation.releases import text
from workflows.loader import load

PROCEDURES = Path(workflows.__file__).parent / "procedures"
TODAY = dt.date(2026, 11, 28)
FILED = {"dossier": {"filed_on": TODAY.isoformat()}}


def workflow(**fields: Field) -> Workflow:
    return compile_release(land_release(fields=land_release().fields | fields), FUNCTIONS)


def field(type_: FieldType, **more: Any) -> Field:
    return Field(type_, text("Trường"), **more)


def faults(fields: dict[str, Field], facts: dict[str, Any] = FILED, **values: Any) -> dict[str, str]:
    try:
        workflow(**fields).validate_fields(values, partial=True, facts=facts)
    except InvalidFields as refusal:
        assert refusal.sentence("vi") and refusal.sentence("en")
        return refusal.errors_in("en")
    return {}


def test_a_birth_is_not_to_come_and_a_death_not_before_the_birth() -> None:
    fields = {
        "born": field("date", partial=True, not_after=("died",)),
        "died": field("date", not_after=("today",)),
    }
    assert faults(fields, born="1950", died="2026-11-28") == {}
    assert faults(fields, born="2026", died="2026-11-28") == {}, "some of its days would do"
    assert faults(fields, born="1950-05") == {}, "nothing to compare with"
    assert set(faults(fields, died="2026-11-29")) == {"died"}
    assert set(faults(fields, born="2026-12", died="2026-11-28")) == {"born"}
    assert set(faults(fields, born="1999-01-02", died="1999-01-01")) == {"born"}
    assert faults(fields, {}, died="2099-01-01") == {}, "nobody knows the day yet"


@given(st.dates(dt.date(1990, 1, 1), dt.date(2030, 12, 31)))
def test_bounds_by_the_day_of_filing(day: dt.date) -> None:
    fields = {"past": field("date", not_after=("today",)), "coming": field("date", not_before=("today",))}
    assert bool(faults(fields, past=day.isoformat())) == (day > TODAY)
    assert bool(faults(fields, coming=day.isoformat())) == (day < TODAY)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2026, 11, 28)))
def test_ages_are_full_years_on_the_day_of_filing(born: dt.date) -> None:
    age = TODAY.year - born.year - ((TODAY.month, TODAY.day) < (born.month, born.day))
    assert bool(faults({"born": field("date", min_age=18)}, born=born.isoformat())) == (age < 18)
    assert bool(faults({"born": field("date", max_age=5)}, born=born.isoformat())) == (age > 5)


def test_a_year_alone_is_of_the_age_that_its_first_day_has() -> None:
    fields = {"born": field("date", partial=True, min_age=18)}
    assert faults(fields, born="2008") == {} and faults(fields, born=2008) == {}
    assert set(faults(fields, born="2009")) == set(faults(fields, born="2008-12")) == {"born"}


def test_two_people_have_two_numbers_however_they_are_written() -> None:
    fields = {"bride": field("identity_paper"), "groom": field("identity_paper", differs_from=("bride",))}
    assert set(faults(fields, bride="079200000123", groom="079 200 000 123")) == {"groom"}
    assert set(faults(fields, bride="b1234567", groom="B1234567")) == {"groom"}
    assert faults(fields, bride="079200000123", groom="079200000124") == faults(fields, groom="079200000124") == {}


def test_nobody_is_born_after_the_day_of_filing() -> None:
    for kind in ("identity_number", "identity_paper", "tax_code"):
        assert faults({"paper": field(kind)}, paper="079226000123") == {}  # type: ignore[arg-type]  # one of three
        assert set(faults({"paper": field(kind)}, paper="079227000123")) == {"paper"}  # type: ignore[arg-type]  # as above


def test_an_identity_number_that_was_taken_before_stays_while_another_value_is_corrected() -> None:
    made = workflow(paper=field("identity_number"))
    with pytest.raises(InvalidFields):
        made.validate_fields({"paper": "079900000001"}, partial=True)
    kept = {"paper": "079900000001", "note": "x"}
    assert made.validate_fields(kept, partial=True, stored={"paper": "079900000001"}) == kept
    with pytest.raises(InvalidFields):
        made.validate_fields(kept, partial=True, stored={"paper": "079200000123"})


def test_a_number_with_places_is_kept_as_text_in_one_form() -> None:
    made = workflow(area=field("number", decimals=1, minimum=1, maximum=1000))
    for told in ("85,4", "85.40", 85.4, "85.4"):
        assert made.validate_fields({"area": told}, partial=True) == {"area": "85.4"}
    assert made.validate_fields({"area": 85}, partial=True) == {"area": "85"}
    for told in ("85,45", "0,9", "1000,1", "1.234", "x", True):
        with pytest.raises(InvalidFields):
            made.validate_fields({"area": told}, partial=True)


AREA = {"area": FactType("decimal", places=2), "wide": FactType("decimal", places=6), "people": INT, "born": DATE}
AREA["dossier.filed_on"] = BUILT_IN["dossier.filed_on"]


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9), st.sampled_from(["<", "<=", "==", "!=", ">", ">="]))
def test_conditions_compare_exactly(left: int, right: int, sign: str) -> None:
    told = {"area": f"{left / 100:.2f}".rstrip("0").rstrip(".")}
    told["area"] = "0" if told["area"] in ("-0", "") else told["area"]
    minus = "-" if right < 0 else ""
    condition = compile_condition(f"area {sign} {minus}{abs(right) // 100}.{abs(right) % 100:02}", AREA)
    wanted = {"<": left < right, "<=": left <= right, "==": left == right, "!=": left != right, ">": left > right}
    assert condition(told) == wanted.get(sign, left >= right)


@pytest.mark.parametrize(
    ("source", "facts", "holds"),
    [
        ("area > 85.4", {"area": "85.41"}, True),
        ("area > 85.4", {"area": "85.4"}, False),
        ("area > 85", {"area": 86}, True),  # a whole number of a dossier that came before the decimals
        ("85.4 < area", {}, False),
        ("area + 0.5 == 86", {"area": "85.5"}, True),
        ("area * 2 == 170.8", {"area": "85.4"}, True),
        ("area * 1.5 == 128.1", {"area": "85.4"}, True),
        ("area > people", {"area": "2.5", "people": 2}, True),
        ("area < people", {"area": "2.5", "people": 3}, True),
        ("wide == 2.000001", {"wide": "2.000001"}, True),
        ("-area < -1.5", {"area": "1.51"}, True),
        ("(people > 1 ? area : 0) > 1.25", {"area": "1.26", "people": 2}, True),
        ("age(born) >= 18", {"born": "2008-11-28", "dossier": FILED["dossier"]}, True),
        ("age(born) >= 18", {"born": "2008-11-29", "dossier": FILED["dossier"]}, False),
        ("age(born) == 0", {"dossier": FILED["dossier"]}, True),
        ("age(born) + days_since(born) == 331", {"born": "2026", "dossier": FILED["dossier"]}, True),
        ('born < "1950-01-01"', {"born": "1949-12"}, True),
        ('born >= "1950-01-01"', {"born": "1950"}, True),
        ('born == ""', {}, True),
    ],
)
def test_conditions_on_decimals_ages_and_parts_of_dates(source: str, facts: dict[str, Any], holds: bool) -> None:
    assert compile_condition(source, AREA)(facts) is holds


@pytest.mark.parametrize(
    ("source", "refusal", "says"),
    [
        ("people > 1.5", BadCondition, "whole numbers"),
        ("area > 85.455", BadCondition, "at most 2 decimal places"),
        ("1.1234567 > 1.1", BadCondition, "at most 6 decimal places"),
        ("area in [1.5, 2.5]", ConditionRefused, "whole numbers"),
        ("area in [1, 2]", WrongType, "compare each one"),
        ("wide == people", BadCondition, "64 bits"),
        ("wide * wide > 1", BadCondition, "64 bits"),
        ('area == "1.5"', WrongType, "cannot compare"),
        ("age(people) > 1", WrongType, "field of type date"),
        ("age() > 1", WrongType, "field of type date"),
    ],
)
def test_what_cannot_be_compared_is_refused(source: str, refusal: type[ConditionRefused], says: str) -> None:
    with pytest.raises(refusal) as caught:
        compile_condition(source, AREA)
    assert says in caught.value.sentence("en") and caught.value.sentence("vi")


def test_a_release_that_names_no_such_field_is_refused() -> None:
    for key in ("not_after", "not_before", "differs_from"):
        with pytest.raises(Exception, match="none"):
            workflow(born=field("date", **{key: ("none",)}))


def test_the_digest_of_a_release_without_the_new_keys_is_what_it_was() -> None:
    """Dossiers keep the digest of their release: what nobody wrote may not appear in its bytes."""
    release: Release = land_release()
    written = release.to_bytes().decode()
    for key in ("decimals", "partial", "not_after", "not_before", "min_age", "max_age", "differs_from"):
        assert f'"{key}"' not in written
    assert release_from_bytes(written).digest() == release.digest()


MARRIAGE = {
    "registry.commune": "26740",
    "bride.name": "Lê An", "bride.id": "079305000001", "bride.born": "2005-04-01",
    "groom.name": "Vũ Bình", "groom.id": "079205000002", "groom.born": "2005-09-12",
}  # fmt: skip
BIRTH = {
    "registry.commune": "26740", "child.name": "Lê Bé", "child.born": "2026-11-20", "child.sex": "male",
    "child.birthplace": "Bệnh viện", "mother.name": "Lê An",
}  # fmt: skip


@pytest.mark.parametrize(
    ("procedure", "values", "wrong"),
    [
        ("1.000894", {}, set()),
        ("1.000894", {"bride.born": "2012-01-01"}, {"bride.born"}),
        ("1.000894", {"bride.born": "2008-11-28", "groom.born": "2006-11-28"}, set()),
        ("1.000894", {"bride.born": "2008-11-29", "groom.born": "2006-11-29"}, {"bride.born", "groom.born"}),
        ("1.000894", {"groom.id": "079305000001"}, {"groom.id"}),
        ("1.000894", {"bride.born": "2008", "groom.born": "2006-11"}, set()),
        ("1.001193", {}, set()),
        ("1.001193", {"child.born": "2027-01-01"}, {"child.born"}),
        ("1.001193", {"mother.name": None}, {"mother.name"}),
        ("1.001193", {"mother.name": None, "child.abandoned": True}, set()),
    ],
)
def test_shipped_procedures_refuse_what_the_law_does_not_allow(
    procedure: str, values: dict[str, Any], wrong: set[str]
) -> None:
    made = compile_release(load(PROCEDURES / f"{procedure}.yaml"), FUNCTIONS)
    given_values = (MARRIAGE if procedure == "1.000894" else BIRTH) | values
    try:
        made.validate_fields(given_values, facts=FILED)
    except InvalidFields as refusal:
        assert set(refusal.errors) == wrong
    else:
        assert wrong == set()


def test_every_date_of_birth_death_or_registration_of_the_shipped_procedures_is_bound() -> None:
    """A date that tells what happened cannot lie in the future; one that tells what is to come is named here."""
    to_come = {("1.013227", "permit.expires"), ("CDCS.178", "leave.date")}
    free = {
        (release.procedure, key)
        for release in map(load, sorted(PROCEDURES.glob("*.yaml")))
        for key, one in release.fields.items()
        if one.type == "date" and not one.min_age and not {"today", *release.fields} & set(one.not_after or ())
    }
    assert free == to_come

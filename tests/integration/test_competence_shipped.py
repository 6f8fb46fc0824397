"""The shipped territory, offices and competences together: the golden routing, and the proof over the whole country."""

from __future__ import annotations

import datetime as dt
from functools import cache

import pytest

from engine.rules.offices.competence import KIND_NAMES
from engine.rules.offices.competence_proof import Subject, verify
from engine.rules.offices.index import OfficeIndex
from engine.rules.offices.routing import Map, route
from engine.rules.procedure.definition import Route
from engine.rules.procedure.machine import compile_release
from tests.installation import content
from tests.installation.land_release import FUNCTIONS, land_release
from workflows.competence_files import read_competences
from workflows.offices import generate_offices


@cache
def country() -> Map:
    territory = content.country()
    return Map(territory, OfficeIndex(generate_offices(territory)), read_competences())


@pytest.mark.parametrize(
    ("on", "intake", "handler"),
    [(dt.date(2025, 6, 15), "MC-26740-C", "UB-760-C"), (dt.date(2025, 7, 15), "TT-26740", "UB-26740")],
)
def test_a_building_permit_in_ben_nghe_and_sai_gon(on: dt.date, intake: str, handler: str) -> None:
    routing = {
        "intake": Route(by="any_centre_in_province"),
        "handler": Route(by="competent", place="land.commune"),
        "tax": Route(by="competent:tax", place="land.commune"),
    }
    workflow = compile_release(land_release(procedure="1.013225", routing=routing), FUNCTIONS)
    facts = {"land": {"commune": "26740"}, "applicant": {"kind": "citizen"}}
    assignment = route(workflow, facts, country(), on, intake)
    assert assignment.offices["handler"] == handler
    assert assignment.candidates == {}
    assert f"{on:%d/%m/%Y}" in assignment.reasons["handler"].vi


def test_every_shipped_competence_has_one_office_in_every_commune_on_every_day_of_three_years() -> None:
    known = country()
    codes = sorted({one.subject for one in known.competences})
    subjects = [Subject(code, kinds_of(code)) for code in codes]
    start, end = dt.date(2025, 1, 1), dt.date(2028, 1, 1)
    found = verify(known.competences, subjects, known.territory, known.offices, start, end)
    assert [defect.in_words().en for defect in found] == []


def kinds_of(subject: str) -> tuple[str, ...]:
    """The kinds of applicant that any text on the subject speaks of."""
    texts = [one for one in country().competences if one.subject == subject]
    return tuple(kind for kind in KIND_NAMES if any(one.covers(subject, kind) for one in texts))

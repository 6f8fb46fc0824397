"""The surroundings of the sample workflow files: offices, communes, templates and neighbours, small enough to read."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path

import msgspec

from engine.rules.offices.competence import Competence
from engine.rules.procedure.definition import Effective, Field, Release
from engine.text import Text
from workflows.lint_context import LintContext, OfficeSpan
from workflows.loader import check_bytes, load
from workflows.problems import Problem

CORRECT = Path(__file__).with_name("correct.yaml")
BROKEN = CORRECT.parents[1] / "broken_workflows"
COMMUNES = {"26080": "Phường Long Khánh", "26089": "Phường Bảo Vinh", "25270": "Xã Lộc Ninh"}
FIRST_DAY = dt.date(2024, 1, 1)
_SAID = {"body": {"vi": "Hồ sơ {code}", "en": "Dossier {code}"}}
TEMPLATES = {
    **dict.fromkeys(("da-tiep-nhan", "dung-giai-quyet", "sap-den-han", "qua-han", "nhac-bo-sung"), _SAID),
    "lech-tieng": {"body": {"vi": "Hồ sơ {code}, hẹn {due}", "en": "Dossier {code}"}},
}
DISTRICTS = {"long-khanh": ["26080", "26089"]}


def former_district(name: str, on: dt.date) -> list[str]:
    """The communes of a former district; LookupError for an unknown one."""
    return DISTRICTS[name]


@cache
def neighbours() -> tuple[tuple[str, Release], ...]:
    """Version 1 of the same procedure, which ends when version 2 starts, and the procedure of the linked dossier."""
    correct = load(CORRECT)
    first = msgspec.structs.replace(
        correct, version=1, effective=Effective(start=dt.date(2025, 7, 1), until=dt.date(2026, 12, 31))
    )
    plot = {"plot.commune": Field(type="unit", name=Text("Xã", "Commune"))}
    survey = msgspec.structs.replace(correct, procedure="1.004222", version=1, fields=plot, children={})
    return ("1.012783-1.yaml", first), ("1.004222.yaml", survey)


@cache
def surroundings() -> LintContext:
    """Everything that a rule can ask for."""
    return LintContext(
        offices={
            "VPDK-TINH": OfficeSpan(),
            "VPDK-CN-LONGKHANH": OfficeSpan(),
            "VPDK-CN-BINHLONG": OfficeSpan(),
            "VPDK-CN-HONQUAN": OfficeSpan(dt.date(2026, 10, 1), "VPDK-CN-BINHLONG"),
        },
        communes=lambda on: COMMUNES,
        provinces=lambda on: {"75", "79"},
        former_district=former_district,
        templates=TEMPLATES,
        competences=tuple(
            Competence(subject, None, "province", body, FIRST_DAY, None, "38/2019/QH14")
            for subject, body in (("tax", "tax"), ("1.012783", "land_registration"))
        ),
        first_day=FIRST_DAY,
        releases=neighbours(),
    )


def check(
    text: str | bytes, name: str = "workflow.yaml", context: LintContext | None = None
) -> tuple[Release | None, list[Problem]]:
    """The release, or None when there is an error, and every finding in the order of the file."""
    checked = check_bytes(text, name, [], context)
    return checked.release, checked.problems

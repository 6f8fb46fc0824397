"""Papers were issued with an edition of the templates, so an edition never changes; other templates are a new one."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

import adapters.forms
from adapters.forms import WrongFormData, render_form
from tests.unit.form_samples import SAMPLES

EDITIONS = {1: "dbf0443cbe477feb3a499137803d33192f95a27d5ef78c0d3a2248d0d2a0437d"}
"""SHA-256 over the templates of each edition, in order of their names."""


def test_no_edition_changed() -> None:
    digest = hashlib.sha256()
    for path in sorted(Path(adapters.forms.__file__).parent.glob("*.typ")):
        digest.update(path.name.encode() + b"\n" + path.read_bytes())
    assert {1: digest.hexdigest()} == EDITIONS, (
        "make a new edition instead, unless no paper was ever issued with this one"
    )


def test_an_unknown_edition_is_refused() -> None:
    head = {**SAMPLES["03"]["head"], "edition": 99}
    with pytest.raises(WrongFormData, match="edition 99"):
        render_form("03", {**SAMPLES["03"], "head": head})


def test_the_moment_of_the_issue_must_be_one() -> None:
    with pytest.raises(WrongFormData, match="issued_at"):
        render_form("03", {**SAMPLES["03"], "head": {**SAMPLES["03"]["head"], "issued_at": "hôm nay"}})


@pytest.mark.parametrize("number", SAMPLES)
def test_no_reader_is_told_that_the_tags_are_suspect(number: str) -> None:
    assert b"/Suspects" not in render_form(number, SAMPLES[number])

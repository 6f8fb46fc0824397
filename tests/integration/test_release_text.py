"""A release written as a workflow file means the same: loading it gives the same digest."""

from __future__ import annotations

from engine.rules.procedure.definition import Release
from tests.installation.content import shipped
from tests.installation.trial_release import trial_release
from tests.workflow_samples.surroundings import CORRECT
from workflows.loader import check_bytes, load
from workflows.release_text import text_of
from workflows.shipped_text import shipped_stories, shipped_text


def _means_the_same(release: Release) -> None:
    text = text_of(release)
    made = check_bytes(text, f"{release.procedure}.yaml", []).draft
    assert made is not None and made.digest() == release.digest(), text


def test_every_shipped_release_is_written_as_it_is_meant() -> None:
    for release in shipped().releases:
        _means_the_same(release)


def test_the_sample_and_the_trial_are_written_as_they_are_meant() -> None:
    _means_the_same(trial_release())
    _means_the_same(load(CORRECT))


def test_a_shipped_release_has_its_own_file_with_its_comments() -> None:
    release = next(one for one in shipped().releases if one.procedure == "1.012783")
    text = shipped_text(release)
    assert text is not None and text.startswith("# yaml-language-server")
    assert "scenarios:" in shipped_stories("1.012783")
    assert shipped_text(trial_release()) is None and shipped_stories("../1.012783") == ""

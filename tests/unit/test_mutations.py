"""The mutations that ``bin/mutants --random`` draws: where they may be, and that each is one small change."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants.mutations import Mutation, Place, compiles, places_in
from tests.mutants.random_run import draw
from tests.mutants.workshop import ROOT, changed

SAMPLE = '''"""Counts 7 days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    MANY = 8

__all__ = ["late", "TooLate"]
MOST = 9
"""The limit is 10."""
Mode = Literal["paused"]


class TooLate(Refusal):
    """11 days."""

    code = "too-late"
    status = 409
    vi = "Trễ {days} ngày."
    en = "Late by {days} days."


@lru_cache(maxsize=12)
def late(days: Literal[13], limit: int = 14, words: str | None = None) -> Literal[15]:
    """At most 16 days.

    17 are too many.
    """
    if days > limit and not words:
        raise TooLate("Late by 18.", days=19)
    name = f"{days + 20} days"
    return sorted([days, limit])[0] if name in ("paused", "over due") else 21
'''


def places() -> list[Place]:
    return places_in("sample.py", SAMPLE)


def changes_to(before: str) -> set[str]:
    return {after for place in places() if place.before == before for after in place.alternatives}


def test_docstrings_annotations_and_the_texts_of_refusals_are_never_changed() -> None:
    numbers = {place.before for place in places() if place.before.isdigit()}
    assert numbers == {"9", "14", "19", "0", "21"}
    words = {place.before for place in places() if place.before[0] in "\"'"}
    assert words == {'"paused"'}, "a word that is compared, neither a type, nor a sentence, nor part of __all__"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (">", {">=", "<="}),
        ("and", {"or"}),
        ("in", {"not in"}),
        ("not words", {"(words)"}),
        ("14", {"15", "(13)"}),
        ('"paused"', {"''", "'pausedz'"}),
        ("days > limit and not words", {"True", "False", "not (days > limit and not words)"}),
        ("sorted([days, limit])", {"list([days, limit])"}),
        ('raise TooLate("Late by 18.", days=19)', {"pass"}),
    ],
)
def test_each_kind_of_place_has_its_changes(before: str, after: set[str]) -> None:
    assert changes_to(before) == after


def test_every_change_compiles_and_changes_nothing_else() -> None:
    for place in places():
        for after in place.alternatives:
            broken = Mutation(place, after).apply(SAMPLE)
            assert compiles(broken)
            assert broken != SAMPLE
            kept = len(SAMPLE.encode()) - (place.end - place.start)
            assert len(broken.encode()) == kept + len(after.encode())


def test_the_lines_of_a_place_are_those_that_run_with_it() -> None:
    lines = {place.before: place.lines for place in places()}
    assert lines["9"] == (), "runs on import only"
    compared = SAMPLE[: SAMPLE.index("if days > limit")].count("\n") + 1
    assert lines[">"] == (compared,)
    assert compared in lines["14"], "a default value is noticed by what runs the function"


def test_the_same_seed_draws_the_same_mutations_and_another_seed_others() -> None:
    sources = {"sample.py": SAMPLE}
    once, again, other = (draw(places(), sources, 10, seed) for seed in (4, 4, 5))
    assert once == again
    assert once != other
    assert len({mutation.place for mutation in once}) == 10
    assert len(draw(places(), sources, 10_000, 4)) == len(places()), "no place is drawn twice"


def test_a_changed_file_is_put_right_again_even_after_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "sample.py"
    path.write_text(SAMPLE, encoding="utf-8")
    broken = draw(places(), {"sample.py": SAMPLE}, 1, 4)[0].apply(SAMPLE)
    with pytest.raises(RuntimeError), changed(path, broken):
        assert path.read_text(encoding="utf-8") == broken
        raise RuntimeError
    assert path.read_text(encoding="utf-8") == SAMPLE


@pytest.mark.parametrize("folder", ["engine/rules", "engine/acts"])
def test_every_file_with_code_has_places(folder: str) -> None:
    for file in (ROOT / folder).rglob("*.py"):
        source = file.read_text(encoding="utf-8")
        assert places_in(str(file), source) or "def " not in source, file

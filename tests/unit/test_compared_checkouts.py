"""What ``python -m benchmarks compare`` reads from the benchmarks of another checkout, and its ratios."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from benchmarks import outbox, statements
from benchmarks.checkouts import notices_in, readings_in, statements_in
from benchmarks.ratios import overall, spread, table


def test_the_table_of_statements_is_read_back() -> None:
    told = [
        ("file and receive", statements.Spoken(["SELECT 1", "WITH a"], 5)),
        ("citizen's status", statements.Spoken(["SELECT 1"], 2)),
    ]
    printed = f"2 processors\n\n## statements\n\n{statements.table(told)}\n"
    assert statements_in(printed) == {"file and receive": (2, 5), "citizen's status": (1, 2)}


def test_the_sentence_about_notices_is_read_back() -> None:
    due = outbox.Due(0, [0.1] * 100)
    printed = outbox.told(outbox.Drained([9_335.4, 8_838.0, 10_238.0], 41.2, 1_048.0, [due]))
    assert notices_in(printed) == (9_335, 41, 1_048)
    with pytest.raises(ValueError, match="no sentence"):
        notices_in("## outbox\n\nnothing")


def test_the_readings_that_were_kept_are_those_of_the_number_of_dossiers(tmp_path: Path) -> None:
    kept = {"100": [["a page", 1.0, 2.0, 0.5, 0.7]], "200": [["a page", 9.0, 9.0, 9.0, 9.0]]}
    (tmp_path / "reading.json").write_bytes(orjson.dumps(kept))
    assert readings_in(tmp_path, 100) == {"a page": 0.5}


def test_a_ratio_is_that_of_its_own_round() -> None:
    """The machine was three times slower in the second round, for both."""
    series = {"ms": {"before": [1.0, 3.0, 1.0], "after": [0.8, 2.4, 0.9]}}
    assert table(series, digits=1).splitlines()[-1] == "| ms | 1.0 | 0.9 | 0.80 (0.80–0.85; 0.80–0.90) |"
    both = {**series, "µs": {"before": [1.0] * 3, "after": [0.8, 0.8, 0.9]}}
    assert overall(both) == "All kinds together: 0.80 (0.80–0.85; 0.80–0.90) times before."
    assert spread([1.5]) == "1.50 (1.50–1.50; 1.50–1.50)"

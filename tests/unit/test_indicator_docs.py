"""Every indicator has one named rule with its source, its words in both languages, and its row in the documents."""

from __future__ import annotations

import re
from pathlib import Path

from engine.queries.indicator_words import GROUPS, INDICATORS, MISSING
from engine.queries.procedure_indicators import SERVICE_RULES
from engine.store.indicator_rules import RULES, timed

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reports.md"


def test_every_indicator_has_one_rule_that_names_its_source() -> None:
    for one in INDICATORS:
        rules = [rules[one.key] for rules in (RULES, SERVICE_RULES, {"mean_time": timed}) if one.key in rules]
        assert len(rules) == 1, one.key
        assert (one.key in SERVICE_RULES) == (one.kind == "procedures")
        told = " ".join((rules[0].__doc__ or "").split())
        assert "[M]" in told or "Indicator" in told, f"{one.key} names no source"
        assert one.number is None or one.number in told, one.key
        assert one.name.vi != one.name.en and one.formula.vi != one.formula.en and "766" in one.source
    assert {one.key for one in INDICATORS} == {*RULES, *SERVICE_RULES, "mean_time"}
    assert {one.group for one in (*INDICATORS, *MISSING)} == set(GROUPS)
    assert {one.key for one in INDICATORS}.isdisjoint(one.key for one in MISSING)


def test_the_page_of_reports_names_every_indicator() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| ([\d.]*) ?\|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert rows == {one.key: one.number or "" for one in INDICATORS}

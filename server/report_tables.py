"""The reports on indicators, variants, steps and states as tables for spreadsheets, in one language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.pictures.svg import Figures
from engine.queries.indicator_words import GROUPS, MISSING
from engine.queries.indicators import Report
from engine.queries.step_times import StepLine
from engine.queries.ways import Ways
from engine.rules.history.spread import Spread
from engine.text import Text
from server.tables import Cell, Table

Heads = tuple[tuple[str, str], ...]
_INDICATORS: Heads = (
    ("Nhóm", "Group"),
    ("Số", "Number"),
    ("Chỉ tiêu", "Indicator"),
    ("Của", "Of"),
    ("Tên", "Name"),
    ("Đạt", "Achieved"),
    ("Tổng", "All"),
    ("Tỷ lệ", "Share"),
    ("Số ngày trung bình", "Mean days"),
    ("Điểm", "Points"),
    ("Điểm tối đa", "Most points"),
    ("Cách tính", "Formula"),
    ("Nguồn", "Source"),
)
_MISSING: Heads = (("Nhóm", "Group"), ("Chỉ tiêu", "Indicator"), ("Vì sao không tính", "Why it is not counted"))
_SPREAD: Heads = (
    ("Trung vị (phút làm việc)", "Median (working minutes)"),
    ("Chín phần mười không quá", "Nine of ten within"),
    ("Lâu nhất", "Longest"),
)
_VARIANTS: Heads = (
    ("Đường đi", "Way"),
    ("Số hồ sơ", "Dossiers"),
    ("Tỷ lệ", "Share"),
    ("Rời đường chính tại", "Left the main path at"),
    *_SPREAD,
    ("Ví dụ", "Examples"),
)
_ASIDES: Heads = (
    ("Từ", "From"),
    ("Đến", "To"),
    ("Quy trình cho phép", "Foreseen"),
    ("Số hồ sơ", "Dossiers"),
    ("Số lần", "Times"),
    ("Ví dụ", "Examples"),
)
_STEPS: Heads = (
    ("Bước", "Step"),
    ("Tên bước", "Name of the step"),
    ("Của", "Of"),
    ("Tên", "Name"),
    ("Số lần", "Times"),
    *_SPREAD,
)
_STATES: Heads = (
    ("Bước", "Step"),
    ("Tên bước", "Name of the step"),
    ("Số hồ sơ", "Dossiers"),
    ("Tỷ lệ quá hạn", "Share late"),
)


def indicator_tables(report: Report, language: str) -> tuple[Table, Table]:
    """The figures, and what is not counted."""
    rows: list[list[Cell]] = []
    for one in report.figures:
        days, words = one.indicator.kind == "days", one.indicator
        name = one.within_name.in_(language) if one.within_name else None
        figures: list[Cell] = [None if days else one.part, one.of, None if days else one.value]
        figures += [one.value if days else None, one.points, one.most]
        told: list[Cell] = [GROUPS[words.group].in_(language), words.number, words.name.in_(language)]
        rows.append([*told, one.within, name, *figures, words.formula.in_(language), words.source])
    missing = [(GROUPS[one.group].in_(language), one.name.in_(language), one.why.in_(language)) for one in MISSING]
    titles = (Text("Chỉ tiêu", "Indicators"), Text("Không tính", "Not counted"))
    return (
        Table(titles[0].in_(language), _head(_INDICATORS, language), rows, frozenset({7})),
        Table(titles[1].in_(language), _head(_MISSING, language), missing),
    )


def way_tables(found: Ways, language: str) -> tuple[Table, Table]:
    """The variants, and the steps beside the main path."""
    names, total = found.names, found.found.dossiers
    variants: list[list[Cell]] = [
        [
            " → ".join(_named(names, state, language) for state in one.states),
            one.dossiers,
            one.dossiers / total,
            None if one.left_at is None else _named(names, one.left_at, language),
            *_spread(one.taken),
            ", ".join(one.sample),
        ]
        for one in found.found.variants
    ]
    yes, no = Text("có", "yes").in_(language), Text("không", "no").in_(language)
    asides: list[list[Cell]] = [
        [
            _named(names, one.source, language),
            _named(names, one.target, language),
            yes if one.kind == "allowed" else no,
            one.dossiers,
            one.times,
            ", ".join(one.sample),
        ]
        for one in found.found.asides
    ]
    titles = (Text("Biến thể", "Variants"), Text("Ngoài đường chính", "Beside the main path"))
    return (
        Table(titles[0].in_(language), _head(_VARIANTS, language), variants, frozenset({2})),
        Table(titles[1].in_(language), _head(_ASIDES, language), asides),
    )


def step_table(lines: Sequence[StepLine], language: str) -> Table:
    """How long dossiers stood in each state."""
    rows: list[list[Cell]] = [
        [
            line.state,
            line.state_name.in_(language),
            line.within,
            line.within_name.in_(language) if line.within_name else None,
            line.spread.count,
            *_spread(line.spread),
        ]
        for line in lines
    ]
    return Table(Text("Các bước", "Steps").in_(language), _head(_STEPS, language), rows)


def state_table(figures: Mapping[str, Figures], names: Mapping[str, Text], language: str) -> Table:
    """What stands in each state now."""
    rows: list[list[Cell]] = [
        [state, _named(names, state, language), one.dossiers, one.late] for state, one in figures.items()
    ]
    return Table(Text("Đang ở bước", "Now").in_(language), _head(_STATES, language), rows, frozenset({3}))


def _head(heads: Heads, language: str) -> list[str]:
    return [Text(*words).in_(language) for words in heads]


def _spread(spread: Spread | None) -> list[Cell]:
    return [None, None, None] if spread is None else [spread.median, spread.p90, spread.longest]


def _named(names: Mapping[str, Text], state: str, language: str) -> str:
    return names[state].in_(language) if state in names else state

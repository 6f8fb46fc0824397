"""docs/security.md has every chapter of OWASP ASVS 5.0, cites tests that exist, and hides nothing that is not met."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
CHAPTERS = (
    "Encoding and Sanitization",
    "Validation and Business Logic",
    "Web Frontend Security",
    "API and Web Service",
    "File Handling",
    "Authentication",
    "Session Management",
    "Authorization",
    "Self-contained Tokens",
    "OAuth and OIDC",
    "Cryptography",
    "Secure Communication",
    "Configuration",
    "Data Protection",
    "Secure Coding and Architecture",
    "Security Logging and Error Handling",
    "WebRTC",
)
NOT_USED = (9, 17)
"""Chapters about what the product does not have."""
HEAD = ["area", "how it holds here", "evidence", "left"]
NOT_MET = "**not met**"


def _section(heading: str) -> str:
    return PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def _chapter(number: int) -> str:
    return _section(f"V{number} {CHAPTERS[number - 1]}")


def _rows(section: str) -> Iterator[list[str]]:
    """The rows of a section's table of requirements, without its head."""
    within = False
    for line in section.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if within and cells and not set(cells[0]) <= {"-"}:
            yield cells
        within = cells == HEAD or (within and bool(cells))


def _requirements(text: str) -> set[str]:
    return set(re.findall(r"\b\d+\.\d+\.\d+\b", text))


def test_every_chapter_has_a_section_in_the_order_of_the_standard() -> None:
    headings = re.findall(r"^## (V\d+ .+)$", PAGE, re.MULTILINE)
    assert headings == [f"V{number} {title}" for number, title in enumerate(CHAPTERS, 1)]


@pytest.mark.parametrize("number", [number for number in range(1, 18) if number not in NOT_USED])
def test_a_chapter_has_areas_each_with_four_cells(number: int) -> None:
    rows = list(_rows(_chapter(number)))
    assert rows
    assert [row for row in rows if len(row) != len(HEAD) or not all(row)] == []


@pytest.mark.parametrize("number", [number for number in range(1, 18) if number not in NOT_USED])
def test_an_area_without_evidence_says_what_is_left(number: int) -> None:
    """A claim that no test holds is a wish: it must say so, or that the thing is not there at all."""
    bare = [row[0] for row in _rows(_chapter(number)) if "tests/" not in row[2] and row[3] == "–"]
    absent = [row[0] for row in _rows(_chapter(number)) if re.match(r"(none|not |the table|\[)", row[1])]
    assert sorted(set(bare) - set(absent)) == []


def test_every_test_that_is_cited_exists() -> None:
    cited = set(re.findall(r"`(tests/[^`]+)`", PAGE))
    assert len(cited) > 50
    assert sorted(path for path in cited if not (ROOT / path).is_file()) == []


def test_the_evidence_of_a_row_is_tests_alone() -> None:
    cells = [row[2] for number in range(1, 18) for row in _rows(_chapter(number))]
    assert [cell for cell in cells if not re.fullmatch(r"–|`tests/[\w/.]+`(, `tests/[\w/.]+`)*", cell)] == []


def test_what_is_not_met_is_told_at_the_beginning() -> None:
    told = _requirements(_section("In short").partition("| missing |")[2].partition("\n\n")[0])
    found = {
        requirement
        for number in range(1, 18)
        for row in _rows(_chapter(number))
        if NOT_MET in row[3]
        for requirement in _requirements(row[0])
    }
    assert told == found


def test_a_requirement_stands_in_its_own_chapter() -> None:
    strange = [
        (number, requirement)
        for number in range(1, 18)
        for row in _rows(_chapter(number))
        for requirement in re.findall(r"(?<![\d.])(\d+)\.\d+(?:\.\d+)?", row[0])
        if int(requirement) != number
    ]
    assert strange == []


def test_the_page_is_linked() -> None:
    assert "(docs/security.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "(security.md)" in (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")

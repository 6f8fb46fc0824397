"""The picture of a plan: widths are dossiers, nothing is lost by drawing small units as one, markup is escaped."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.reform_picture import BAR, MARGIN, MOST, WIDTH, Section, Words, flow_svg, plan_page

WORDS = Words("vi", "Cũ", "Mới", "hồ sơ", "các đơn vị khác")
NAMES = st.sampled_from([f"Xã {number}" for number in range(60)])
FLOWS = st.dictionaries(st.tuples(NAMES, NAMES), st.integers(1, 5000), min_size=1, max_size=120)
BAND = re.compile(r'<path d="M(\S+) (\S+?)C[^"]*V(\S+?)C[^"]*"[^>]*><title>([^<]*): ([\d.]+) hồ sơ</title>')
RECT = re.compile(r'<rect x="(\d+)" y="(\S+)" width="\d+" height="(\S+)"')


@given(FLOWS)
@settings(max_examples=40)
def test_every_dossier_is_drawn_once_as_wide_as_any_other(flows: dict[tuple[str, str], int]) -> None:
    svg = flow_svg(flows, WORDS)
    assert svg == flow_svg(dict(reversed(flows.items())), WORDS)
    drawn = [int(found[4].replace(".", "")) for found in BAND.findall(svg)]
    assert sum(drawn) == sum(flows.values())
    for side in (MARGIN, WIDTH - MARGIN - BAR):
        bars = [(float(y), float(tall)) for x, y, tall in RECT.findall(svg) if int(x) == side]
        assert 1 <= len(bars) <= MOST
        assert all(a + tall <= b for (a, tall), (b, _) in zip(sorted(bars), sorted(bars)[1:], strict=False))


def test_names_are_text_and_never_markup() -> None:
    page = plan_page("<b>", [("a&b", "<i>")], [Section("s", {("<script>", '"x"'): 3})], WORDS)
    assert "<script>" not in page and "<b>" not in page and "<i>" not in page
    assert "&lt;script&gt;" in page

"""Draws a reform plan as an HTML page: old units left, new ones right, bands as wide as the numbers of dossiers.

The page is self-contained: it fetches no script, no font and no other address. Tables repeat the numbers, for screen
readers and for print.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

MOST = 24  # units on a side; the rest is drawn as one
WIDTH, BAR, GAP, MARGIN = 960, 14, 6, 250
_COLOURS = ("#1b6ca8", "#b5541c", "#2f7d4f", "#7a4a9e", "#a8324a", "#5c6b1e", "#1d7f86", "#8a5a2b")


@dataclass(frozen=True, slots=True)
class Section:
    """One picture with its title; ``flows`` counts dossiers by (left, right)."""

    title: str
    flows: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Words:
    """The words around the pictures, in the language of the page."""

    language: str
    left: str
    right: str
    dossiers: str
    others: str


def plan_page(title: str, facts: Iterable[tuple[str, str]], sections: Iterable[Section], words: Words) -> str:
    """The whole page. ``facts`` are the (name, value) rows of the table above the pictures."""
    rows = "".join(f"<tr><th scope=row>{escape(what)}</th><td>{escape(value)}</td></tr>" for what, value in facts)
    body = "".join(_section(section, words) for section in sections)
    return (
        f"<!doctype html>\n<html lang={words.language}><meta charset=utf-8>"
        f'<meta name=viewport content="width=device-width"><title>{escape(title)}</title><style>{_STYLE}</style>'
        f"<h1>{escape(title)}</h1><table>{rows}</table>{body}</html>\n"
    )


def flow_svg(flows: Mapping[tuple[str, str], int], words: Words) -> str:
    """The flow as an SVG element. The same flows give the same picture."""
    shown = _fewer(flows, words.others)
    left, right = Counter[str](), Counter[str]()
    for (source, target), count in shown.items():
        left[source] += count
        right[target] += count
    rows = max(len(left), len(right), 1)
    height = max(160, rows * 26)
    scale = (height - GAP * (rows - 1)) / max(sum(left.values()), 1)
    lefts = _stack(sorted(left, key=lambda name: (name == words.others, -left[name], name)), left, scale)
    order = sorted(right, key=lambda name: (_pull(name, shown, lefts), name))
    rights = _stack(order, right, scale)
    colours = {name: _COLOURS[index % len(_COLOURS)] for index, name in enumerate(lefts)}
    parts = [*_bands(shown, lefts, rights, scale, colours, words)]
    parts += _bars(lefts, left, scale, MARGIN, "end", -8, words, colours)
    parts += _bars(rights, right, scale, WIDTH - MARGIN - BAR, "start", BAR + 8, words, {})
    label = escape(f"{words.left} → {words.right}", quote=True)
    return f'<svg viewBox="0 -10 {WIDTH} {height + 20}" role=img aria-label="{label}">{"".join(parts)}</svg>'


def _section(section: Section, words: Words) -> str:
    ordered = sorted(section.flows.items(), key=lambda pair: (-pair[1], pair[0]))
    rows = "".join(
        f"<tr><td>{escape(source)}</td><td>{escape(target)}</td><td class=n>{_number(count)}</td></tr>"
        for (source, target), count in ordered
    )
    head = f"<tr><th>{escape(words.left)}</th><th>{escape(words.right)}</th><th>{escape(words.dossiers)}</th></tr>"
    return (
        f"<section><h2>{escape(section.title)}</h2>{flow_svg(section.flows, words)}"
        f"<details><summary>{escape(words.dossiers)}: {_number(sum(section.flows.values()))}</summary>"
        f"<table>{head}{rows}</table></details></section>"
    )


def _fewer(flows: Mapping[tuple[str, str], int], others: str) -> Counter[tuple[str, str]]:
    """The flows with the small units of each side drawn as one."""
    left, right = Counter[str](), Counter[str]()
    for (source, target), count in flows.items():
        left[source] += count
        right[target] += count
    kept = [_largest(left), _largest(right)]
    shown: Counter[tuple[str, str]] = Counter()
    for (source, target), count in flows.items():
        shown[source if source in kept[0] else others, target if target in kept[1] else others] += count
    return shown


def _largest(counted: Counter[str]) -> frozenset[str]:
    ordered = sorted(counted, key=lambda name: (-counted[name], name))
    return frozenset(ordered if len(ordered) <= MOST else ordered[: MOST - 1])


def _stack(names: Sequence[str], sizes: Counter[str], scale: float) -> dict[str, float]:
    """The top of each bar, by name."""
    found, y = {}, 0.0
    for name in names:
        found[name] = y
        y += sizes[name] * scale + GAP
    return found


def _pull(name: str, flows: Mapping[tuple[str, str], int], lefts: Mapping[str, float]) -> float:
    """The mean top of the bars that flow here. Bands cross least when the right side is sorted by it."""
    mine = [(lefts[source], count) for (source, target), count in flows.items() if target == name]
    return sum(y * count for y, count in mine) / sum(count for _, count in mine)


def _bands(
    flows: Mapping[tuple[str, str], int],
    lefts: Mapping[str, float],
    rights: Mapping[str, float],
    scale: float,
    colours: Mapping[str, str],
    words: Words,
) -> Iterable[str]:
    out, into = dict(lefts), dict(rights)
    x0, x1 = MARGIN + BAR, WIDTH - MARGIN - BAR
    middle = (x0 + x1) / 2
    for source in lefts:
        for target in (name for name in rights if (source, name) in flows):
            count = flows[source, target]
            wide = count * scale
            y0, y1 = out[source], into[target]
            out[source], into[target] = y0 + wide, y1 + wide
            path = (
                f"M{x0} {y0:.1f}C{middle} {y0:.1f} {middle} {y1:.1f} {x1} {y1:.1f}V{y1 + wide:.1f}"
                f"C{middle} {y1 + wide:.1f} {middle} {y0 + wide:.1f} {x0} {y0 + wide:.1f}Z"
            )
            told = escape(f"{source} → {target}: {_number(count)} {words.dossiers}")
            yield f'<path d="{path}" fill="{colours[source]}" class=b><title>{told}</title></path>'


def _bars(
    tops: Mapping[str, float],
    sizes: Counter[str],
    scale: float,
    x: int,
    anchor: str,
    shift: int,
    words: Words,
    colours: Mapping[str, str],
) -> Iterable[str]:
    for name, y in tops.items():
        tall = max(sizes[name] * scale, 1)
        colour = colours.get(name, "#444")
        label = f"{_short(name)} {_number(sizes[name])}"
        yield f'<rect x="{x}" y="{y:.1f}" width="{BAR}" height="{tall:.1f}" fill="{colour}"/>'
        yield (
            f'<text x="{x + shift}" y="{y + tall / 2 + 4:.1f}" text-anchor="{anchor}">{escape(label)}'
            f"<title>{escape(name)}</title></text>"
        )


def _short(name: str) -> str:
    return name if len(name) <= 30 else name[:29] + "…"


def _number(count: int) -> str:
    return f"{count:,}".replace(",", ".")


_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:1000px;margin:2rem auto;padding:0 1rem;color:#1a1a1a}"
    "h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2.5rem}table{border-collapse:collapse}"
    "th,td{text-align:left;padding:.15rem 1rem .15rem 0;vertical-align:top;font-weight:400}.n{text-align:right}"
    "svg{width:100%;height:auto}svg text{font-size:12px}.b{opacity:.5}.b:hover{opacity:.85}"
    "@media print{details{display:block}body{margin:0}}"
)

"""The geometry of the flow picture: old units left, new ones right, bands as wide as the dossiers that pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.queries.reform_flow import FlowLine

MOST = 18
"""Units on a side; the smaller ones are drawn as one."""
WIDTH, LEFT, RIGHT, BAR, GAP, TOP = 760, 190, 558, 12, 9, 24
_LEAST = 3.0  # the thickness of the thinnest unit
_HUES = ("h2", "h4", "h3")
Key = str | None
OTHERS = ""
"""The key of the units that are drawn as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A unit at one side: its name (None: waits for a person), its dossiers, and where it stands."""

    name: Key
    dossiers: int
    y: float
    height: float
    hue: str

    @property
    def middle(self) -> float:
        return round(self.y + self.height / 2 + 4, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The dossiers that pass from one unit to another."""

    source: Key
    target: Key
    dossiers: int
    path: str
    hue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowPicture:
    """What the template draws. The same flow gives the same picture."""

    height: int
    left: tuple[Block, ...]
    right: tuple[Block, ...]
    bands: tuple[Band, ...]


def flow_picture(lines: Sequence[FlowLine]) -> FlowPicture | None:
    """The picture of a flow; None where nothing passes."""
    shown = _fewer(lines)
    if not shown:
        return None
    left, right = Counter[Key](), Counter[Key]()
    for (source, target), many in shown.items():
        left[source] += many
        right[target] += many
    rows = max(len(left), len(right))
    scale = max(rows * 26.0, 200.0) / sum(left.values())
    lefts = _stack(sorted(left, key=lambda one: (one == OTHERS, -left[one], one or "")), left, scale, {})
    tops = {one.name: one.y for one in lefts}
    order = sorted(right, key=lambda one: (_pull(one, shown, tops), one or ""))
    hues: dict[Key, str] = {
        name: _HUES[at % len(_HUES)] for at, name in enumerate(one for one in order if one is not None)
    }
    rights = _stack(order, right, scale, hues)
    ends = [one.y + one.height for one in (*lefts, *rights)]
    bands = _bands(shown, lefts, rights, scale)
    return FlowPicture(height=int(max(ends)) + 10, left=lefts, right=rights, bands=bands)


def _fewer(lines: Sequence[FlowLine]) -> Mapping[tuple[Key, Key], int]:
    left, right = Counter[Key](), Counter[Key]()
    for one in lines:
        left[one.source] += one.dossiers
        right[one.target] += one.dossiers
    kept = [_largest(left), _largest(right)]
    shown: Counter[tuple[Key, Key]] = Counter()
    for one in lines:
        target = one.target if one.target in kept[1] or one.target is None else OTHERS
        shown[one.source if one.source in kept[0] else OTHERS, target] += one.dossiers
    return shown


def _largest(counted: Counter[Key]) -> frozenset[Key]:
    ordered = sorted(counted, key=lambda one: (-counted[one], one or ""))
    return frozenset(ordered if len(ordered) <= MOST else ordered[: MOST - 1])


def _stack(names: Sequence[Key], sizes: Counter[Key], scale: float, hues: Mapping[Key, str]) -> tuple[Block, ...]:
    made, y = [], float(TOP)
    for name in names:
        height = max(sizes[name] * scale, _LEAST)
        hue = "bar-triage" if name is None else hues.get(name, "bar")
        made.append(Block(name=name, dossiers=sizes[name], y=round(y, 1), height=round(height, 1), hue=hue))
        y += max(height, 16.0) + GAP
    return tuple(made)


def _pull(name: Key, shown: Mapping[tuple[Key, Key], int], tops: Mapping[Key, float]) -> float:
    """The mean top of the bars that flow here: bands cross least when the right side is sorted by it."""
    mine = [(tops[source], many) for (source, target), many in shown.items() if target == name]
    return sum(y * many for y, many in mine) / sum(many for _, many in mine)


def _bands(
    shown: Mapping[tuple[Key, Key], int], lefts: Sequence[Block], rights: Sequence[Block], scale: float
) -> tuple[Band, ...]:
    out, into = {one.name: one.y for one in lefts}, {one.name: one.y for one in rights}
    x0, x1, made = LEFT + BAR, RIGHT, []
    middle = (x0 + x1) // 2
    for block in lefts:
        for aim in rights:
            many = shown.get((block.name, aim.name), 0)
            if not many:
                continue
            wide, y0, y1 = many * scale, out[block.name], into[aim.name]
            out[block.name], into[aim.name] = y0 + wide, y1 + wide
            path = (
                f"M{x0} {y0:.1f}C{middle} {y0:.1f} {middle} {y1:.1f} {x1} {y1:.1f}V{y1 + wide:.1f}"
                f"C{middle} {y1 + wide:.1f} {middle} {y0 + wide:.1f} {x0} {y0 + wide:.1f}Z"
            )
            hue = "band-triage" if aim.name is None else aim.hue
            made.append(Band(source=block.name, target=aim.name, dossiers=many, path=path, hue=hue))
    return tuple(made)

"""The indicators of Decision 766 in their groups, beside the period before; and the lists behind each of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Response, request

from engine.errors import NotFound
from engine.queries.indicator_words import GROUPS, INDICATORS, MISSING, Indicator, Missing
from engine.queries.indicators import Figure, Report, Side, Wanted, indicators, listed_dossiers, listed_procedures
from engine.queries.published_index import READ_ON, SOURCE, PublishedLine, published_of
from engine.rules.period import period_before
from engine.text import Text
from engine.transaction import UnitOfWork
from server.context import language
from server.identity import Access, reading
from server.paging import key_of
from server.report_tables import indicator_tables
from web.desk.list_address import read_place
from web.pages import Pages
from web.render import render
from web.reports.asked import Asked, asked_of, file_of

overview = Pages("reports", audience="desk")
_PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """An indicator's figure, and the one of the period before."""

    now: Figure
    before: Figure

    @property
    def change(self) -> float | None:
        """By how much the value grew; of shares in percentage points."""
        if self.now.value is None or self.before.value is None:
            return None
        grown = self.now.value - self.before.value
        return round(grown, 2) if self.now.indicator.kind == "days" else round(100 * grown, 1)

    @property
    def better(self) -> bool:
        """Whether the change is for the better: of days, fewer are."""
        return bool(self.change) and ((self.change or 0) < 0) == (self.now.indicator.kind == "days")


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the index with its lines, its points of ``most``, what it does not count, and its published points."""

    key: str
    name: Text
    most: int | None
    points: float | None
    before: float | None
    lines: tuple[Line, ...]
    missing: tuple[Missing, ...]
    published: float | None


@overview.page("/bao-cao", access=Access.STAFF)
def show() -> str:
    """The indicators"""
    with reading() as unit:
        asked = asked_of(unit)
        start, end = period_before(asked.start, asked.end)
        wanted = asked.wanted
        earlier = Wanted(start=start, end=end, office=wanted.office, province=wanted.province)
        found, before = indicators(unit, wanted), indicators(unit, earlier)
    published = _published(asked)
    groups = _groups(found, before, published)
    return render(
        "reports/overview.html",
        asked=asked,
        groups=groups,
        before=(start, end),
        published=published,
        read_on=READ_ON,
        source=SOURCE,
        points=_sum(one.points for one in groups),
        most=sum(line.now.most or 0 for one in groups for line in one.lines),
    )


@overview.page("/bao-cao/tep", access=Access.STAFF)
def table_file() -> Response:
    """The indicators as a file"""
    with reading() as unit:
        asked = asked_of(unit)
        found = indicators(unit, asked.wanted)
    return file_of(f"chi-tieu-766-{asked.start}-{asked.end}", *indicator_tables(found, language()))


@overview.page("/bao-cao/chi-tieu/<key>", access=Access.STAFF)
def one(key: str) -> str:
    """One indicator with its lists"""
    known = next((one for one in INDICATORS if one.key == key), None)
    if known is None:
        raise NotFound(what=key)
    side: Side = "denominator" if request.args.get("ben") == "tong" else "numerator"
    with reading() as unit:
        asked = asked_of(unit)
        figure = next(one for one in indicators(unit, asked.wanted).figures if one.indicator.key == key)
        lists = _lists(unit, asked, known, side)
    return render("reports/indicator.html", asked=asked, figure=figure, side=side, group=GROUPS[known.group], **lists)


def _lists(unit: UnitOfWork, asked: Asked, known: Indicator, side: Side) -> dict[str, object]:
    """The list that is shown: procedures, or a page of dossiers; an administrator sees no dossiers."""
    told: dict[str, object] = {"procedures": (), "dossiers": (), "offices": {}, "after": None}
    if known.kind == "procedures":
        return told | {"procedures": listed_procedures(unit, known.key, side, asked.wanted)}
    if not asked.reader.lists:
        return told
    page = listed_dossiers(unit, known.key, side, asked.wanted, after=read_place(request.args.get("sau")), limit=_PAGE)
    codes = {line.handler_office for line in page.lines}
    names = {code: unit.catalogue.office_name(code) or Text(code, code) for code in codes}
    return told | {"dossiers": page.lines, "offices": names, "after": key_of(page.after)}


def _groups(found: Report, before: Report, published: PublishedLine | None) -> tuple[Group, ...]:
    earlier = {one.indicator.key: one for one in before.figures}
    told = []
    for key, name in GROUPS.items():
        lines = tuple(Line(one, earlier[one.indicator.key]) for one in found.figures if one.indicator.group == key)
        told.append(
            Group(
                key,
                name,
                found.weights.groups.get(key),
                _sum(line.now.points for line in lines),
                _sum(line.before.points for line in lines),
                lines,
                tuple(one for one in MISSING if one.group == key),
                published.points.get(key) if published else None,
            )
        )
    return tuple(told)


def _sum(points: Iterable[float | None]) -> float | None:
    told = [one for one in points if one is not None]
    return round(sum(told), 2) if told else None


def _published(asked: Asked) -> PublishedLine | None:
    """The published line of the province that is asked about, or of the only one."""
    names = asked.reader.provinces
    code = asked.province or (next(iter(names)) if len(names) == 1 else None)
    return published_of(names[code].vi) if code else None

"""Operations of the indicators of Decision 766/QĐ-TTg: figures, the dossiers and procedures behind them, and tables."""

from __future__ import annotations

from typing import Any

from api import parameters, shapes
from api.answers import answer, moment, page
from api.dossier_json import both, state
from api.operations import LINK, Gives, Resource
from engine.queries import indicators as figures
from engine.queries.indicator_words import GROUPS, MISSING
from server.answer import Answer
from server.context import runtime
from server.identity import Access, reading
from server.paging import key_of, read_after
from server.report_tables import indicator_tables
from server.tables import CSV_TYPE, XLSX_TYPE, csv_of, xlsx_of

indicators = Resource("indicators", __name__, description="Indicators of Decision 766/QĐ-TTg, with both their lists.")
_NAME = "chi-tieu-766"


@indicators.operation(
    "GET",
    "/reports/indicators",
    access=Access.STAFF,
    query=parameters.Indicators,
    gives=Gives(shape=shapes.IndicatorReport, description="In the order of the index."),
)
def report(query: dict[str, Any]) -> Answer:
    """Report every indicator of Decision 766/QĐ-TTg that the data allow, with its points

    A share counts `numerator` of `denominator` dossiers or procedures. The mean time counts `numerator` seconds over
    `denominator` dossiers, and its value is in days. `not_counted` names the parts of the index that are missing, so
    the points of all items are not the whole index.
    """
    with reading() as uow:
        found = figures.indicators(uow, _wanted(query), query["by"])
    told = {"start": query["start"].isoformat(), "end": query["end"].isoformat(), "by": query["by"]}
    missing = [{"key": one.key, "group": one.group, "name": both(one.name), "why": both(one.why)} for one in MISSING]
    told |= {"note": found.weights.note, "groups": _groups(found), "items": [_line(one) for one in found.figures]}
    return answer(told | {"not_counted": missing})


@indicators.operation(
    "GET",
    "/reports/indicators.csv",
    access=Access.STAFF,
    query=parameters.IndicatorCsv,
    gives=Gives(media=("text/csv",), description="UTF-8 with a byte order mark."),
)
def sheet(query: dict[str, Any]) -> Answer:
    """Read the indicators as CSV for a spreadsheet program

    A text that such a program would take for a formula, a number or a date has an apostrophe before it.
    """
    with reading() as uow:
        found = figures.indicators(uow, _wanted(query), query["by"])
    table, _ = indicator_tables(found, query["language"])
    return _file(csv_of(table, query["decimal"]), CSV_TYPE, "csv")


@indicators.operation(
    "GET",
    "/reports/indicators.xlsx",
    access=Access.STAFF,
    query=parameters.IndicatorSheet,
    gives=Gives(media=(XLSX_TYPE,), description="A workbook of two sheets."),
)
def workbook(query: dict[str, Any]) -> Answer:
    """Read the indicators as a workbook: the figures, and what is not counted and why"""
    with reading() as uow:
        found = figures.indicators(uow, _wanted(query), query["by"])
    made = xlsx_of(indicator_tables(found, query["language"]), runtime().now())
    return _file(made, XLSX_TYPE, "xlsx")


@indicators.operation(
    "GET",
    "/reports/indicators/dossiers",
    access=Access.STAFF,
    query=parameters.IndicatorList,
    gives=Gives(shape=shapes.IndicatorDossiers, headers=LINK, description="By age, oldest first."),
    refuses=(404,),
)
def dossiers(query: dict[str, Any]) -> Answer:
    """List the dossiers behind an indicator: those that achieve it, or all that count"""
    after = read_after(query["after"])
    with reading() as uow:
        found = figures.listed_dossiers(
            uow, query["indicator"], query["side"], _wanted(query), after=after, limit=query["limit"]
        )
    items = [
        {
            "code": line.code,
            "procedure": line.procedure,
            "procedure_name": both(line.procedure_name),
            **state(line.state),
            "handler_office": line.handler_office,
            "received_at": moment(line.received_at),
            "promised_at": moment(line.promised_at),
            "finished_at": moment(line.finished_at),
        }
        for line in found.lines
    ]
    return page(items, key_of(found.after))


@indicators.operation(
    "GET",
    "/reports/indicators/procedures",
    access=Access.STAFF,
    query=parameters.IndicatorProcedures,
    gives=Gives(shape=shapes.IndicatorProcedures, description="By code."),
    refuses=(404,),
)
def services(query: dict[str, Any]) -> Answer:
    """List the procedures behind an indicator: those that achieve it, or all that count"""
    with reading() as uow:
        found = figures.listed_procedures(uow, query["indicator"], query["side"], _wanted(query))
    items = [{"procedure": one.procedure, "version": one.version, "name": both(one.name)} for one in found]
    return answer({"items": items})


def _wanted(query: dict[str, Any]) -> figures.Wanted:
    return figures.Wanted(start=query["start"], end=query["end"], office=query["office"], procedure=query["procedure"])


def _line(one: figures.Figure) -> dict[str, Any]:
    return {
        "key": one.indicator.key,
        "number": one.indicator.number,
        "group": one.indicator.group,
        "kind": one.indicator.kind,
        "name": both(one.indicator.name),
        "formula": both(one.indicator.formula),
        "source": one.indicator.source,
        "within": one.within,
        "within_name": both(one.within_name),
        "numerator": one.part,
        "denominator": one.of,
        "value": one.value,
        "points": one.points,
        "most_points": one.most,
    }


def _groups(found: figures.Report) -> list[dict[str, Any]]:
    """The groups of the index with the points of their indicators; None where these are told apart or none counts."""
    told = []
    for key, most in found.weights.groups.items():
        mine = [
            one.points
            for one in found.figures
            if one.within is None and one.points is not None and found.weights.group_of(one.indicator.group) == key
        ]
        name = next(words for group, words in GROUPS.items() if group == key)
        told.append(
            {"key": key, "name": both(name), "points": round(sum(mine), 2) if mine else None, "most_points": most}
        )
    return told


def _file(body: bytes, media: str, ending: str) -> Answer:
    return Answer(200, body, {"Content-Type": media, "Content-Disposition": f'attachment; filename="{_NAME}.{ending}"'})

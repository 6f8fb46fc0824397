"""The indicators of reports, counted again in plain Python from the journal alone, dossier by dossier.

Nothing here is shared with ``engine.store.indicator_rules``. What no journal holds is given: which papers are results,
and the ratings, which are anonymous. Every dossier that ``fee_of`` names owes a fee.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Counted = tuple[set[str], set[str]]
"""The codes that achieve an indicator, and the codes that count."""


@dataclass
class Told:
    """A dossier as its journal tells it."""

    row: dict[str, Any] = field(default_factory=dict)
    papers: dict[Any, dict[str, Any]] = field(default_factory=dict)
    paid: list[dict[str, Any]] = field(default_factory=list)

    def moment(self, name: str) -> dt.datetime | None:
        value = self.row.get(name)
        return None if value is None else dt.datetime.fromisoformat(value)

    def within(self, name: str, start: dt.datetime, end: dt.datetime) -> bool:
        value = self.moment(name)
        return value is not None and start <= value < end

    def standing(self) -> list[dict[str, Any]]:
        return [paper for paper in self.papers.values() if paper.get("accepted") is not False]


def told(entries: Iterable[Mapping[str, Any]]) -> Told:
    """Folds the bodies of a dossier's entries."""
    known = Told()
    for body in entries:
        data, act = body["data"], body["act"]
        known.row |= body["changes"]
        for number, paper in enumerate(data.get("papers") or [] if act == "file" else []):
            known.papers["filed", number] = dict(paper)
        if act == "add_document":
            known.papers[data["document"]] = dict(data)
        elif act == "remove_document":
            known.papers.pop(data["document"], None)
        elif act == "check_document" and data["document"] in known.papers:
            known.papers[data["document"]]["accepted"] = data["accepted"]
        elif act == "settle_fee":
            known.paid.append({"method": data["method"], "number": len(known.paid) + 1})
        elif act == "cancel_payment":
            known.paid = [one if one["number"] != data["cancels"] else {"number": 0} for one in known.paid]
            known.paid.append({"number": len(known.paid) + 1})
        for number in data.get("void") or []:
            known.papers[number]["accepted"] = False
        if "signature" in data:
            known.papers[data["document"]]["signed"] = True
    return known


def recounted(
    dossiers: Mapping[str, Told],
    start: dt.datetime,
    end: dt.datetime,
    now: dt.datetime,
    *,
    results: Collection[str],
    fee_of: Collection[str],
    marks: Mapping[str, tuple[int, dt.datetime]],
) -> dict[str, Counted]:
    """Each indicator over dossiers by its key; ``marks`` has the mark and moment of each rating by code."""

    def count(of: Callable[[str, Told], bool], part: Callable[[str, Told], bool]) -> Counted:
        whole = {code for code, one in dossiers.items() if of(code, one)}
        return {code for code in whole if part(code, dossiers[code])}, whole

    def received(_: str, one: Told) -> bool:
        return one.within("received_at", start, end)

    def resulted(_: str, one: Told) -> bool:
        return one.within("finished_at", start, end) and one.row["portal"] in (9, 10) and bool(one.row["received_at"])

    def online(_: str, one: Told) -> bool:
        return bool(one.row["channel"] in ("portal", "vneid"))

    def in_time(_: str, one: Told) -> bool:
        finished, promised, until = one.moment("finished_at"), one.moment("promised_at"), min(end, now)
        if finished is None and one.row["supplements"] > 1:
            return False
        if promised is None:
            return True
        entered = one.moment("entered_at")
        assert entered is not None
        if finished is not None and finished < until:
            return finished <= promised
        return (entered if one.row["clock"] == "paused" and entered < until else until) <= promised

    def signed(_: str, one: Told) -> bool:
        return any(paper.get("signed") for paper in one.standing())

    def filed(one: Told, result: bool) -> bool:
        return any(paper.get("sha256") and (paper["key"] in results) is result for paper in one.standing())

    return {
        "on_time": count(received, in_time),
        "filed_online": count(lambda _, one: one.within("filed_at", start, end), online),
        "paid_online": count(
            lambda code, one: received(code, one) and one.row["procedure"] in fee_of,
            lambda _, one: any(paid.get("method") == "portal" for paid in one.paid),
        ),
        "electronic_result": count(resulted, signed),
        "online_with_electronic_result": count(lambda code, one: resulted(code, one) and online(code, one), signed),
        "result_with_file": count(resulted, lambda _, one: filed(one, True)),
        "digitised": count(resulted, lambda _, one: filed(one, True) and filed(one, False)),
        "reused": count(received, lambda _, one: any(paper.get("reused_from") for paper in one.standing())),
        "satisfied": count(
            lambda code, _: code in marks and start <= marks[code][1] < end, lambda code, _: marks[code][0] >= 4
        ),
        "mean_time": count(resulted, resulted),
    }

"""``motcua competence``: proves that for every procedure, place and day exactly one office is competent."""

from __future__ import annotations

import datetime as dt

import click

from cli.output import Day, json_option, language, say, show
from cli.shipped import Shipped
from engine.rules.offices.competence_proof import subjects_of
from engine.rules.offices.competence_proof import verify as prove
from engine.rules.offices.index import OfficeIndex

FIRST, LAST = dt.date(2024, 1, 1), dt.date(2026, 12, 31)


@click.group()
def competence() -> None:
    """Which office is competent for what, where and when."""


@competence.command()
@click.option("--from", "start", type=Day(), default=FIRST.isoformat(), show_default=True, help="First day.")
@click.option("--to", "last", type=Day(), default=LAST.isoformat(), show_default=True, help="Last day, included.")
@json_option
def verify(start: dt.date, last: dt.date, as_json: bool) -> None:
    """Check the shipped competences, offices and territory for gaps and overlaps. Exits with 1 when there is one."""
    shipped, end = Shipped.here(), last + dt.timedelta(days=1)
    subjects = subjects_of(shipped.releases)
    defects = prove(shipped.competences, subjects, shipped.territory, OfficeIndex(shipped.offices), start, end)
    words = [one.in_words() for one in defects]
    document = {
        "subjects": len(subjects),
        "communes": len(shipped.territory.units("commune")),
        "defects": [
            {"subject": one.subject, "kind": one.kind, "vi": text.vi, "en": text.en}
            for one, text in zip(defects, words, strict=True)
        ],
    }
    counted = say(
        f"{len(subjects)} đối tượng, từ {start} đến {last}: {len(defects)} lỗi.",
        f"{len(subjects)} subjects, from {start} to {last}: {len(defects)} defects.",
    )
    show(as_json, document, [*(text.vi if language() == "vi" else text.en for text in words), counted])
    if defects:
        raise SystemExit(1)

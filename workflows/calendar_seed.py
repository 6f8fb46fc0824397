"""Compares a calendar file with the package ``holidays`` and prints lines for years the file does not have.

    python -m workflows.calendar_seed                 what the package has and vn.yaml has not, and the other way round
    python -m workflows.calendar_seed --year 2028     lines to paste into vn.yaml, to be checked against the decisions

The package is a seed, never the authority: it knows the law and the lunar calendar, but learns of swapped days late or
not at all. This module is for maintainers of the calendar and does not run in production.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from datetime import date, timedelta

import holidays

from engine.rules.deadlines.calendar import Calendar
from workflows.calendar_files import load_calendar

_SATURDAY = 5
_LABOUR_CODE = "Bộ luật Lao động 2019, Điều 112"


def seed_lines(years: Iterable[int]) -> list[str]:
    """Lines in the format of a calendar file, one a holiday, each marked ``source: seed``."""
    vietnamese = holidays.country_holidays("VN", years=years, language="vi")
    english = holidays.country_holidays("VN", years=years, language="en_US")
    lines = []
    for day in sorted(vietnamese):
        vi, en = vietnamese[day].replace('"', "'"), english[day].replace('"', "'")
        lines.append(
            f'  - {{date: {day}, kind: holiday, vi: "{vi}", en: "{en}", legal: "{_LABOUR_CODE}", source: seed}}'
        )
    return lines


def differences(calendar: Calendar) -> dict[date, str]:
    """Every day that only one of the calendar and the package takes for a working day, and which of them does."""
    years = range(calendar.first.year, calendar.last.year + 1)
    seed = holidays.country_holidays("VN", years=years)
    found = {}
    for number in range((calendar.last - calendar.first).days + 1):
        day = calendar.first + timedelta(days=number)
        seed_works = day not in seed and (day.weekday() < _SATURDAY or day in seed.weekend_workdays)
        if seed_works != calendar.is_working_day(day):
            found[day] = "worked in the package only" if seed_works else "worked in the file only"
    return found


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--year", type=int, action="append", help="print lines for this year instead")
    years = arguments.parse_args().year
    calendar = load_calendar()
    lines = seed_lines(years) if years else [f"{day} {how}" for day, how in differences(calendar).items()]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

"""The slip that confirms who took a result: no numbered form, but what the journal says of the hand-over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from engine.dossier.case import Case
from engine.forms.due import moment_on_paper
from engine.forms.head import of_dossier, person_of
from engine.forms.names import Names, local_day
from engine.forms.told import Told
from engine.text import Text

SLIP: Final = "xac-nhan"
"""What the slip is called where forms have a number."""


def slip_data(case: Case, told: Told, entry: Mapping[str, Any]) -> dict[str, Any]:
    """What the slip says of the hand-over that a journal entry records."""
    at: dt.datetime = entry["at"]
    names, private = Names(case, told.entries, "06", at), entry["private"]
    return {
        **of_dossier(case, names, local_day(at)),
        "taken": moment_on_paper(at),
        "kind": entry["data"]["kind"],
        **{name: private.get(name) or "" for name in ("name", "identity_number", "authority", "tracking")},
        "results": results_of(case),
        "giver": person_of(case, entry),
    }


def results_of(case: Case) -> list[str]:
    """The names of the results that stand, as the form prints them."""
    return [name.vi for name in results_standing(case)]


def results_standing(case: Case) -> tuple[Text, ...]:
    """The names of the results that stand."""
    bringing = case.workflow.results.bringing
    rows = [row for row in case.documents() if row["key"] in bringing and row["accepted"] != 0]
    return tuple(case.release.documents[row["key"]].name for row in rows)


def last_hand_over(told: Told) -> dict[str, Any] | None:
    """The newest entry that records who took the result; None if there is none."""
    return told.last(lambda entry: entry["act"] == "hand_over")

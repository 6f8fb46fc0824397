"""What holds of every dossier's place and offices after every act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, select

from engine.catalogue import Catalogue
from engine.clock import LOCAL
from engine.rules.offices.routing import deciding_place, route
from engine.rules.procedure.facts import nested
from engine.store.dossiers import applicants

DECIDED_OTHERWISE = ("transfer", "reform", "reform_revert")


def check_offices(
    catalogue: Catalogue, reading: Callable[[], Connection], row: dict[str, Any], entries: list[dict[str, Any]]
) -> None:
    """Place and offices are what the routing says of the form as it stands, unless a person or a reform decided."""
    workflow, known = catalogue.workflow(row["release"]), catalogue.map
    role = workflow.release.states[row["state"]].role
    assert row["handler_office"] == row["offices"].get("handler", row["intake_office"])
    assert role is None or row["holder_office"] == row["offices"][workflow.release.roles[role].unit]
    chosen = entries[0]["data"]["routing"].get("handler", {}).get("en", "").endswith("chosen by a person")
    if chosen or any(entry["act"] in DECIDED_OTHERWISE for entry in entries):
        return
    told = max(entry["at"] for entry in entries if "offices" in entry["changes"])
    on = dt.datetime.fromisoformat(told).astimezone(LOCAL).date()
    with reading() as connection:
        of_this = select(applicants).where(applicants.c.dossier_id == row["id"])
        applicant = dict(connection.execute(of_this).mappings().one())
    around = {
        "applicant": {"kind": row["applicant_kind"], "commune": applicant["commune"] or ""},
        "dossier": {"channel": row["channel"], "province": row["province"]},
    }
    facts = workflow.facts({**nested(applicant["form"]), **around})
    found = route(workflow, facts, known, on, row["intake_office"])
    assert found.offices.items() <= row["offices"].items()
    assert row["place"] == deciding_place(workflow, facts, known.territory, on)

"""``python -m tests.model.fresh_process``: a process that has seen nothing reads dossiers, and says what it sees.

Reads ``{"url", "folder", "codes", "now"}`` as JSON, and writes for each code its picture, when a fresh calculation
finds it due, and which actions it offers to the timers.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

from engine.dossier.case import lock_case
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.transaction import UnitOfWork, in_transaction
from tests.installation.world import World
from tests.model.picture import told_by_database


def main() -> None:
    asked = json.load(sys.stdin)
    world = World(asked["url"], Path(asked["folder"]))
    world.now = dt.datetime.fromisoformat(asked["now"])
    told = []
    for code in asked["codes"]:
        with world.reading() as connection:
            picture = told_by_database(connection, code)
        told.append({"picture": picture, **in_transaction(world.runtime, SYSTEM_ACTOR, partial(_asked, code=code))})
    world.database.dispose()
    json.dump(told, sys.stdout)


def _asked(unit: UnitOfWork, code: str) -> dict[str, Any]:
    case = lock_case(unit, code)
    due = case.due()
    offered = [option.action for option, verdict in case.options() if verdict is not None and verdict.allowed]
    return {"due": due.moment.isoformat() if due and due.moment else None, "offered": offered}


if __name__ == "__main__":
    main()

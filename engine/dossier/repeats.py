"""How often an action was taken on a dossier, against the number from which the procedure warns (``warn_after``)."""

from __future__ import annotations

import orjson
from sqlalchemy import and_, select

from engine.dossier.case import Case
from engine.dossier.notices import facts_of, message_row
from engine.dossier.record import send
from engine.rules.procedure.definition import Action
from engine.store.journal import journal
from engine.text import Text

TEMPLATE = "qua-so-lan"


def times_taken(case: Case, action: str) -> int:
    """How often the action was taken and not recalled. All requests for supplement are counted together."""
    if case.release.actions[action].effect == "ask":
        return case.row["supplements"]
    of_this = and_(journal.c.dossier_id == case.id, journal.c.act.in_((action, "recall")))
    bodies = [
        orjson.loads(body) for body in case.unit.reader().execute(select(journal.c.body).where(of_this)).scalars()
    ]
    recalled = {body["data"].get("recalled") for body in bodies if body["act"] == "recall"}
    return sum(body["act"] == action and body["number"] not in recalled for body in bodies)


def warning(case: Case, action: str, wanted: Action) -> Text | None:
    """What taking the action now means: it was taken as often as the procedure foresees. None where it was not."""
    if wanted.warn_after is None or (taken := times_taken(case, action)) < wanted.warn_after:
        return None
    return Text(
        f"“{wanted.name.vi}” đã làm {taken} lần, quy trình dự kiến nhiều nhất {wanted.warn_after} lần",
        f"“{wanted.name.en}” was taken {taken} times; the procedure foresees {wanted.warn_after} at most",
    )


def tell_leader(case: Case, action: str, number: int) -> None:
    """Notifies the leader of the office that decides, and the holder, that the action was taken too often."""
    told = {f"office:{case.row['handler_office']}/leader"}
    if case.row["holder_id"] or case.row["holder_office"]:
        row = case.row
        told.add(
            f"person:{row['holder_id']}" if row["holder_id"] else f"office:{row['holder_office']}/{row['holder_role']}"
        )
    data = facts_of(case, number) | {"action": action}
    rows = [
        message_row(case, channel="inbox", recipient=one, template=TEMPLATE, occasion=f"{number}:repeats", data=data)
        for one in sorted(told)
    ]
    send(case.unit, rows)

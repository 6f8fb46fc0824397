"""The act ``decide``: a person chooses the new commune of a dossier from a divided one, which a reform cannot place.

A person may decide for one dossier or for many alike ("all of quarter 3 → Tân Định"). Each dossier moves by its own
journal entry, which names the person and the legal text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, and_, select, update

from engine.acts.reform.move_dossiers import Movement, Way, hand_lists_over
from engine.acts.reform.run import NotReady, Run
from engine.dossier.case import lock_case_by_id
from engine.errors import Conflict, wrong
from engine.rules.plain_text import plain_text
from engine.rules.reform.plan import Item
from engine.store.dossiers import applicants, dossiers
from engine.store.plans import reform_items, reforms
from engine.transaction import Busy, UnitOfWork


class NotInTriage(Conflict):
    """The dossier does not wait for a person in this plan."""

    code = "not-in-triage"
    vi = "Hồ sơ {dossier} không chờ quyết định trong kế hoạch này."
    en = "Dossier {dossier} does not wait for a decision in this plan."


def in_triage(
    connection: Connection,
    run: Run,
    *,
    codes: Sequence[str] = (),
    commune: str | None = None,
    hamlet: str | None = None,
) -> list[int]:
    """The ids of the waiting dossiers with these codes, or of an old commune and, if given, of a hamlet or quarter."""
    waiting = and_(reform_items.c.reform_id == run.id, reform_items.c.status == "person")
    statement = select(dossiers.c.id, applicants.c.form).join(reform_items, reform_items.c.dossier_id == dossiers.c.id)
    statement = statement.join(applicants, applicants.c.dossier_id == dossiers.c.id).where(waiting)
    statement = statement.where(dossiers.c.code.in_(codes) if codes else dossiers.c.place == commune)
    rows = connection.execute(statement.order_by(dossiers.c.id)).all()
    return [row.id for row in rows if hamlet is None or plain_text(hamlet) in _hamlets(row.form)]


def decide(unit: UnitOfWork, run: Run, dossier_id: int, commune: str, *, by: str, legal: str, reason: str) -> Item:
    """Chooses ``commune`` (a code of the new order) for one dossier and moves it, if that settles all its desks.

    ``by`` is the label of the person who decided. Raises NotInTriage, InvalidInput, NotReady, Busy.
    """
    state = unit.begin().execute(select(reforms.c.state).where(reforms.c.id == run.id)).scalar_one()
    if state not in ("ready", "applying", "applied") or unit.today < run.reform.date:
        raise NotReady(plan=run.digest[:12], state=state)
    mine = and_(reform_items.c.reform_id == run.id, reform_items.c.dossier_id == dossier_id)
    unit.begin().execute(select(dossiers.c.id).where(dossiers.c.id == dossier_id).with_for_update())
    item = unit.begin().execute(select(reform_items).where(mine)).one_or_none()
    if item is None or item.status != "person":
        raise NotInTriage(dossier=dossier_id)
    earlier = item.chosen or []
    chosen = [*earlier, commune]
    live = run.reader.of_ids(unit.begin(), [dossier_id], {dossier_id: chosen})
    if dossier_id not in live:
        raise NotInTriage(dossier=dossier_id)
    undecided = run.planner.decide(run.reader.of_ids(unit.begin(), [dossier_id], {dossier_id: earlier})[dossier_id])
    offered = {one.commune for passage in undecided.passages for one in passage.candidates}
    if commune not in offered:
        listed = ", ".join(sorted(offered)) or "–"
        raise wrong("commune", f"chỉ chọn được một trong: {listed}", f"the candidates are {listed}")
    if not legal.strip() or not reason.strip():
        raise wrong("legal", "phải ghi văn bản và lý do", "name the decision and its reason")
    found = run.planner.decide(live[dossier_id])
    place = found.place if found.outcome == "moves" else None  # dates the code of the place for later reforms
    values = {"chosen": chosen, "place": place, "at": unit.now}
    unit.begin().execute(update(reform_items).where(mine).values(values))
    if found.outcome == "moves":
        passages = {one.desk: one for one in found.passages}
        decided = {"by": by, "legal": legal, "reason": reason}
        movement, case = Movement(unit, run.id), lock_case_by_id(unit, dossier_id)
        movement.know_holders([case])
        movement.move(case, Way(passages, run.sayings), found.place, decided)
        if not movement.write():
            raise Busy()
        hand_lists_over(unit, found.passages)
    return found


def _hamlets(form: dict[str, object]) -> Iterable[str]:
    return {plain_text(str(value)) for key, value in form.items() if key.endswith(".hamlet") and value}

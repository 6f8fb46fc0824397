"""Guards of the built-in acts (claim, transfer, note …), whose rights are a table (``act_rights``).

Each ``must_…`` returns or raises a refusal.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, cast

from engine.dossier.case import Case
from engine.dossier.elsewhere import READING, must_be_ours, refused_elsewhere
from engine.dossier.reach import reached
from engine.errors import Conflict, Forbidden
from engine.rules.procedure.act_rights import may_do
from engine.rules.procedure.permissions import Verdict
from engine.store.people import person_name


class Ended(Conflict):
    """The dossier is in a final state, in which only notes and rectifications are possible."""

    code = "dossier-ended"
    vi = "Hồ sơ {dossier} đã kết thúc."
    en = "Dossier {dossier} has ended."


class HeldByAnother(Conflict):
    """Another person has claimed the dossier."""

    code = "held-by-another"
    vi = "Hồ sơ đang do {name} giữ."
    en = "The dossier is held by {name}."


class CounterClosed(Conflict):
    """A reform closed the office that the applicant deals with, and its successor is not yet decided."""

    code = "counter-closed"
    vi = "Nơi tiếp nhận của hồ sơ, {office_vi}, đã đóng từ {date}. Chờ cấp tỉnh quyết định rồi thao tác lại."
    en = "The receiving office, {office_en}, closed on {date}. Wait until the province has decided, then repeat."


def verdict_on(case: Case, act: str, *, sender: tuple[str, str] | None = None, asked: str | None = None) -> Verdict:
    """Whether the actor may do a built-in act on the dossier today, by the table ``act_rights.RIGHTS``."""
    if act not in READING and (refused := refused_elsewhere(case.row, case.unit.actor)):
        return refused
    return may_do(
        case.unit.actor,
        act,
        cast(Mapping[str, Any], case.row),
        case.release,
        case.today,
        reached=partial(reached, case),
        sender=sender,
        asked=asked,
    )


def must_may(case: Case, act: str, *, sender: tuple[str, str] | None = None, asked: str | None = None) -> Verdict:
    """Requires that the actor may do a built-in act on the dossier today. Raises Forbidden,
    HeldByAnother, TruthElsewhere.
    """
    verdict = verdict_on(case, act, sender=sender, asked=asked)
    if verdict.allowed:
        return verdict
    must_be_ours(case.row, case.unit.actor)
    holder = case.row["holder_id"]
    if verdict.role and holder is not None:
        name = person_name(case.unit.reader(), holder) or ""
        raise HeldByAnother(who=f"person:{holder}", name=name)
    why = verdict.why
    raise Forbidden(why_vi=why.vi if why else "", why_en=why.en if why else "")


def must_be_open(case: Case) -> None:
    """Requires that the dossier is not in a final state. Raises Ended."""
    if case.release.states[case.row["state"]].final:
        raise Ended(dossier=case.code)


def must_have_counter(case: Case) -> None:
    """Requires that the office that the applicant deals with is not closed. Raises CounterClosed."""
    office = case.unit.catalogue.office(case.counter)
    if office.valid_to is not None and office.valid_to <= case.today:
        closed = {"office": office.code, "date": office.valid_to.isoformat()}
        raise CounterClosed(office_vi=office.name.vi, office_en=office.name.en, **closed)

"""What the indicators ask of a dossier: its traits, each an SQL condition.

Here they are conditions on ``dossiers`` and what belongs to them. A count of a million groups the dossiers by their
traits first, and the same rules then read the traits of each group (``engine.store.indicator_counts``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, and_, case, exists, false, literal, not_, or_, select, tuple_

from engine.rules.procedure.definition import ONLINE as ONLINE_CHANNELS
from engine.rules.procedure.definition import PaymentMethod
from engine.rules.procedure.portal_status import PortalStatus
from engine.store.documents import documents
from engine.store.dossiers import dossiers
from engine.store.fees import fee_entries, fees
from engine.store.indicator_facts import BITS
from engine.store.portal_told import agrees_there, told_in_time
from engine.store.ratings import ratings
from engine.store.sql.schema import Moment

ONLINE: PaymentMethod = "portal"
"""The way of paying that the national portal offers: the only one that counts as online payment."""
SATISFIED = 4
"""The least mark (of five) that says *satisfied*."""
Results = Sequence[tuple[str, str]]
"""(release, key) of each paper that is a result."""

_RESULT_GIVEN = (PortalStatus.READY.value, PortalStatus.RETURNED.value)


@dataclass(frozen=True, slots=True)
class Span:
    """The period [start, end), the present moment, and the papers that are results.

    ``told_within``: by when the national portal must know of an event; None where there is no connection to it.
    """

    start: dt.datetime
    end: dt.datetime
    now: dt.datetime
    results: Results = ()
    told_within: dt.timedelta | None = None


class Traits(NamedTuple):
    """The conditions; NULL is no. The first six are the facts of ``BITS`` in their order."""

    owes: ColumnElement[bool]
    paid_online: ColumnElement[bool]
    signed: ColumnElement[bool]
    result_file: ColumnElement[bool]
    paper_file: ColumnElement[bool]
    reused: ColumnElement[bool]
    received: ColumnElement[bool]  # in the period
    filed: ColumnElement[bool]  # in the period
    resulted: ColumnElement[bool]  # its result was ready in the period
    online: ColumnElement[bool]  # it was filed over the portal
    in_time: ColumnElement[bool]
    told_from_here: ColumnElement[bool]  # its truth is here, and there is a portal to tell it to
    known_there: ColumnElement[bool]  # the portal knows it as it is here, and learned of it on time
    rated: ColumnElement[bool]  # in the period
    satisfied: ColumnElement[bool]


def traits_of(span: Span) -> Traits:
    """The traits as the dossier, its papers, its fees and its rating say them."""
    its = ratings.c.dossier_id == dossiers.c.id
    rated = (_has(select(1).where(its, one)) for one in rating_traits(span))
    return Traits(*live_facts(span.results), *row_traits(span), *rated)


def row_traits(span: Span) -> list[ColumnElement[bool]]:
    """The traits from ``received`` to ``known_there``, which the dossier's row and its tellings say."""
    row = dossiers.c
    resulted = and_(_within(row.finished_at, span), row.portal.in_(_RESULT_GIVEN), row.received_at.is_not(None))
    online = row.channel.in_(ONLINE_CHANNELS)
    received, filed = _within(row.received_at, span), _within(row.filed_at, span)
    return [received, filed, resulted, online, _in_time(span), *_synchronised(span)]


def rating_traits(span: Span) -> list[ColumnElement[bool]]:
    """``rated`` and ``satisfied``, as conditions on ``ratings``."""
    rated = _within(ratings.c.at, span)
    return [rated, and_(rated, ratings.c.mark >= SATISFIED)]


def live_facts(results: Results) -> list[ColumnElement[bool]]:
    """The facts of ``BITS`` as the dossier's papers and fees say them."""
    is_result = tuple_(dossiers.c.release, documents.c.key).in_(results) if results else false()
    settled = and_(fees.c.dossier_id == dossiers.c.id, fees.c.settled_at.is_not(None), fees.c.method == ONLINE)
    facts = {
        "owes": _has(select(1).where(fees.c.dossier_id == dossiers.c.id, fees.c.vnd > 0)),
        # An earlier version of the program wrote no ledger beside the fee.
        "paid_online": or_(_paid(ONLINE), _has(select(1).where(settled))),
        "signed": _paper(documents.c.signature.is_not(None)),
        "result_file": _paper(and_(documents.c.sha256.is_not(None), is_result)),
        "paper_file": _paper(and_(documents.c.sha256.is_not(None), not_(is_result))),
        "reused": _paper(documents.c.reused_from.is_not(None)),
    }
    return [facts[name] for name in BITS]


def as_number(conditions: Sequence[ColumnElement[bool]], first: int = 0) -> ColumnElement[int]:
    """Conditions as one number: the one at place n gives its bit 2 ** (``first`` + n) where it holds."""
    bits: list[ColumnElement[int]] = [case((one, 1 << place), else_=0) for place, one in enumerate(conditions, first)]
    return reduce(add, bits).cast(Integer)


def traits_in(number: ColumnElement[int]) -> Traits:
    """The traits that a number of all of them holds."""
    return Traits(*(number.bitwise_and(1 << place) != 0 for place in range(len(Traits._fields))))


def _in_time(span: Span) -> ColumnElement[bool]:
    """A dossier ends with the first of status 9, 10, 7, 8. One that waits for an answer to its only request for
    supplement ends on the day of the request; one with more requests and no end is late; any other open one ends with
    the period. It is in time up to its last appointment. One that has no appointment yet is in time."""
    row, until = dossiers.c, min(span.end, span.now)
    over = and_(row.finished_at.is_not(None), row.finished_at < until)
    asked = and_(row.clock == "paused", row.entered_at < until)
    ends = case((over, row.finished_at), (asked, row.entered_at), else_=literal(until, Moment))
    in_time = or_(row.promised_at.is_(None), ends <= row.promised_at)
    return and_(in_time, not_(and_(row.finished_at.is_(None), row.supplements > 1)))


def _synchronised(span: Span) -> list[ColumnElement[bool]]:
    """``told_from_here`` and ``known_there``."""
    if span.told_within is None:
        return [false(), false()]
    told = told_in_time(min(span.end, span.now), span.now, span.told_within)
    return [dossiers.c.source.is_(None), and_(told, agrees_there())]


def _within(moment: ColumnElement[Any], span: Span) -> ColumnElement[bool]:
    return and_(moment >= span.start, moment < span.end)


def _paid(method: PaymentMethod) -> ColumnElement[bool]:
    """The condition that a payment by this method stands: no later entry of the ledger takes it back."""
    later = fee_entries.alias("later")
    taken_back = exists(
        select(1).where(
            later.c.dossier_id == fee_entries.c.dossier_id,
            later.c.kind == "reversal",
            later.c.corrects == fee_entries.c.number,
        )
    )
    paid = (fee_entries.c.kind == "payment", fee_entries.c.method == method)
    return _has(select(1).where(fee_entries.c.dossier_id == dossiers.c.id, *paid, not_(taken_back)))


def _paper(which: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition that a paper of the dossier is of this kind; one that is void or was not accepted is none."""
    stands = or_(documents.c.accepted.is_(None), documents.c.accepted != 0)
    of_this = (documents.c.dossier_id == dossiers.c.id, documents.c.removed_at.is_(None), stands, which)
    return _has(select(1).where(*of_this))


def _has(found: Select[Any]) -> ColumnElement[bool]:
    return exists(found.correlate(dossiers))

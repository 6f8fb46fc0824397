"""The indicators of Decision 766/QĐ-TTg that count dossiers: each is two conditions on ``dossiers``.

Each function gives a ``Share``: which dossiers count, and which of them count as achieved. The figures and both lists
of dossiers follow from the same two conditions. [M] marks a formula that was reconstructed from the descriptions of the
national portal, since the decision's own text gives none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, literal, not_, or_, select, tuple_

from engine.rules.procedure.definition import ONLINE as ONLINE_CHANNELS
from engine.rules.procedure.definition import PaymentMethod
from engine.rules.procedure.portal_status import PortalStatus
from engine.store.documents import documents
from engine.store.dossiers import dossiers
from engine.store.fees import fee_entries, fees
from engine.store.indicator_facts import BITS, indicator_facts
from engine.store.portal_told import agrees_there, told_in_time
from engine.store.ratings import ratings
from engine.store.sql.schema import Moment

ONLINE: PaymentMethod = "portal"
"""The way of paying that the national portal offers: the only one that counts as online payment."""
SATISFIED = 4
"""The least mark (of five) that says *satisfied*."""

_RESULT_GIVEN = (PortalStatus.READY.value, PortalStatus.RETURNED.value)


class Share(NamedTuple):
    """``of``: which dossiers count. ``part``: which of them count as achieved; NULL counts as not."""

    of: ColumnElement[bool]
    part: ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Span:
    """The period [start, end), the present moment, and (release, key) of each paper that is a result.

    ``told_within``: by when the national portal must know of an event; None where there is no connection to it.
    ``kept``: the statement joins ``indicator_facts`` by id and version, which are asked instead of papers and fees.
    """

    start: dt.datetime
    end: dt.datetime
    now: dt.datetime
    results: Sequence[tuple[str, str]] = ()
    kept: bool = False
    told_within: dt.timedelta | None = None


def on_time(span: Span) -> Share:
    """Dossiers on time ÷ dossiers received in the period. Decision 766, group *progress*, indicator 2.1 [M].

    A dossier ends with the first of status 9, 10, 7, 8. One that waits for an answer to its only request for
    supplement ends on the day of the request; one with more requests and no end is late; any other open one ends with
    the period. It is on time up to its last appointment. One that has no appointment yet is on time.
    """
    row, until = dossiers.c, min(span.end, span.now)
    over = and_(row.finished_at.is_not(None), row.finished_at < until)
    asked = and_(row.clock == "paused", row.entered_at < until)
    ends = case((over, row.finished_at), (asked, row.entered_at), else_=literal(until, Moment))
    in_time = or_(row.promised_at.is_(None), ends <= row.promised_at)
    return Share(_received(span), and_(in_time, not_(and_(row.finished_at.is_(None), row.supplements > 1))))


def synchronised(span: Span) -> Share:
    """Dossiers that the national portal knows as they are here, and learned of on time ÷ dossiers received in the
    period whose truth is here. Group *publicity* [M].

    The index divides by the greater of both sides' numbers; what the portal alone has is no dossier here, and the page
    of synchronisation tells it. Without a connection nothing counts.
    """
    if span.told_within is None:
        return Share(false(), false())
    told = told_in_time(min(span.end, span.now), span.now, span.told_within)
    return Share(and_(_received(span), dossiers.c.source.is_(None)), and_(told, agrees_there()))


def filed_online(span: Span) -> Share:
    """Dossiers filed over the portal ÷ all dossiers filed in the period. Group *online service*, C [M]."""
    return Share(_filed(span), dossiers.c.channel.in_(ONLINE_CHANNELS))


def paid_online(span: Span) -> Share:
    """Dossiers whose fee was paid over the portal ÷ dossiers received in the period that owe a fee. Indicator 3.6,
    group *online payment*, C [M].

    A payment that was taken back does not count. An earlier version of the program wrote no ledger beside the fee.
    """
    return Share(and_(_received(span), _fact("owes", span)), _fact("paid_online", span))


def online_with_electronic_result(span: Span) -> Share:
    """Dossiers filed online with an electronic result ÷ dossiers filed online whose result was ready in the period.
    Indicator 3.3 [M]."""
    return Share(and_(_resulted(span), dossiers.c.channel.in_(ONLINE_CHANNELS)), _fact("signed", span))


def electronic_result(span: Span) -> Share:
    """Dossiers with an electronic result ÷ dossiers whose result was ready in the period. Group *digitisation* [M].

    An electronic result is a file with a digital signature (Decree 45/2020/NĐ-CP, art. 3).
    """
    return Share(_resulted(span), _fact("signed", span))


def result_with_file(span: Span) -> Share:
    """Dossiers with a file of the result ÷ dossiers whose result was ready in the period. Indicator 4.1 [M]."""
    return Share(_resulted(span), _fact("result_file", span))


def digitised(span: Span) -> Share:
    """Dossiers with a file of a paper and a file of the result ÷ dossiers whose result was ready in the period.
    Indicator 4.2, group *digitisation* [M]."""
    return Share(_resulted(span), and_(_fact("result_file", span), _fact("paper_file", span)))


def reused(span: Span) -> Share:
    """Dossiers with a paper taken over from an earlier dossier ÷ dossiers received in the period. Indicator 4.3 [M]."""
    return Share(_received(span), _fact("reused", span))


def satisfied(span: Span) -> Share:
    """Ratings of 4 or 5 (of five) ÷ ratings given in the period. Group *satisfaction* [M].

    One mark is asked for the whole service; receiving and handling are not rated apart.
    """
    given = and_(ratings.c.dossier_id == dossiers.c.id, ratings.c.at >= span.start, ratings.c.at < span.end)
    return Share(_has(select(1).where(given)), _has(select(1).where(given, ratings.c.mark >= SATISFIED)))


Rule = Callable[[Span], Share]
RULES: Mapping[str, Rule] = {
    rule.__name__: rule
    for rule in (
        synchronised,
        on_time,
        filed_online,
        paid_online,
        electronic_result,
        online_with_electronic_result,
        result_with_file,
        digitised,
        reused,
        satisfied,
    )
}
"""Each indicator over dossiers by its key."""


COUNTED = (*RULES, "mean_time")
"""What one reading of the dossiers counts: the indicators over them, and the mean time."""


def counts_at_all(span: Span) -> ColumnElement[bool]:
    """The condition that a dossier counts for any indicator: received, filed, ready or rated in the period."""
    rated = select(ratings.c.dossier_id).where(ratings.c.at >= span.start, ratings.c.at < span.end)
    return or_(_received(span), _filed(span), _resulted(span), dossiers.c.id.in_(rated))


def timed(span: Span) -> ColumnElement[bool]:
    """The dossiers of the mean time from reception to result: those whose result was ready in the period. Indicator 2.2
    [M]."""
    return _resulted(span)


def live_fact(name: str, results: Sequence[tuple[str, str]]) -> ColumnElement[bool]:
    """The condition of one of ``BITS`` as the dossier's papers and fees say it. ``results`` as in ``Span``."""
    is_result = tuple_(dossiers.c.release, documents.c.key).in_(results) if results else false()
    settled = and_(fees.c.dossier_id == dossiers.c.id, fees.c.settled_at.is_not(None), fees.c.method == ONLINE)
    facts: Mapping[str, Callable[[], ColumnElement[bool]]] = {
        "owes": lambda: _has(select(1).where(fees.c.dossier_id == dossiers.c.id, fees.c.vnd > 0)),
        "paid_online": lambda: or_(_paid(ONLINE), _has(select(1).where(settled))),
        "signed": lambda: _paper(documents.c.signature.is_not(None)),
        "result_file": lambda: _paper(and_(documents.c.sha256.is_not(None), is_result)),
        "paper_file": lambda: _paper(and_(documents.c.sha256.is_not(None), not_(is_result))),
        "reused": lambda: _paper(documents.c.reused_from.is_not(None)),
    }
    return facts[name]()


def _fact(name: str, span: Span) -> ColumnElement[bool]:
    return indicator_facts.c.bits.bitwise_and(BITS[name]) != 0 if span.kept else live_fact(name, span.results)


def _received(span: Span) -> ColumnElement[bool]:
    return and_(dossiers.c.received_at >= span.start, dossiers.c.received_at < span.end)


def _filed(span: Span) -> ColumnElement[bool]:
    return and_(dossiers.c.filed_at >= span.start, dossiers.c.filed_at < span.end)


def _resulted(span: Span) -> ColumnElement[bool]:
    ended = and_(dossiers.c.finished_at >= span.start, dossiers.c.finished_at < span.end)
    return and_(ended, dossiers.c.portal.in_(_RESULT_GIVEN), dossiers.c.received_at.is_not(None))


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

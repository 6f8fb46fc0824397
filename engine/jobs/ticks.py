"""The periodic jobs and their intervals, by which ``motcua clock`` rings. The clock imports none of the jobs.

The work is found in the database, so Redis may be emptied at any moment. The next tick makes up for a missed one, and a
repeated tick finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.settings import Settings

TICKS: tuple[tuple[str, int], ...] = (
    ("sweep_clocks", 3),
    ("drain_outbox", 2),
    ("recount_deadlines", 5),
    ("work_on_batches", 2),
    ("forget_old_answers", 600),
    ("checkpoint_journal", 3600),
    ("migrate_dossiers", 60),
    ("count_paces", 1800),
    ("carry_out_reforms", 3),
    ("mail_reports", 600),
    ("keep_indicator_facts", 600),
    ("make_months", 3600),
)
"""Jobs of ``engine.jobs.registry``, each with the seconds between two rings."""

TICKS_OF_PORTAL = (("tell_national_portal", 2), ("compare_national_portal", 30))
TICKS_OF_FILINGS = (("pull_filings", 5), ("take_filings", 2), ("answer_filings", 2), ("pull_mirrors", 60))
TICKS_OF_PAYMENTS = (("work_on_payments", 5),)
TICKS_OF_REMOTE_SIGNING = (("sign_remotely", 2),)


def ticks_of(settings: Settings) -> tuple[tuple[str, int], ...]:
    """The ticks of an installation. A connection that is not set up rings for nothing: each ring is a fork."""
    return (
        *TICKS,
        *(TICKS_OF_PORTAL if settings.portal else ()),
        *(TICKS_OF_FILINGS if settings.filings.url else ()),
        *(TICKS_OF_PAYMENTS if settings.payments.url else ()),
        *(TICKS_OF_REMOTE_SIGNING if settings.signing.remote else ()),
    )


class OwnTicks:
    """The ticks of a worker that nobody can ring for: which jobs are due, by their own seconds.

    An hourly job stays hourly, however often the worker looks.
    """

    def __init__(self, ticks: Sequence[tuple[str, int]]) -> None:
        self._ticks = ticks
        self._begun: dict[str, float] = {}

    def due(self, now: float) -> list[str]:
        """The jobs whose seconds have passed at ``now``, on a clock that never goes back; they count as begun."""
        names = [name for name, seconds in self._ticks if now >= self._begun.get(name, float("-inf")) + seconds]
        self._begun.update(dict.fromkeys(names, now))
        return names

"""The periodic jobs and their intervals, by which ``motcua clock`` rings. The clock imports none of the jobs.

The work is found in the database, so Redis may be emptied at any moment. The next tick makes up for a missed one, and a
repeated tick finds nothing to do.
"""

from __future__ import annotations

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
    ("work_on_payments", 5),
    ("tell_national_portal", 2),
    ("compare_national_portal", 30),
    ("pull_filings", 5),
    ("take_filings", 2),
    ("answer_filings", 2),
    ("pull_mirrors", 60),
    ("sign_remotely", 2),
)
"""Jobs of ``engine.jobs.registry``, each with the seconds between two rings."""

"""The table of what indicators ask of a dossier's papers and fees, so that a figure over a million reads none of these.

A row holds for one version of its dossier: every act that changes papers or fees writes a journal entry, and its number
is the version. So a row either says what a recount would find, or it is not looked at and the papers are asked
(``engine.store.indicator_rules``). All rows may be deleted at any moment.
"""

from __future__ import annotations

from sqlalchemy import Column, Integer, SmallInteger, Table

from engine.store.sql.schema import BigId, metadata

indicator_facts = Table(
    "indicator_facts",
    metadata,
    # No foreign key: it would lock and mark each dossier that is looked at.
    Column("dossier_id", BigId, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("bits", SmallInteger, nullable=False),  # BITS
)

BITS = {"owes": 1, "paid_online": 2, "signed": 4, "result_file": 8, "paper_file": 16, "reused": 32}
"""The bit of each fact: a fee is owed; one was paid over the portal; a paper is signed; a result has a file; another
paper has a file; a paper was taken over from an earlier dossier."""

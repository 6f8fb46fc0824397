"""Allocation of a new dossier's numbers: the sequence number of its code, its row id and the ids of its papers."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, text

from engine.store.sql.driver import as_bytes, run


class Numbers(NamedTuple):
    """The numbers of one dossier. ``sequence`` counts an office's dossiers of a day from 1 without gaps; ids may have
    gaps."""

    sequence: int
    dossier: int
    papers: list[int]


def take_numbers(connection: Connection, office: str, day: str, papers: int) -> Numbers:
    """The next numbers for a dossier with that many papers.

    The office's counter of the day (ISO 8601) remains locked until the transaction ends.
    """
    if connection.dialect.name == "postgresql":
        values = [as_bytes(value) for value in (office, day, papers)]
        return Numbers(*run(connection, f"{_COUNT} RETURNING last, {_IDS}", values)[0])
    counted = text(f"{_COUNT.replace('$1', ':office').replace('$2', ':day')} RETURNING last")
    sequence = connection.execute(counted, {"office": office, "day": day}).scalar_one()
    # SQLite has one writer at a time, so no other transaction takes the same ids.
    dossier, paper = connection.exec_driver_sql(_NEXT).one()
    return Numbers(sequence, dossier, list(range(paper, paper + papers)))


def take_ids(connection: Connection, papers: int) -> Numbers:
    """The next ids for a dossier that brings its own code; its ``sequence`` is 0."""
    if connection.dialect.name == "postgresql":
        return Numbers(0, *run(connection, f"SELECT {_IDS.replace('$3', '$1')}", [as_bytes(papers)])[0])
    dossier, paper = connection.exec_driver_sql(_NEXT).one()
    return Numbers(0, dossier, list(range(paper, paper + papers)))


def take_paper_number(connection: Connection) -> int:
    """The next id of a paper."""
    if connection.dialect.name == "postgresql":
        return int(run(connection, "SELECT nextval('documents_id_seq')", [])[0][0])
    return int(connection.exec_driver_sql(_NEXT).one()[1])


_COUNT = """INSERT INTO code_counters (office, day, last) VALUES ($1, $2, 1)
ON CONFLICT (office, day) DO UPDATE SET last = code_counters.last + 1"""
_IDS = """nextval('dossiers_id_seq'), ARRAY(SELECT nextval('documents_id_seq') FROM generate_series(1, $3::integer))"""
_NEXT = """SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'dossiers'), 0) + 1,
(SELECT coalesce(max(id), 0) + 1 FROM documents)"""

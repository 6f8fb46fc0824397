"""The jobs of inbound filings: pull pages, open the dossiers of what came, and send the answers.

Nothing waits for the network inside a transaction. A process that dies leaves a lease that runs out; what it had begun
is done again, and changes nothing that was done already.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError

from engine.acts.filings.mirror_told import mirror_told
from engine.acts.filings.note_filings import FEED, Cursor, note_filings
from engine.acts.filings.take_filing import postpone_filing, take_filing
from engine.acts.notices.deliver import PARK_AFTER, backoff
from engine.connection_ports import FilingSource, SourceRefuses
from engine.dossier.filing_answers import facts_of
from engine.dossier.filing_route import NotHere, route_of
from engine.dossier.filings import FilingFault, told_by
from engine.errors import Refusal, in_log
from engine.rules.file_types import check_content
from engine.rules.filings.coming import ComingPaper
from engine.rules.procedure.permissions import SYSTEM_ACTOR
from engine.store.filings import (
    AnswerRow,
    change_answer,
    feed_cursor,
    filing_row,
    lease_answers,
    lease_filings,
    move_cursor,
)
from engine.transaction import Runtime, UnitOfWork, in_transaction

MIRRORS = "mirrors"
PAGE, BATCH = 200, 50
LEASE = dt.timedelta(seconds=60)
"""The time after which another process may take up the filings and answers of a dead one."""
WAIT_FOR_PAPERS = 12  # tries of a filing whose papers cannot be fetched: about six hours, then a person looks at it

log = structlog.get_logger("motcua.filings")


def pull_filings(runtime: Runtime, seconds: float = 20.0) -> int:
    """Reads page after page of what was filed there, and writes it down; returns how many were new."""
    source, form = runtime.filing_source, runtime.filing_form
    if source is None or form is None:
        return 0
    latest, fresh = time.monotonic() + seconds, 0
    while time.monotonic() < latest:
        with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
            before = feed_cursor(connection, form.source, FEED)
        try:
            page = source.page(FEED, before, PAGE)
        except Refusal as refusal:
            log.warning("filings-not-pulled", why=refusal.sentence("en"))
            return fresh
        if not page.items and page.next == before:
            return fresh
        noting = partial(note_filings, raws=page.items, way="pull", cursor=Cursor(before, page.next))
        fresh += in_transaction(runtime, SYSTEM_ACTOR, noting)
        if page.next == before:
            return fresh
    return fresh


def take_filings(runtime: Runtime, seconds: float = 20.0) -> Counter[str]:
    """Opens the dossiers of waiting filings; counts what became of them. Safe to run in many processes."""
    outcomes: Counter[str] = Counter()
    if runtime.filing_form is None:
        return outcomes
    latest = time.monotonic() + seconds
    while time.monotonic() < latest:
        taken = in_transaction(
            runtime, SYSTEM_ACTOR, lambda unit: lease_filings(unit.begin(), unit.now, unit.now + LEASE, BATCH)
        )
        for number in taken:
            outcomes[_one(runtime, number)] += 1
        if len(taken) < BATCH:
            break
    return outcomes


def answer_filings(runtime: Runtime, seconds: float = 20.0) -> Counter[str]:
    """Sends the answers that are due, those of one filing in their order; counts what became of them."""
    outcomes: Counter[str] = Counter()
    source = runtime.filing_source
    if source is None:
        return outcomes
    latest = time.monotonic() + seconds
    while time.monotonic() < latest:
        rows = in_transaction(
            runtime, SYSTEM_ACTOR, lambda unit: lease_answers(unit.begin(), unit.now, unit.now + LEASE, BATCH)
        )
        for row in rows:
            outcomes[_sent(runtime, source, row)] += 1
        if not rows:
            break
    return outcomes


def pull_mirrors(runtime: Runtime, seconds: float = 20.0) -> Counter[str]:
    """Brings the mirrors of dossiers up to date that other systems tell of; counts what became of each.

    The cursor moves after the whole page: a page that is read again changes nothing. What cannot be mirrored is logged
    with its cause, and told again when the other side changes it.
    """
    outcomes: Counter[str] = Counter()
    source, form = runtime.filing_source, runtime.filing_form
    if source is None or form is None or form.mirrors is None:
        return outcomes
    latest = time.monotonic() + seconds
    while time.monotonic() < latest:
        with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
            before = feed_cursor(connection, form.source, MIRRORS)
        try:
            page = source.page(MIRRORS, before, PAGE)
        except Refusal as refusal:
            log.warning("mirrors-not-pulled", why=refusal.sentence("en"))
            break
        for raw in page.items:
            outcomes[_mirrored(runtime, raw)] += 1
        if page.next == before:
            break
        in_transaction(
            runtime,
            SYSTEM_ACTOR,
            lambda unit: move_cursor(unit.begin(), form.source, MIRRORS, before, page.next, unit.now),  # noqa: B023
        )
    return outcomes


def _mirrored(runtime: Runtime, raw: dict[str, Any]) -> str:
    try:
        return in_transaction(runtime, SYSTEM_ACTOR, lambda unit: mirror_told(unit, raw))
    except Refusal as refusal:
        if refusal.status == 503:
            raise
        log.warning("not-mirrored", cause=refusal.code)
        return f"refused:{refusal.code}"


def _one(runtime: Runtime, number: int) -> str:
    """Settles one filing that was leased."""
    try:
        files = _files(runtime, number)
        return in_transaction(runtime, SYSTEM_ACTOR, lambda unit: take_filing(unit, number, files))
    except Refusal as refusal:
        return _later(runtime, number, refusal)
    except DBAPIError:
        raise  # a failure outside the filing: its lease runs out, and it is tried again
    except Exception as error:  # a fault of the program about one filing must not keep back the others
        log.exception("filing-fault", filing=number)
        return _later(runtime, number, FilingFault(why=in_log(error)[:200]))


def _files(runtime: Runtime, number: int) -> list[dict[str, Any]]:
    """The papers of a filing, checked and stored; none where it will not become a dossier now.

    Raises the refusals of the source, of ``check_content`` and of the scanner.
    """

    with _reading(runtime) as unit:
        wanted = _papers_of(unit, number)
    return [_stored(runtime, paper) for paper in wanted]


@contextmanager
def _reading(runtime: Runtime) -> Iterator[UnitOfWork]:
    """A unit of work that only reads, and waits for no writer."""
    with runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        yield UnitOfWork(runtime, connection, SYSTEM_ACTOR, runtime.now(), begun=False, read_only=True)


def _papers_of(unit: UnitOfWork, number: int) -> tuple[ComingPaper, ...]:
    row = filing_row(unit.reader(), number)
    if row is None or row.body is None:
        return ()
    try:
        told = told_by(unit, row)
        return () if isinstance(route_of(unit, told, row.choices), NotHere) else told.papers
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        return ()  # the act says so, and queues it


def _stored(runtime: Runtime, paper: ComingPaper) -> dict[str, Any]:
    source, most = runtime.filing_source, runtime.settings.max_upload_bytes
    if source is None:
        raise SourceRefuses(why="no address of the other system is set")
    content = source.paper(paper.name, paper.path, paper.size, paper.sha256, most)
    media = check_content(content, paper.name, most)
    runtime.scanner.check(content)
    told = {"file_name": paper.name, "media_type": media, "size": len(content)}
    told |= {"sha256": hashlib.sha256(content).hexdigest(), "storage_key": runtime.files.put(content)}
    return told


def _later(runtime: Runtime, number: int, refusal: Refusal) -> str:
    """Keeps a filing for a later try where that may help, and puts it into the queue where it does not."""

    def keep(unit: UnitOfWork) -> str:
        row = filing_row(unit.reader(), number)
        tries = row.attempts if row is not None else 1
        over = refusal.status < 500 or tries >= WAIT_FOR_PAPERS
        return postpone_filing(unit, number, refusal, None if over else unit.now + backoff(tries))

    return in_transaction(runtime, SYSTEM_ACTOR, keep)


def _sent(runtime: Runtime, source: FilingSource, row: AnswerRow) -> str:
    form = runtime.filing_form
    name = form.source if form is not None else ""
    try:
        with _reading(runtime) as unit:
            body = facts_of(unit, name, row)
        source.answer(f"{name}/{row.key}/{row.number}/{row.kind}", body)
    except Refusal as refusal:
        over = refusal.status != 503 or row.attempts >= PARK_AFTER
        values: dict[str, Any] = {"status": "parked" if over else "waiting", "error": refusal.sentence("en")[:500]}
        values["next_attempt_at"] = runtime.now() + backoff(row.attempts)
    else:
        values = {"status": "sent", "sent_at": runtime.now(), "error": None}
    in_transaction(runtime, SYSTEM_ACTOR, lambda unit: change_answer(unit.begin(), row.id, **values))
    return str(values["status"])

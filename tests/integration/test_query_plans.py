"""The pages that are read all day are served by their indexes, in order, on both databases.

One dossier is copied some thousand times, so that PostgreSQL has a choice; then the very statements that the engine
sends are explained. What a page costs follows from this: as many index entries as it has rows, however much lies there.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable
from functools import partial
from typing import Any
from unittest import mock

import pytest
from sqlalchemy import Connection, Table, event, select, text, true

from engine.acts.staff.people import issue_token
from engine.dossier.case import read_case
from engine.jobs.schedule import due_clocks
from engine.journal.check_files import FileTally, check_files
from engine.rules.procedure.permissions import Actor, Membership
from engine.store.actors import actor_by_token, claim_stands
from engine.store.arrivals import arrivals
from engine.store.delivery import claim as take_notices
from engine.store.dossier_counts import desk_counts, queue_counts
from engine.store.dossier_lists import count_by_holder, count_dossiers, list_dossiers, page_before
from engine.store.dossier_parts import office_changes, relatives_of
from engine.store.dossiers import dossiers, verifications
from engine.store.file_uses import files_in_use
from engine.store.histories import ended_last
from engine.store.idempotency import proven_answer
from engine.store.list_filters import Filters
from engine.store.published import running_by_version
from engine.store.questions import answered_questions
from engine.store.reports import on_time, register
from engine.store.running import running_by_release
from engine.store.running_at import running_at
from engine.store.sessions import dossier_by_link, dossier_keys
from engine.store.sql import driver
from engine.store.sql.schema import metadata
from engine.store.state_counts import state_counts
from engine.store.statistics import late_ones
from engine.store.visibility import visible_dossiers
from engine.transaction import in_transaction
from tests.installation.world import BRANCH, LONG_KHANH, World

COPIES = 8_000
OURS = "copy.n % 40 = 0"
"""One copy in forty is of our own offices; the others are of as many others."""

CHANGED = {
    "id": "copy.n + 1000",
    "dossier_id": "copy.n + 1000",
    "code": "code || '-' || copy.n",
    "link_hash": "copy.n || '-' || substr(link_hash, 1, 40)",
    "key": f'CASE WHEN {OURS} THEN "key" ELSE "key" % 1000000007 + copy.n % 40 END',
    "office": f"CASE WHEN {OURS} THEN office ELSE office || (copy.n % 40) END",
    "holder_office": f"CASE WHEN {OURS} THEN holder_office ELSE holder_office || (copy.n % 40) END",
    "handler_office": f"CASE WHEN {OURS} THEN handler_office ELSE handler_office || (copy.n % 40) END",
    "intake_office": f"CASE WHEN {OURS} THEN intake_office ELSE intake_office || (copy.n % 40) END",
    "finished_at": "CASE WHEN copy.n % 20 = 1 THEN entered_at END",
    "scope": "scope || copy.n",
    "province": f"CASE WHEN {OURS} THEN province ELSE '79' END",
}
WHOLE = re.compile(
    r"Seq Scan on (?!finished_by_|\w+_rest )|"
    r"^SCAN (?!anon_|\(subquery|CONSTANT|finished_by_|reached)(?!.*USING .*INDEX)",
    re.MULTILINE,
)
"""What reads a table whole; of a divided table the partition for the rest is empty."""
_FEW = "(people|mirrors|journal|journal_private|dossier_links|imported_dossiers)(_before)?"
SMALL = re.compile(rf"Seq Scan on {_FEW}\b|^SCAN {_FEW}\b", re.MULTILINE)
"""Tables of a few rows here, which a database rightly reads whole."""
SORTED = re.compile(r"Sort|TEMP B-TREE")
ALL = Filters()
Reading = Callable[[Connection], Any]
TABLES = ("applicants", "dossier_offices", "clocks", "outbox", "search_keys")


@pytest.fixture
def crowded(world: World) -> World:
    code = world.land_at("checking")
    number, tables = world.row(code)["id"], metadata.tables
    world.tamper(
        *(_copying(tables[name], "dossier_id", number) for name in TABLES),
        _copying(tables["dossiers"], "id", number),
        f"INSERT INTO search_inherited VALUES ('{BRANCH}', '{LONG_KHANH}')",
        _copying(tables["search_inherited"], "1", 1),
        "ANALYZE" if world.database.dialect.name == "sqlite" else "VACUUM ANALYZE",
    )
    return world


def _copying(table: Table, key: str, number: int) -> str:
    names = [column.name for column in table.columns if not (table.name == "outbox" and column.name == "id")]
    own = {"key": '"key" || copy.n'} if table.name == "outbox" else {}
    values = ", ".join({**CHANGED, **own}.get(name, f'"{name}"') for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    copies = f"WITH RECURSIVE copy(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < {COPIES})"
    return (
        f"INSERT INTO {table.name} ({columns}) {copies} SELECT {values} FROM {table.name}, copy WHERE {key} = {number}"
    )


def test_pages_are_read_along_their_indexes(crowded: World) -> None:
    now, today, mine = crowded.now, crowded.now.date(), Filters(holder_office=BRANCH)
    officer, counter, monitor = (
        staff((BRANCH, "specialist")),
        staff((LONG_KHANH, "counter")),
        staff(("UB-75", "monitor")),
    )
    dated, undated, month = (now, 5_000), (None, 5_000), (now - dt.timedelta(days=30), now)

    def page(actor: Actor, filters: Filters = ALL, **more: Any) -> Reading:
        return lambda connection: list_dossiers(connection, actor, filters, now, **more)

    seen = visible_dossiers(counter, today)
    for index, question in (
        ("ix_dossiers_holder", page(officer, mine, by_due=True)),
        ("ix_dossiers_holder", page(officer, mine, by_due=True, after=dated)),
        ("ix_dossiers_holder", page(officer, mine, by_due=True, after=undated)),
        ("ix_dossiers_holder_newest", page(officer, mine)),
        ("dossier_offices", page(counter)),
        ("dossier_offices", page(counter, after=undated)),
        ("search_keys", page(counter, Filters(text="mẫu văn"))),
        ("search_keys", page(counter, Filters(text="mẫu"), after=undated)),
        ("ix_dossiers_received", lambda of: register(of, seen, LONG_KHANH, *month)),
        ("ix_dossiers_received", lambda of: register(of, seen, LONG_KHANH, *month, after=(now, 5_000))),
        ("ix_clocks_due", lambda of: due_clocks(of, now - dt.timedelta(days=400), 100)),
        ("ix_clocks_due", lambda of: due_clocks(of, now + dt.timedelta(days=400), 100)),  # all are due
        ("ix_dossiers_ended", lambda of: late_ones(of, seen, BRANCH, *month)),
        ("ix_dossiers_ended", lambda of: late_ones(of, seen, BRANCH, *month, after=(now, 5_000))),
    ):
        for plan in plans(crowded, question):
            assert index in plan.replace("PRIMARY KEY", "search_keys") or "search_inherited" in plan
            assert not WHOLE.search(plan) and not SORTED.search(plan), plan
    for index, question in (  # these put a few rows in order, or together
        ("dossier_offices", page(staff((BRANCH, "specialist"), (LONG_KHANH, "counter")))),
        ("search_keys", page(counter, Filters(text="mẫu văn nguyễn"))),  # by names, and by long names
        ("search_keys", page(monitor, Filters(text="mẫu văn nguyễn"))),
        ("search_keys", page(officer, Filters(text="mẫu văn nguyễn"))),  # in the list of LONG_KHANH too
        ("ix_dossiers_holder", lambda of: queue_counts(of, officer, BRANCH, now)),
        ("ix_outbox_waiting", lambda of: take_notices(of, now, now, 100)),
        ("dossiers", lambda of: dossier_by_link(of, "0" * 40)),
        ("dossiers", lambda of: dossier_keys(of, "NO-SUCH-CODE")),  # here, or one that a predecessor system gave
        ("ix_dossiers_running_handler", lambda of: on_time(of, officer, today, today, now, BRANCH)),
        ("_province", lambda of: on_time(of, monitor, today, today, now)),
    ):
        for plan in plans(crowded, question):
            assert index in plan.replace("PRIMARY KEY", "search_keys") or "search_inherited" in plan
            assert not WHOLE.search(SMALL.sub("", plan)), plan
    _the_desk_is_read_along_its_indexes(crowded)
    first = "SET LOCAL enable_seqscan = off" if crowded.database.dialect.name == "postgresql" else ""
    page_of_ids = select(dossiers.c.id).order_by(dossiers.c.id).limit(100)
    for asked in (False, True):
        at_branch = page_of_ids.where(running_at(BRANCH, asked=asked))
        for plan in plans(crowded, partial(Connection.execute, statement=at_branch), first):
            assert "dossier_offices" in plan and not UNSERVED.search(plan), plan


def test_a_long_journal_is_not_read_for_the_offices_that_a_dossier_had(world: World) -> None:
    row = world.row(world.land_at("checking"))
    copies = "WITH RECURSIVE copy(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < 3000)"
    world.tamper(
        f"""INSERT INTO journal (dossier_id, number, at, act, actor, body, hash) {copies}
        SELECT dossier_id, 1000 + copy.n, at, 'add_note', actor, '{{"changes":{{}},"data":{{}}}}', hash
        FROM journal, copy WHERE dossier_id = {row["id"]} AND number = 1""",
        "ANALYZE journal",
    )
    with world.reading() as connection:
        assert len(office_changes(connection, row["id"])) == 1
    for plan in plans(world, lambda of: office_changes(of, row["id"])):
        assert "ix_journal_offices" in plan, plan


def test_the_number_of_staff_changes_is_read_by_its_key(world: World) -> None:
    """Thousands of changes in one transaction make its table many pages long, and no vacuum makes it short again."""
    code, person = world.land_at("checking"), world.person("specialist")
    token = world.try_act("admin", issue_token, person, dt.timedelta(days=1))
    named = hashlib.sha256(token.encode()).hexdigest()
    with world.database.begin() as connection:
        connection.execute(text("UPDATE people SET name = name WHERE id = :id"), [{"id": person}] * 5_000)
    with world.reading() as connection:
        found = actor_by_token(connection, named, world.now)
    assert found is not None
    actor, claim = found

    def read(_connection: Connection) -> Any:
        return in_transaction(world.runtime, actor, lambda unit: read_case(unit, code), claim=claim)

    questions: tuple[Reading, ...] = (
        read,
        lambda of: claim_stands(of, claim, world.now),
        lambda of: proven_answer(of, "anybody", "a key", claim, world.now),
        lambda of: actor_by_token(of, named, world.now),
    )
    for tidied in (False, True):
        if tidied and world.database.dialect.name == "postgresql":
            world.tamper("VACUUM ANALYZE staff_changes")
        for question in questions:
            about = [plan for plan in plans(world, question) if "staff_changes" in plan]
            assert about
            for plan in about:
                assert "pk_staff_changes" in plan or "SEARCH staff_changes USING INTEGER PRIMARY KEY" in plan, plan


_LARGE = "(dossiers|verifications|documents|form_seals)"
UNSERVED = re.compile(rf"Seq Scan on {_LARGE}.*|Index (Only )?Scan .*on {_LARGE}.*\n(?!\s+Index Cond).*")
"""What reads all dossiers, questions or papers: by their table, or by an index from end to end."""


@pytest.mark.parametrize("world", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_a_province_is_put_in_order_and_what_it_waits_for_is_counted_along_indexes(crowded: World) -> None:
    monitor, now = staff(("UB-75", "monitor")), crowded.now
    crowded.tamper("UPDATE dossiers SET province = '75', portal = 10", "VACUUM ANALYZE dossiers")
    for plan in plans(crowded, lambda of: list_dossiers(of, monitor, ALL, now, by_due=True)):
        assert "ix_dossiers_province_due" in plan, plan
    for queue in ("new", "supplement", "return"):
        for plan in plans(crowded, partial(count_dossiers, actor=monitor, filters=Filters(queue=queue), now=now)):
            assert "ix_dossiers_province_portal" in plan and "Seq Scan on dossiers" not in plan, plan


@pytest.mark.parametrize("world", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_what_pages_ask_of_one_dossier_or_procedure_is_served_by_an_index(world: World) -> None:
    """However few dossiers there are: PostgreSQL reads a table whole only where it must."""
    row = world.row(world.land_at("checking"))
    officer, ended = staff((BRANCH, "specialist")), dossiers.c.procedure == row["procedure"]
    for question in (
        lambda of: dossier_keys(of, row["code"]),
        lambda of: dossier_by_link(of, "0" * 40),
        lambda of: running_by_version(of, row["procedure"]),
        lambda of: running_by_release(of, row["procedure"]),
        lambda of: answered_questions(of, verifications.c.office.in_([BRANCH]), 50),
        lambda of: relatives_of(of, row["id"], None, officer, world.now.date()),
        lambda of: files_in_use(of, ["a key"]),
        lambda of: state_counts(of, true(), row["procedure"], world.now),
        lambda of: ended_last(of, [ended, dossiers.c.finished_at > world.now], 50),
        lambda _: list(check_files(world.database, world.runtime.files, FileTally())),
    ):
        for plan in plans(world, question, "SET LOCAL enable_seqscan = off"):
            assert not UNSERVED.search(plan), plan


def _the_desk_is_read_along_its_indexes(crowded: World) -> None:
    """The lists of the desk, their numbers, and what came: in the same installation, which takes long to fill."""
    now, officer = crowded.now, staff((BRANCH, "specialist"))
    desk, place = Filters(desk=True), (now, 5_000)
    posts = (f"{BRANCH}/specialist",)

    def page(filters: Filters = desk, **more: Any) -> Reading:
        return lambda connection: list_dossiers(connection, officer, filters, now, by_due=True, desk=True, **more)

    for question in (
        page(),
        page(after=place),
        page(after=(None, 5_000)),
        page(Filters(desk=True, queue="overdue")),
        page(Filters(desk=True, queue="soon", posts=posts, me=1)),
        lambda of: page_before(of, officer, desk, now, before=place, by_due=True),
        lambda of: page_before(of, officer, desk, now, before=(None, 5_000), by_due=True),
        lambda of: count_dossiers(of, officer, Filters(desk=True, queue="supplement"), now),
        lambda of: count_by_holder(of, officer, desk, now, posts),
        lambda of: desk_counts(of, officer, now),
        lambda of: relatives_of(of, 1_200, 1_300, officer, now.date()),
        lambda of: arrivals(of, officer, now, now - dt.timedelta(days=7), 60),
    ):
        for plan in plans(crowded, question):
            assert any(
                name in plan for name in ("ix_dossiers_", "search_inherited", "journal", "pk_dossiers", "PRIMARY KEY")
            ), plan
            assert not WHOLE.search(SMALL.sub("", plan)), plan


def staff(*places: tuple[str, str]) -> Actor:
    held = tuple(Membership(office, role, dt.date(2025, 7, 1), None, "75") for office, role in places)
    return Actor("staff", "reader", person_id=1, memberships=held)


def plans(world: World, question: Reading, first: str = "") -> list[str]:
    """How the database goes about each statement of a question; where PostgreSQL keeps it prepared, also with the plan
    that it makes once for all values. ``first`` is said before it is asked."""
    with world.database.connect() as connection:
        asked = _asked(connection, question)
        assert asked
        if first:
            connection.exec_driver_sql(first)
        told = []
        for statement, given, short in asked:
            if short:
                told += _explained_both_ways(connection, statement, given)
            else:
                word = "EXPLAIN QUERY PLAN" if world.database.dialect.name == "sqlite" else "EXPLAIN"
                told.append(connection.exec_driver_sql(f"{word} {statement}", given).all())
        connection.rollback()
    return ["\n".join(str(row[-1]) for row in rows) for rows in told]


def _asked(connection: Connection, question: Reading) -> list[tuple[str, Any, bool]]:
    """The statements of a question with their values, and whether they went the short way."""
    said: list[tuple[str, Any, bool]] = []
    say = driver.say

    def hear(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        said.append((statement, parameters, False))

    def hear_short(raw: Any, prepared: Any, text: str, values: Any, *more: Any) -> Any:
        said.append((text, values, True))
        return say(raw, prepared, text, values, *more)

    event.listen(connection.engine, "before_cursor_execute", hear)
    with mock.patch.object(driver, "say", hear_short):
        question(connection)
    event.remove(connection.engine, "before_cursor_execute", hear)
    return [one for one in said if one[0].startswith(("SELECT", "WITH"))]


def _explained_both_ways(connection: Connection, statement: str, values: list[bytes | None]) -> list[Any]:
    given = ", ".join("NULL" if value is None else f"'{value.decode()}'" for value in values)
    connection.exec_driver_sql("PREPARE asked AS " + statement.replace("%", "%%"))
    told = []
    for mode in ("force_custom_plan", "force_generic_plan"):
        connection.exec_driver_sql(f"SET LOCAL plan_cache_mode = {mode}")
        told.append(connection.exec_driver_sql(f"EXPLAIN EXECUTE asked{f'({given})' if given else ''}").all())
    connection.exec_driver_sql("DEALLOCATE asked")
    return told

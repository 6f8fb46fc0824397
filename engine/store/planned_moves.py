"""One statement that moves a batch of planned dossiers on PostgreSQL: it reads, decides, chains and writes by itself.

It is the regular case of ``engine.acts.reform.move_dossiers`` in SQL, and writes the same rows: the journal entry byte
for byte with its hash, the private part, the plan's items, the notices, what the portal is told, and who may see the
dossier. ``tests/integration/test_reform_at_once.py`` compares the whole database after both ways (docs/adr/0019).
PostgreSQL writes a JSON string with the same escapes as ``rules.journal.entries.canonical``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Integer, SmallInteger, Text, and_, bindparam, cast, select

from engine.store.dossiers import dossiers
from engine.store.plans import reform_items
from engine.store.sql.bulk import array_of, type_of
from engine.store.sql.driver import as_bytes, run
from engine.store.sql.question import PreparedSelect
from engine.store.sql.schema import BigId, Json

SALT = 16
"""The bytes of one dossier in ``Night.salts``."""


class Planned(NamedTuple):
    """A dossier that waits in a plan, with all that decides its move. ``version`` is its present one; ``passages`` is
    JSON text (desk → number of its group)."""

    id: int
    version: int
    as_planned: bool
    passages: str
    place: str | None
    release: str
    state: str
    holder_role: str | None


def planned_after(connection: Connection, reform_id: int, after: int, limit: int) -> list[Planned]:
    """The next dossiers, by id above ``after``, that wait in the plan."""
    found = _PLANNED.fetch(connection, {"reform": reform_id, "after": after, "after_too": after, "limit": limit})
    return [Planned(*row) for row in found]


_PLANNED = PreparedSelect(
    select(
        reform_items.c.dossier_id,
        dossiers.c.version,
        (reform_items.c.version == dossiers.c.version).label("as_planned"),
        cast(reform_items.c.passages, Text).label("passages"),
        reform_items.c.place,
        dossiers.c.release,
        dossiers.c.state,
        dossiers.c.holder_role,
    )
    .join(dossiers, dossiers.c.id == reform_items.c.dossier_id)
    .where(
        reform_items.c.reform_id == bindparam("reform"),
        and_(reform_items.c.status == "waiting", reform_items.c.dossier_id > bindparam("after")),
        # PostgreSQL does not derive it from the join, and would merge with all dossiers from the first one on.
        dossiers.c.id > bindparam("after_too"),
    )
    .order_by(reform_items.c.dossier_id)
    .limit(bindparam("limit"))
)


class Move(NamedTuple):
    """The move of one dossier. ``data`` is the canonical JSON of the entry's data; ``vi`` and ``en`` that of its
    private part, by the applicant's language. ``sources`` and ``targets`` map desks to offices; ``deciding`` is the
    office that decides now, where that changes. ``desk`` is the desk of the holder's role, where that passes."""

    id: int
    version: int
    data: str
    vi: str
    en: str
    sources: dict[str, str]
    targets: dict[str, str]
    deciding: str | None
    desk: str | None
    place: str | None
    province: str | None
    told: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What all moves of a batch share. ``at`` is ``now`` as JSON in a journal entry; ``last`` the day from which on
    offices that are left see the dossier no more; ``salts`` hold SALT bytes a dossier; ``portal``: one is connected."""

    reform_id: int
    now: dt.datetime
    at: str
    today: dt.date
    last: dt.date
    act: str
    actor: str
    template: str
    portal: bool
    salts: bytes


def move_at_once(connection: Connection, moves: Sequence[Move], night: Night) -> list[tuple[int, bool]]:
    """Moves those dossiers that still have the given version and offices and that nobody has locked.

    Returns the id of each, and whether somebody is told of it. Nothing is written for the others.
    """
    arrays = [array_of(column, values) for column, values in zip(_GIVEN, zip(*moves, strict=True), strict=True)]
    shared = [as_bytes(getattr(night, name)) for name in _SHARED]
    formats = [1] * len(arrays) + [0] * len(shared)
    return [(row[0], row[1]) for row in run(connection, _STATEMENT, [*arrays, *shared], formats)]


_READ = (
    *("id", "code", "version", "head", "procedure", "release", "state", "portal", "source", "offices", "intake_office"),
    *("support_office", "handler_office", "holder_office", "holder_role", "holder_id", "place", "province", "clock"),
    *("due_at", "promised_at", "finished_at", "entered_at", "step_due_at"),
)
_GIVEN: tuple[Column[Any], ...] = (
    Column("id", BigId),
    Column("version", Integer),
    *(Column(name, Text) for name in ("data", "vi", "en")),
    *(Column(name, Json) for name in ("sources", "targets")),
    *(Column(name, Text) for name in ("deciding", "desk", "place", "province")),
    Column("told", SmallInteger),
)
_SHARED = {
    "reform_id": "bigint",
    "now": "timestamptz",
    "at": "text",
    "today": "date",
    "last": "date",
    "act": "text",
    "actor": "text",
    "template": "text",
    "portal": "boolean",
    "salts": "bytea",
}

# A dossier that another transaction has locked is skipped; one that changed since it was read does not join.
_FREE = """
SELECT given.turn, given.data, given.told, given.targets, given.desk,
  given.place AS new_place, given.province AS new_province,
  CASE WHEN reached.language = 'en' THEN given.en ELSE given.vi END AS private,
  nullif(reached.phone, '') AS phone, nullif(reached.email, '') AS email, {columns}
FROM {given}
JOIN dossiers AS own ON own.id = given.id AND own.version = given.version
JOIN applicants AS reached ON reached.dossier_id = own.id
WHERE own.offices @> given.sources AND (given.deciding IS NULL OR own.handler_office = given.deciding)
FOR NO KEY UPDATE OF own SKIP LOCKED
"""

# ``Movement._columns``: the desks that pass, who decides, who holds it, and where it lies.
_BECOMES = """
SELECT free.*, version + 1 AS number, offices || targets AS offices_after,
  CASE WHEN targets ? 'handler' THEN targets->>'handler'
    WHEN targets ? 'intake' AND NOT offices ? 'handler' AND handler_office = offices->>'intake'
    THEN targets->>'intake' ELSE handler_office END AS handler_after,
  CASE WHEN passes THEN targets->>desk ELSE holder_office END AS holder_after,
  CASE WHEN passes AND holder_id IS NOT NULL AND NOT EXISTS (
      SELECT FROM memberships AS post
      WHERE post.person_id = holder_id AND post.office = targets->>desk AND post.role = holder_role
        AND post.valid_from <= {today} AND (post.valid_to IS NULL OR post.valid_to > {today})
    ) THEN NULL ELSE holder_id END AS holder_id_after,
  coalesce(new_place, place) AS place_after, coalesce(new_province, province) AS province_after,
  array_remove(ARRAY(SELECT value FROM jsonb_each_text(offices))
    || ARRAY[intake_office, support_office, holder_office, handler_office]::text[], NULL) AS parts
FROM free CROSS JOIN LATERAL (
  SELECT coalesce(holder_office = offices->>desk, false) AS passes
) AS held
"""

_SAID = """
SELECT becomes.*,
  array_remove(ARRAY(SELECT value FROM jsonb_each_text(offices_after))
    || ARRAY[intake_office, support_office, holder_after, handler_after]::text[], NULL) AS parts_after,
  '{{"act":' || to_json({act})::text || ',"actor":' || to_json({actor})::text
    || ',"at":' || {at} || ',"changes":{{' || concat_ws(',',
      CASE WHEN handler_after <> handler_office THEN '"handler_office":' || to_json(handler_after)::text END,
      CASE WHEN holder_id_after IS DISTINCT FROM holder_id THEN '"holder_id":null' END,
      CASE WHEN holder_after <> holder_office THEN '"holder_office":' || to_json(holder_after)::text END,
      CASE WHEN offices_after <> offices THEN '"offices":{{' || (
        SELECT string_agg(to_json(key)::text || ':' || value::text, ',' ORDER BY key COLLATE "C")
        FROM jsonb_each(offices_after)) || '}}' END,
      CASE WHEN place_after IS DISTINCT FROM place THEN '"place":' || to_json(place_after)::text END,
      CASE WHEN province_after <> province THEN '"province":' || to_json(province_after)::text END)
    || '}},"code":' || to_json(code)::text || ',"data":' || data || ',"number":' || number
    || ',"previous":"' || head || '","private":"'
    || encode(sha256(salt || convert_to(private, 'UTF8')), 'hex') || '"}}' AS body,
  salt
FROM becomes CROSS JOIN LATERAL (
  SELECT substring({salts} FROM (turn::integer - 1) * {size} + 1 FOR {size}) AS salt OFFSET 0
) AS own_salt
"""

_WRITTEN = "SELECT said.*, encode(sha256(convert_to(body, 'UTF8')), 'hex') AS hash FROM said"

_DOSSIERS = """
UPDATE dossiers SET offices = offices_after, handler_office = handler_after, holder_office = holder_after,
  holder_id = holder_id_after, place = place_after, province = province_after,
  version = written.number, head = written.hash
FROM written WHERE dossiers.id = written.id
"""

_JOURNAL = """
INSERT INTO journal (dossier_id, number, at, act, actor, body, hash)
SELECT id, number, {now}, {act}, {actor}, body, hash FROM written
"""

_PRIVATE = """
INSERT INTO journal_private (dossier_id, number, salt, data)
SELECT id, number, salt, private::jsonb FROM written
"""

# What a revert needs: the columns that changed, as they were.
_ITEMS = """
UPDATE reform_items SET status = 'done', entry = written.number, at = {now},
  before = ('{{"asked":{{}},"columns":{{' || concat_ws(',',
    CASE WHEN handler_after <> handler_office THEN '"handler_office":' || to_json(handler_office)::text END,
    CASE WHEN holder_id_after IS DISTINCT FROM holder_id THEN '"holder_id":' || holder_id END,
    CASE WHEN holder_after <> holder_office THEN '"holder_office":' || to_json(holder_office)::text END,
    CASE WHEN offices_after <> offices THEN '"offices":' || offices::text END,
    CASE WHEN place_after IS DISTINCT FROM written.place
      THEN '"place":' || coalesce(to_json(written.place)::text, 'null') END,
    CASE WHEN province_after <> written.province THEN '"province":' || to_json(written.province)::text END)
    || '}}}}')::jsonb
FROM written WHERE reform_items.reform_id = {reform_id} AND reform_items.dossier_id = written.id
"""

# ``notices_of`` for the transfer; nobody is told of a moment that is past, or that a pause has put off.
_OUTBOX = """
INSERT INTO outbox (key, dossier_id, channel, recipient, template, data, created_at, status, attempts, next_attempt_at)
SELECT id || ':' || number || ':transfer:' || {template} || ':applicant:' || channel, id, channel, 'applicant',
  {template}, facts, {now}, 'waiting', 0, {now}
FROM (
  SELECT written.*, jsonb_build_object(
    'code', code, 'procedure', procedure, 'release', release, 'state', state, 'portal', portal,
    'due', CASE WHEN clock = 'running' AND due_at > {now} THEN {due_at} END,
    'office', handler_after, 'entry', number,
    'standing', CASE clock WHEN 'stopped' THEN 'ended' WHEN 'paused' THEN 'paused' WHEN 'running' THEN
      CASE WHEN due_at > {now} THEN 'open' WHEN due_at IS NULL THEN 'none' ELSE 'overdue' END ELSE 'none' END
  ) AS facts
  FROM written WHERE told = 1 OFFSET 0
) AS one CROSS JOIN LATERAL (VALUES (1, 'sms', phone), (2, 'email', email)) AS way(rank, channel, address)
WHERE address IS NOT NULL ORDER BY turn, rank
"""

# ``tellings_of`` for an entry that changed who decides.
_TELLINGS = """
INSERT INTO portal_tellings (dossier_id, entry, key, kind, at, data, status, attempts, next_attempt_at)
SELECT id, number, number || '-dossier-' || left(hash, 16), 'dossier', {now}, jsonb_build_object(
    'state', state, 'portal', portal, 'due_at', {due_at}, 'promised_at', {promised_at},
    'finished_at', {finished_at}, 'entered_at', {entered_at}, 'step_due_at', {step_due_at},
    'handler_office', handler_after, 'intake_office', intake_office, 'holder_office', holder_after,
    'holder_role', holder_role, 'actor', NULL
  ), 'waiting', 0, {now}
FROM written WHERE {portal} AND source IS NULL AND handler_after <> handler_office ORDER BY turn
"""

_SEEN = """
INSERT INTO dossier_offices (office, dossier_id, since)
SELECT DISTINCT office, id, {now} FROM written CROSS JOIN LATERAL unnest(parts_after) AS office
WHERE office <> ALL (parts)
ON CONFLICT (office, dossier_id) DO UPDATE SET until = NULL WHERE dossier_offices.until IS NOT NULL
"""

# ``ends_of_sight``: an office that loses its part, or has done it, sees the dossier for some days more.
_ENDS = """
UPDATE dossier_offices SET until = ends.until
FROM (
  SELECT DISTINCT id, office, CASE WHEN gone OR office = holder_office THEN {last} END AS until
  FROM written CROSS JOIN LATERAL unnest(parts) AS office
  CROSS JOIN LATERAL (SELECT office <> ALL (parts_after) AS gone,
    holder_after <> holder_office AND office IN (holder_after, holder_office)
      AND (office IN (offices_after->>'intake', intake_office, handler_after)) IS NOT TRUE AS done) AS how
  WHERE gone OR done
) AS ends
WHERE dossier_offices.office = ends.office AND dossier_offices.dossier_id = ends.id
"""


def _moment(column: str) -> str:
    """A moment of a row as ``isoformat`` writes it in UTC: without a fraction where there is none."""
    written = f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US')"
    return f"replace({written}, '.000000', '') || '+00:00'"


def _statement() -> str:
    arrays = ", ".join(f"${n}::{type_of(column)}[]" for n, column in enumerate(_GIVEN, 1))
    given = f"unnest({arrays}) WITH ORDINALITY AS given({', '.join(column.name for column in _GIVEN)}, turn)"
    gaps = {name: f"${len(_GIVEN) + n}::{kind}" for n, (name, kind) in enumerate(_SHARED.items(), 1)}
    moments = ("due_at", "promised_at", "finished_at", "entered_at", "step_due_at")
    gaps |= {"given": given, "size": str(SALT), "columns": ", ".join(f"own.{name}" for name in _READ)}
    gaps |= {name: _moment(name) for name in moments}
    steps = {"free": _FREE, "becomes": _BECOMES, "said": _SAID, "written": _WRITTEN}
    writes = (_DOSSIERS, _JOURNAL, _PRIVATE, _ITEMS, _OUTBOX, _TELLINGS, _SEEN, _ENDS)
    parts = [f"{name} AS MATERIALIZED ({text.format(**gaps)})" for name, text in steps.items()]
    parts += [f"w{n} AS ({text.format(**gaps)})" for n, text in enumerate(writes)]
    told = f"(told = 1 AND coalesce(phone, email) IS NOT NULL) OR {gaps['portal']}"
    return f"WITH {', '.join(parts)} SELECT id, {told} FROM written"  # noqa: S608 - only names of the schema


_STATEMENT = _statement()

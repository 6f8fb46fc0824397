"""The rows that one act writes, in one statement: the floor under every way of doing it.

The acts measured are ``submit`` and ``send_back`` of the building permit, over and over: the dossier's row with its
version check, a journal entry (every second one with a private part: the reason), a notice to a receiver of events, the
step's clock taken away and armed anew, and the answer kept under the Idempotency-Key.
"""

from __future__ import annotations

JOURNAL_BODY = (
    '{"act":"submit","actor":"staff:2","at":"2026-11-20T02:30:00.000000Z","changes":{"entered_at":'
    '"2026-11-20T02:30:00.000000Z","holder_role":"leader","state":"signing","step_due_at":'
    '"2026-11-21T02:30:00.000000Z"},"code":"H79.26740-00000000","data":{"action":"submit","behalf_of":null,'
    '"document":null,"effect":"submit","form":null,"from":"drafting","role":"specialist","to":"signing"},'
    '"number":7,"previous":"' + "0" * 64 + '","private":null}'
)
NOTICE = (
    '{"code":"H79.26740-00000000","procedure":"1.013225","release":"' + "0" * 64 + '","state":"signing","portal":4,'
    '"due":"2026-11-30T10:00:00+00:00","office":"UB-26740","entry":7,"version":7}'
)
ANSWER = "x" * 520

STATEMENT = """
WITH d AS (
  UPDATE dossiers SET version = version + 1, head = {hash},
    state = CASE state WHEN 'drafting' THEN 'signing' ELSE 'drafting' END,
    holder_role = CASE state WHEN 'drafting' THEN 'leader' ELSE 'specialist' END, holder_id = NULL,
    entered_at = {now}, opened_at = NULL, step_due_at = {now} + interval '1 day'
  WHERE {which} RETURNING id, version, state, code
), j AS (
  INSERT INTO journal (dossier_id, number, at, act, actor, body, hash)
  SELECT id, version, {now}, 'submit', 'staff:2', {body}, {hash} FROM d
), p AS (
  INSERT INTO journal_private (dossier_id, number, salt, data)
  SELECT id, version, '0123456789abcdef'::bytea, '{{"reason": "Cần làm rõ một điểm trong hồ sơ."}}' FROM d
  WHERE state = 'drafting'
), o AS (
  INSERT INTO outbox (key, dossier_id, channel, recipient, template, data, created_at, status, attempts,
    next_attempt_at)
  SELECT concat_ws(chr(58), id, version, 'dossier.state_changed', 'webhook', 1, 'webhook'), id, 'webhook', 'webhook:1',
    'dossier.state_changed', {notice}, {now}, 'waiting', 0, {now} FROM d
), x AS (
  DELETE FROM clocks USING d WHERE dossier_id = d.id AND fired_at IS NULL AND kind = 'step'
), c AS (
  INSERT INTO clocks (dossier_id, kind, subject, due_at) SELECT id, 'step', state, {now} + interval '1 day' FROM d
  ON CONFLICT DO NOTHING
){answered}
SELECT version, state FROM d
"""
ANSWERED = """, i AS (
  INSERT INTO idempotency (actor, key, request_hash, status, headers, body, created_at)
  SELECT 'staff:2', {key}, sha256('x'), 200, '{{"ETag": "7"}}', {answer}::bytea, {now} FROM d
)"""


def for_psycopg(answered: bool = True) -> str:
    """With named parameters code, version, hash, body, notice; where the answer is kept, also answer and key."""
    named = {"hash": "%(hash)s", "body": "%(body)s", "now": "clock_timestamp()"}
    return STATEMENT.format(
        **named,
        notice="%(notice)s::jsonb",
        which="code = %(code)s AND version = %(version)s",
        answered=ANSWERED.format(**named, answer="%(answer)s", key="%(key)s") if answered else "",
    )


def for_pgbench(count: int) -> str:
    """A pgbench script over the ``count`` dossiers numbered in the table ``bench_dossiers``.

    The texts stand in the one row of ``bench_texts``: pgbench would read their colons as variables.
    """
    statement = STATEMENT.format(
        hash=f"'{'0' * 64}'",
        body="(SELECT body FROM bench_texts)",
        notice="(SELECT notice FROM bench_texts)",
        answered=ANSWERED.format(
            answer="(SELECT answer FROM bench_texts)", key="gen_random_uuid()::text", now="clock_timestamp()"
        ),
        now="clock_timestamp()",
        which="id = (SELECT id FROM bench_dossiers WHERE n = :n)",
    )
    return f"\\set n random(1, {count})\n" + " ".join(statement.split()) + ";\n"

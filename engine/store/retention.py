"""Retention by month: which months of journal, outbox and read log may be detached, and why others may not.

The months are those in which the dossiers began (docs/adr/0021). Whoever detaches says before which day everything in
the month must lie; no term is shipped. ``engine.store.detaching`` detaches and attaches.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from engine.errors import Refusal
from engine.store.detached import detached_months, ids_of
from engine.store.dividing import NoMonths, NotDivided
from engine.text import Text

SOURCES: dict[str, tuple[str, ...]] = {
    "journal": ("journal", "journal_private"),
    "outbox": ("outbox",),
    "reads": ("reads",),
}
"""What is detached together: the journal with its private parts."""
_OWN_ENTRIES = 2  # of the archive, after those in the package: that it was packed, and that the archive has it


class MonthStays(Refusal):
    """Something in the month is still needed here."""

    code = "month-stays"
    status = 409
    vi = "Tháng {month} của {source} phải ở lại: {why}. Không có gì thay đổi."
    en = "The month {month} of {source} stays: {why}. Nothing was changed."


class NoSuchMonth(Refusal):
    """There is no such month, or it does not stand where it would have to."""

    code = "no-such-month"
    status = 404
    vi = "Không có tháng {month} của {source} ở trạng thái này: {why}. `motcua retention status` liệt kê các tháng."
    en = "{source} has no month {month} that stands so: {why}. `motcua retention status` lists the months."


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a source: 202611, or 0 for all before the months began. ``reasons`` are why it stays."""

    source: str
    month: int
    attached: bool
    rows: int
    reasons: tuple[Text, ...] = ()


def name_of(month: int) -> str:
    """How partitions and people call a month: ``202611``, ``before``."""
    return str(month) if month else "before"


def months_of(connection: Connection, before: dt.datetime) -> Iterator[Month]:
    """Every month of every source with its rows, attached or not, oldest first. Raises NoMonths, NotDivided."""
    for source in SOURCES:
        for month in attached_months(connection, source):
            rows, reasons = why_not(connection, source, month, before)
            yield Month(source, month, True, rows, tuple(reasons))
    gone = connection.execute(detached_months.select().order_by(detached_months.c.source, detached_months.c.month))
    for row in gone:
        yield Month(row.source, row.month, False, row.rows)


def attached_months(connection: Connection, source: str) -> list[int]:
    """The months whose partition is attached. Raises NoMonths, NotDivided."""
    if connection.dialect.name != "postgresql":
        raise NoMonths
    if not connection.execute(text(_DIVIDED), {"table": source}).scalar():
        raise NotDivided(table=source)
    names = connection.execute(text(_ATTACHED), {"table": source}).scalars()
    ends = (name.removeprefix(f"{source}_") for name in names)
    return sorted(0 if end == "before" else int(end) for end in ends if end != "rest")


def left_over(connection: Connection) -> dict[str, int]:
    """Rows by table that came in after their month was detached; they go back with it."""
    return {row.name: int(row.number) for row in connection.execute(text("SELECT * FROM rows_outside_months()"))}


def why_not(connection: Connection, source: str, month: int, before: dt.datetime) -> tuple[int, list[Text]]:
    """The number of rows of a month, and why it may not be detached: nothing when it may."""
    low, high = ids_of(month)
    given = {"low": low, "high": high, "before": before}
    rows = connection.execute(text(_COUNTS[source]), given).mappings().one()
    about = connection.execute(text(_DOSSIERS), given).mappings().one()
    told = {**about, **rows}
    if source == "journal":
        told |= connection.execute(text(_ARCHIVE), given | {"own": _OWN_ENTRIES}).mappings().one()
    return int(rows["rows"]), [Text(vi.format(**told), en.format(**told)) for name, vi, en in _WORDS if told.get(name)]


def sentence(reasons: Sequence[Text]) -> Text:
    """The reasons in one sentence."""
    return Text("; ".join(one.vi for one in reasons), "; ".join(one.en for one in reasons))


_DIVIDED = "SELECT relkind = 'p' FROM pg_class WHERE oid = to_regclass('public.' || :table)"
_ATTACHED = """SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = to_regclass('public.' || :table)"""
_DOSSIERS = """
SELECT count(*) FILTER (WHERE finished_at IS NULL) AS running,
    (SELECT last_value < :high FROM dossiers_id_seq) AS open
FROM dossiers WHERE id >= :low AND id < :high
"""
_COUNTS: dict[str, Any] = {
    "journal": """SELECT count(*) AS rows, count(*) FILTER (WHERE at >= :before) AS young,
        (SELECT count(*) FROM journal_uncovered WHERE dossier_id >= :low AND dossier_id < :high) AS uncovered
        FROM journal WHERE dossier_id >= :low AND dossier_id < :high""",
    "outbox": """SELECT count(*) AS rows, count(*) FILTER (WHERE created_at >= :before OR sent_at >= :before) AS young,
        count(*) FILTER (WHERE status IN ('waiting', 'parked')) AS unsent,
        count(*) FILTER (WHERE recipient = 'feed' AND feed_position IS NULL) AS unnumbered
        FROM outbox WHERE dossier_id >= :low AND dossier_id < :high""",
    "reads": """SELECT count(*) AS rows, count(*) FILTER (WHERE at >= :before) AS young,
        count(*) FILTER (WHERE NOT EXISTS (SELECT FROM read_leaves WHERE read_id = reads.id)) AS unsealed
        FROM reads WHERE dossier_id >= :low AND dossier_id < :high""",
}
_ARCHIVE = """
SELECT count(*) FILTER (WHERE transferred_at IS NULL) AS held,
    count(*) FILTER (WHERE transferred_at IS NOT NULL AND destroyed_at IS NULL AND version <> entries + :own) AS changed
FROM dossiers LEFT JOIN archive_bags ON dossier_id = id WHERE id >= :low AND id < :high
"""
_WORDS = (
    ("open", "hồ sơ mới còn bắt đầu trong tháng này", "new dossiers still begin in it"),
    ("running", "{running} hồ sơ chưa kết thúc", "{running} dossiers have not ended"),
    ("young", "{young} dòng chưa hết hạn lưu", "{young} rows are not past their term"),
    ("held", "{held} hồ sơ chưa có biên nhận của lưu trữ", "{held} dossiers have no receipt of the archive"),
    ("changed", "{changed} hồ sơ đổi sau khi đóng gói", "{changed} dossiers were acted on after they were packed"),
    ("uncovered", "{uncovered} mục chưa có điểm kiểm tra", "{uncovered} entries await a checkpoint"),
    ("unsent", "{unsent} thông báo đang chờ hoặc dừng lại", "{unsent} notices wait or are parked"),
    ("unnumbered", "{unnumbered} sự kiện chưa đánh số", "{unnumbered} events have no number yet"),
    ("unsealed", "{unsealed} lần xem chưa niêm phong", "{unsealed} reads are not sealed"),
)

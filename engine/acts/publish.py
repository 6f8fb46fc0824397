"""Publishes releases, territory, offices, competences, calendars, closures, own hours and notices into the database.

Publishing the same content again changes nothing. Each publication raises a number in ``catalogue_versions``, by which
other processes know that their cache is stale.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table, and_, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from engine.acts.recount import ask_recount
from engine.acts.staff.record import record_staff
from engine.errors import Conflict, Forbidden
from engine.rules.deadlines.calendar import Calendar
from engine.rules.deadlines.office_bounds import check_closure, check_own_hours
from engine.rules.deadlines.office_hours import Closure
from engine.rules.deadlines.own_hours import OwnHours
from engine.rules.journal.entries import canonical
from engine.rules.offices.competence import Competence
from engine.rules.offices.offices import Office
from engine.rules.procedure.definition import Release
from engine.rules.territory.territory import Territory
from engine.store.clocks import calendars, closures, office_hours
from engine.store.releases import notice_templates, releases
from engine.store.units import catalogue_versions, competences, offices, successions, units
from engine.transaction import UnitOfWork

_ONE_DAY = dt.timedelta(days=1)


class ReleaseChanged(Conflict):
    """A released version is immutable: the same version with other content needs a new version number."""

    code = "release-changed"
    vi = "Phiên bản {version} của thủ tục {procedure} đã phát hành với nội dung khác. Hãy tăng số phiên bản."
    en = "Version {version} of procedure {procedure} was released with other content. Raise the version number."


class ReleaseOverlap(Conflict):
    """Two releases of a procedure would be in force on one day."""

    code = "release-overlap"
    vi = "Phiên bản {version} của thủ tục {procedure} trùng thời gian hiệu lực với phiên bản {other}."
    en = "Version {version} of procedure {procedure} is in force at the same time as version {other}."


class KeysTogether(Conflict):
    """A notice that carried both keys would make the receipt code no second one: who reads it has both."""

    code = "keys-together"
    vi = "Mẫu thông báo {key} không được có cả đường dẫn (link) và mã biên nhận (receipt_code) trong một tin: bỏ một."
    en = "The notice template {key} may not hold both link and receipt_code in one message: take one out."


def publish_release(
    unit: UnitOfWork, release: Release, publisher: str | None = None, *, by_itself: bool = True
) -> bool:
    """Releases a version of a procedure; returns False when it is released already.

    ``publisher`` names who publishes, where that is not the actor. An open earlier version ends on the day before this
    one starts. So does the version that this one ``replaces``: if both start on the same day, it is in force no more,
    and only dossiers received under it still go by it. Where the replaced version was never published, the highest one
    below it is replaced: an installation may pass over versions. ``by_itself`` is False where a plan moves the running
    dossiers, so that ``engine.jobs.migration`` leaves them alone. Raises ReleaseChanged, ReleaseOverlap.
    """
    digest, connection = release.digest(), unit.begin()
    raise_version(unit, "releases", by=0)  # one publisher at a time, so that none overlooks another's release
    of_this = select(releases).where(releases.c.procedure == release.procedure)
    known = [dict(row) for row in connection.execute(of_this).mappings()]
    if any(row["digest"] == digest for row in known):
        return False
    if any(row["version"] == release.version for row in known):
        raise ReleaseChanged(procedure=release.procedure, version=release.version)
    _end_earlier(unit, release, known)
    fresh = {
        "digest": digest,
        "procedure": release.procedure,
        "version": release.version,
        "start": release.effective.start,
        "until": release.effective.until,
        "document": release.to_bytes().decode(),
        "name_vi": release.name.vi,
        "name_en": release.name.en,
        "public": int(release.public),
        "published_at": unit.now,
        "published_by": unit.actor.person_id,
        "publisher": publisher or unit.actor.name or None,
        "migrates": int(by_itself and release.effective.running == "migrate"),
    }
    connection.execute(insert(releases), fresh)
    raise_version(unit, "releases")
    if unit.actor.person_id is not None:
        record_staff(unit, "publish-procedure", None, [], f"{release.procedure}@{release.version}")
    return True


def _end_earlier(unit: UnitOfWork, release: Release, known: Sequence[Mapping[str, Any]]) -> None:
    """Ends an open earlier version, and the one that is replaced, on the day before ``release`` starts.

    Raises ReleaseOverlap.
    """
    start, until = release.effective.start, release.effective.until
    corrected = _corrected(release, [row["version"] for row in known])
    for row in known:
        ended = row["until"]
        replaced = row["version"] == corrected and (ended is None or ended >= start)
        if replaced or (ended is None and row["start"] < start):
            ended = start - _ONE_DAY
            unit.begin().execute(update(releases).where(releases.c.digest == row["digest"]).values(until=ended))
        if (until is None or row["start"] <= until) and (ended is None or start <= ended):
            raise ReleaseOverlap(procedure=release.procedure, version=release.version, other=row["version"])


def _corrected(release: Release, versions: Iterable[int]) -> int | None:
    """Which of the published versions the release replaces."""
    named = release.effective.replaces
    return max((one for one in versions if isinstance(named, int) and one <= named), default=None)


def publish_territory(unit: UnitOfWork, territory: Territory) -> None:
    """Makes the published units and successions exactly these."""
    unit_rows = [
        {
            "id": one.id,
            "code": one.code,
            "level": one.level,
            "kind": one.kind,
            "name": one.name_vi,
            "parent": one.parent,
            "aliases": list(one.aliases),
            "valid_from": one.valid_from,
            "valid_to": one.valid_to,
            "legal": one.legal,
        }
        for one in territory.units()
    ]
    succession_rows = [
        {
            "from_id": edge.from_id,
            "to_id": edge.to_id,
            "date": edge.date,
            "kind": edge.kind,
            "share": str(edge.share) if edge.share is not None else None,
            "is_default": int(edge.default),
            "legal": edge.legal,
            "standing": edge.standing,
        }
        for edge in territory.successions()
    ]
    _replace(unit, units, unit_rows)
    _replace(unit, successions, succession_rows)
    raise_version(unit, "units")


def publish_offices(unit: UnitOfWork, given: Iterable[Office]) -> None:
    """Adds offices and updates those with a known code. No office is ever removed, only ended."""
    rows = [
        {
            "code": one.code,
            "body": one.body,
            "unit": one.unit_id,
            "name_vi": one.name.vi,
            "name_en": one.name.en,
            "province": one.province,
            "valid_from": one.valid_from,
            "valid_to": one.valid_to,
            "receives": int(one.receives),
            "area": list(one.area),
            "identifier": one.identifier,
            "address": one.address,
            "hotline": one.hotline,
        }
        for one in given
    ]
    _upsert(unit, offices, rows, ["code"])
    raise_version(unit, "offices")


def publish_competences(unit: UnitOfWork, given: Iterable[Competence], *, beside: bool = False) -> None:
    """Makes the published competences exactly these, or adds these ``beside`` the published ones."""
    rows = [
        {
            "subject": one.subject,
            "applicant_kinds": "*" if one.applicant_kinds is None else "|".join(sorted(one.applicant_kinds)),
            "valid_from": one.valid_from,
            "valid_to": one.valid_to,
            "level": one.level,
            "body": one.body,
            "legal": one.legal,
        }
        for one in given
    ]
    if not beside:
        unit.begin().execute(delete(competences))
    if rows:
        unit.begin().execute(insert(competences), rows)
    raise_version(unit, "competences")


def publish_calendar(unit: UnitOfWork, calendar: Calendar) -> None:
    """Publishes a calendar under its code; the due moments of open dossiers are counted anew (``recount``)."""
    document = calendar.to_data()
    digest = hashlib.sha256(canonical(document)).hexdigest()
    row = {"name": calendar.code, "digest": digest, "document": document, "published_at": unit.now}
    known = unit.begin().execute(select(calendars.c.digest).where(calendars.c.name == calendar.code)).scalar()
    if known == digest:
        return
    _upsert(unit, calendars, [row], ["name"])
    raise_version(unit, "calendars")
    if known is not None:
        vi, en = (
            "lịch làm việc của cơ quan nhà nước được công bố lại",
            "the state's working calendar was published anew",
        )
        ask_recount(unit, {"what": "calendar", "calendar": calendar.code, "vi": vi, "en": en}, calendar=calendar.code)


def publish_closure(unit: UnitOfWork, office: str, closure: Closure) -> None:
    """Publishes a closure of one office, replacing one that begins on the same day.

    The due moments of the open dossiers that the office has are counted anew. Raises NotFound, Forbidden, InvalidInput.
    """
    must_administer(unit)
    unit.catalogue.office(office)
    first = closure.first.isoformat()
    same = and_(closures.c.office == office, closures.c.first == first)
    known = unit.begin().execute(select(closures.c.document).where(same)).scalar()
    check_closure(closure, Closure.from_data(known) if known else None, unit.today)
    row = {"office": office, "first": first, "document": closure.to_data()}
    _upsert(unit, closures, [row], ["office", "first"])
    raise_version(unit, "calendars")
    ask_recount(unit, {"what": "closure", "office": office} | closure.to_data(), office=office)


def publish_hours(unit: UnitOfWork, office: str, hours: OwnHours) -> None:
    """Publishes the hours that one office keeps instead of the country's, replacing those that begin on the same day.

    Raises NotFound, Forbidden, InvalidInput.
    """
    must_administer(unit)
    unit.catalogue.office(office)
    first = hours.first.isoformat()
    same = and_(office_hours.c.office == office, office_hours.c.first == first)
    known = unit.begin().execute(select(office_hours.c.document).where(same)).scalar()
    check_own_hours(hours, OwnHours.from_data(known) if known else None, unit.today)
    _upsert(unit, office_hours, [{"office": office, "first": first, "document": hours.to_data()}], ["office", "first"])
    raise_version(unit, "calendars")
    ask_recount(unit, {"what": "hours", "office": office} | hours.to_data(), office=office)


def must_administer(unit: UnitOfWork) -> None:
    """Requires an administrator, or a command of the operator. Raises Forbidden."""
    if unit.actor.kind != "system" and not unit.actor.admin:
        raise Forbidden(why_vi="chỉ dành cho người quản trị", why_en="administrators only")


def publish_template(unit: UnitOfWork, key: str, document: Mapping[str, Any]) -> None:
    """Publishes the texts of a notice. Raises KeysTogether."""
    letter = f"{document.get('subject')}{document.get('body')}"
    if any("{link}" in text and "{receipt_code}" in text for text in (letter, str(document.get("sms")))):
        raise KeysTogether(key=key)
    _upsert(unit, notice_templates, [{"key": key, "document": dict(document), "published_at": unit.now}], ["key"])
    raise_version(unit, "templates")


def _replace(unit: UnitOfWork, table: Table, rows: list[dict[str, Any]]) -> None:
    unit.begin().execute(delete(table))
    if rows:
        unit.begin().execute(insert(table), rows)


def _upsert(unit: UnitOfWork, table: Table, rows: list[dict[str, Any]], key: list[str]) -> None:
    if not rows:
        return
    statement = _insert(unit)(table)
    fresh = {name: statement.excluded[name] for name in rows[0] if name not in key}
    unit.begin().execute(statement.on_conflict_do_update(index_elements=key, set_=fresh), rows)


def raise_version(unit: UnitOfWork, name: str, by: int = 1) -> None:
    """Raises the version number that other processes watch, and locks its row until the end of the unit of work.

    With ``by=0`` it only locks.
    """
    statement = _insert(unit)(catalogue_versions).values(name=name, number=by)
    higher = {"number": catalogue_versions.c.number + by}
    unit.begin().execute(statement.on_conflict_do_update(index_elements=["name"], set_=higher))
    unit.after_commit.append(unit.catalogue.refresh)


def _insert(unit: UnitOfWork) -> Callable[[Table], postgresql.Insert | sqlite.Insert]:
    return postgresql.insert if unit.begin().dialect.name == "postgresql" else sqlite.insert

"""Bringing in many members of staff from a file: what each line would do, and doing it in one transaction.

People are added without a password: they sign in with the office account, or an administrator gives them one. Roles
are added; nothing is ended or renamed, so the same file a second time changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from engine.acts.staff.membership_rules import Days, membership_fault
from engine.acts.staff.people import add_membership, add_person, person_faults
from engine.errors import Conflict, Forbidden
from engine.rules.offices.meant import OfficesMeant
from engine.rules.offices.offices import Office
from engine.rules.offices.staff_file import Fault, StaffFile, StaffLine, read_staff_file
from engine.rules.plain_text import plain_text
from engine.store.people import memberships, people
from engine.text import Text
from engine.transaction import UnitOfWork

NEW, ROLE, SAME = "new", "role", "same"
"""What a line does: adds a person (and a role, where it names one), adds a role, or nothing."""


class FileFaulty(Conflict):
    """Lines of the file are wrong, and it was not said that the others are to be taken alone."""

    code = "staff-file-faulty"
    vi = "Tệp còn {number} chỗ sai, nên chưa có gì được ghi. Hãy xem từng dòng."
    en = "The file has {number} faults, so nothing was written. Look at the lines."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a line does. ``office`` is the code of the office that it means."""

    line: StaffLine
    does: str
    office: str | None = None


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What the lines of a file do, and what is wrong with the others, both in the order of the file."""

    outcomes: tuple[Outcome, ...]
    faults: tuple[Fault, ...]

    def number(self, does: str) -> int:
        """How many lines do this."""
        return sum(one.does == does for one in self.outcomes)


def plan_import(unit: UnitOfWork, content: bytes) -> ImportPlan:
    """What a file would do now; nothing is written."""
    return _planned(unit, unit.reader(), read_staff_file(content))


def import_staff(unit: UnitOfWork, content: bytes, *, reason: str = "", skip_faulty: bool = False) -> ImportPlan:
    """Does what ``plan_import`` tells, all of it or nothing; with ``skip_faulty`` without the lines that are wrong.

    A whole person is left out where one line of theirs is wrong. Raises Forbidden, FileFaulty.
    """
    if unit.actor.kind not in ("admin", "system"):
        raise Forbidden(why_vi="chỉ dành cho người quản trị", why_en="administrators only")
    file = read_staff_file(content)
    plan = _planned(unit, unit.begin(), file)
    if plan.faults and (not skip_faulty or not file.lines):
        raise FileFaulty(number=len(plan.faults))
    wrong = {one.line for one in plan.faults}
    left_out = {one.username for one in file.lines if one.number in wrong}
    ids = _known(unit.begin(), file)
    done = [one for one in plan.outcomes if one.line.username not in left_out]
    for one in done:
        line, person = one.line, ids.get(one.line.username)
        if one.does == NEW:
            person = add_person(
                unit, line.username, line.name, email=line.email, phone=line.phone, language=line.language
            )
            ids[line.username] = person
        if one.does != SAME and one.office is not None and person is not None and line.start is not None:
            add_membership(unit, person, one.office, line.role, line.start, line.end, reason)
    return ImportPlan(tuple(done), plan.faults)


@dataclass(slots=True)
class _People:
    """The people of the file as far as it was read: names, and the days of each role at each office."""

    names: dict[str, str]
    held: dict[tuple[str, str, str], list[Days]]
    first: dict[str, StaffLine] = field(default_factory=dict)


def _planned(unit: UnitOfWork, connection: Connection, file: StaffFile) -> ImportPlan:
    known = _people(connection, file)
    meant = OfficesMeant(unit.catalogue.offices, unit.today)
    outcomes: list[Outcome] = []
    faults = list(file.faults)
    for line in file.lines:
        made = _outcome(unit, line, known, meant)
        if isinstance(made, Outcome):
            outcomes.append(made)
        else:
            faults.append(made)
    return ImportPlan(tuple(outcomes), tuple(sorted(faults, key=lambda one: one.line)))


def _outcome(unit: UnitOfWork, line: StaffLine, known: _People, meant: OfficesMeant) -> Outcome | Fault:
    existing = known.names.get(line.username)
    if (fault := _person_fault(unit, line, existing, known)) is not None:
        return fault
    found: Office | None = None
    repeated = False
    if line.office and line.start is not None:
        office = meant.find(line.office)
        if isinstance(office, Text):
            return Fault(line.number, "office", office)
        days, held = (line.start, line.end), known.held.setdefault((line.username, office.code, line.role), [])
        repeated = _is_held(days, held)
        wrong = None if repeated else membership_fault(office, line.role, days, unit.catalogue.roles, held)
        if wrong is not None:
            return Fault(line.number, wrong[0], wrong[1])
        if not repeated:
            held.append(days)
        found = office
    new = existing is None and line.username not in known.first
    known.first.setdefault(line.username, line)
    does = NEW if new else SAME if found is None or repeated else ROLE
    return Outcome(line, does, found.code if found else None)


def _is_held(days: Days, held: Iterable[Days]) -> bool:
    """Whether the role is held from this day on; one that was ended meanwhile is not begun again by an old file."""
    start, end = days
    return any(since == start and (until == end or end is None) for since, until in held)


def _person_fault(unit: UnitOfWork, line: StaffLine, existing: str | None, known: _People) -> Fault | None:
    if existing is not None and plain_text(existing) != plain_text(line.name):
        say = Text(
            f"tài khoản {line.username} đã có, tên là {existing}", f"{line.username} exists already, called {existing}"
        )
        return Fault(line.number, "name", say)
    earlier = known.first.get(line.username)
    if earlier is not None and plain_text(earlier.name) != plain_text(line.name):
        at = earlier.number
        say = Text(f"dòng {at} ghi tài khoản này với tên khác", f"line {at} gives this account another name")
        return Fault(line.number, "name", say)
    if existing is None:
        for column, words in person_faults(unit, line.username, line.name, email=line.email).items():
            return Fault(line.number, column, words)
    return None


def _people(connection: Connection, file: StaffFile) -> _People:
    usernames = sorted({one.username for one in file.lines})
    names, held = dict[str, str](), dict[tuple[str, str, str], list[Days]]()
    columns = (memberships.c.office, memberships.c.role, memberships.c.valid_from, memberships.c.valid_to)
    for some in (usernames[at : at + 500] for at in range(0, len(usernames), 500)):
        wanted = people.c.username.in_(some)
        names |= {row.username: row.name for row in connection.execute(select(people).where(wanted))}
        roles = select(people.c.username, *columns).join(people, people.c.id == memberships.c.person_id).where(wanted)
        for row in connection.execute(roles):
            held.setdefault((row.username, row.office, row.role), []).append((row.valid_from, row.valid_to))
    return _People(names, held)


def _known(connection: Connection, file: StaffFile) -> dict[str, int]:
    usernames = sorted({one.username for one in file.lines})
    found: dict[str, int] = {}
    for some in (usernames[at : at + 500] for at in range(0, len(usernames), 500)):
        rows = connection.execute(select(people.c.username, people.c.id).where(people.c.username.in_(some)))
        found |= {row.username: row.id for row in rows}
    return found

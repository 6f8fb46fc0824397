"""Lint rules about time: the dates of the release, the time limit, and whether the limits of the steps fit into it."""

from __future__ import annotations

import heapq
from collections.abc import Iterator

from engine.rules.procedure.definition import Term
from engine.rules.procedure.portal_status import PortalStatus
from workflows.lint_rules.subject import Subject
from workflows.problems import Both

Way = tuple[float, tuple[str, ...]]
"""The sum of the step limits in working hours, and the states of a path."""
HOURS_A_DAY = 8.0
MOST_STEPS = 5_000  # of the search for the longest path; shipped procedures need under 200
_TOO_LATE = Both("same_day là trong ngày, viết 0 hoặc bỏ total", "same_day means today; write 0 or leave total out")
_WHOLE = Both("ngày theo lịch phải là số nguyên", "calendar days are whole")
_ZERO = Both("thời hạn phải lớn hơn 0", "a time limit must be greater than 0")


def check_terms(subject: Subject) -> None:
    """Runs every rule about dates and time limits."""
    release, source = subject.release, subject.source
    effective, sla = release.effective, release.sla
    if effective.until is not None and effective.until < effective.start:
        at = source.at("effective", "until")
        subject.add("date-order", at, until=effective.until, start=effective.start)
    if effective.replaces and effective.replaces >= release.version:
        at = source.at("effective", "replaces")
        subject.add("replaces-later", at, version=release.version, replaced=effective.replaces)
    if effective.migrate and effective.running != "migrate":
        subject.add("migrate-unused", source.key("effective", "migrate"), running=effective.running)
    if sla.extensions > 1:
        subject.add("many-extensions", source.at("sla", "extensions"), count=sla.extensions)
    _check_parts(subject)
    for index, arm in enumerate(sla.total):
        if (arm.term.unit == "same_day") != (arm.term.amount == 0):
            why = _TOO_LATE if arm.term.unit == "same_day" else _ZERO
            subject.add(
                "sla-total", source.at("sla", "total", index), amount=arm.term.amount, unit=arm.term.unit, why=why
            )
    if subject.report.has("sla-total"):
        return
    shortest = min(hours(arm.term) for arm in sla.total)
    if sla.warn is not None and hours(sla.warn) >= shortest:
        at = source.at("sla", "warn", "before")
        subject.add("warn-too-early", at, before=in_words(sla.warn), total=_days(shortest))
    _check_steps(subject, shortest)


def hours(term: Term) -> float:
    """A term in working hours, near enough to compare terms: 8 to the working day, 5 working days to the week.

    >>> hours(Term(3, "working_day")), hours(Term(14, "calendar_day"))
    (24.0, 80.0)
    """
    if term.unit == "working_hour":
        return float(term.amount)
    if term.unit == "same_day":
        return HOURS_A_DAY
    return term.amount * HOURS_A_DAY * (5 / 7 if term.unit == "calendar_day" else 1)


def in_words(term: Term) -> Both:
    """A term in words."""
    vi, en = {
        "working_hour": ("giờ làm việc", "working hours"), "calendar_day": ("ngày", "calendar days"),
        "working_day": ("ngày làm việc", "working days"), "same_day": ("trong ngày", "same day"),
    }[term.unit]  # fmt: skip
    return Both(f"{term.amount:g} {vi}".replace(".", ","), f"{term.amount:g} {en}")


def _check_parts(subject: Subject) -> None:
    """Calendar days are whole: they end as an office closes."""
    for index, arm in enumerate(subject.release.sla.total):
        if arm.term.unit == "calendar_day" and arm.term.amount % 1:
            at, amount = subject.source.at("sla", "total", index), arm.term.amount
            subject.add("sla-total", at, amount=amount, unit=arm.term.unit, why=_WHOLE)
    for key, state in subject.release.states.items():
        if state.limit is not None and state.limit.unit == "calendar_day" and state.limit.amount % 1:
            subject.add("step-part", subject.source.at("states", key, "days"), state=key, days=state.limit.amount)


def _check_steps(subject: Subject, shortest: float) -> None:
    """The quickest path must fit the shortest limit (error); the longest path should fit the longest one (warning)."""
    starts = _after_start(subject)
    if not starts:
        return
    at = subject.source.at("sla", "total") if subject.source.has("sla", "total") else subject.source.key("sla")
    need, path = _quickest(subject, starts)
    if need > shortest:
        subject.add("sla-too-short", at, path=_arrows(path), need=_days(need), total=_days(shortest))
        return
    longest = max(hours(arm.term) for arm in subject.release.sla.total)
    need, path = max(_all_paths(subject, starts), default=(0.0, ()))
    if need > longest:
        subject.add("sla-tight", at, path=_arrows(path), need=_days(need), total=_days(longest))


def _after_start(subject: Subject) -> list[str]:
    release = subject.release
    starter = release.actions.get(release.sla.starts)
    return sorted(subject.targets(starter)) if starter else []


def _weight(subject: Subject, key: str) -> float:
    state = subject.release.states[key]
    return hours(state.limit) if state.limit and state.clock == "running" else 0.0


def _is_done(subject: Subject, key: str) -> bool:
    return subject.release.states[key].status in (PortalStatus.READY, PortalStatus.RETURNED)


def _quickest(subject: Subject, starts: list[str]) -> Way:
    """The path with the fewest hours from the start of the clock to a result; (0, ()) when no path exists."""
    exits = subject.exits()
    waiting: list[Way] = [(_weight(subject, key), (key,)) for key in starts]
    heapq.heapify(waiting)
    seen: set[str] = set()
    while waiting:
        need, path = heapq.heappop(waiting)
        if _is_done(subject, path[-1]):
            return need, path
        if path[-1] in seen:
            continue
        seen.add(path[-1])
        for target in exits[path[-1]] - seen:
            heapq.heappush(waiting, (need + _weight(subject, target), (*path, target)))
    return 0.0, ()


def _all_paths(subject: Subject, starts: list[str]) -> Iterator[Way]:
    """Paths without a repeated state from the start of the clock to a result; the search ends after MOST_STEPS."""
    exits = subject.exits()
    waiting: list[Way] = [(_weight(subject, key), (key,)) for key in starts]
    for _ in range(MOST_STEPS):
        if not waiting:
            return
        need, path = waiting.pop()
        if _is_done(subject, path[-1]):
            yield need, path
            continue
        waiting += [
            (need + _weight(subject, target), (*path, target)) for target in exits[path[-1]] if target not in path
        ]


def _arrows(path: tuple[str, ...]) -> str:
    return " → ".join(path)


def _days(working_hours: float) -> str:
    return f"{working_hours / HOURS_A_DAY:.2f}".rstrip("0").rstrip(".")

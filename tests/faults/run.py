"""One run: an installation under load and faults, then rest, then days that pass, then the invariants."""

from __future__ import annotations

import datetime as dt
import itertools
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import and_, func, select

from cli.shipped import Shipped
from engine.store.clocks import clocks
from engine.store.outbox import outbox
from tests.faults.evidence import gather
from tests.faults.installation import RunningInstallation, open_installation
from tests.faults.invariants import Finding, examine
from tests.faults.load import Acknowledged, Load
from tests.faults.over_http import ask_again
from tests.faults.trouble import (
    CLOCK,
    FORK,
    FULL_DISK,
    FULL_REDIS,
    KILLS,
    NO_REDIS,
    OUTAGES,
    POSTMASTER,
    REDIS,
    RESTART,
    WEB,
    WORKER,
    Strike,
    Trouble,
)

BACKED_OFF = 10.0  # seconds
CALM_WITHIN = 60.0  # seconds after the last fault
RECOVERS_WITHIN = 60.0
TELL_EVERY = 15.0
ACTS_WITHOUT_NOTICES = 30
CLERKS_SUFFER = {WEB, FORK, RESTART, POSTMASTER, FULL_DISK}
NOTICES_SUFFER = {WEB, WORKER, CLOCK, REDIS, *OUTAGES, FULL_DISK}
DAY_IN_STEPS, STEP = 8, dt.timedelta(hours=2)
"""While the load lasts, the told time goes on by a working day and more: steps run over their hours, days end."""


@dataclass(slots=True)
class Report:
    """What a run showed. Times are in seconds."""

    kind: str
    seed: int
    acts: int
    seconds: float
    repeated: int
    unavailable: int
    refused: Counter[str]
    strikes: list[Strike]
    recoveries: dict[str, list[float]]
    longest_silence: float
    notices: int
    redelivered: int
    turned_away: int
    calm_after: float
    findings: list[Finding]
    wrong: list[str] = field(default_factory=list)

    @property
    def broken(self) -> list[str]:
        """Everything that was not as promised."""
        return self.wrong + [f"{one.name}: {sentence}" for one in self.findings for sentence in one.broken]

    def table(self) -> str:
        """The report for a person."""
        lines = [
            f"{self.kind}, seed {self.seed}: {self.acts} acts in {self.seconds:.0f} s, "
            f"{self.repeated} requests sent again ({self.unavailable} were answered 503), refused {dict(self.refused)}",
            f"{self.notices} notices arrived ({self.redelivered} more than once, ignored by the receiver; "
            f"{self.turned_away} tries turned away); "
            f"at rest {self.calm_after:.1f} s after the last fault; longest silence {self.longest_silence:.1f} s",
            "",
            f"{'fault':<24}{'times':>6}{'measured':>10}{'median':>10}{'most':>10}   seconds until service",
        ]
        for kind, count in sorted(Counter(strike.kind for strike in self.strikes).items()):
            times = self.recoveries.get(kind) or []
            shown = f"{statistics.median(times):>10.2f}{max(times):>10.2f}" if times else f"{'-':>10}{'-':>10}"
            lines.append(f"{kind:<24}{count:>6}{len(times):>10}{shown}")
        lines += ["", f"{'invariant':<52}{'checked':>9}{'broken':>8}"]
        lines += [f"{one.name:<52}{one.checked:>9}{len(one.broken):>8}" for one in self.findings]
        lines += [f"  ! {sentence}" for sentence in self.broken[:20]]
        return "\n".join(lines)


def run(
    kind: str,
    *,
    acts: int,
    seed: int,
    seconds: float | None = None,
    faults: Collection[str] = tuple(KILLS),
    tell: Callable[[str], None] = lambda _: None,
    shipped: Shipped | None = None,
) -> Report:
    """Runs an installation on ``kind`` (``postgresql``, ``sqlite``) until ``acts`` successes or ``seconds`` seconds.

    ``faults`` are those that may come. ``tell`` is called with a line of progress now and then. ``shipped`` is the
    content of the installation.
    """
    began = time.monotonic()

    def told(sentence: str) -> None:
        tell(f"{time.monotonic() - began:6.1f} s  {sentence}")

    with open_installation(kind, on_small_disk=FULL_DISK in faults, shipped=shipped) as installation:
        load, trouble = (
            Load(installation.base, installation.tokens, acts=acts, seed=seed),
            Trouble(installation, seed, faults),
        )
        told("the installation is open")
        for fault in faults:
            if (why := trouble.why_not(fault)) is not None:
                told(f"left out: {fault}: {why}")
        opened = time.monotonic()
        _suffer(installation, load, trouble, acts, None if seconds is None else opened + seconds, told)
        lasted = time.monotonic() - opened
        calm_after = _rest(installation, load, opened + lasted, patient=installation.receiver.turned_away > 0)
        told(f"{len(load.acknowledged)} acts in {lasted:.0f} s; at rest after {calm_after:.1f} s")
        findings = ask_again(installation, load, gather(installation, load.acknowledged), random.Random(seed))
        told("asked again")
        _let_days_pass(installation, load, trouble)
        told("weeks have passed")
        installation.stop_all()
        wrong = load.wrong + [f"{name} ended with {code}" for name, code in installation.exits.items() if code != 0]
        findings += examine(gather(installation, load.acknowledged))
        told("examined")
        return Report(
            kind=kind,
            seed=seed,
            acts=len(load.acknowledged),
            seconds=lasted,
            repeated=load.repeated,
            unavailable=load.unavailable,
            refused=load.refused,
            strikes=trouble.strikes,
            recoveries=_recoveries(installation, load.acknowledged, trouble.strikes),
            longest_silence=_longest_silence(load.acknowledged),
            notices=len(installation.receiver.taken),
            redelivered=len(installation.receiver.again),
            turned_away=installation.receiver.turned_away,
            calm_after=calm_after,
            findings=findings,
            wrong=wrong,
        )


def _suffer(
    installation: RunningInstallation,
    load: Load,
    trouble: Trouble,
    acts: int,
    latest: float | None,
    tell: Callable[[str], None],
) -> None:
    """Load, faults, and time that goes on, until the load is done."""
    load.start()
    passed, next_strike, next_line = 0, trouble.acts_until_next(), time.monotonic() + TELL_EVERY
    while load.working:
        time.sleep(0.02)
        if installation.look_after():
            load.wrong.append("a process ended by itself")
        if time.monotonic() > next_line:
            tell(f"{len(load.acknowledged)} acts, {len(trouble.strikes)} faults")
            next_line += TELL_EVERY
        if latest is not None and time.monotonic() > latest:
            load.stop()
        if len(load.acknowledged) * DAY_IN_STEPS > acts * (passed + 1):
            installation.let_pass(STEP)
            passed += 1
        if len(load.acknowledged) >= next_strike and not load.done:
            time.sleep(trouble.moment())
            struck = trouble.strike()
            _wait_for_service(installation, load, struck, delivered=trouble.lets_recover(), bounded=latest is None)
            next_strike = len(load.acknowledged) + trouble.acts_until_next()


def _wait_for_service(
    installation: RunningInstallation, load: Load, struck: Sequence[Strike], *, delivered: bool, bounded: bool
) -> None:
    """The next fault comes when somebody was served again; with ``delivered``, when a notice has arrived again too, or
    when ``bounded`` and the clerks, whom a missing worker does not hold up, have gone on for long enough."""
    since, latest = struck[-1].at, time.monotonic() + RECOVERS_WITHIN
    held_up = delivered and any(strike.kind in (WORKER, REDIS, NO_REDIS, FULL_REDIS) for strike in struck)
    enough = len(load.acknowledged) + ACTS_WITHOUT_NOTICES if bounded else sys.maxsize
    while load.working and time.monotonic() < latest:
        arrived = next(reversed(installation.receiver.taken.values()), None)
        served = bool(load.acknowledged) and load.acknowledged[-1].told > since
        told = arrived is not None and arrived.at > since + 0.5
        if served and (told or not held_up or len(load.acknowledged) > enough):
            return
        time.sleep(0.02)


def _let_days_pass(installation: RunningInstallation, load: Load, trouble: Trouble) -> None:
    """Days and weeks go by: reminders, warnings, overdue marks and automatic stops, with the worker killed at it."""
    for days, strikes in ((3, ((WORKER,),)), (50, ((WORKER, REDIS), (WORKER, CLOCK)))):
        installation.let_pass(dt.timedelta(days=days))
        for faults in strikes:
            time.sleep(5 * trouble.moment())
            trouble.strike(*faults)
        _rest(installation, load, time.monotonic())


def _rest(installation: RunningInstallation, load: Load, since: float, *, patient: bool = False) -> float:
    """Seconds from ``since`` until every notice is sent and every clock that is due has fired."""
    while (left := _left(installation)) and time.monotonic() < since + CALM_WITHIN:
        installation.look_after()
        time.sleep(0.1)
        if patient and time.monotonic() > since + BACKED_OFF:
            installation.let_pass(STEP)  # what a receiver turned away is tried again after up to an hour
            patient = False
    if left:
        load.wrong.append(f"{left} notices and clocks still wait {CALM_WITHIN:g} s after the last fault")
    return time.monotonic() - since


def _left(installation: RunningInstallation) -> int:
    due = and_(clocks.c.fired_at.is_(None), clocks.c.due_at <= installation.runtime.now())
    statement = select(
        select(func.count()).select_from(outbox).where(outbox.c.status == "waiting").scalar_subquery()
        + select(func.count()).select_from(clocks).where(due).scalar_subquery()
    )
    with installation.runtime.database.connect().execution_options(motcua_read_only=True) as connection:
        return int(connection.execute(statement).scalar_one())


def _recoveries(
    installation: RunningInstallation, acknowledged: Sequence[Acknowledged], strikes: Sequence[Strike]
) -> dict[str, list[float]]:
    """For each fault the seconds until somebody who asked after it was served, and where the notices suffered, until a
    notice of something that happened after it arrived. A fault that another one overtook before that has none."""
    begun = {(done.code, done.version): done.begun for done in acknowledged}
    arrivals = sorted(
        (taken.at, begun[key])
        for taken in installation.receiver.taken.values()
        if taken.path == "/events" and (key := (taken.body["data"]["code"], taken.body["data"]["version"])) in begun
    )
    served = sorted((done.told, done.begun) for done in acknowledged)
    found: dict[str, list[float]] = {}
    for strike in strikes:
        notices = strike.kind not in CLERKS_SUFFER
        moments, group = (arrivals, NOTICES_SUFFER) if notices else (served, CLERKS_SUFFER)
        after = next((end for end, start in moments if start > strike.at), None)
        overtaken = any(other.kind in group and strike.at < other.at < (after or strike.at) for other in strikes)
        if after is not None and not overtaken:
            found.setdefault(strike.kind, []).append(after - strike.at)
    return found


def _longest_silence(acknowledged: Sequence[Acknowledged]) -> float:
    """The longest time in which nobody was answered with success."""
    told = sorted(done.told for done in acknowledged)
    return max((later - earlier for earlier, later in itertools.pairwise(told)), default=0.0)

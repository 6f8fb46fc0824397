"""What a run under failovers showed, for a person."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from tests.faults.failover.strikes import OldPrimary
from tests.faults.invariants import Finding

STEPS = (1, 2, 3, 4, 5, 7, 10, 15, 20, 25, 30, 45, 60)
"""Upper bounds of the histogram's classes, in seconds."""
WIDEST = 40


@dataclass(frozen=True, slots=True)
class Recovery:
    """One strike: after how many seconds somebody was served again, and what became of the acts until then."""

    kind: str
    seconds: float | None
    missing: int
    doubled: int
    verified: bool
    old: OldPrimary | None

    def in_words(self) -> str:
        served = "nobody was served again" if self.seconds is None else f"served again after {self.seconds:.1f} s"
        proof = "verified" if self.verified else "NOT VERIFIED"
        told = f"{self.kind}: {served}, {self.missing} acts missing, {self.doubled} doubled, journal {proof}"
        if self.old is None:
            return told
        after = self.old.read_only_after
        refused = "never refused" if after is None else f"read only after {after:.1f} s"
        return (
            f"{told}; the old primary acknowledged {self.old.acknowledged} writes, left one unanswered for "
            f"{self.old.silent_for:.1f} s, {refused} ({', '.join(self.old.answers)})"
        )


@dataclass(frozen=True, slots=True)
class Report:
    """A whole run. Times are in seconds."""

    way: str
    seed: int
    seconds: float
    acts: int
    repeated: int
    unavailable: int
    recoveries: list[Recovery]
    findings: list[Finding]
    wrong: list[str]

    @property
    def broken(self) -> list[str]:
        """Everything that was not as promised."""
        told = [f"{one.name}: {sentence}" for one in self.findings for sentence in one.broken] + self.wrong
        for one in self.recoveries:
            refused = one.old is None or (one.old.acknowledged == 0 and one.old.read_only_after is not None)
            if one.seconds is None or one.missing or one.doubled or not one.verified or not refused:
                told.append(one.in_words())
        return told

    def table(self) -> str:
        """The report for a person."""
        missing, doubled = max(one.missing for one in self.recoveries), max(one.doubled for one in self.recoveries)
        verified = sum(one.verified for one in self.recoveries)
        lines = [
            f"through {self.way}, seed {self.seed}: {len(self.recoveries)} strikes in {self.seconds:.0f} s; "
            f"{self.acts} acts acknowledged, {missing} missing, {doubled} doubled; "
            f"journal verify in order after {verified} of {len(self.recoveries)} strikes",
            f"{self.repeated} requests were sent again under their key, {self.unavailable} of them after a 503",
            "",
        ]
        for kind in dict.fromkeys(one.kind for one in self.recoveries):
            lines += [*self._histogram(kind), ""]
        lines += [one.in_words() for one in self.recoveries if one.old is not None]
        lines += [f"{one.name:<52}{one.checked:>9} checked{len(one.broken):>8} broken" for one in self.findings]
        lines += [f"  ! {sentence}" for sentence in self.broken[:20]]
        return "\n".join(lines)

    def _histogram(self, kind: str) -> list[str]:
        times = sorted(one.seconds for one in self.recoveries if one.kind == kind and one.seconds is not None)
        if not times:
            return [f"{kind}: nobody was served again"]
        lines = [
            f"{kind}: {len(times)} times, seconds until somebody was served again: "
            f"median {statistics.median(times):.1f}, least {times[0]:.1f}, most {times[-1]:.1f}"
        ]
        for low, high in zip((0, *STEPS), (*STEPS, float("inf")), strict=True):
            if count := sum(low <= one < high for one in times):
                lines.append(f"  {low:>3} to {high:>3} s  {'#' * min(count, WIDEST)} {count}")
        return lines

"""The act ``decide_groups``: a leader of a province's authority settles several groups of waiting dossiers at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.acts.reform.decide_many import MOST, Choice, Decided, decide_many
from engine.acts.reform.run import Run
from engine.transaction import UnitOfWork


def decide_groups(
    unit: UnitOfWork, run: Run, chosen: Sequence[tuple[Sequence[str], str]], said: Mapping[str, str]
) -> Decided:
    """Decides for the dossiers of each group (codes, new commune), at most ``MOST`` together.

    ``said`` has the ``legal`` text and the ``reason``. Raises Forbidden, NotReady, InvalidInput, NotInTriage, Busy.
    """
    leader, asked, moved, left = unit.actor, 0, 0, 0
    for codes, target in chosen:
        now, later = codes[: MOST - asked], codes[MOST - asked :]
        left += len(later)
        if not now:
            continue
        unit.actor = leader
        done = decide_many(unit, run, Choice(target=target, codes=now, legal=said["legal"], reason=said["reason"]))
        asked, moved, left = asked + done.asked, moved + done.moved, left + done.left
    return Decided(asked, moved, left)

"""The acts on a signing round: ask for it, sign an item, write why one was refused, let the refused wait again.

Each item is signed in a transaction of its own, so a failed signature leaves the others, and its dossier waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from engine.acts.sign_dossier import sign_dossier
from engine.errors import NotFound, Refusal, wrong
from engine.store.signings import add_round, end_item, round_begun, wait_again, waiting_item
from engine.transaction import UnitOfWork

MOST_SIGNED = 500
"""Dossiers of one round."""


@dataclass(frozen=True, slots=True)
class ToSign:
    """A dossier with the signing action, and what the person saw: the paper's hash, or the dossier's version."""

    dossier: str
    action: str
    sha256: str | None = None
    version: int | None = None


def begin_round(unit: UnitOfWork, wanted: Sequence[ToSign]) -> int:
    """Writes down what the person asks to sign; returns the number of the round. Raises InvalidInput."""
    person = unit.actor.person_id
    once = {one.dossier: one for one in wanted}
    if not once:
        raise wrong("chon", "chưa chọn hồ sơ nào để ký", "choose what to sign")
    if len(once) > MOST_SIGNED:
        raise wrong("chon", f"mỗi lần ký tối đa {MOST_SIGNED} hồ sơ", f"at most {MOST_SIGNED} dossiers at once")
    if person is None:
        raise NotFound(what="round")
    return add_round(unit.begin(), person, unit.now, [asdict(one) for one in once.values()])


def sign_item(unit: UnitOfWork, number: int, item: int) -> bool:
    """Signs one item that still waits; returns whether it did. Raises NotFound, and what ``sign_dossier`` raises."""
    _must_be_mine(unit, number)
    row = waiting_item(unit.begin(), number, item)
    if row is None:
        return False
    sign_dossier(unit, row.dossier, row.action, sha256=row.sha256, version=row.version)
    end_item(unit.begin(), number, item, status="done", ended_at=unit.now)
    return True


def refuse_item(unit: UnitOfWork, number: int, item: int, refusal: Refusal) -> None:
    """Writes why an item was not signed. Raises NotFound."""
    _must_be_mine(unit, number)
    told = {"code": refusal.code, "why_vi": refusal.sentence("vi"), "why_en": refusal.sentence("en")}
    end_item(unit.begin(), number, item, status="refused", ended_at=unit.now, **told)


def try_again(unit: UnitOfWork, number: int) -> int:
    """Lets the refused items of a round wait again; returns how many they are. Raises NotFound."""
    _must_be_mine(unit, number)
    return wait_again(unit.begin(), number)


def _must_be_mine(unit: UnitOfWork, number: int) -> None:
    if unit.actor.person_id is None or round_begun(unit.begin(), number, unit.actor.person_id) is None:
        raise NotFound(what=f"round {number}")

"""A world with a past: some dossiers that went as far as chance let them, over three weeks, by real acts."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

from engine.acts.correct_payment import cancel_payment
from engine.acts.documents import add_document, check_document
from engine.acts.file_dossier import file_dossier
from engine.acts.perform_action import perform_action
from engine.acts.rate import rate
from engine.acts.settle_fee import settle_fee
from engine.errors import Refusal
from engine.rules.procedure.permissions import Actor, Membership
from engine.transaction import UnitOfWork
from tests.installation.filings import PDF
from tests.installation.short_releases import COPIES
from tests.installation.world import PAPERS, World

OVERSEER = Actor("staff", "overseer", 1, (Membership("UB-75", "monitor", dt.date(2024, 1, 1), None, "75"),))
STRANGER = Actor("staff", "stranger", 2, (Membership("UB-79", "monitor", dt.date(2024, 1, 1), None, "79"),))
_OF_LAND = (
    ("counter", "receive"),
    ("counter", "forward"),
    ("specialist", "ask"),
    ("counter", "resubmit"),
    ("specialist", "ask"),
    ("counter", "resubmit"),
    ("specialist", "finish_review"),
    ("leader", "sign"),
    ("counter", "return"),
)
_OF_COPIES = (("counter", "receive"), ("copier", "finish"), ("counter", "return"))


def live(world: World, dossiers: int = 28) -> World:
    """Files the dossiers and goes on with them; the same ones at every call."""
    dice = random.Random(11)
    reusable: list[int] = []
    for number in range(dossiers):
        world.at(f"2026-03-{2 + number % 9:02} 08:{number:02}")
        if number % 4 == 3:
            channel = dice.choice(("counter", "portal"))
            short = {"procedure": COPIES, "fields": {"pages": 3}, "documents": []}
            _live(world, dice, _OF_COPIES, reusable, channel=channel, **short)
        else:
            channel = dice.choice(("counter", "portal", "post"))
            _live(world, dice, _OF_LAND, reusable, channel=channel, documents=PAPERS)
    world.at("2026-03-24 16:00")
    return world


def asked(world: World, actor: Actor, question: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """The answer of a query to somebody."""
    with world.reading() as connection:
        unit = UnitOfWork(world.runtime, connection, actor, world.now, begun=False, read_only=True)
        return question(unit, *arguments, **named)


def _live(
    world: World, dice: random.Random, steps: tuple[tuple[str, str], ...], reusable: list[int], **changes: Any
) -> None:
    filed = world.try_act("counter", file_dossier, world.filing(**changes))
    code, ask_twice, asks = filed.case.code, dice.random() < 0.3, 0
    for who, action in steps[: dice.randrange(1, 3 * len(steps))]:
        asks += action == "ask"
        if asks > 1 + ask_twice and action in ("ask", "resubmit"):
            continue
        world.now += dt.timedelta(hours=dice.choice((1, 5, 30)))
        try:
            _on_the_way(world, dice, code, action, reusable)
            world.try_act(who, perform_action, code, action, reason="Thiếu mảnh trích đo" if action == "ask" else None)
        except Refusal:
            break  # it stops where it stands: no result to sign, or a fee still due
    if world.row(code)["finished_at"] and dice.random() < 0.7:
        world.try_act(world.citizen(code), rate, code, dice.choice((2, 4, 5)), receipt_code=filed.receipt_code)


def _on_the_way(world: World, dice: random.Random, code: str, action: str, reusable: list[int]) -> None:
    if action == "forward" and dice.random() < 0.6:
        if reusable and dice.random() < 0.5:
            world.try_act("counter", add_document, code, key="cccd", reuse=dice.choice(reusable))
        else:
            reusable.append(world.try_act("counter", add_document, code, key="cccd", content=PDF)[1])
            world.try_act("counter", check_document, code, reusable[-1], True)
    if action == "finish_review":
        for key in ("le_phi", "trang"):
            world.try_act("counter", settle_fee, code, key, dice.choice(("portal", "cash")))
        if dice.random() < 0.3:
            world.try_act("counter", cancel_payment, code, 1, "ghi nhầm")
            world.try_act("counter", settle_fee, code, "le_phi", "cash")
    if action == "sign" and dice.random() < 0.8:
        world.try_act("leader", add_document, code, key="ket_qua", content=PDF)

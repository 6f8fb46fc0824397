"""The same act on both sides: the model and the engine must answer alike, and look alike afterwards."""

from __future__ import annotations

import copy
import datetime as dt
import random
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import bindparam, delete, select

from engine.acts.documents import add_document
from engine.acts.expire_clock import expire_clock
from engine.acts.perform_action import perform_action
from engine.acts.settle_fee import settle_fee
from engine.acts.verification import answer_verification
from engine.dossier.asks import Asks
from engine.dossier.case import lock_case
from engine.errors import Refusal
from engine.journal.check import Tally, check_journal
from engine.rules.procedure.permissions import SYSTEM_ACTOR, Actor
from engine.store.clocks import clocks
from engine.store.dossiers import code_counters, dossiers
from engine.transaction import UnitOfWork, in_transaction
from tests.installation.filings import PDF
from tests.model import acts
from tests.model import clocks as model_clocks
from tests.model.cast import Cast
from tests.model.dossier import Dossier
from tests.model.model_installation import SYSTEM, ModelInstallation
from tests.model.parts import Who
from tests.model.picture import differences, told_by_model
from tests.model.procedure import Refused
from tests.model.real_installation import RealInstallation
from tests.model.terms import LOCAL

T = TypeVar("T")
_ID = select(dossiers.c.id).where(dossiers.c.code == bindparam("code"))


class Beside(Cast):
    """The model beside the real installation. ``story`` lists what was done, for the reader of a difference."""

    def __init__(self, luck: random.Random, real: RealInstallation, procedure: str) -> None:
        super().__init__(luck, real, procedure)
        self.ids: dict[str, int] = {}
        self.story: list[str] = []
        self._clear_the_desk()

    def compare(self, codes: Iterable[str], who: Who | None = None) -> None:
        """These dossiers look as the model says, and the same actions are offered to whoever acted."""
        codes = sorted(codes)
        self._learn()
        for code, picture in zip(codes, self.real.pictures(codes), strict=True):
            dossier = self.model.dossiers[code]
            agree(code, differences(picture, told_by_model(dossier)), [])
            if who is not None and code_of(partial(self.model.seen, who, code, None, self.now)) is None:
                agree("offered", self._offered(who, code), self.model.open_to(dossier, who, self.now))

    def compare_all(self) -> None:
        """Every dossier of the walk, with its journal."""
        self.compare(self.model.dossiers)
        for code in self.model.dossiers:
            agree("journal", list(check_journal(self.real.world.database, Tally(), code)), [])

    def compare_in_a_fresh_process(self) -> None:
        codes = sorted(self.model.dossiers)
        for code, told in zip(codes, self.real.fresh_process(codes, self.now), strict=True):
            dossier = self.model.dossiers[code]
            agree(code, differences(told["picture"], told_by_model(dossier)), [])
            due = dossier.row["due_at"]
            agree("due", told["due"], due.isoformat() if due else None)
            agree("offered", set(told["offered"]), self.model.open_to(dossier, SYSTEM, self.now))

    def _do_both(
        self,
        name: str,
        dossier: Dossier,
        who: Who,
        model: Callable[[ModelInstallation, Who, Dossier, Any], object],
        engine: Callable[..., Any],
        versioned: bool = True,
        question: int | None = None,
    ) -> None:
        """``model`` gets a copy of the model, kept if nothing is refused; ``engine`` gets unit and code."""
        code, version = dossier.code, self._version(dossier) if versioned else None
        named = {"version": version} if versioned else {}
        answers: list[Any] = [None]
        found = code_of(lambda: answers.__setitem__(0, self._do(who, lambda unit: engine(unit, code=code, **named))))
        draft = copy.deepcopy(self.model)
        expected = code_of(lambda: model(draft, who, draft.seen(who, code, version, self.now, question), answers[0]))
        self._same(f"{name} {dossier.row['state']}", who, expected, found)
        self._keep(draft if expected is None else self.model, who, code)

    def _take(self, code: str, who: Who, action: str, asks: tuple[str, ...] = (), **how: Any) -> None:
        dossier, receipt = self.model.dossiers[code], self.real.world.receipt_of(code)
        self._do_both(
            action, dossier, who,
            lambda model, who, found, _: model.take(found, who, action, self.now, asks=asks, **how),
            partial(perform_action, action=action, asks=Asks(fields=asks), receipt_code=receipt, **how),
        )  # fmt: skip

    def _add(self, dossier: Dossier, who: Who, key: str, copies: dict[str, int], file: bool) -> None:
        content = {"content": PDF, "file_name": "giấy.pdf"} if file else {}
        self._do_both(
            f"add {key}", dossier, who,
            lambda model, who, found, _: acts.add_document(model, who, self.now, found, key, copies, file),
            partial(add_document, key=key, **copies, **content),
        )  # fmt: skip

    def _pay(self, dossier: Dossier, who: Who, key: str, method: str, receipt: str | None) -> None:
        self._do_both(
            f"pay {key}", dossier, who,
            lambda model, who, found, _: acts.settle_fee(model, who, self.now, found, key, method, receipt),
            partial(settle_fee, key=key, method=method, receipt=receipt),
        )  # fmt: skip

    def _answer(self, dossier: Dossier, who: Who, number: int) -> None:
        self._do_both(
            "answer", dossier, who,
            lambda model, who, found, _: acts.answer_verification(model, who, self.now, found, number),
            partial(answer_verification, verification=number, confirmed=True, answer="đúng"),
            question=number,
        )  # fmt: skip

    def _ring(self, code: str, key: tuple[str, str, dt.datetime]) -> None:
        draft = copy.deepcopy(self.model)
        expected = model_clocks.ring(draft, self.now, draft.dossiers[code], key)
        found = self._do(SYSTEM, lambda unit: expire_clock(unit, self.ids[code], *key))
        self._same(f"ring {key[0]} {key[1]}", SYSTEM, expected, found)
        self._keep(draft, SYSTEM, code)

    def _keep(self, model: ModelInstallation, who: Who, *codes: str) -> None:
        """Keeps the model as it is after a step. The dossiers that were touched, and new ones, are compared."""
        fresh = model.dossiers.keys() - self.model.dossiers.keys()
        self.model = model
        self.compare({*codes, *fresh}, who)

    def _plain(self, act: Callable[..., object]) -> Callable[[ModelInstallation, Who, Dossier, Any], object]:
        return lambda model, who, found, _: act(model, who, self.now, found)

    def _do(self, who: Who, act: Callable[[UnitOfWork], T]) -> T:
        return in_transaction(self.real.world.runtime, self._actor(who), act, now=self.now)

    def _same(self, what: str, who: Who, expected: str | None, found: str | None) -> None:
        self.story.append(f"{self.now.astimezone(LOCAL):%Y-%m-%d %H:%M} {who}: {what} → {expected or 'done'}")
        agree(what, found, expected)

    def _offered(self, who: Who, code: str) -> set[str]:
        def ask(unit: UnitOfWork) -> set[str]:
            offered = lock_case(unit, code).options()
            return {option.action for option, verdict in offered if verdict is not None and verdict.allowed}

        return self._do(who, ask)

    def _learn(self) -> None:
        """Row ids of dossiers and of papers handed in, which only the database can tell."""
        for code, dossier in self.model.dossiers.items():
            if code not in self.ids:
                with self.real.world.reading() as connection:
                    self.ids[code] = connection.execute(_ID, {"code": code}).scalar_one()
            if any(paper.number is None for paper in dossier.papers):
                for paper, told in zip(dossier.papers, self.real.pictures([code])[0]["papers"], strict=True):
                    paper.number = paper.number or told[0]

    def _actor(self, who: Who) -> Actor:
        if who.kind == "system":
            return SYSTEM_ACTOR
        if who.kind == "citizen":
            assert who.dossier is not None
            return Actor("citizen", "citizen", dossier_id=self.ids[who.dossier])
        assert who.person is not None
        return self.real.actor(who.person)

    def _clear_the_desk(self) -> None:
        """Clocks of earlier examples are taken away, and the codes given out so far are looked up."""

        def clear(unit: UnitOfWork) -> None:
            unit.begin().execute(delete(clocks))
            for row in unit.begin().execute(select(code_counters)):
                self.model.counters[row.office, dt.date.fromisoformat(row.day)] = row.last

        self.real.world.try_act("system", clear)


def agree(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise AssertionError(f"{what}: the model says {expected}, the engine {found}")


def code_of(act: Callable[[], object]) -> str | None:
    """The code with which something is refused; None when it is done."""
    try:
        act()
    except (Refused, Refusal) as refused:
        return refused.code
    return None

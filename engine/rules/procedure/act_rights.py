"""Who may do the acts that every procedure has: one table from act to parts in a dossier, and the parts of an actor.

The steps of a procedure name their roles themselves (``Action.by``); ``permissions.may`` decides on these. Every other
act on a dossier is in ``RIGHTS``. A right of an office holds only while its part is at hand: it must act now, it is
where the dossier was received, or a state of its own was reached. A workflow file may narrow an act to some roles
(``rights``), and never widens it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from engine.rules.procedure.definition import APPLICANT, SYSTEM, Release
from engine.rules.procedure.permissions import LEADER, PASSIVE, Actor, Verdict, roles_held
from engine.text import Text

Part = Literal[
    "holder", "acting", "claimer", "sender", "leader", "counter", "handler", "decider", "support", "asked", "applicant"
]
HANDLER, INTAKE = "handler", "intake"

PART_NAMES: Mapping[Part, Text] = {
    "holder": Text(
        "vai trò đang phải xử lý tại cơ quan đang xử lý, khi không ai khác đang giữ",
        "the role that must act now, at the office that must act, while nobody else has claimed the dossier",
    ),
    "acting": Text(
        "vai trò đang phải xử lý tại cơ quan đang xử lý", "the role that must act now, at the office that must act"
    ),
    "claimer": Text("người đang giữ hồ sơ", "the person who has claimed the dossier"),
    "sender": Text(
        "người đã chuyển hồ sơ, khi còn giữ vai trò đó",
        "the person who passed the dossier on, while they still have that role",
    ),
    "leader": Text("lãnh đạo của cơ quan đang xử lý", "a leader of the office that must act now"),
    "counter": Text("vai trò tại nơi tiếp nhận của hồ sơ", "a role at the office that received the dossier"),
    "handler": Text(
        "vai trò tại cơ quan giải quyết, khi hồ sơ đã đến đó",
        "a role at the handling office, once the dossier has reached it",
    ),
    "decider": Text(
        "lãnh đạo cơ quan giải quyết, khi hồ sơ đã đến đó",
        "a leader of the handling office, once the dossier has reached it",
    ),
    "support": Text(
        "vai trò tại cơ quan phối hợp, khi hồ sơ đã đến đó",
        "a role at a co-operating office, once the dossier has reached it",
    ),
    "asked": Text("cán bộ của cơ quan được hỏi", "staff of the office that was asked"),
    "applicant": Text("người nộp hồ sơ", "the applicant"),
}

RIGHTS: Mapping[str, tuple[Part, ...]] = {
    "claim": ("holder",),
    "release_claim": ("claimer",),
    "free_claim": ("leader", "acting"),
    "assign": ("holder", "leader"),
    "open": ("acting",),
    "recall": ("sender",),
    "add_document": ("counter", "handler", "support", "acting", "applicant"),
    "check_document": ("counter", "handler", "acting"),
    "remove_document": ("counter", "handler", "acting"),
    "settle_fee": ("counter", "handler"),
    "waive_fee": ("counter", "handler"),
    "add_note": ("counter", "handler", "support", "leader"),
    "link": ("counter", "handler"),
    "rectify": ("counter", "handler"),
    "extend_deadline": ("handler",),
    "transfer": ("holder", "leader", "decider"),
    "transfer_elsewhere": ("leader", "decider"),
    "ask_verification": ("holder",),
    "answer_verification": ("asked",),
    "read_personal_data": ("counter", "handler", "acting", "leader"),
    "print_form": ("counter", "handler", "acting", "leader"),
}
"""Each act with the parts that may do it. Timers and operators (``system``) may do all; administrators none.

``free_claim`` by a colleague (``acting``) waits for a short grace. ``transfer_elsewhere`` is a transfer to an office
that the rules do not give the role, and needs its legal ground."""


NARROWED = tuple(act for act, parts in RIGHTS.items() if not {*parts} <= {"claimer", "sender", "asked", "applicant"})
"""The acts that a workflow file may narrow to some roles."""


def may_do(
    actor: Actor,
    act: str,
    dossier: Mapping[str, Any],
    release: Release,
    on: dt.date,
    *,
    reached: Callable[[str], bool],
    sender: tuple[str, str] | None = None,
    asked: str | None = None,
) -> Verdict:
    """Whether ``actor`` may do the built-in act on the dossier on a day.

    ``reached`` says of a routing key whether a state of its roles was entered ever; it is asked only where it decides.
    ``sender`` is the (office, role) that passed the dossier on, if the actor did; ``asked`` the office of the question.
    A refusal with a role means that only a colleague's claim is in the way.
    """
    parts = RIGHTS[act]
    if actor.kind == "system":
        return Verdict(True, SYSTEM)
    if actor.kind == "citizen" and "applicant" in parts and actor.dossier_id == dossier["id"]:
        return Verdict(True, APPLICANT)
    if actor.kind == "citizen":
        return Verdict(False, why=Text("chỉ cán bộ", "only staff"))
    if actor.kind != "staff":
        return Verdict(False, why=Text("người quản trị không xử lý hồ sơ", "administrators do not act on dossiers"))
    known = _Known(actor, dossier, release, on, reached, sender, asked)
    wanted = release.rights.get(act)
    for part in parts:
        for role, behalf_of in known.roles(part):
            if wanted is None or role in wanted or part in _WITHOUT_ROLE:
                return Verdict(True, role, behalf_of)
    claimed = next((role for role, _ in known.roles("acting")), None) if "holder" in parts else None
    return Verdict(False, claimed, why=_why(act, release))


_WITHOUT_ROLE = frozenset({"claimer", "sender", "asked"})
"""Parts of a person or of an office outside the procedure, which ``rights`` does not narrow."""


class _Known:
    """An actor's parts in one dossier on a day."""

    def __init__(
        self,
        actor: Actor,
        dossier: Mapping[str, Any],
        release: Release,
        on: dt.date,
        reached: Callable[[str], bool],
        sender: tuple[str, str] | None,
        asked: str | None,
    ) -> None:
        self._actor, self._dossier, self._release, self._on = actor, dossier, release, on
        self._reached, self._sender, self._asked = reached, sender, asked

    def roles(self, part: Part) -> Iterator[tuple[str, int | None]]:
        """The actor's roles by which they have this part, each with the absent person for whom a deputy acts."""
        row = self._dossier
        if part in ("holder", "acting"):
            yield from self._acting(free=part == "holder")
        elif part == "claimer" and row["holder_id"] is not None and row["holder_id"] == self._actor.person_id:
            yield row["holder_role"], None
        elif part == "leader":
            yield from self._at(row["holder_office"], {LEADER})
        elif part == "counter":
            yield from self._at(row["offices"].get(INTAKE, row["intake_office"]), self._of(INTAKE))
        elif part == "handler":
            yield from self._handler(self._of(self._deciding) | {LEADER})
        elif part == "decider":
            yield from self._handler({LEADER})
        elif part == "support":
            for key in self._release.routing:
                if key not in (INTAKE, HANDLER):
                    yield from self._once(key, self._at(row["offices"].get(key), self._of(key)))
        elif part == "sender" and self._sender is not None:
            yield from self._at(self._sender[0], {self._sender[1]})
        elif part == "asked":
            yield from self._at(self._asked, None)

    def _acting(self, free: bool) -> Iterator[tuple[str, int | None]]:
        row = self._dossier
        for role, behalf_of in self._at(row["holder_office"], {row["holder_role"]}):
            if not free or row["holder_id"] in (None, self._actor.person_id, behalf_of):
                yield role, behalf_of

    def _handler(self, roles: set[str]) -> Iterator[tuple[str, int | None]]:
        yield from self._once(self._deciding, self._at(self._dossier["handler_office"], roles))

    def _once(self, key: str, held: Iterator[tuple[str, int | None]]) -> Iterator[tuple[str, int | None]]:
        """``held``, if the part of ``key`` was reached. The receiving office's part is there from the start."""
        found = list(held)
        if found and (key == INTAKE or self._reached(key)):
            yield from found

    @property
    def _deciding(self) -> str:
        """The routing key of the office that decides: the receiving one where the procedure has no other."""
        return HANDLER if HANDLER in self._release.routing else INTAKE

    def _of(self, key: str) -> set[str]:
        return {name for name, role in self._release.roles.items() if role.unit == key}

    def _at(self, office: str | None, roles: set[str] | None) -> Iterator[tuple[str, int | None]]:
        """The actor's roles at an office: those in ``roles``, or (None) all in which somebody acts."""
        if office is not None:
            for role, behalf_of in roles_held(self._actor, office, self._on):
                if (role not in PASSIVE) if roles is None else (role in roles):
                    yield role, behalf_of


def _why(act: str, release: Release) -> Text:
    names = [PART_NAMES[part] for part in RIGHTS[act]]
    vi, en = "; ".join(name.vi for name in names), "; ".join(name.en for name in names)
    if act not in release.rights:
        return Text(f"dành cho: {vi}", f"it is left to: {en}")
    roles = ", ".join(release.rights[act])
    return Text(
        f"dành cho: {vi}; thủ tục này chỉ giao cho: {roles}", f"it is left to: {en}; in this procedure only: {roles}"
    )
